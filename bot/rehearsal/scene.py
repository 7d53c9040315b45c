"""The group that the rehearsal plays: its server, its people, its papers, its days, and a config for the bot.

The group is made after a public reading group on the theory and the efficiency of deep learning that meets
every other Monday at 17:00 in Berlin. Its people are invented; the papers are real ones.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Protocol

from bot.clock import Clock
from bot.rehearsal import build, invented, messages, permissions
from bot.rehearsal.arxiv import ArxivDouble
from bot.rehearsal.arxiv_library import EASTERN, ArxivPaper, is_feed_day
from bot.rehearsal.flags import Permission
from bot.rehearsal.models import Guild
from bot.rehearsal.world import World

# Friday afternoon in Berlin: the next digest is on Monday morning, the next sessions on 8 and 22 June.
START = datetime(2026, 6, 5, 13, 0, tzinfo=UTC)
SERVER = "ELLIS reading group: mathematics and efficiency of deep learning"
ORGANISER = "Organiser"
ANNOUNCEMENTS, PROPOSALS, GENERAL = "announcements", "proposals", "general"
AREA_CHANNELS = {
    "A": ("optimisation-and-dynamics", "Optimisation and training dynamics"),
    "B": ("generalisation-and-robustness", "Generalisation and robustness"),
    "C": ("architectures-and-efficiency", "Architectures and model efficiency"),
    "D": ("practical-efficiency", "Emerging paradigms and practical efficiency"),
}
# username: (shown name, IANA zone, organises)
PEOPLE = {
    "marta": ("Marta Lindqvist", "Europe/Berlin", True),
    "kenji": ("Kenji Mori", "Asia/Tokyo", True),
    "aisha": ("Aisha Rahman", "Europe/London", False),
    "jonas": ("Jonas Weber", "Europe/Berlin", False),
    "lucia": ("Lucía Ortega", "America/New_York", False),
    "tomas": ("Tomáš Novák", "Europe/Prague", False),
    "priya": ("Priya Nair", "Australia/Adelaide", False),
}
# Papers that the tour and the chatter talk about; they are old news and in no batch.
_TALKED_ABOUT = {"2103.00065", "1806.07572", "2203.15556", "1803.03635", "2205.14135", "1912.02292"}
_PAPERS_A_DAY = 16
_WELCOME = """\
Welcome! We read one paper every other **Monday at 17:00 Berlin time**.
Propose papers with `/propose`, vote for them in <#{proposals}>, see what comes next with `/nextsession`. \
Each area has a channel with the new papers of the day."""
_ASIDE = """\
I know Ingrid Calloway in Adelaide who works on sparse training. She would give a talk. \
But she is not on Discord: is an outside speaker all right?"""
_CHATTER = (
    (ANNOUNCEMENTS, "marta", _WELCOME),
    (
        GENERAL,
        "jonas",
        "Has anybody read https://arxiv.org/abs/2103.00065? The sharpness really sits at 2/η.",
    ),
    (GENERAL, "lucia", "Yes! And it stays there with momentum, only at another value. Worth a session."),
    (GENERAL, "aisha", _ASIDE),
    (
        GENERAL,
        "marta",
        "Of course. I will plan it for the 22nd, if half past midnight is not too late for her.",
    ),
    (GENERAL, "priya", "From Adelaide: it is. She would rather speak *early* in the morning. :)"),
)


class TopicRow(Protocol):
    """What `demo_config` writes of a topic; `area` is the key of one of `AREA_CHANNELS`."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def area(self) -> str: ...
    @property
    def categories(self) -> tuple[str, ...]: ...
    @property
    def phrases(self) -> tuple[str, ...]: ...


def zones(world: World) -> dict[int, str]:
    """The IANA zone in which each of the scene's people lives, by user id."""
    known = {user.username: user.id for user in world.users.values()}
    return {known[name]: zone for name, (_, zone, _) in PEOPLE.items() if name in known}


def demo_group(world: World) -> Guild:
    """The server with its channels, people, roles and the bot, and a little talk."""
    for username, (shown, _, _) in PEOPLE.items():
        build.person(world, username, global_name=shown)
    guild = build.group(
        world,
        SERVER,
        channels=(),
        roles={ORGANISER: permissions.MODERATOR},
        members={name: [ORGANISER] if organises else [] for name, (_, _, organises) in PEOPLE.items()},
        owner="marta",
    )
    _add_channels(world, guild)
    ids = {channel.name: channel.id for channel in guild.channels.values()}
    for channel, username, text in _CHATTER:
        author = build.person(world, username)
        messages.create(
            world, author, ids[channel], {"content": text.replace("{proposals}", str(ids[PROPOSALS]))}
        )
    return guild


def _add_channels(world: World, guild: Guild) -> None:
    news = build.add_channel(
        world, guild, ANNOUNCEMENTS, topic="Sessions, reminders, results.", category="Reading group"
    )
    build.add_channel(world, guild, PROPOSALS, topic="Ballots: a 👍 is a vote.", category="Reading group")
    build.add_channel(world, guild, GENERAL, topic="Everything else.", category="Reading group")
    for channel, topic in AREA_CHANNELS.values():
        build.add_channel(world, guild, channel, topic=topic, category="New on arXiv")
    # Only organisers and the bot announce.
    writers = [role for role in guild.roles.values() if role.name == ORGANISER or role.managed_by]
    build.overwrite(world, news, guild.roles[guild.id], deny=Permission.SEND_MESSAGES)
    for role in writers:
        build.overwrite(world, news, role, allow=Permission.SEND_MESSAGES)


def library() -> list[tuple[ArxivPaper, tuple[str, ...]]]:
    """The shipped papers with the keys of their topics, the main one first."""
    text = resources.files(__package__).joinpath("data/papers.json").read_text("utf-8")
    return [(ArxivPaper.from_dict(row), tuple(row["topics"])) for row in json.loads(text)]


def demo_arxiv(
    clock: Clock,
    samples: Path | None = None,
    *,
    began: datetime = START,
    topics: Sequence[TopicRow] = (),
    own: bool = False,
) -> ArxivDouble:
    """The double with the shipped papers, dealt out over the feed days after the one on which the story `began`.

    With `samples` (the folder of `samples_beside`) the days that it knows are real ones. The other days of a term have
    invented papers of the `topics`; all days have when these are a group's `own`, which the shipped ones may not fit.
    """
    papers = library()
    double = ArxivDouble((paper for paper, _ in papers), clock)
    real = _real_days(samples) if samples else {}
    known = {**_dealt(papers, began.date()), **real}
    for day, batch in invented.days(topics, began.date()):
        if own or day not in known:
            known[day] = [*known.get(day, ()), *batch]
    for day, batch in known.items():
        double.announce(day, batch)
    return double


def samples_beside(checkout: Path) -> Path | None:
    """The folder of real arXiv days beside a checkout, if it is there."""
    folder = checkout.parent / "shared" / "arxiv-samples"
    return folder if (folder / "stream_2days.jsonl.gz").is_file() else None


def _dealt(papers: list[tuple[ArxivPaper, tuple[str, ...]]], after: date) -> dict[date, list[ArxivPaper]]:
    """Batches of equal size, each with papers of all four areas, for the feed days after a day."""
    by_area: dict[str, list[ArxivPaper]] = {}
    for paper, topics in papers:
        if paper.id not in _TALKED_ABOUT:
            by_area.setdefault(topics[0][0], []).append(paper)
    deck = sorted(
        ((number / len(pile), paper) for pile in by_area.values() for number, paper in enumerate(pile)),
        key=lambda entry: (entry[0], entry[1].id),
    )
    day, batches = after + timedelta(days=1), dict[date, list[ArxivPaper]]()
    for first in range(0, len(deck), _PAPERS_A_DAY):
        while not is_feed_day(day):
            day += timedelta(days=1)
        batches[day] = [paper for _, paper in deck[first : first + _PAPERS_A_DAY]]
        day += timedelta(days=1)
    return batches


def _real_days(folder: Path) -> dict[date, list[ArxivPaper]]:
    """Real days of arXiv, by feed day. Their keeper left the authors out, and the minute of submission."""
    batches: dict[date, list[ArxivPaper]] = {}
    with gzip.open(folder / "stream_2days.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            day = date.fromisoformat(row["date"])
            submitted = datetime(day.year, day.month, day.day, 12, tzinfo=EASTERN) - timedelta(days=1)
            row |= {
                "id": row["id"].removeprefix("arXiv:"),
                "authors": ["(authors not in the sample)"],
                "published": submitted.astimezone(UTC).isoformat(),
            }
            batches.setdefault(day, []).append(ArxivPaper.from_dict(row))
    return batches


def demo_config(
    *,
    api_url: str,
    gateway_url: str,
    arxiv_url: str,
    database: str,
    topics: Iterable[TopicRow] = (),
    min_interval: float = 0.05,
) -> str:
    """The bot's config.toml for this group; `arxiv_url` is the double's with its prefix, `database` a URL.

    With `topics`, each is written with the channel of its area; without, the bot's own topics hold. The seconds of
    `min_interval` are real ones: the double, unlike arXiv, need not be spared.
    """
    text = _CONFIG.format(
        api_url=_toml(api_url),
        gateway_url=_toml(gateway_url),
        database=_toml(database),
        query=_toml(f"{arxiv_url}/api/query"),
        min_interval=min_interval,
        feed=_toml(f"{arxiv_url}/atom/{{category}}"),
    )
    return text + "".join(_topic(topic) for topic in topics)


_CONFIG = """\
[discord]
api_url = {api_url}
gateway_url = {gateway_url}

[storage]
url = {database}

[arxiv]
api_url = {query}
feed_url = {feed}
min_interval = {min_interval}

[group]
timezone = "Europe/Berlin"
organiser_role = "Organiser"
announcement_channel = "announcements"
proposal_channel = "proposals"
vote_emoji = "👍"

[reminders]
before = ["7d", "1d", "1h"]

[digest]
at = "08:30"
days = ["mon", "tue", "wed", "thu", "fri"]
"""


def _topic(topic: TopicRow) -> str:
    channel = AREA_CHANNELS[topic.area][0]
    entries: dict[str, str | Sequence[str]] = {
        "key": topic.key,
        "name": topic.name,
        "area": topic.area,
        "channel": channel,
        "categories": list(topic.categories),
        "phrases": list(topic.phrases),
    }
    return "\n[[topics]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in entries.items())


def _toml(value: str | Sequence[str]) -> str:
    """A text or a list of texts as TOML, whose basic strings are JSON's as far as these go."""
    return json.dumps(value, ensure_ascii=False)
