"""Series, as organisers are told of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.cards.base import Button, Card, action, clip, plain, stamp
from bot.cards.presenting import who
from bot.cards.sessions import session_title, when
from bot.recurrence import Occurrence, Rule
from bot.when import day_words, local, parse_lead
from storage.sessions import SessionView
from storage.tables import Series

SHOWN = 4
#: How many of the next dates `/series show` lists.
DATES = 10

#: What is said after a change: of the series, its rules, what comes in the next two years, what stays by itself.
Said = Callable[[Series, Sequence[Rule], Sequence[Occurrence], Sequence[SessionView]], Card]


def name(series: Series) -> str:
    """What a series is called, as markup."""
    return f"series {series.series_id}" + (f" “{plain(series.title, 100)}”" if series.title else "")


def _rhythm(rules: Sequence[Rule]) -> str:
    """What holds, and what held or will hold beside it."""
    return "\n".join(plain(rule.describe()) + f" · {rule.minutes} min" for rule in rules[-2:])


def _reminders(series: Series) -> list[str]:
    """When the channel is reminded of its sessions, if that is the series' own."""
    if series.reminders is None:
        return []
    leads = ", ".join(parse_lead(key).label for key in series.reminders)
    return [f"Reminders: {leads}" if leads else "Reminders: none but the one at the start"]


def _coming(coming: Sequence[Occurrence]) -> str:
    dates = ", ".join(stamp(occurrence.instant, "f") for occurrence in coming[:SHOWN])
    return f"Next: {dates}" if dates else "No more sessions come."


def _clock_changes(rules: Sequence[Rule], coming: Sequence[Occurrence]) -> list[str]:
    """A sentence for every date whose wall time does not exist, or exists twice."""
    zone = rules[-1].zone
    lines = []
    for occurrence in coming:
        held = local(occurrence.instant, zone)
        day, wanted = day_words(occurrence.wall), f"{occurrence.wall:%H:%M}"
        if occurrence.kind == "gap":
            lines.append(f"⚠️ On {day} clocks jump over {wanted}: that session starts at {held:%H:%M}.")
        elif occurrence.kind == "fold":
            lines.append(f"⚠️ On {day} clocks show {wanted} twice: that session starts the first time.")
    return lines[:SHOWN]


def _kept(kept: Sequence[SessionView]) -> list[str]:
    if not kept:
        return []
    lines = [f"- session {view.session.session_id}, {stamp(view.session.starts_at, 'f')}: "
             f"{plain(session_title(view), 100)}" for view in kept[:10]]  # fmt: skip
    return [
        "These have a topic, a presenter or volunteers, and stay. `/session cancel` calls them off:",
        *lines,
    ]


def _card(title: str, series: Series, parts: Sequence[str]) -> Card:
    return Card(title=clip(f"{title}: {name(series)}", 250), text="\n".join(parts), tone="good")


def created(
    series: Series, rules: Sequence[Rule], coming: Sequence[Occurrence], _kept_on: Sequence[SessionView]
) -> Card:
    parts = [_rhythm(rules), *_reminders(series), _coming(coming), *_clock_changes(rules, coming)]
    parts.append("Its sessions are planned ahead by themselves, and announced when they are near.")
    return _card("Made", series, parts)


def changed(
    series: Series, rules: Sequence[Rule], coming: Sequence[Occurrence], kept: Sequence[SessionView]
) -> Card:
    return _card(
        "Changed",
        series,
        [
            _rhythm(rules),
            *_reminders(series),
            _coming(coming),
            *_clock_changes(rules, coming),
            *_kept(kept),
        ],
    )


def paused(
    series: Series, _rules: Sequence[Rule], _coming_on: Sequence[Occurrence], kept: Sequence[SessionView]
) -> Card:
    return _card("Paused", series, ["Nothing more is planned until `/series resume`.", *_kept(kept)])


def ended(
    series: Series, rules: Sequence[Rule], _coming_on: Sequence[Occurrence], kept: Sequence[SessionView]
) -> Card:
    last = rules[-1].until if series.state == "active" else None
    said = f"Its last possible day is {day_words(last)}." if last else "No more sessions come."
    return _card("Ended", series, [said, *_kept(kept)])


def _bring_back(series: Series, key: str, label: str) -> Button:
    return Button(label, action=action("unskip", series.series_id, key))


def skipped(series: Series, key: str) -> Card:
    card = _card(
        "Skipped", series, [f"{day_words(date.fromisoformat(key))} does not take place; the rest stays."]
    )
    return replace(card, buttons=(_bring_back(series, key, "It takes place after all"),))


def unskipped(series: Series, key: str) -> Card:
    said = f"{day_words(date.fromisoformat(key))} takes place after all, with all that was known of it."
    return _card("Brought back", series, [said])


def moved_one(series: Series, key: str, view: SessionView, notes: Sequence[str] = ()) -> Card:
    return _card(
        "Moved one",
        series,
        [
            f"Instead of {day_words(date.fromisoformat(key))}:\n{when(view.session)}",
            "The rest stays as it is.",
            *(f"⚠️ {plain(note)}" for note in notes),
        ],
    )


@dataclass(frozen=True)
class DateRow:
    """One coming date of a series: its session, if it is planned, or whether it is skipped."""

    occurrence: Occurrence
    view: SessionView | None
    skipped: bool

    @property
    def is_off(self) -> bool:
        return self.skipped or (self.view is not None and self.view.session.state == "cancelled")


def show(series: Series, rules: Sequence[Rule], rows: Sequence[DateRow], *, organiser: bool) -> Card:
    """`/series show`: how it repeats, its next dates, and for organisers buttons to bring back what is called off."""
    states = {"paused": "Paused: nothing more is planned.", "ended": "It has ended."}
    buttons = [
        _bring_back(series, row.occurrence.key, f"Bring back {day_words(row.occurrence.wall, year=False)}")
        for row in rows
        if row.is_off and organiser
    ]
    return Card(
        title=clip(f"S{name(series)[1:]}", 250),
        text="\n".join(
            [
                _rhythm(rules),
                *_reminders(series),
                *filter(None, [states.get(series.state)]),
                *map(_date_line, rows),
            ]
        ),
        footer="Dates further ahead are planned by themselves. /schedule shows the sessions." if rows else "",
        tone="session",
        buttons=tuple(buttons),
    )


def _date_line(row: DateRow) -> str:
    view, date_of = row.view, f"{day_words(row.occurrence.wall)}"
    if row.is_off:
        return f"- ~~{date_of}~~: does not take place"
    if view is None:
        return f"- {date_of}: planned when it is near"
    session = view.session
    moved = (
        "" if session.starts_at == row.occurrence.instant else f", moved to {stamp(session.starts_at, 'f')}"
    )
    known = f"{plain(session_title(view), 80)} · {clip(who(view), 150)}"
    return f"- {date_of}{moved}: {known} · session {session.session_id}"


def choice(series: Series, rules: Sequence[Rule]) -> str:
    """A series in a list to choose from: plain text of at most 100 characters."""
    paused_now = " (paused)" if series.state == "paused" else ""
    return clip(f"{series.series_id}. {series.title or 'Series'}{paused_now}: {rules[-1].describe()}", 100)


def date_choice(series: Series, occurrence: Occurrence) -> str:
    """One occurrence in a list to choose from."""
    return clip(f"{day_words(occurrence.wall)}, {occurrence.wall:%H:%M} · {series.title or 'Series'}", 100)
