"""What the bot says, word for word, in `snapshots/*.txt`: a change of wording is a change that one sees in a review.

After a change that is meant: REWRITE_SNAPSHOTS=1 .venv/bin/python -m pytest tests/cards
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cards import Card, answers, sessions, settings, stats
from bot.cards import help as help_cards
from bot.cards.archive import Query, news, page
from bot.cards.ballots import Tally, ballot
from bot.cards.digests import Heading, Line, digest
from bot.cards.papers import proposed, proposed_before, wish_failed, wished
from bot.cards.shelf import proposals
from bot.cards.stats import Numbers
from bot.publish.record import Attendance, OutsideArchive, Session, Speaker, Talk, When
from storage.proposals import Standing
from tests.cards.samples import BOB, GROUP, NOW, TOPIC, archived, member, paper, proposal, speaker, view

SNAPSHOTS = Path(__file__).parent / "snapshots"
REWRITE = bool(os.environ.get("REWRITE_SNAPSHOTS"))
START = view().session.starts_at

MEETING = view(with_paper=paper(), presenters=(member(), speaker()))
PLAIN = view(title="An evening of posters", link=None)

ARCHIVE = archived("Pruning by *gradient*")
ELSEWHERE = OutsideArchive("Mathematics of Deep Learning", "2022–2025", "https://old.example")
_WHEN = When("2026-04-27T17:00", "Europe/Berlin", NOW, 60)
_TALK = Talk(
    7, "On sparsity", (Speaker("Hannah Pinson", "Eindhoven"),), recording="https://video.example", votes=4
)
HELD = Session(5, "u", 1, NOW, "held", "On sparsity", _WHEN, (_TALK,), attendance=Attendance(14, 3))

CARDS: dict[str, Callable[[], Card]] = {
    "ballot": lambda: ballot(paper(), proposal(), [TOPIC], Tally(3, (BOB,)), group=GROUP, ping=False),
    "ballot-late": lambda: ballot(paper(), proposal(why=None), [], Tally(0), group=GROUP, ping=True),
    "ballot-closed": lambda: ballot(
        paper(), proposal(state="chosen"), [TOPIC], Tally(9), group=GROUP, ping=False
    ),
    "proposed": lambda: proposed(paper(), proposal(), channel_id=None),
    "proposed-waiting": lambda: proposed(paper(), proposal(ballot_message_id=None), channel_id=300),
    "proposed-before": lambda: proposed_before(paper(), proposal(), channel_id=None),
    "wished": lambda: wished("2606.01234", "arXiv did not answer in time."),
    "wish-failed": lambda: wish_failed("2606.01234", NOW),
    "proposals": lambda: proposals(
        [Standing(proposal(), paper(), 3), Standing(proposal(ballot_message_id=None), paper(), 1)],
        total=2,
        page=0,
        sort="votes",
        topic=None,
        emoji="👍",
        chances={},
    ),
    "proposals-none": lambda: proposals(
        [], total=0, page=0, sort="votes", topic=None, emoji="👍", chances={}
    ),
    "session-planned": lambda: sessions.planned(
        MEETING, notes=["17:00 is when clocks change."], channel="300"
    ),
    "session-planned-bare": lambda: sessions.planned(view(), notes=[], channel="announcements"),
    "session-announced": lambda: sessions.announcement(MEETING),
    "session-announced-plain": lambda: sessions.announcement(PLAIN),
    "session-next": lambda: sessions.next_session(MEETING, later=2),
    "session-next-running": lambda: sessions.next_session(MEETING, later=0, running=True),
    "session-next-none": lambda: sessions.next_session(None, later=0),
    "session-cancelled": lambda: sessions.cancelled(MEETING),
    "session-reminder-week": lambda: sessions.reminder(MEETING, START - timedelta(days=7)),
    "session-reminder-day": lambda: sessions.reminder(MEETING, START - timedelta(days=1)),
    "session-reminder-late": lambda: sessions.reminder(MEETING, START - timedelta(minutes=25)),
    "join-early": lambda: sessions.join(MEETING, START - timedelta(hours=1)),
    "join": lambda: sessions.join(MEETING, START - timedelta(minutes=5)),
    "join-none": lambda: sessions.join(PLAIN, START),
    "digest": lambda: digest(
        Heading(NOW.date(), NOW.date()),
        [
            Line(1, paper(), ("Sparsity",), reason="pruning"),
            Line(2, paper(paper_id="1412.6980", title="Another"), ("Sparsity",)),
        ],
        left=3,
        needed=2,
    ),
    "archive-page": lambda: ARCHIVE[0],
    "archive-nothing": lambda: page(
        [], Query("knots", year=2024), total=0, topic="", archives=[ELSEWHERE], years=(2022, 2026)
    ),
    "archive-talk": lambda: ARCHIVE[2],
    "archive-news": lambda: news(HELD),
    "stats-year": lambda: stats.year(
        Numbers("A group", [HELD], {"2026-04": 9}, {"2026-03": 2}, year=2026), None, organiser=True
    ),
    "settings": lambda: settings.settings(
        [settings.Shown("group.timezone", "Europe/Berlin", "default", "The zone.")]
    ),
    "setting-changed": lambda: settings.changed("group.session_minutes", "60", "90", "set here"),
    "help": lambda: help_cards.card(organiser=False, emoji="👍"),
    "help-organiser": lambda: help_cards.card(organiser=True, emoji="paper:812345678901234567"),
    "failure": lambda: answers.failure("abcd1234"),
    "undeliverable": lambda: answers.undeliverable("#proposals", "There is no such channel.", "ballot"),
}


def written(card: Card) -> str:
    """A card as text: what is said, then what can be pressed."""
    lines = [
        f"# {card.title}" if card.title else "(no title)",
        f"<{card.url}>" if card.url else "",
        card.text,
    ]
    lines += [f"{field.name}{' (inline)' if field.inline else ''}:\n  {field.value}" for field in card.fields]
    lines += [f"[{button.label}] → {button.action or button.url}" for button in card.buttons]
    lines += [f"[{select.placeholder} ▾]" for select in card.selects]
    lines += [f"-- {card.footer}" if card.footer else "", f"(pings {card.pings})" if card.pings else ""]
    return "\n".join(line for line in lines if line) + f"\n({card.tone})\n"


@pytest.mark.parametrize("name", CARDS)
def test_a_card_says_what_its_snapshot_says(name: str) -> None:
    file, said = SNAPSHOTS / f"{name}.txt", written(CARDS[name]())
    if REWRITE:
        file.parent.mkdir(exist_ok=True)
        file.write_text(said, "utf-8")
    assert file.is_file(), "no snapshot yet; REWRITE_SNAPSHOTS=1 writes it"
    assert said == file.read_text("utf-8")


def test_no_snapshot_is_left_over() -> None:
    assert {file.stem for file in SNAPSHOTS.glob("*.txt")} == set(CARDS)


def test_the_join_link_is_given_as_it_is() -> None:
    card = sessions.join(view(link="https://meet.example/a_b_c?pwd=x*y&n=<1>"), START)
    assert "<https://meet.example/a_b_c?pwd=x*y&n=%3C1%3E>" in card.text
