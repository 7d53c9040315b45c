"""A made-up group's record, as long as one likes: the same each time."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

from bot.publish.record import (
    Attendance,
    OutsideArchive,
    Paper,
    Record,
    Session,
    Speaker,
    Talk,
    Topic,
    When,
    uid,
)  # fmt: skip
from bot.when import resolve_wall

ABOUT = """A made-up group that reads on why networks learn, and on how they learn with less.
# What we read
- Optimization: gradient descent and its relatives
- Compression: sparsity, quantization, distillation
Everybody may come. Our page: https://example.org/group."""

_AREAS = {
    "Optimization": {"A1": "Gradient methods and their limits", "A2": "Implicit regularization"},
    "Generalization & Robustness": {
        "B1": "Double descent, PAC-Bayes",
        "B2": "Kernels, memorization, stability",
    },
    "Architectures": {"C1": "Lottery tickets and sparsity", "C2": "Mixtures of experts & merging"},
    "Practical Efficiency": {"D1": "Learning on small devices", "D2": "Energy-efficient training"},
}
TOPICS = tuple(
    Topic(key, name, area, f"{name}, and what follows from it.")
    for area, topics in _AREAS.items()
    for key, name in topics.items()
)


def _several(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("|")]


_FIRST = _several(
    "Ada|Emmy|Kurt|Sofia|Grace|Alan|Hannah|José|Zoë|Łukasz|Ngọc|Søren|Priya|Wei|Olga|Tariq|Amélie|Yuki|Ben|Chiara"
)
_LAST = _several(
    """Lovelace|Noether|Gödel|Kovalevskaya|Hopper|Turing|García|Öztürk|Nowak|Nguyễn|Kierkegaard|Raman|Zhang|Petrova|
    Aziz|Dubois|Tanaka|Ó-Briain|Rossi|de-Vries"""
)
_PLACES = ("University of Göttingen", "EPFL, Switzerland", "Adelaide University, Australia", "")
_OPENINGS = _several("Understanding|Rethinking|On|Towards|A Theory of|The Geometry of|Scaling|Why We Need")
_SUBJECTS = _several(
    """Sparse Networks|Gradient Descent|Low-Rank Adapters|Loss Landscapes|Batch Size|Weight Decay|Attention|
    Lottery Tickets|Kernel Regimes|Quantized Training|Data Curricula"""
)
_TURNS = _several(
    """in Overparameterized Models|at the Edge of Stability|with ℓ₁-Constraints|under Distribution Shift|
    without Labels|for Language Models on a Budget|in Practice: A Longer Story with Some Surprises Along the Way"""
)
_WORDS = _several(
    """network|gradient|loss|sparse|width|depth|descent|margin|kernel|feature|training|sample|energy|token|layer|
    norm|stable|implicit|bias|regime|expert|rank|prune|distill|quantize|noise|flow"""
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def record(talks: int = 200, *, coming: int = 4, seed: int = 1) -> Record:
    """A group that has heard so many talks, in sessions every other week before June 2026, and plans some more."""
    rng = random.Random(seed)
    people = [Speaker(f"{first} {last}", rng.choice(_PLACES)) for first in _FIRST for last in _LAST]
    apart = timedelta(days=14 if talks < 250 else 2)
    sessions = []
    for number in range(1, talks + coming + 1):
        wall, held = datetime(2026, 6, 15, 17) + apart * (number - talks - 1), number <= talks  # noqa: DTZ001
        sessions.append(_session(rng, number, wall, _talk(rng, number, people, held=held), held=held))
    return Record(
        group="Efficient & Deep Reading Group",
        zone="Europe/Berlin",
        zones=("America/New_York", "Australia/Adelaide"),
        place="Join via #announcements on Discord",
        sessions=tuple(sessions),
        topics=TOPICS,
        archives=(OutsideArchive("Mathematics of Deep Learning", "2022–2025", "https://example.org/old"),),
        uid=uid(1, 0),
        about=ABOUT,
    )


def _session(rng: random.Random, number: int, wall: datetime, talk: Talk, *, held: bool) -> Session:
    start, _ = resolve_wall(wall, "Europe/Berlin")
    came = rng.choice((None, rng.randint(8, 60))) if held else None
    return Session(
        number=number,
        uid=uid(1, number),
        sequence=1,
        updated=min(NOW, start + timedelta(days=1)),
        state="held" if held else "planned",
        title=talk.title,
        when=When(f"{wall:%Y-%m-%dT%H:%M}", "Europe/Berlin", start, 60),
        talks=(talk,),
        attendance=Attendance(going=rng.randint(3, 30), maybe=4, came=came),
        questions=rng.choice((0, 0, 3)),
    )


def _talk(rng: random.Random, number: int, people: list[Speaker], *, held: bool) -> Talk:
    title = " ".join((rng.choice(_OPENINGS), rng.choice(_SUBJECTS), rng.choice(_TURNS)))
    abstract = " ".join(_sentence(rng) for _ in range(rng.randint(5, 9)))
    papers = ()
    if rng.random() < 0.8:
        published = date(2026, 1, 1) - timedelta(days=rng.randint(0, 2000))
        papers = (
            Paper(
                key=f"{published:%y%m}.{number:05}", title=title, tex=title.replace("ℓ₁", r"$\ell_1$"),
                authors=tuple(one.name for one in rng.sample(people, k=rng.randint(1, 6))), abstract=abstract,
                url=f"https://arxiv.org/abs/{published:%y%m}.{number:05}", published=published, category="cs.LG",
            ),
        )  # fmt: skip
    return Talk(
        number=number,
        title=title,
        speakers=tuple(rng.sample(people, k=rng.choice((1, 1, 1, 2)))),
        abstract="" if papers and rng.random() < 0.5 else abstract,
        papers=papers,
        topics=tuple(rng.sample(TOPICS, k=rng.choice((1, 1, 2)))),
        slides=f"https://example.org/slides/{number}.pdf" if held and rng.random() < 0.5 else "",
        recording=f"https://video.example.org/watch?v={number}&t=1" if held and rng.random() < 0.6 else "",
        votes=rng.choice((0, 5, 9)),
    )


def _sentence(rng: random.Random) -> str:
    words = [rng.choice(_WORDS) for _ in range(rng.randint(9, 22))]
    return " ".join(words).capitalize() + "."
