"""What the group has had: pages of talks that were found, and one talk with all its links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from bot.cards.base import Button, Card, Field, action, channel, clip, count, flat, link, names, plain, stamp
from bot.cards.forms import Option, Select
from bot.cards.sessions import Around
from bot.publish.record import OutsideArchive, Paper, Session, Talk, When
from bot.sources.text import first_sentences

PAGE = 8
_ABSTRACT, _QUESTIONS, _LINK = 1200, 3, 512
#: What a custom_id has room for beside the name of the action.
_ROOM = 80


@dataclass(frozen=True)
class Query:
    """What was asked of the archive; `topic` is a key. Buttons carry it, so it is short."""

    words: str = ""
    speaker: str = ""
    topic: str = ""
    year: int | None = None
    page: int = 0

    def fitted(self) -> Self:
        """The same, short enough for a button."""
        speaker, topic = clip(_bare(self.speaker), 30).rstrip("…"), self.topic[:20]
        room = _ROOM - len(speaker) - len(topic) - 12
        return replace(self, words=clip(_bare(self.words), room).rstrip("…"), speaker=speaker, topic=topic)

    def turned(self, pages: int) -> str:
        """The arguments of a button that leads so many pages on."""
        page = max(self.page + pages, 0)
        return "|".join([str(page), str(self.year or ""), self.topic, self.speaker, self.words])

    @classmethod
    def read(cls, arguments: str) -> Self:
        """From the arguments of a button, which may be forged."""
        page, year, topic, speaker, words = (arguments.split("|", 4) + [""] * 5)[:5]
        return cls(
            words, speaker, topic, int(year) if year.isdecimal() and len(year) == 4 else None,
            int(page) if page.isdecimal() and len(page) < 5 else 0,
        )  # fmt: skip


def _bare(text: str) -> str:
    return flat(text.replace("|", " "))


def page(
    told: Sequence[tuple[Session, Talk]],
    query: Query,
    *,
    total: int,
    topic: str,
    archives: Sequence[OutsideArchive],
    some: bool = False,
    years: tuple[int, int] | None = None,
) -> Card:
    """`/archive`: what was found, best first. `some`: nothing has all of the words, and these have some of them."""
    elsewhere = elsewhere_fields(archives)
    if not told:
        return _nothing(query, topic, years, elsewhere)
    pages = -(-total // PAGE)
    lines = [_line(session, talk) for session, talk in told]
    head = f"Nothing has all of “{plain(query.words, 80)}”. These have some of it:\n\n" if some else ""
    options = tuple(
        Option(
            clip(talk.title, 100) or "Untitled",
            str(talk.number),
            clip(f"{_day(s.when)} · {_names(talk)}", 100),
        )
        for s, talk in told
    )
    turned = [("◀ Back", -1, query.page > 0), ("More ▶", 1, query.page + 1 < pages and not some)]
    return Card(
        title=clip(" · ".join([count(total, "talk"), *_asked(query, topic)]), 250),
        text=head + "\n".join(lines),
        fields=elsewhere,
        footer=f"Page {query.page + 1} of {pages}" if pages > 1 and not some else "",
        tone="session",
        selects=(Select(action("archive_open", query.turned(0)), "Open a talk", options),),
        buttons=tuple(
            Button(label, action("archive", query.turned(by))) for label, by, there in turned if there
        ),
    )


def _nothing(query: Query, topic: str, years: tuple[int, int] | None, elsewhere: tuple[Field, ...]) -> Card:
    asked = _asked(query, topic)
    if not years:
        text = "Sessions come here by themselves, an hour after their end."
        return Card(title="The archive is empty", text=text, fields=elsewhere, tone="session")
    span = f"from {years[0]} to {years[1]}" if years[0] != years[1] else f"of {years[0]}"
    return Card(
        title=clip("Nothing found" + "".join(f" · {part}" for part in asked), 250),
        text=f"The archive has talks {span}. Try fewer words, or only their beginnings; `/archive` alone shows all.",
        fields=elsewhere,
        tone="session",
    )


def _asked(query: Query, topic: str) -> list[str]:
    """What was looked for, in words."""
    said = [f"“{query.words}”" if query.words else "", f"by {query.speaker}" if query.speaker else "", topic]
    return [plain(part) for part in (*said, str(query.year or "")) if part]


def elsewhere_fields(archives: Sequence[OutsideArchive]) -> tuple[Field, ...]:
    """The way to the archives that the group keeps elsewhere."""
    lines = [link(one.name, one.url) + (f" ({plain(one.years)})" if one.years else "") for one in archives]
    return (Field("More talks of this group, elsewhere", clip("\n".join(lines), 1000)),) if lines else ()


def _line(session: Session, talk: Talk) -> str:
    has = [what for what, url in _links(talk) if url]
    return (
        f"**{plain(talk.title or 'Untitled', 150)}**\n"
        f"{_day(session.when)} · {plain(_names(talk), 150)}{''.join(f' · {what}' for what in has)}"
    )


def _day(when: When) -> str:
    """As the group's calendar has it: alike for all readers, and sortable by eye."""
    return (
        f"{when.day.day} {when.date_words.split()[-2][:3]} {when.year}"
        if len(when.wall) > 9
        else when.date_words
    )


def _names(talk: Talk) -> str:
    return names([person.name for person in talk.speakers], 3) or "speaker not noted"


def _links(talk: Talk) -> list[tuple[str, str]]:
    return [("Recording", talk.recording), ("Slides", talk.slides), ("Notes", talk.notes)]


def choice(session: Session, talk: Talk) -> tuple[str, str]:
    """A talk in a list as somebody types: what is then searched for, and what the list shows."""
    return clip(flat(talk.title), 100).rstrip("…"), clip(
        f"{_day(session.when)} · {talk.title} · {_names(talk)}", 100
    )


def talk(
    session: Session,
    told: Talk,
    around: Around,
    questions: Sequence[str] = (),
    *,
    back: Query | None = None,
    wants_news: bool = False,
) -> Card:
    """One talk with everything that belongs to it."""
    abstract = told.abstract or next((paper.abstract for paper in told.papers), "")
    fields = [
        Field("When", _when(session.when)),
        Field("Who", _who(told)),
        *(Field("Paper", _paper(paper)) for paper in told.papers),
        Field("From the session", _materials(told)),
        Field("Topics", plain(", ".join(topic.name for topic in told.topics), 500), inline=True),
        Field("In numbers", _numbers(session, told), inline=True),
        Field("Discussion", channel(around.thread_id) if around.thread_id else "", inline=True),
        Field("Asked", "\n".join(f"- {plain(asked, 250)}" for asked in questions[:_QUESTIONS])),
    ]
    others = [other for other in session.talks if other.number != told.number]
    footer = "In the same session: " + "; ".join(flat(other.title) for other in others) if others else ""
    return Card(
        title=plain(told.title or "Untitled", 250),
        text=plain(first_sentences(abstract, _ABSTRACT)),
        fields=tuple(field for field in fields if field.value),
        footer=clip(footer, 300),
        tone="session",
        buttons=_buttons(session, told, back, wants_news=wants_news),
    )


def _buttons(session: Session, told: Talk, back: Query | None, *, wants_news: bool) -> tuple[Button, ...]:
    buttons = [Button(what, url=url) for what, url in _links(told) if 0 < len(url) <= _LINK]
    if told.papers:
        buttons.append(Button("Propose the paper again", action("propose", told.papers[0].key)))
    if back is not None:
        buttons.append(Button("◀ Back", action("archive", back.turned(0))))
    if not told.recording and session.state == "held":
        buttons.append(news_button(on=wants_news))
    return tuple(button for button in buttons if len(button.action or "") <= 100)


def news_button(*, on: bool) -> Button:
    """Whether a member is told of slides and recordings that arrive after sessions they meant to come to."""
    label = "Do not tell me of recordings" if on else "Tell me when recordings arrive"
    return Button(label, action("news", "off" if on else "on"))


def _when(when: When) -> str:
    return f"{stamp(when.start, 'D')}\n{plain(when.words())}" if when.exact else when.date_words


def _who(told: Talk) -> str:
    said = [f"{one.name} ({one.affiliation})" if one.affiliation else one.name for one in told.speakers]
    return "\n".join(plain(one, 200) for one in said[:5])


def _paper(paper: Paper) -> str:
    authors = f"\n*{plain(names(list(paper.authors)), 300)}*" if paper.authors else ""
    return (link(clip(paper.title, 250), paper.url) if paper.url else plain(paper.title, 250)) + authors


def _materials(told: Talk) -> str:
    return " · ".join(link(what, url) for what, url in _links(told) if url)


def _numbers(session: Session, told: Talk) -> str:
    came = session.attendance
    said = [
        f"{came.came} came"
        if came.came is not None
        else f"{came.going} said they would come"
        if came.going
        else "",
        count(told.votes, "vote") if told.votes else "",
        count(session.questions, "question") if session.questions else "",
    ]
    return " · ".join(part for part in said if part)


# news of what arrived


def news(session: Session) -> Card:
    """To a member who meant to come: what there is of the session now."""
    when = stamp(session.when.start, "D") if session.when.exact else session.when.date_words
    several = len(session.talks) > 1
    lines = [
        (f"**{plain(told.title, 150)}**: " if several else "") + materials
        for told in session.talks
        if (materials := _materials(told))
    ]
    return Card(
        title=clip(f"To catch up on: {plain(session.title)}", 250),
        text="\n".join(
            [f"You meant to come to this session of {when}. If you missed it, here is what there is:", *lines]
        ),
        tone="session",
        buttons=(news_button(on=True),),
    )


def wants(*, on: bool) -> Card:
    """What was set."""
    if not on:
        return Card(
            text="I tell you of slides and recordings no more.", tone="good", buttons=(news_button(on=False),)
        )
    return Card(
        text="When slides or a recording arrive of a session that you were **going** to, or **maybe**, I tell you by "
        "direct message.",
        tone="good",
        buttons=(news_button(on=True),),
    )
