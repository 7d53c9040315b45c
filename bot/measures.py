"""Counts and times what happens, and writes it as Prometheus reads it.

What is counted are the events of the log, each under its name, whatever level the log shows. One that took time says so
(`seconds`, or `late` as the outbox does). Nothing here names a person, a server or a paper.
Format: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

#: Upper bounds of the classes of a time, in seconds. Discord takes 3 s for an answer; people notice 1 s.
BOUNDS = (0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 15.0, 60.0, 300.0, 3600.0)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)s?")


class Times:
    """How long something took: how often at most each bound, the sum, and how often at all."""

    def __init__(self) -> None:
        self.classes = [0] * (len(BOUNDS) + 1)
        self.sum = 0.0

    def add(self, seconds: float) -> None:
        self.classes[bisect_left(BOUNDS, seconds)] += 1
        self.sum += seconds


class Measures:
    """What happened since the start."""

    def __init__(self) -> None:
        self.events = Counter[str]()
        self.times = defaultdict[str, Times](Times)

    def hear(self, name: str, fields: Mapping[str, object]) -> None:
        """An event of the log happened."""
        self.events[name] += 1
        if found := _SECONDS.fullmatch(str(fields.get("seconds", fields.get("late", "")))):
            self.times[name].add(float(found[1]))

    def statement(self, seconds: float) -> None:
        """The database answered."""
        self.times["database.statement"].add(seconds)

    def written(self, now: Mapping[str, float]) -> str:
        """All of it, and what holds `now`, by its name with its labels."""
        return "\n".join([*self._counted(), *self._timed(), *_gauges(now)]) + "\n"

    def _counted(self) -> Iterator[str]:
        yield "# HELP bot_events_total What happened, by the name of its line in the log."
        yield "# TYPE bot_events_total counter"
        for name, number in sorted(self.events.items()):
            yield f'bot_events_total{{event="{_label(name)}"}} {number}'

    def _timed(self) -> Iterator[str]:
        yield "# HELP bot_seconds How long it took, or how late it was; by event."
        yield "# TYPE bot_seconds histogram"
        for name, times in sorted(self.times.items()):
            label, total = _label(name), 0
            for bound, number in zip((*BOUNDS, "+Inf"), times.classes, strict=True):
                total += number
                yield f'bot_seconds_bucket{{event="{label}",le="{bound}"}} {total}'
            yield f'bot_seconds_sum{{event="{label}"}} {times.sum:.6f}'
            yield f'bot_seconds_count{{event="{label}"}} {total}'


def _gauges(now: Mapping[str, float]) -> Iterator[str]:
    known = ""
    for name, value in sorted(now.items()):
        family = name.partition("{")[0]
        if family != known:
            known = family
            yield f"# TYPE {family} gauge"
        yield f"{name} {value:g}"


def _label(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
