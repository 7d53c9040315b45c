"""What the group has done, in numbers: over the years, and the round-up of one."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.cards.base import Attachment, Button, Card, Field, action, clip, count, flat, plain
from bot.pictures import Chart, Picture, Series
from bot.publish.record import Session
from bot.when import MONTHS

Over = Callable[[Mapping[str, float]], tuple[float, ...]]
_AREAS = 6
#: Up to how many months are shown as months, and up to how many as quarters.
_MONTHS, _QUARTERS = 24, 72


@dataclass(frozen=True)
class Numbers:
    """What was held, the earliest first, and what was counted month by month ("2026-05").

    `areas` says how many talks of a month were of which area of the group; `year` is the one told of, if one is.
    """

    group: str
    held: Sequence[Session]
    votes: Mapping[str, int]
    proposals: Mapping[str, int]
    areas: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    year: int | None = None

    @property
    def nothing(self) -> bool:
        return not (self.held or self.votes or self.proposals)


def month_of(session: Session) -> str:
    """The month of a session; the first of its year where no more is known."""
    return (session.when.wall + "-01")[:7]


def stats(numbers: Numbers, picture: bytes | None) -> Card:
    """`/stats`: the numbers in words; the picture shows how they changed."""
    if numbers.nothing:
        return Card(
            title="Nothing to count yet",
            text="Sessions count when they were held, votes when they are given.",
        )
    talks = sum(len(session.talks) for session in numbers.held)
    counted = [session.attendance.number for session in numbers.held if session.attendance.number]
    fields = [
        Field("Sessions", f"{count(len(numbers.held), 'session')} with {count(talks, 'talk')}", inline=True),
        Field(
            "Came, or said so", f"{sum(counted) / len(counted):.0f} a session" if counted else "", inline=True
        ),
        Field(
            "Votes",
            f"{count(sum(numbers.votes.values()), 'vote')} on {count(sum(numbers.proposals.values()), 'paper')}",
            inline=True,
        ),
        Field("Areas", _shares(_sum(numbers.areas))),
    ]
    since = f" since {numbers.held[0].when.date_words}" if numbers.held else ""
    return Card(
        title=clip(f"{plain(numbers.group, 150)} in numbers{since}", 250),
        fields=tuple(field for field in fields if field.value),
        footer="/stats year: tells of one year, ready to be posted.",
        tone="session",
        attachments=_attached(picture, fields),
    )


def year(numbers: Numbers, picture: bytes | None, *, organiser: bool) -> Card:
    """`/stats year:`: the round-up of a year, as a post."""
    if numbers.nothing:
        return Card(title=f"Nothing is known of {numbers.year}", text="`/stats` alone shows all years.")
    lines = [
        line
        for line in (_met(numbers), _most(numbers), _wanted(numbers), _about(numbers), _left(numbers))
        if line
    ]
    return Card(
        title=clip(f"{plain(numbers.group, 150)}: our {numbers.year}", 250),
        text="\n\n".join(lines),
        tone="session",
        attachments=_attached(picture, [Field("", flat(line)) for line in lines]),
        buttons=(Button("Post it", action("stats_post", numbers.year), style="primary"),)
        if organiser
        else (),
    )


def _met(numbers: Numbers) -> str:
    if not numbers.held:
        return ""
    talks = [talk for session in numbers.held for talk in session.talks]
    people = {person.name for talk in talks for person in talk.speakers}
    places = {
        person.affiliation.split(",")[0] for talk in talks for person in talk.speakers if person.affiliation
    }
    by = f" by **{count(len(people), 'speaker')}**" if people else ""
    of = f" from **{count(len(places), 'place')}**" if len(places) > 1 else ""
    met = "once" if len(numbers.held) == 1 else f"{len(numbers.held)} times"
    return f"We met **{met}** and heard **{count(len(talks), 'talk')}**{by}{of}."


def _most(numbers: Numbers) -> str:
    best = max(numbers.held, key=lambda session: session.attendance.number, default=None)
    if best is None or best.attendance.number < 3:
        return ""
    number = best.attendance.number
    came = f"{number} came" if best.attendance.came is not None else f"{number} said they would come"
    return f"Most people were drawn by **{plain(best.title, 150)}** ({came})."


def _wanted(numbers: Numbers) -> str:
    given, put = sum(numbers.votes.values()), sum(numbers.proposals.values())
    if not put and not given:
        return ""
    talks = [talk for session in numbers.held for talk in session.talks if talk.votes > 1]
    most = max(talks, key=lambda talk: talk.votes, default=None)
    wanted = (
        f" The most wanted one that we read: **{plain(most.title, 150)}** ({most.votes} votes)."
        if most
        else ""
    )
    return f"You put forward **{count(put, 'paper')}** and gave **{count(given, 'vote')}**.{wanted}"


def _about(numbers: Numbers) -> str:
    areas = Counter(_sum(numbers.areas))
    total = sum(areas.values())
    said = [
        f"**{plain(area, 80)}** ({number / total:.0%})" for area, number in areas.most_common(3) if number
    ]
    return f"It was about {', '.join(said[:-1])} and {said[-1]}." if len(said) > 1 else ""


def _left(numbers: Numbers) -> str:
    recordings = sum(1 for session in numbers.held for talk in session.talks if talk.recording)
    if not recordings:
        return ""
    return f"**{count(recordings, 'recording')}** to catch up on: `/archive year:{numbers.year}`."


def kept(card: Card) -> dict[str, str]:
    """A round-up as an organiser saw it, until it is sent: counting and drawing take longer than a post may."""
    pictures = [b64encode(file.data).decode() for file in card.attachments]
    about = [file.about for file in card.attachments]
    return {"title": card.title, "text": card.text, "picture": "".join(pictures), "about": "".join(about)}


def as_kept(data: Mapping[str, str]) -> Card:
    """The same card again, without its buttons."""
    picture = (Attachment("stats.png", b64decode(data["picture"]), data["about"]),) if data["picture"] else ()
    return Card(title=data["title"], text=data["text"], tone="session", attachments=picture)


def posted() -> Card:
    return Card(text="It is on its way to the announcement channel.", tone="good")


def _attached(picture: bytes | None, fields: Sequence[Field]) -> tuple[Attachment, ...]:
    about = "\n".join(": ".join(part for part in (field.name, field.value) if part) for field in fields)
    return (Attachment("stats.png", picture, clip(about, 1000)),) if picture else ()


def _sum(months: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for areas in months.values():
        total.update(areas)
    return dict(total)


def _shares(areas: Mapping[str, int]) -> str:
    total = sum(areas.values())
    return "\n".join(f"{plain(area, 60)}: **{n / total:.0%}**" for area, n in areas.items() if n)


# the picture


def periods(numbers: Numbers) -> dict[str, str]:
    """Each month that is shown, and the period that it is counted in, in order of time."""
    known = sorted({month_of(s) for s in numbers.held} | set(numbers.votes) | set(numbers.proposals))
    if not known:
        return {}
    if numbers.year is not None:
        return {f"{numbers.year}-{n:02}": name[:3] for n, name in enumerate(MONTHS, 1)}
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (known[0], known[-1]))
    months = [divmod(n, 12) for n in range(first, last + 1)]
    if len(months) <= _MONTHS:
        return {f"{y}-{m + 1:02}": f"{MONTHS[m][:3]} {y % 100:02}" for y, m in months}
    if len(months) <= _QUARTERS:
        return {f"{y}-{m + 1:02}": f"{y} Q{m // 3 + 1}" for y, m in months}
    return {f"{y}-{m + 1:02}": str(y) for y, m in months}


def picture(numbers: Numbers, *, dark: bool) -> Picture:
    """Sessions, who came, areas and votes over time."""
    period = periods(numbers)
    labels = tuple(dict.fromkeys(period.values()))

    def over(counts: Mapping[str, float]) -> tuple[float, ...]:
        found = dict.fromkeys(labels, 0.0)
        for month, number in counts.items():
            if month in period:
                found[period[month]] += number
        return tuple(found.values())

    sessions = over(Counter(map(month_of, numbers.held)))
    counted = [session for session in numbers.held if session.attendance.number]
    people: Counter[str] = Counter()
    for session in counted:
        people[month_of(session)] += session.attendance.number
    meetings = over(Counter(map(month_of, counted)))
    came = tuple(total / (number or 1) for total, number in zip(over(people), meetings, strict=True))
    charts = [Chart("Sessions", labels, (Series("sessions", sessions),), "columns")]
    if counted:
        charts.append(Chart("People a session", labels, (Series("people", came),), "columns"))
    if areas := [area for area, number in _sum(numbers.areas).items() if number]:
        charts.append(_areas(numbers, labels, areas, over))
    if sum(numbers.votes.values()):
        charts.append(Chart("Votes", labels, (Series("votes", over(numbers.votes)),), "columns"))
    year = f": {numbers.year}" if numbers.year else ""
    return Picture(tuple(charts), title=clip(f"{flat(numbers.group)}{year}", 70), dark=dark)


def _areas(numbers: Numbers, labels: tuple[str, ...], areas: Sequence[str], over: Over) -> Chart:
    shown = areas if len(areas) <= _AREAS else [*areas[: _AREAS - 1], "all others"]
    rows = [
        over({
            month: float(sum(n for area, n in of.items() if area == name or (name not in areas and area not in shown)))
            for month, of in numbers.areas.items()
        })
        for name in shown
    ]  # fmt: skip
    if numbers.year is not None:  # a month has so few talks that shares would mislead
        counts = tuple(Series(name, row) for name, row in zip(shown, rows, strict=True))
        return Chart("What the talks were about", labels, counts, "columns")
    totals = [sum(row[n] for row in rows) or 1.0 for n in range(len(labels))]
    series = tuple(
        Series(name, tuple(value / total for value, total in zip(row, totals, strict=True)))
        for name, row in zip(shown, rows, strict=True)
    )
    return Chart("What the talks were about", labels, series, "columns", percent=True)
