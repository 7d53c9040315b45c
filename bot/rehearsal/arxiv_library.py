"""What the arXiv double knows: papers, the days that announce them, what is public when. No I/O, no clock.

The rules come from arXiv's help pages (availability, identifiers, taxonomy, feeds) and from answers it gave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")

# arXiv's own pattern is this loose: month 00 and one digit too many are "well formed", only absent.
_ID = re.compile(
    r"(?P<bare>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}|[a-z-]+(?:\.[a-z-]+)?/\d{7})(?:v(?P<version>\d+))?"
)
_SUBJECTS = {
    "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS "
    "PF PL RO SC SD SE SI SY",
    "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST",
    "stat": "AP CO ME ML OT TH",
    "eess": "AS IV SP SY",
    "econ": "EM GN TH",
}
_OTHER_ARCHIVES = {
    *("astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nlin", "nucl-ex"),
    *("nucl-th", "physics", "q-bio", "q-fin", "quant-ph"),
}
# Evenings without an announcement in 2026, from arXiv's published table.
_HOLIDAYS = frozenset(
    date.fromisoformat(f"2026-{day}")
    for day in ("01-01", "01-19", "06-19", "07-03", "09-07", "11-26", "12-25", "12-29", "12-31")
)
_FRIDAY, _SATURDAY = 4, 5
_FEED_LIMIT, _LAST_LISTED_VERSION = 2_000, 5


@dataclass(frozen=True, kw_only=True)
class ArxivPaper:
    """One work as arXiv holds it. The first category is the primary one; times are aware, in UTC."""

    id: str
    title: str
    authors: tuple[str, ...]
    abstract: str
    categories: tuple[str, ...]
    published: datetime
    updated: datetime | None = None
    version: int = 1
    comment: str | None = None
    doi: str | None = None
    journal_ref: str | None = None
    license: str = "http://creativecommons.org/licenses/by/4.0/"

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> ArxivPaper:
        """A paper from plain data; `published` is an ISO date or instant, unknown keys are ignored."""
        published = datetime.fromisoformat(row["published"])
        known = {key: row[key] for key in ("version", "comment", "doi", "journal_ref") if key in row}
        return cls(
            id=row["id"],
            title=row["title"],
            authors=tuple(row["authors"]),
            abstract=row["abstract"],
            categories=tuple(row["categories"]),
            published=published if published.tzinfo else published.replace(tzinfo=UTC),
            **known,
        )


def split_id(text: str) -> tuple[str, int | None] | None:
    """`"math.GT/0309136v2"` → `("math/0309136", 2)`; None where arXiv says "incorrect id format"."""
    found = _ID.fullmatch(text)
    if not found:
        return None
    bare = re.sub(r"^([a-z-]+)\.[A-Za-z-]+/", r"\1/", found["bare"])
    return bare, int(found["version"]) if found["version"] else None


def known_category(name: str) -> bool:
    """Whether `name` is an archive (`cs`, `hep-th`) or a category (`cs.LG`) that arXiv has."""
    archive, _, subject = name.partition(".")
    if archive in _SUBJECTS:
        return not subject or subject in _SUBJECTS[archive].split()
    return archive in _OTHER_ARCHIVES


def in_categories(category: str, wanted: Iterable[str]) -> bool:
    """Whether a paper's `category` lies in one of the `wanted` categories or whole archives."""
    return any(category == one or category.startswith(one + ".") for one in wanted)


def announced_at(day: date) -> datetime:
    """When the papers in the feed of `day` became public: at 20:00 US Eastern the evening before."""
    eve = day - timedelta(days=1)
    return datetime(eve.year, eve.month, eve.day, 20, tzinfo=EASTERN).astimezone(UTC)


def is_feed_day(day: date) -> bool:
    """Whether the feed of `day` has papers: the evening before is Sunday to Thursday and no holiday."""
    eve = day - timedelta(days=1)
    return eve.weekday() not in (_FRIDAY, _SATURDAY) and eve not in _HOLIDAYS


class ArxivLibrary:
    """The papers, the batch of each feed day, and what is held back.

    A paper given at the start is public at once, one that `announce` brings the evening before its feed day.
    """

    def __init__(self, papers: Iterable[ArxivPaper]) -> None:
        self.papers = {paper.id: paper for paper in papers}
        self.batches: dict[date, list[ArxivPaper]] = {}
        self.withheld: set[str] = set()
        self._public_from: dict[str, datetime] = {}

    def announce(self, day: date, papers: Iterable[ArxivPaper]) -> None:
        """Put `papers` into the feed of `day` (US Eastern); version 2 and up counts as a replacement.

        Raises ValueError for a day on which arXiv has no batch: weekends, and after a holiday evening.
        """
        if not is_feed_day(day):
            raise ValueError(f"arXiv has no batch on {day:%A %d %B %Y}")
        for paper in papers:
            self.batches.setdefault(day, []).append(paper)
            if paper.id not in self.papers:
                self._public_from[paper.id] = announced_at(day)
            self.papers[paper.id] = paper

    def public(self, now: datetime) -> dict[str, ArxivPaper]:
        """What the query API serves at `now`, by id."""
        return {
            key: paper
            for key, paper in self.papers.items()
            if key not in self.withheld and now >= self._public_from.get(key, now)
        }

    def batch(self, day: date, wanted: Sequence[str]) -> list[tuple[ArxivPaper, str]]:
        """What the feed of the `wanted` categories lists on `day`: papers with their announce types.

        Replacements come first, new papers last; revisions from the sixth on are left out.
        """
        order = ("replace-cross", "replace", "cross", "new")
        items = [
            (paper, _announce_type(paper, wanted))
            for paper in self.batches.get(day, ())
            if any(in_categories(one, wanted) for one in paper.categories)
            and paper.version <= _LAST_LISTED_VERSION
        ]
        return sorted(items, key=lambda item: order.index(item[1]))[:_FEED_LIMIT]

    def batch_day_before(self, day: date) -> date:
        """The last day before `day` that had a batch, or `day` itself if none had."""
        return max((other for other in self.batches if other < day), default=day)


def _announce_type(paper: ArxivPaper, wanted: Sequence[str]) -> str:
    """The type depends on what is asked: a paper is new only where its primary category is wanted."""
    primary = in_categories(paper.categories[0], wanted)
    if paper.version > 1:
        return "replace" if primary else "replace-cross"
    return "new" if primary else "cross"
