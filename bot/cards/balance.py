"""How what is read, and what is proposed, spreads over the group's areas and topics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.cards.base import Attachment, Card, Field, clip, count, flat, plain
from bot.pictures import Chart, Picture, Series
from bot.topics.taxonomy import Topic, shipped

NO_TOPIC = "no topic of the group"
#: Areas that a picture tells apart; the rest is one.
_AREAS = 7
_TOPICS = 18


@dataclass(frozen=True)
class Spread:
    """How many talks and open proposals each topic has, by its key; None: those of no topic of the group."""

    topics: tuple[Topic, ...]
    sessions: int  # that were looked at
    read: Mapping[str | None, int]
    open: Mapping[str | None, int]

    def of_areas(self, counts: Mapping[str | None, int]) -> dict[str, int]:
        """The same by area, in the group's order, what has none last."""
        area = {topic.key: area_of(topic) for topic in self.topics}
        found = dict.fromkeys((*area.values(), NO_TOPIC), 0)
        for key, number in counts.items():
            found[area.get(key or "", NO_TOPIC)] += number
        return found


def area_of(topic: Topic) -> str:
    """What the area of a topic is called."""
    known = shipped().get(topic.key)
    same = known is not None and known.area == topic.area
    return flat(shipped().area_name(topic.area) if same else topic.area or topic.name)


def starved(spreads: Iterable[str | None], topics: Sequence[Topic]) -> list[str]:
    """The areas of which none of these talks was. `spreads` are topics, by key."""
    had = set(spreads)
    areas = dict.fromkeys(area_of(topic) for topic in topics)
    fed = {area_of(topic) for topic in topics if topic.key in had}
    return [area for area in areas if area not in fed] if len(areas) > 1 else []


def balance(spread: Spread, picture: bytes | None) -> Card:
    """`/balance`: the numbers in words; the picture, if there is one, shows the same."""
    read, opened = spread.of_areas(spread.read), spread.of_areas(spread.open)
    if not sum(read.values()) and not sum(opened.values()):
        return Card(
            title="Nothing to weigh yet",
            text="No session was held, and no proposal is open. `/propose` puts a paper forward.",
        )
    fields = [
        Field(_read_title(spread), _shares(read))
        if spread.sessions
        else Field("Sessions", "None was held yet."),
        Field(f"{count(sum(opened.values()), 'open proposal')}", _shares(opened)),
    ]
    if rows := _rows(spread):
        fields.append(Field("Topics: read · open", clip("\n".join(rows), 1000)))
    files = (
        (Attachment("balance.png", picture, "\n".join([field.value for field in fields[:2]])),)
        if picture
        else ()
    )
    return Card(
        title="The balance of the group", fields=tuple(fields), attachments=files,
        footer="By the topic of each paper's proposal; where there is none, the topic it fits best.",
    )  # fmt: skip


def _read_title(spread: Spread) -> str:
    talks = sum(spread.read.values())
    return f"The last {count(spread.sessions, 'session')}" + (
        f", {count(talks, 'talk')}" if talks != spread.sessions else ""
    )


def _shares(counts: Mapping[str, int]) -> str:
    total = sum(counts.values())
    lines = [
        f"{plain(area, 60)}: **{number / total:.0%}** ({number})"
        for area, number in counts.items()
        if total and (number or area != NO_TOPIC)
    ]
    return "\n".join(lines) or "none"


def _rows(spread: Spread) -> list[str]:
    rows = [
        (spread.read.get(topic.key, 0), spread.open.get(topic.key, 0), topic)
        for topic in spread.topics
        if spread.read.get(topic.key, 0) or spread.open.get(topic.key, 0)
    ]
    return [f"{plain(topic.name, 45)}: {read} · {opened}" for read, opened, topic in rows[:_TOPICS]]


def picture(spread: Spread) -> Picture:
    """The same as bars: areas beside each other, topics below."""
    read, opened = spread.of_areas(spread.read), spread.of_areas(spread.open)
    areas = [area for area in read if read[area] or opened[area]]
    shown = areas if len(areas) <= _AREAS else [*areas[: _AREAS - 1], "all others"]

    def share(counts: Mapping[str, int], area: str) -> float:
        number = counts[area] if area in counts else sum(counts[one] for one in areas[_AREAS - 1 :])
        return number / (sum(counts.values()) or 1)

    series = tuple(Series(area, (share(read, area), share(opened, area))) for area in shown)
    labels = (_read_title(spread), count(sum(opened.values()), "open proposal"))
    busy = [topic for topic in spread.topics if spread.read.get(topic.key) or spread.open.get(topic.key)]
    topics = Chart(
        "Topics", tuple(flat(topic.name) for topic in busy[:_TOPICS]),
        (
            Series("read", tuple(float(spread.read.get(topic.key, 0)) for topic in busy[:_TOPICS])),
            Series("open", tuple(float(spread.open.get(topic.key, 0)) for topic in busy[:_TOPICS])),
        ),
    )  # fmt: skip
    charts = [Chart("Areas", labels, series, percent=True), *([topics] if busy else [])]
    return Picture(tuple(charts), title="The balance of the group")


def hungry(area: str, sessions: int, waiting: Sequence[tuple[str, int]]) -> Card:
    """Tells the organisers that an area has starved. `waiting` are its open proposals: title (markup) and votes."""
    if waiting:
        lines = [f"• {title} · {count(votes, 'vote')}" for title, votes in waiting[:5]]
        if len(waiting) > 5:
            lines.append(f"• … and {len(waiting) - 5} more")
        what = (
            "These are proposed:\n"
            + "\n".join(lines)
            + "\n\n`/pick` chooses, also against the votes, with a reason."
        )
    else:
        what = "Nobody has proposed one, either. `/propose` puts a paper forward."
    return Card(
        title=f"Long nothing of {plain(area, 150)}",
        text=f"The last {count(sessions, 'session')} had no paper of **{plain(area, 150)}**. {what}\n\n"
        "-# `/balance` shows how the group's reading spreads. `/settings set key:group.starved_after` says after how "
        "many sessions I mention it; I do so once a month at most.",
        tone="warn",
    )
