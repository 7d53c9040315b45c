"""`/help`: every command in a line, for members and for organisers; a test holds it against those there are."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cards.base import Card, Field
from bot.cards.papers import shown_emoji

#: A heading, and its commands with what each is for.
Section = tuple[str, dict[str, str]]

MEMBERS: tuple[Section, ...] = (
    (
        "Papers",
        {
            "propose": "put a paper forward: any number or link will do",
            "proposals": "what is proposed, and how it stands",
            "paper": "one paper: what became of it here, and its BibTeX",
            "balance": "how what we read spreads over our areas and topics",
            "stats": "the group in numbers and pictures; with year: the round-up of one",
            "archive": "what the group has read and heard, with slides and recordings",
        },
    ),
    (
        "Sessions",
        {
            "nextsession": "what is next, who speaks, and when in your own time",
            "schedule": "all that is planned",
            "series show": "how a meeting repeats, and its next dates",
            "present": "offer to present, edit your talk, step back",
            "ask": "a question for the next session, anonymously if you like",
            "remindme": "be reminded by direct message, when you want",
            "reminders": "what will be said of a session, and when",
            "calendar": "the schedule for your calendar",
            "history session": "who changed what",
        },
    ),
    (
        "New papers",
        {
            "digest follow": "get papers of a topic, an author or with words by direct message",
            "digest topics": "which topics go where, and what they brought lately",
            "topics list": "all topics, and what finds their papers",
            "topics try": "where a paper would go, and why",
            "privacy": "what I know of you; be left out, be forgotten",
            "help": "this list",
        },
    ),
)
ORGANISERS: tuple[Section, ...] = (
    (
        "Organisers: one session",
        {
            "week": "what the next sessions still need, each with its button",
            "session plan": "plan and announce a session",
            "session edit": "title, abstract, paper, length; a second talk",
            "session links": "how to join; slides, recording, notes",
            "session assign": "who presents",
            "session move": "another time",
            "session cancel": "call it off; a button brings it back",
            "session close": "note now that it has been held",
            "announce": "the announcement as card, e-mail, web page and short text",
            "invite": "a mail to a speaker from outside, with dates in their time",
        },
    ),
    (
        "Organisers: a meeting that repeats",
        {
            "series create": "every week, every other week, monthly …",
            "series edit": "another day, time or link from a date on",
            "series skip": "one date off; a button brings it back",
            "series move": "one date at another time",
            "series pause": "a break",
            "series resume": "go on after it",
            "series end": "the end",
        },
    ),
    (
        "Organisers: papers and digests",
        {
            "pick": "choose the next paper by the votes, or set a deadline",
            "digest settings": "when and what the digest brings",
            "digest preview": "what it would show, without posting it",
            "digest now": "ask arXiv and post at once",
            "topics add": "a topic",
            "topics edit": "change or remove one",
            "topics phrases": "what finds its papers",
            "topics channel": "where its papers go",
            "topics reset": "back to the config file's",
        },
    ),
    (
        "Organisers: this server",
        {
            "setup": "what is missing on this server, and making it",
            "settings show": "every setting, and where it comes from",
            "settings set": "change one",
            "settings history": "who changed what",
            "settings reset": "take a change back",
            "outbox": "what waits to be said or could not be, and why",
            "export": "all data of the group as files",
        },
    ),
)


def card(*, organiser: bool, emoji: str) -> Card:
    """What a person can do here; `emoji` is the one to vote with."""
    sections = (*MEMBERS, *ORGANISERS) if organiser else MEMBERS
    return Card(
        title="What I do here",
        text=f"Whatever I answer is seen only by you. React with {shown_emoji(emoji)} to a proposal to vote for it; "
        "take the reaction back to take the vote back. Right-click a message with a paper's link, then *Apps* and "
        "*Propose this paper*, to put it forward.",
        fields=tuple(Field(heading, "\n".join(_lines(commands))) for heading, commands in sections),
    )


def _lines(commands: dict[str, str]) -> Iterator[str]:
    return (f"`/{name}` {words}" for name, words in commands.items())
