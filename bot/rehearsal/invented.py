"""Papers that nobody wrote, made of a group's own phrases: they fill the days of a rehearsal for which no real ones are
kept, so that a whole term has its digests, whatever the group is interested in.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from bot.rehearsal.arxiv_library import EASTERN, ArxivPaper, is_feed_day

#: A term and the holidays after it.
DAYS = 300
_AUTHORS = ("Ada Beispiel", "Jan Ukázka", "Aiko Rei", "Maria Esempio", "Luis Ejemplo", "Sam Example")
_TITLES = (
    "{one} meets {two}",
    "A closer look at {one}",
    "When does {one} help? The case of {two}",
    "Rethinking {one} by way of {two}",
    "On the limits of {one}",
    "How much {one} does {two} need?",
    "{one} without tears",
)
_ABSTRACT = (
    "Invented for the rehearsal: a look at {one} and what it has to do with {two}. Where {one} is cheap, {two} turns "
    "out to matter less than one would think; where it is not, {three} is the better choice."
)


class Subject(Protocol):
    """What is read of a topic."""

    @property
    def name(self) -> str: ...
    @property
    def categories(self) -> tuple[str, ...]: ...
    @property
    def phrases(self) -> tuple[str, ...]: ...


def days(subjects: Sequence[Subject], after: date) -> Iterator[tuple[date, list[ArxivPaper]]]:
    """The feed days after a day, each with a paper of every subject that arXiv has a category for. Always the same."""
    wanted = [subject for subject in subjects if subject.categories]
    for ahead in range(1, DAYS + 1):
        day = after + timedelta(days=ahead)
        if wanted and is_feed_day(day):
            yield day, list(_batch(wanted, day))


def _batch(subjects: Iterable[Subject], day: date) -> Iterator[ArxivPaper]:
    submitted = datetime(day.year, day.month, day.day, 12, tzinfo=EASTERN)
    submitted -= timedelta(days=3 if day.weekday() == 0 else 1)
    for number, subject in enumerate(subjects):
        chance = random.Random(f"{day} {number}")
        known = subject.phrases or (subject.name,)
        one, two, three = (chance.choice(known) for _ in range(3))
        words = {"one": one, "two": two, "three": three}
        title = chance.choice(_TITLES).format(**words)
        yield ArxivPaper(
            id=f"{day:%y%m}.{50_000 + day.day * 100 + number:05d}",
            title=title[:1].upper() + title[1:],
            authors=tuple(chance.sample(_AUTHORS, k=2)),
            abstract=_ABSTRACT.format(**words),
            categories=tuple(subject.categories),
            published=submitted.astimezone(UTC),
        )
