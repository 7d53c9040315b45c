"""The message of each proposal that people vote on: posted, kept true, and posted again when somebody deleted it.

The standing on it follows the votes in batches: Discord limits edits of old messages (FIELD d1), and a vote shows by
itself as a reaction.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from bot.cards import Card
from bot.cards import ballots as cards
from bot.clock import LULL, Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.delivery import Drop
from bot.services.outbox import Outbox
from bot.services.people import Actor, Refused
from bot.services.recount import Recount
from bot.services.settings import SettingsService
from bot.services.votes import Votes, rules_of
from storage import ballots as stored
from storage import guilds, presenters, proposals, votes
from storage import papers as stored_papers
from storage.database import Database, Tx
from storage.tables import Post, Proposal

log = logging.getLogger(__name__)

#: How often the standing on the ballots is brought up to date, at most.
BATCH = timedelta(minutes=10)
#: How often it is asked which proposals nobody votes for any more.
GOODBYES = timedelta(days=1)


class Ballots:
    """Posts ballots and keeps them true."""

    upkeep = True  # it looks after things from time to time: nobody waits for it

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        outbox: Outbox,
        ledger: Votes,
        recount: Recount,
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._outbox, self._recount = outbox, recount
        self._refresh_at: datetime | None = clock.now()  # what a process that ended meant to show
        self._goodbyes_at = clock.now() + LULL
        ledger.changed = self.touched
        outbox.says("ballot", self._ballot, self._ballot_sent)
        outbox.says("ballot_edit", self._ballot)
        outbox.says("seed", self._seed, self._seed_sent)
        outbox.says("goodbye", self._goodbye)

    async def post(self, tx: Tx, proposal: Proposal, settings: ServerSettings, *, ping: bool) -> Post:
        """Put a ballot on its way: the first of a proposal, or a new one in place of one that is gone."""
        proposal.ballot_number += 1
        proposal.ballot_lost, proposal.ballot_shows, proposal.ballot_edits = False, None, 0
        proposal.ballot_channel_id = proposal.ballot_message_id = None
        proposal.ballot_emoji = settings.group.vote_emoji
        proposal.ballot_presenter_emoji = settings.group.presenter_emoji
        return await self._put(tx, proposal, key_of(proposal), "ballot", place="proposals", ping=ping)

    async def change(self, tx: Tx, proposal: Proposal) -> None:
        """Have the ballot say what holds now."""
        if proposal.ballot_message_id is None or proposal.ballot_lost:
            return  # it is made when it is posted
        proposal.ballot_edits += 1
        key = f"{key_of(proposal)}:edit:{proposal.ballot_edits}"
        await self._put(
            tx, proposal, key, "ballot_edit", place="proposals:standing", op="edit", of=key_of(proposal)
        )

    async def repost(self, actor: Actor, proposal_id: str) -> Card:
        """Post a ballot again that somebody deleted. Raises Refused when it still stands, or none is wanted."""
        number = int(proposal_id) if proposal_id.isdecimal() and len(proposal_id) < 19 else 0
        async with self._database.reading() as tx:
            proposal = await proposals.get(tx, actor.guild_id, number)
        if proposal is None or proposal.state != "open":
            raise Refused("This proposal is not open any more. `/proposals` shows those that are.")
        if not proposal.ballot_lost:
            self._recount.ballot(
                proposal.proposal_id
            )  # deleted a moment ago? Then the next request finds out
            raise Refused(cards.stands(proposal))
        async with self._database.transaction() as tx:
            row = await proposals.get(tx, actor.guild_id, number)
            assert row is not None  # noqa: S101 - proposals are never deleted
            if row.ballot_lost:
                post = await self.post(tx, row, await self._settings.of(tx, actor.guild_id), ping=False)
        await self._outbox.wait_sent(post.post_id, seconds=8)
        async with self._database.reading() as tx:
            proposal = await proposals.get(tx, actor.guild_id, number)
        assert proposal is not None  # noqa: S101 - as above
        event(log, "ballot.again", proposal=number, guild=actor.guild_id, by=actor.user_id)
        return cards.posted_again(proposal)

    def touched(self) -> None:
        """Votes or volunteers changed: the ballots are to say so, soon."""
        if self._refresh_at is None:
            self._refresh_at = self._clock.now() + BATCH
            self._database.on_wake()

    # timed

    async def next_due(self, _tx: Tx) -> datetime | None:
        return min(self._refresh_at or self._goodbyes_at, self._goodbyes_at)

    async def run_due(self, now: datetime) -> None:
        """Bring the standing on the ballots up to date; let go what nobody votes for."""
        async with self._database.reading() as tx:
            servers = await guilds.present(tx)
        if self._goodbyes_at <= now:
            self._goodbyes_at = now + GOODBYES
            for guild_id in servers:
                await self._say_goodbyes(guild_id, now)
        if self._refresh_at and self._refresh_at <= now:
            self._refresh_at = None
            for guild_id in servers:
                await self._refresh(guild_id)

    async def _refresh(self, guild_id: int) -> None:
        """Edit those ballots of a server whose standing is not what they show."""
        async with self._database.reading() as tx:
            rules = rules_of(await self._settings.of(tx, guild_id))
            shown = await stored.standing(tx, guild_id)
            totals, offers = await stored.totals(tx, guild_id, rules), await stored.offers(tx, guild_id)
        stale = {
            ballot.proposal_id
            for ballot in shown
            if ballot.ballot_shows
            != shows(totals.get(ballot.proposal_id, 0), offers.get(ballot.proposal_id, []))
        }
        if not stale:
            return
        async with self._database.transaction() as tx:
            for proposal_id in sorted(stale):
                row = await proposals.get(tx, guild_id, proposal_id)
                if row is not None and row.state == "open":
                    await self.change(tx, row)
        event(log, "ballots.refreshed", guild=guild_id, ballots=len(stale))

    async def _say_goodbyes(self, guild_id: int, now: datetime) -> None:
        async with self._database.transaction() as tx:
            settings = await self._settings.of(tx, guild_id)
            days = settings.group.proposal_days
            quiet = await stored.quiet_since(tx, guild_id, now - timedelta(days=days)) if days else []
            for proposal in quiet:
                proposal.state, proposal.closed_at = "faded", now
                await self.change(tx, proposal)
            if quiet:
                gone = [proposal.proposal_id for proposal in quiet]
                await self._outbox.put(
                    tx, key=f"goodbye:{guild_id}:{now:%Y-%m-%d}:{gone[0]}", guild_id=guild_id, place="proposals",
                    kind="goodbye", data={"proposals": gone, "days": days}, expires_at=now + timedelta(days=3),
                )  # fmt: skip
        if quiet:
            event(log, "proposals.faded", guild=guild_id, proposals=len(quiet))

    # what the outbox says of it

    async def _put(
        self, tx: Tx, proposal: Proposal, key: str, kind: str, *, place: str, op: str = "send", **data: Any
    ) -> Post:
        return await self._outbox.put(
            tx, key=key, guild_id=proposal.guild_id, place=place, kind=kind, op=op,
            data={"proposal": proposal.proposal_id, **data},
        )  # fmt: skip

    async def _ballot(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        proposal = await proposals.get(tx, post.guild_id, post.data["proposal"])
        if proposal is None or (proposal.state != "open" and post.op == "send"):
            return Drop("the proposal is not open any more")
        if post.op == "edit" and post.data["of"] != key_of(proposal):
            return Drop("the ballot was posted again")
        paper = await stored_papers.get(tx, proposal.paper_id)
        assert paper is not None  # noqa: S101 - a foreign key
        settings = await self._settings.of(tx, post.guild_id)
        number = await stored.total(tx, proposal, rules_of(settings))
        offers = list(await presenters.of_proposal(tx, proposal.proposal_id))
        proposal.ballot_shows = shows(number, offers)
        topics = [topic for topic in settings.topics if topic.key == proposal.topic]
        standing = cards.Tally(number, tuple(offers), await votes.carried(tx, proposal.proposal_id))
        ping = bool(post.data.get("ping"))
        return cards.ballot(paper, proposal, topics, standing, group=settings.group, ping=ping)

    async def _ballot_sent(self, tx: Tx, post: Post) -> None:
        proposal = await proposals.get(tx, post.guild_id, post.data["proposal"])
        if proposal is None or post.key != key_of(proposal):
            return
        proposal.ballot_channel_id, proposal.ballot_message_id = post.channel_id, post.message_id
        await self._put(tx, proposal, f"{post.key}:seed", "seed", place=post.place, op="react", of=post.key)

    async def _seed(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        proposal = await proposals.get(tx, post.guild_id, post.data["proposal"])
        if proposal is None or proposal.state != "open":
            return Drop("the proposal is not open any more")
        emoji = (proposal.ballot_emoji, proposal.ballot_presenter_emoji)
        return Card(reactions=tuple(one for one in emoji if one))

    async def _seed_sent(self, _tx: Tx, post: Post) -> None:
        # Somebody may have voted between Discord's taking the ballot and our noting where it stands.
        self._recount.ballot(post.data["proposal"])

    async def _goodbye(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        rows = [await proposals.get(tx, post.guild_id, number) for number in post.data["proposals"]]
        gone = [row for row in rows if row is not None and row.state == "faded"]
        known = await stored_papers.many(tx, [row.paper_id for row in gone])
        if not gone:
            return Drop("all of them are open again")
        return cards.goodbye([known[row.paper_id] for row in gone], post.data["days"])


def key_of(proposal: Proposal) -> str:
    """The outbox key of a proposal's latest ballot."""
    first = f"proposal:{proposal.proposal_id}:ballot"
    return first if proposal.ballot_number <= 1 else f"{first}:{proposal.ballot_number}"


def shows(number: int, offers: list[int]) -> str:
    """What the standing on a ballot is made from: two ballots that show the same need no edit."""
    return f"{number} {' '.join(map(str, offers))}".strip()
