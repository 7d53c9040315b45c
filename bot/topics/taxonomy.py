"""What a group is interested in: topics, in areas, each with the phrases that give it away."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Topic:
    """One subject of a group. `key` is short and unique ("A1"); `area` is the key of its area ("A")."""

    key: str
    name: str
    area: str = ""
    channel: str | None = None
    categories: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Taxonomy(Sequence[Topic]):
    """The topics of a group, in its order, and the names of its areas. Raises ValueError when a key comes twice."""

    topics: tuple[Topic, ...]
    areas: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for topic in self.topics:
            if topic.key in seen:
                raise ValueError(f"two topics have the key {topic.key!r}; every topic needs its own")
            seen.add(topic.key)

    def __len__(self) -> int:
        return len(self.topics)

    def __iter__(self) -> Iterator[Topic]:
        return iter(self.topics)

    def __getitem__(self, index: Any) -> Any:
        return self.topics[index]

    def get(self, key: str) -> Topic | None:
        """The topic called `key`, in whatever case it was typed, or None."""
        return next((topic for topic in self.topics if topic.key.casefold() == key.strip().casefold()), None)

    def area_name(self, area: str) -> str:
        """The name of an area, or its key where it has none."""
        return dict(self.areas).get(area, area)

    def by_area(self) -> dict[str, tuple[Topic, ...]]:
        """Area key to its topics, in the order of the taxonomy."""
        return {
            area: tuple(t for t in self.topics if t.area == area)
            for area in dict.fromkeys(t.area for t in self.topics)
        }

    def categories(self) -> tuple[str, ...]:
        """Every arXiv category that a topic names, once: what a digest has to fetch."""
        return tuple(dict.fromkeys(category for topic in self.topics for category in topic.categories))


_FIELDS = {"key", "name", "area", "channel", "categories", "phrases", "description"}


def from_table(table: Mapping[str, Any]) -> Taxonomy:
    """Build a taxonomy from a parsed `taxonomy.toml` or the same table of a group's config.

    `table` has a list `topic` and, if areas have names, a table `areas`; and if their topics have a channel in common,
    a table `channels`. Raises ValueError with the place and the cure.
    """
    rows = table.get("topic", [])
    if not isinstance(rows, list) or not rows:
        raise ValueError("no topics: write at least one [[topic]] with a key and phrases")
    areas = table.get("areas", {})
    if not isinstance(areas, Mapping):
        raise ValueError('areas: write a table of keys and names, such as A = "Optimization"')  # noqa: TRY004
    channels = table.get("channels", {})
    topics = (_topic(row, number) for number, row in enumerate(rows, 1))
    return Taxonomy(
        topics=tuple(replace(topic, channel=topic.channel or channels.get(topic.area)) for topic in topics),
        areas=tuple((str(key), str(name)) for key, name in areas.items()),
    )


def _topic(row: Any, number: int) -> Topic:
    where = f"topic {number}"
    if not isinstance(row, Mapping):
        raise ValueError(f"{where}: write it as a [[topic]] table")  # noqa: TRY004
    key = str(row.get("key", "")).strip()
    if not key:
        raise ValueError(f'{where}: give it a key, such as key = "A1"')
    where = f"topic {key}"
    if unknown := sorted(set(row) - _FIELDS):
        raise ValueError(f"{where}: unknown {unknown[0]!r}; known are {', '.join(sorted(_FIELDS))}")
    return Topic(
        key=key,
        name=str(row.get("name", "")).strip() or key,
        area=str(row.get("area", "")).strip(),
        channel=str(row["channel"]) if row.get("channel") else None,
        categories=_strings(row.get("categories", []), f"{where}: categories"),
        phrases=_strings(row.get("phrases", []), f"{where}: phrases"),
        description=str(row.get("description", "")).strip(),
    )


def _strings(value: Any, where: str) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueError(f'{where}: write a list of texts, such as ["mixture of experts"]')  # noqa: TRY004
    return tuple(dict.fromkeys(text for item in value if (text := str(item).strip())))


@cache
def shipped() -> Taxonomy:
    """The taxonomy that comes with the bot."""
    return from_table(
        tomllib.loads(resources.files(__package__).joinpath("taxonomy.toml").read_text("utf-8"))
    )
