"""Taking talks of the past from a file: each is added, merged into what is known, or refused, with the reason.

What comes in is ordinary sessions in the state "held"; nobody is told, reminded or asked, for those who follow the
sessions do not hear of it. All of a file is one transaction: a dry run does everything, and takes it back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from bot.clock import Clock
from bot.config import ServerSettings
from bot.publish.past import Incoming, Unread
from bot.publish.past.days import noon
from bot.publish.record import DAY, MINUTE
from bot.services.archive import Archive
from bot.services.known import Entry, Known
from bot.services.past_papers import PastPapers
from bot.services.people import Refused
from bot.services.reading import read_link
from bot.services.settings import SettingsService
from bot.services.speakers import read_zone
from bot.when import local, resolve_wall
from storage import presenters, sessions
from storage.database import Database, Tx
from storage.search import bare
from storage.tables import Deed, FurtherPaper, Presenter, Session, Speaker, Talk

_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
#: How many sessions are put into the index of the archive at a time.
_BATCH = 200


@dataclass(frozen=True)
class Outcome:
    """What became of a place in the file. `notes` say what of it was left out or assumed."""

    where: str
    what: Literal["added", "merged", "known", "refused"]
    about: str
    notes: tuple[str, ...] = ()


@dataclass
class _Taking:
    """What one file needs while it is taken."""

    guild_id: int
    settings: ServerSettings
    known: Known
    now: datetime
    papers: dict[str, str]  # what a row calls its paper -> its id
    fresh: list[Entry] = field(default_factory=list)
    touched: dict[int, Session] = field(default_factory=dict)
    peopled: list[Entry] = field(default_factory=list)
    wider: list[Entry] = field(default_factory=list)  # of several papers


class Past:
    """Takes files in."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        archive: Archive,
        papers: PastPapers,
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._archive, self._papers = archive, papers

    async def take(
        self,
        guild_id: int,
        rows: Sequence[Incoming | Unread],
        *,
        dry_run: bool,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> list[Outcome]:
        """Take what a file holds into a server's archive; what became of each place, in the file's order.

        Taken again, it changes nothing. `progress` is called with how many places are done, and of how many.
        """
        talks = [row for row in rows if isinstance(row, Incoming)]
        outcomes: list[Outcome] = []
        async with self._database.transaction() as tx:
            taking = _Taking(
                guild_id=guild_id,
                settings=await self._settings.of(tx, guild_id),
                known=Known.of(await sessions.all_of(tx, guild_id)),
                now=self._clock.now(),
                papers=await self._papers.put(tx, guild_id, talks),
            )
            for done, row in enumerate(rows, 1):
                outcomes.append(_refused(row) if isinstance(row, Unread) else _one(taking, row))
                progress(done, len(rows))
            await _store(tx, taking)
            if dry_run:
                await tx.rollback()
        if not dry_run:
            await self._index(guild_id, list(taking.touched))
        return outcomes

    async def _index(self, guild_id: int, touched: Sequence[int]) -> None:
        """Have what is new found in the archive, and what changed by what it says now."""
        await self._archive.take_up()
        for start in range(0, len(touched), _BATCH):
            async with self._database.transaction() as tx:
                views = await sessions.several(tx, touched[start : start + _BATCH])
                await self._archive.put(tx, guild_id, views)


def _refused(row: Unread) -> Outcome:
    return Outcome(row.where, "refused", row.why)


def _one(taking: _Taking, row: Incoming) -> Outcome:
    """What becomes of one talk."""
    notes: list[str] = []
    about = row.title or next((paper.title or paper.key for paper in row.papers), "")
    try:
        wall, zone, start = _when(row, taking.settings, notes)
        if _to_come(taking, wall, start):
            return Outcome(row.where, "refused", f"{about}: it is still to come; plan it with /session plan")
    except Refused as refusal:
        return Outcome(row.where, "refused", f"{about}: {refusal}")
    named = {paper.key: taking.papers.get(paper.key) for paper in row.papers}
    notes += [f"“{name[:60]}” names no paper" for name, found in named.items() if not found]
    read = list(dict.fromkeys(filter(None, named.values())))
    fields = _fields(row, next(iter(read), None), taking.settings, notes)
    entry = taking.known.find(wall, row.title or about, next(iter(read), None))
    if entry is None:
        entry = _add(taking, row, (wall, zone, start), fields, about)
        if entry.widen(read):
            taking.wider.append(entry)
        return Outcome(row.where, "added", about, tuple(notes))
    filled = _merge(taking, entry, row, fields, read, (wall, zone, start))
    if not filled:
        return Outcome(row.where, "known", about)
    return Outcome(row.where, "merged", f"{about}: {', '.join(filled)}", tuple(notes))


def _when(row: Incoming, settings: ServerSettings, notes: list[str]) -> tuple[str, str, datetime]:
    """(Wall time, zone, instant). Raises Refused for a zone that nobody knows, and a time that clocks jumped over."""
    home = settings.group.timezone
    if len(row.wall) < MINUTE:
        return row.wall, home, noon(row.wall).replace(tzinfo=UTC)
    naive = datetime.fromisoformat(row.wall)
    if offset := _offset(row.zone):
        wall = local(naive.replace(tzinfo=offset), home)
        return f"{wall:%Y-%m-%dT%H:%M}", home, naive.replace(tzinfo=offset).astimezone(UTC)
    zone = read_zone(row.zone) or home
    if not row.zone:
        notes.append(f"no zone: taken as {home}")
    start, resolution = resolve_wall(naive, zone)
    if resolution == "gap":
        raise Refused(f"clocks in {zone} jumped over {row.wall.replace('T', ' ')}")
    return row.wall, zone, start


def _offset(zone: str) -> timezone | None:
    if zone.upper() in ("Z", "UTC", "GMT"):
        return UTC
    if found := _OFFSET.fullmatch(zone):
        return timezone(
            (1 if found[1] == "+" else -1) * timedelta(hours=int(found[2]), minutes=int(found[3]))
        )
    return None


def _to_come(taking: _Taking, wall: str, start: datetime) -> bool:
    """Whether that is in the future, as far as it is known."""
    today = local(taking.now, taking.settings.group.timezone).date().isoformat()
    return start > taking.now if len(wall) == MINUTE else wall > today[: len(wall)]


def _fields(
    row: Incoming, paper_id: str | None, settings: ServerSettings, notes: list[str]
) -> dict[str, object]:
    """What the row says of its talk, by the column it goes into; links that are none are left out and noted."""
    fields: dict[str, object] = {"title": row.title, "abstract": row.abstract, "paper_id": paper_id}
    for name, text in (("slides", row.slides), ("recording", row.recording), ("notes", row.notes)):
        try:
            fields[name] = read_link(text, name)
        except Refused:
            notes.append(f"{name}: “{text[:60]}” is no web address")
    keys = {name.casefold(): topic.key for topic in settings.topics for name in (topic.key, topic.name)}
    fields["topics"] = list(dict.fromkeys(keys.get(topic.casefold(), topic) for topic in row.topics))
    return {name: value for name, value in fields.items() if value}


def _add(
    taking: _Taking, row: Incoming, when: tuple[str, str, datetime], fields: dict[str, object], about: str
) -> Entry:
    """A talk that is new: in the meeting of that time, if there is one, or in one of its own."""
    wall, zone, start = when
    beside = taking.known.meeting(wall, zone)
    if beside:
        session = beside[0].session
        _touch(taking, session)
    else:
        session = Session(
            guild_id=taking.guild_id, starts_at=start, wall_time=wall, zone=zone,
            minutes=row.minutes or taking.settings.group.session_minutes, created_by=0, created_at=taking.now,
            title=row.session or None, state="held", came=row.attendance,
        )  # fmt: skip
    talk = Talk(guild_id=taking.guild_id, session_id=0, position=len(beside) + 1)
    for name, value in fields.items():
        setattr(talk, name, value)
    entry = Entry(session, talk, bare(about), has_people=bool(row.speakers), speakers=row.speakers)
    taking.known.add(entry)
    taking.fresh.append(entry)
    if row.speakers:
        taking.peopled.append(entry)
    return entry


def _merge(
    taking: _Taking,
    entry: Entry,
    row: Incoming,
    fields: dict[str, object],
    read: Sequence[str],
    when: tuple[str, str, datetime],
) -> list[str]:
    """Fill in what was not known; what is, stays. The names of what was filled in."""
    filled = []
    session, talk = entry.session, entry.talk
    for name, value in fields.items():
        if not getattr(talk, name) and not (name == "title" and entry.called):
            setattr(talk, name, value)
            filled.append("paper" if name == "paper_id" else name)
    if row.speakers and not entry.has_people:
        entry.has_people, entry.speakers = True, row.speakers
        taking.peopled.append(entry)
        filled.append("speakers")
    if row.attendance is not None and session.came is None:
        session.came = row.attendance
        filled.append("attendance")
    if len(session.wall_time) < len(when[0]) and session.state == "held":
        session.wall_time, session.zone, session.starts_at = when
        filled.append("time" if len(when[0]) > DAY else "date")
    if entry.widen(read):
        taking.wider.append(entry)
        filled.append("papers")
    if filled:
        _touch(taking, session)
    return filled


def _touch(taking: _Taking, session: Session) -> None:
    """A stored session changes: calendars and feeds must follow."""
    if session.session_id is not None and session.session_id not in taking.touched:
        session.version += 1
        taking.touched[session.session_id] = session


async def _store(tx: Tx, taking: _Taking) -> None:
    """Write what was decided: sessions, then talks, then who spoke."""
    tx.add_all(entry.session for entry in taking.fresh)
    await tx.flush()
    for entry in taking.fresh:
        entry.talk.session_id = entry.session.session_id
        tx.add(entry.talk)
    await tx.flush()
    tx.add_all(
        FurtherPaper(talk_id=entry.talk.talk_id, place=place, guild_id=taking.guild_id, paper_id=paper_id)
        for entry in taking.wider
        for place, paper_id in enumerate(entry.further, 2)
    )
    speakers = {one.name.casefold(): one for one in await presenters.speakers(tx, taking.guild_id)}
    for entry in taking.peopled:
        for said in entry.speakers:
            if said.name.casefold() not in speakers:
                speakers[said.name.casefold()] = Speaker(guild_id=taking.guild_id, name=said.name)
                tx.add(speakers[said.name.casefold()])
            speakers[said.name.casefold()].affiliation = (
                said.affiliation or speakers[said.name.casefold()].affiliation
            )
    await tx.flush()
    for entry in taking.peopled:
        for said in entry.speakers:
            tx.add(
                Presenter(
                    guild_id=taking.guild_id, talk_id=entry.talk.talk_id, name=said.name,
                    affiliation=said.affiliation or None, speaker_id=speakers[said.name.casefold()].speaker_id,
                )
            )  # fmt: skip
    for session_id in taking.touched:
        tx.add(
            Deed(guild_id=taking.guild_id, noun="session", noun_id=session_id, what="imported", done_by=0,
                 done_at=taking.now, changes=[])
        )  # fmt: skip
    await tx.flush()
