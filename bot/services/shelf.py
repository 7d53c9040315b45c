"""Looking papers and proposals up: as somebody types, one with its history, all of them page by page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards import Card
from bot.cards import shelf as cards
from bot.cards import votes as vote_cards
from bot.cards.base import clip
from bot.cards.forms import OPTION
from bot.cards.papers import title_of
from bot.cards.sessions import talk_title
from bot.clock import Clock
from bot.publish.bibtex import bibtex
from bot.services.papers import Papers
from bot.services.people import Actor, Refused
from bot.services.profile import profile_of
from bot.services.recount import NEWS, note_of
from bot.services.settings import SettingsService
from bot.services.upkeep import topic_key
from bot.services.votes import rules_of
from bot.sources import find_all, readable
from bot.sources.works import all_named
from storage import ballots, choices, guilds, papers, presenters, proposals, search, sessions
from storage.database import Database, Tx
from storage.proposals import Standing
from storage.search import Wanted, bare
from storage.tables import Paper, Session


class Shelf:
    """What the group has, and had."""

    def __init__(
        self, database: Database, clock: Clock, settings: SettingsService, looked_up: Papers
    ) -> None:
        self._database, self._clock, self._settings, self._papers = database, clock, settings, looked_up

    async def choices(self, guild_id: int, typed: str) -> list[tuple[str, str]]:
        """Stored papers for what somebody has typed so far: (id, title and first author), at most 25."""
        async with self._database.reading() as tx:
            found = await papers.search(tx, guild_id, typed)
        return [(paper.paper_id, clip(label(paper), 100)) for paper in found]

    async def several(self, guild_id: int, text: str) -> list[tuple[str, str]]:
        """The works that a message names: (name to propose it by, label). Any link counts where nothing else does."""
        others = all_named(text)
        telling = [one for one in others if not one.name.startswith("url:")]
        ids = [found.bare for found in find_all(text)]
        links = [one.link for one in telling or ([] if ids else others) if len(one.link) <= OPTION]
        async with self._database.reading() as tx:
            known = [(one, await self._papers.called(tx, guild_id, one)) for one in (*ids, *links)]
        return [
            (one, label(paper) if paper else one if "/" in one else f"arXiv:{one}") for one, paper in known
        ]

    async def paper(self, actor: Actor, text: str) -> Card:
        """One paper with its history in the group. Raises Refused when it is none that the bot knows."""
        async with self._database.reading() as tx:
            found = await self._papers.called(tx, actor.guild_id, text)
            if found is None:
                found = next(iter(await papers.search(tx, actor.guild_id, text, limit=1)), None)
            if found is None:
                raise Refused(
                    "I do not know this paper yet. `/propose` looks it up at arXiv and puts it forward."
                )
            known = await self.known(tx, actor.guild_id, found)
            settings = await self._settings.of(tx, actor.guild_id)
        entry = bibtex(
            key=found.paper_id, title=found.title, authors=found.authors, published=found.published_at,
            category=found.categories[0] if found.categories else None, doi=found.doi, journal=found.journal_ref,
            link=found.link,
        )  # fmt: skip
        mine = known.proposal is not None and known.proposal.proposer_id == actor.user_id
        return cards.paper(known, str(entry), mine=mine, organises=actor.organises(settings))

    async def read_before(self, guild_id: int, paper_id: str) -> tuple[Paper, Session] | None:
        """Where a paper that was never proposed was read, or will be; the latest."""
        async with self._database.reading() as tx:
            paper = await papers.get(tx, paper_id)
            if paper is None or await proposals.of_paper(tx, guild_id, paper_id):
                return None
            found = await self._read(tx, guild_id, paper)
        return (paper, found[-1]) if found else None

    @staticmethod
    async def _read(tx: Tx, guild_id: int, paper: Paper) -> list[Session]:
        """The sessions that were, or will be, about a paper, or had a talk of its very title, the earliest first."""
        title = bare(title_of(paper))
        hits, _ = await search.find(tx, guild_id, Wanted(words=title), limit=5)
        views = await sessions.of_talks(tx, guild_id, hits)
        same = [view.session for view in views if any(bare(talk_title(talk)) == title for talk in view.talks)]
        found = {s.session_id: s for s in [*same, *await sessions.reading(tx, guild_id, paper.paper_id)]}
        return sorted(found.values(), key=lambda session: session.starts_at)

    @staticmethod
    async def _related(tx: Tx, guild_id: int, paper: Paper) -> list[tuple[Paper, Session]]:
        """What the group read, or will read, by some of the same people."""
        authors = {readable(author).casefold() for author in paper.authors}
        last = {names[-1] for author in paper.authors if (names := papers.words(readable(author)))}
        return [
            (other, session)
            for other, session in await sessions.read_by_words(tx, guild_id, last)
            if other.paper_id != paper.paper_id
            and authors & {readable(author).casefold() for author in other.authors}
        ]

    async def known(self, tx: Tx, guild_id: int, paper: Paper) -> cards.Known:
        """All that the group knows of a paper."""
        settings = await self._settings.of(tx, guild_id)
        proposal = await proposals.of_paper(tx, guild_id, paper.paper_id)
        topics = [t.name for t in settings.topics if proposal is not None and t.key == proposal.topic]
        return cards.Known(
            paper=paper,
            proposal=proposal,
            topic=topics[0] if topics else "",
            votes=await ballots.total(tx, proposal, rules_of(settings)) if proposal else 0,
            offers=tuple(await presenters.of_proposal(tx, proposal.proposal_id)) if proposal else (),
            beaten=tuple(await choices.during(tx, proposal)) if proposal else (),
            choices=tuple(await choices.of_proposal(tx, proposal.proposal_id)) if proposal else (),
            read=tuple(await self._read(tx, guild_id, paper)),
            related=tuple(await self._related(tx, guild_id, paper)),
        )

    async def page(self, actor: Actor, where: str) -> Card:
        """A page of the open proposals: "page:sort:topic", as a button says it; from outside."""
        number, _, rest = where.partition(":")
        sort, _, topic = rest.partition(":")
        page = int(number) if number.isdecimal() and len(number) < 6 else 0
        order: cards.Sort = "age" if sort == "age" else "chance" if sort == "chance" else "votes"
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            key = topic_key(settings, topic)
            total = await proposals.how_many(tx, actor.guild_id, topic=key)
            page = min(page, max((total - 1) // cards.PAGE, 0))
            first = page * cards.PAGE
            rows: Sequence[Standing] = []
            if order != "chance":
                rows = await proposals.standings(
                    tx,
                    actor.guild_id,
                    rules_of(settings),
                    topic=key,
                    by_age=order == "age",
                    page=(first, cards.PAGE),
                )
            note = await guilds.note(tx, note_of(actor.guild_id))
        chances: dict[int, int] = {}
        if order == "chance":
            profile = await profile_of(self._database, self._settings, actor.guild_id)
            chances = {proposal_id: place for place, proposal_id in enumerate(profile.fair, 1)}
            known = [c for c in profile.chances.values() if key is None or c.proposal.topic == key]
            known.sort(key=lambda c: chances.get(c.proposal.proposal_id, total + len(chances)))
            rows = [Standing(c.proposal, c.paper, c.votes) for c in known[first : first + cards.PAGE]]
        return cards.proposals(
            rows,
            total=total,
            page=page,
            sort=order,
            topic=key,
            emoji=settings.group.vote_emoji,
            chances=chances,
            counted=self._counted(note),
        )

    def _counted(self, note: str | None) -> str:
        """What the last reading of the ballots found, while that is news."""
        if note is None:
            return ""
        at, new, gone = note.split()
        fresh = self._clock.now() - datetime.fromisoformat(at) < NEWS
        return vote_cards.recounted(int(new), int(gone)).text if fresh else ""


def label(paper: Paper) -> str:
    """A paper in one short line."""
    first = paper.authors[0].split()[-1] if paper.authors and paper.authors[0].split() else ""
    by = f" · {readable(first)}" + (" et al." if len(paper.authors) > 1 else "") if first else ""
    return clip(title_of(paper), 100 - len(by)) + by
