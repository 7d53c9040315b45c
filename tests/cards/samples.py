"""Papers, proposals and sessions for cards, plain and wild."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from bot.cards import Card
from bot.cards.archive import Query, page
from bot.cards.archive import talk as archived_talk
from bot.cards.ballots import Tally, ballot
from bot.cards.base import flat
from bot.cards.digests import Heading, Line, digest
from bot.cards.sessions import Around, announcement, next_session, reminder
from bot.cards.shelf import proposals
from bot.config import parse
from bot.publish import record as told
from bot.publish.record import When
from bot.topics.taxonomy import Topic
from storage.proposals import Standing
from storage.sessions import SessionView, TalkView
from storage.tables import Paper, Presenter, Proposal, Session, Talk

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
GROUP = parse({}).for_server().group
GUILD, ALICE, BOB, CHANNEL, MESSAGE = 100, 201, 202, 300, 400
TOPIC = Topic("E", "Sparsity", "Efficiency", "efficiency", ("cs.LG",), ("pruning",))


def paper(**more: Any) -> Paper:
    values: dict[str, Any] = {
        "paper_id": "1803.03635", "title": "The Lottery Ticket Hypothesis", "authors": ["Ada Lovelace", "Alan Turing"],
        "abstract": "We find small networks. They learn as well as large ones.", "categories": ["cs.LG", "stat.ML"],
        "fetched_at": NOW, **more,
    }  # fmt: skip
    return Paper(**values)


def proposal(**more: Any) -> Proposal:
    values: dict[str, Any] = {
        "guild_id": GUILD, "paper_id": "1803.03635", "proposer_id": ALICE, "created_at": NOW, "why": "It is short.",
        "topic": "E", "ballot_channel_id": CHANNEL, "ballot_message_id": MESSAGE, "ballot_emoji": "👍", **more,
    }  # fmt: skip
    made = Proposal(**values)
    made.proposal_id = 7
    return made


def session(**more: Any) -> Session:
    values: dict[str, Any] = {
        "guild_id": GUILD, "starts_at": datetime(2026, 6, 15, 15, 0, tzinfo=UTC), "wall_time": "2026-06-15T17:00",
        "zone": "Europe/Berlin", "minutes": 60, "created_by": ALICE, "created_at": NOW,
        "link": "https://meet.example/a_b_c?pwd=x*y", **more,
    }  # fmt: skip
    made = Session(**values)
    made.session_id = 5
    return made


def view(
    *,
    with_paper: Paper | None = None,
    presenters: tuple[Presenter, ...] = (),
    talk: Talk | None = None,
    **more: Any,
) -> SessionView:
    talk = talk or Talk(guild_id=GUILD, session_id=5)
    return SessionView(session(**more), (TalkView(talk, with_paper, presenters),))


def member(user_id: int = BOB) -> Presenter:
    return Presenter(guild_id=GUILD, talk_id=1, user_id=user_id)


def speaker(name: str = "Emmy Noether", affiliation: str | None = "Göttingen") -> Presenter:
    return Presenter(guild_id=GUILD, talk_id=1, name=name, affiliation=affiliation)


# wild

SPECIAL = "\\*_~|`<>@#&:/[]()!-+=.,;'\"$^{}%?0123456789 \n\t\r\u202e\u200b\u200d\ufeff\x00\x1bäß漢字🦆𝔛"
PIECES = (
    "@everyone", "@here", "<@201>", "<@!1>", "<@&1>", "<#1>", "</x:1>", "<:a:1>", "<a:b:22>", "<t:1:R>", "<id:home>",
    "[x](https://evil.example)", "https://evil.example/a", "HTTP://evil.example", "<https://evil.example>",
    "<mailto:a@evil.example>", "<a@evil.example>", "<+4912345>", "discord.gg/evil", "**b**", "__u__", "~~s~~", "||s||",
    "`c`", "```\nc\n```",
    "\n# h", "\n> q", "\n>>> q", "\n- outside", "\n1. outside", "\n-# s", "\\", "\\\\", "](", "ref abcdefghij",
    "a_b_c", "$p<q$",
)  # fmt: skip
wild = st.lists(
    st.one_of(
        st.sampled_from(PIECES), st.text(alphabet=st.sampled_from(SPECIAL), max_size=8), st.text(max_size=8)
    ),
    max_size=12,
).map("".join)
long_wild = st.tuples(wild, st.integers(1, 400)).map(lambda drawn: (drawn[0] * drawn[1])[:6000])


def cards_with(text: str) -> list[Card]:
    """Cards that hold a text from outside wherever they take one."""
    found = paper(title=text, authors=[text] * 9, abstract=text, categories=[text[:40]])
    made = proposal(why=text)
    topic = Topic("E", text[:100] or "x", "Area", "efficiency", ("cs.LG",), ())
    talk = Talk(guild_id=GUILD, session_id=5, title=text, abstract=text)
    meeting = view(with_paper=found, presenters=(speaker(text, text), member()), talk=talk, title=text)
    untitled = view(with_paper=found, presenters=(speaker(text, text),))
    lines = [Line(number, found, (text[:100],), reason=text[:80] or None) for number in range(1, 6)]
    return [
        ballot(found, made, [topic], Tally(3, (BOB,)), group=GROUP, ping=False),
        announcement(meeting),
        announcement(untitled),
        next_session(meeting, later=2),
        reminder(meeting, NOW),
        digest(Heading(NOW.date(), NOW.date()), lines, left=3, needed=2),
        proposals(
            [Standing(made, found, 3)] * 10,
            total=99,
            page=1,
            sort="votes",
            topic=None,
            emoji="👍",
            chances={},
        ),
        *archived(text),
    ]


def archived(text: str) -> list[Card]:
    """The archive's cards, of a talk that says `text` wherever it can."""
    text = flat(text)
    when = When("2026-04-27T17:00", "Europe/Berlin", NOW, 60)
    held = told.Talk(
        7, text, (told.Speaker(text, text),), text, (told.Paper("2606.01234", text, authors=(text,), abstract=text),),
        (told.Topic("A", text, text),), recording="https://arxiv.org/v", votes=3,
    )  # fmt: skip
    session = told.Session(5, "u", 1, NOW, "held", text, when, (held,))
    query = Query(text, text, year=2026).fitted()
    return [
        page([(session, held)] * 8, query, total=99, topic=text[:100], archives=()),
        page([], query, total=0, topic="", archives=(), years=None),
        archived_talk(session, held, Around(), [text], back=query),
    ]
