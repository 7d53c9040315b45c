"""The lists of tables in config.toml: [[topics]] and [[conferences]]."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeGuard

from bot.config import readers
from bot.topics.taxonomy import Topic, shipped
from bot.when import Conference

_TOPIC_KEYS: dict[str, tuple[Callable[[Any], Any], bool]] = {  # its reader, and whether it is needed
    "key": (readers.text, True),
    "name": (readers.text, True),
    "area": (readers.optional_text, False),
    "channel": (readers.place, False),
    "categories": (readers.texts, False),
    "phrases": (readers.texts, False),
    "description": (readers.optional_text, False),
}


def _read_topic(number: int, table: Any, problems: list[str]) -> Topic | None:
    where = f"topics[{number}]"
    if not isinstance(table, dict):
        problems.append(f"{where}: must be a [[topics]] table.")
        return None
    problems.extend(
        f"{where}.{name}: unknown key.{suggest(name, _TOPIC_KEYS)}"
        for name in table
        if name not in _TOPIC_KEYS
    )
    values: dict[str, Any] = {}
    for name, (read, needed) in _TOPIC_KEYS.items():
        if name not in table:
            if needed:
                problems.append(f'{where}.{name}: is missing; add {name} = "…".')
            continue
        try:
            values[name] = read(table[name])
        except ValueError as error:
            problems.append(f"{where}.{name}: {readers.sentence(error)}")
    if "key" not in values or "name" not in values:
        return None
    return Topic(
        key=values["key"],
        name=values["name"],
        area=values.get("area") or values["name"],
        channel=values.get("channel"),
        categories=values.get("categories", ()),
        phrases=values.get("phrases", ()),
        description=values.get("description") or "",
    )


def suggest(name: str, allowed: Any) -> str:
    near = difflib.get_close_matches(name, list(allowed), n=1)
    return f" Did you mean {near[0]}?" if near else " Remove it."


def read_topics(tables: Any, problems: list[str]) -> tuple[Topic, ...]:
    if tables is None:
        return tuple(shipped())
    if not isinstance(tables, list):
        problems.append("topics: must be [[topics]] tables, with two brackets.")
        return ()
    topics = [topic for n, table in enumerate(tables, 1) if (topic := _read_topic(n, table, problems))]
    keys = [topic.key for topic in topics]
    problems.extend(
        f'topics: the key "{key}" is used twice; give each topic its own.'
        for key in {k for k in keys if keys.count(k) > 1}
    )
    return tuple(topics)


def topic_table(topic: Topic) -> dict[str, Any]:
    """A topic as its [[topics]] table, without what is empty."""
    table = {
        "key": topic.key, "name": topic.name, "area": topic.area, "channel": topic.channel,
        "categories": list(topic.categories), "phrases": list(topic.phrases), "description": topic.description,
    }  # fmt: skip
    return {name: value for name, value in table.items() if value}


@lru_cache(maxsize=256)
def stored_topics(text: str) -> tuple[Topic, ...]:
    """A server's own topics, as they were stored: a list of tables as JSON."""
    return read_topics(json.loads(text), [])


def read_conferences(tables: Any, problems: list[str]) -> tuple[Conference, ...]:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        problems.append("conferences: must be [[conferences]] tables, with two brackets.")
        return ()
    return tuple(
        found for n, table in enumerate(tables, 1) if (found := _read_conference(n, table, problems))
    )


def _read_conference(number: int, table: dict[str, Any], problems: list[str]) -> Conference | None:
    where, allowed = f"conferences[{number}]", ("name", "first", "last")
    problems.extend(
        f"{where}.{name}: unknown key.{suggest(name, allowed)}" for name in table if name not in allowed
    )
    name, first, last = (table.get(key) for key in allowed)
    if not isinstance(name, str) or not name.strip():
        problems.append(f'{where}.name: is missing; add name = "NeurIPS 2026".')
    elif not _is_day(first) or not _is_day(last):
        problems.append(f"{where}: first and last must be days without quotes, such as first = 2026-12-06.")
    elif last < first:
        problems.append(f"{where}.last: lies before first. Swap the two.")
    else:
        return Conference(name.strip(), first, last)
    return None


def _is_day(value: Any) -> TypeGuard[date]:
    return isinstance(value, date) and not isinstance(value, datetime)
