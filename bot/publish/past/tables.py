"""Talks from a table: CSV as any spreadsheet writes it, and JSON, ours or a list of rows. Pure."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import zip_longest
from typing import Any

from bot.publish.past import LONGEST_TEXT, LONGEST_TITLE, Incoming, NotReadable, Unread, taken
from bot.publish.past.days import Order, Unreadable, order_of, read_clock, read_day, split_tail
from bot.publish.record import Paper, Speaker
from bot.publish.talks import FORMAT

#: What people call the columns.
_ALIASES = {
    "date": "date day datum when tag",
    "wall_time": "wall_time time start uhrzeit start_time",
    "zone": "zone timezone time_zone tz zeitzone",
    "title": "title talk titel talk_title",
    "speakers": "speakers speaker presenter presenters name names by sprecher vortragende",
    "affiliations": "affiliations affiliation institution institutions",
    "abstract": "abstract description summary",
    "paper": "paper papers arxiv arxiv_id paper_link paper_url doi",
    "topics": "topics topic tags tag keywords",
    "slides": "slides slides_link slides_url folien",
    "recording": "recording video recording_link recording_url video_link youtube aufzeichnung",
    "notes": "notes notes_link notes_url",
    "minutes": "minutes duration length",
    "attendance": "attendance attendees participants",
    "session": "session meeting session_title",
}
_COLUMN = {alias: name for name, aliases in _ALIASES.items() for alias in aliases.split()}
_SEVERAL = re.compile(r"\s*(?:;|\n)\s*")
_PAPERS = re.compile(r"\s*(?:;\s|\n)\s*")  # an address may hold a semicolon
_AND = re.compile(r"\s+(?:and|und|&)\s+")
_GUARD = re.compile(r"^'(?=[=+\-@])")  # set by export, so that no spreadsheet takes the cell for a formula
Row = dict[str, str]


def from_csv(text: str) -> list[Incoming | Unread]:
    """The rows of a CSV file. Raises NotReadable when its columns are not to be understood."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        head = next((row for row in lines if any(cell.strip() for cell in row)), [])
        columns = [
            _COLUMN.get(re.sub(r"[^a-z]+", "_", cell.strip().casefold()).strip("_"), "") for cell in head
        ]
        if "date" not in columns or not {"title", "paper"} & set(columns):
            raise NotReadable(
                "The first line must name the columns: date and title at least, then any of "
                + ", ".join(name for name in _ALIASES if name not in ("date", "title"))
                + "."
            )
        found: list[tuple[str, Row]] = []
        begins = lines.line_num + 1
        for cells in lines:
            if any(cell.strip() for cell in cells):
                found.append((f"line {begins}", _row(columns, cells)))
            begins = lines.line_num + 1
    except csv.Error as error:
        raise NotReadable(f"Line {lines.line_num} cannot be read as CSV ({error}).") from None
    return _talks(found)


def _delimiter(text: str) -> str:
    """The character that separates the names in the first line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t|", key=first.count)


def _row(columns: Sequence[str], cells: Sequence[str]) -> Row:
    row: Row = {}
    for name, cell in zip(columns, cells, strict=False):
        if name and cell.strip():
            row.setdefault(name, _GUARD.sub("", cell.strip()))
    return row


def from_json(text: str) -> list[Incoming | Unread]:
    """Our own JSON, or a list of objects with the columns of the CSV as keys. Raises NotReadable."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotReadable(f"This is no JSON ({error}).") from None
    if isinstance(data, dict) and data.get("format") == FORMAT and isinstance(data.get("sessions"), list):
        return _talks([(f"talk {n}", row) for n, row in enumerate(_ours(data["sessions"]), 1)])
    rows = data.get("talks") if isinstance(data, dict) else data
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise NotReadable('This is no list of talks: write [{"date": "2023-05-04", "title": "…"}, …].')
    return _talks([(f"talk {n}", _flat(row)) for n, row in enumerate(rows, 1)])


def _ours(sessions: Sequence[Any]) -> Iterator[Row]:
    for session in sessions:
        talks = session.get("talks") if isinstance(session, dict) else None
        for talk in talks if isinstance(talks, list) else [{}]:
            day, _, clock = str(session.get("when", "") if isinstance(session, dict) else "").partition("T")
            shared = {"date": day, "wall_time": clock, "session": session.get("title", "")} if day else {}
            outer = {key: session[key] for key in ("zone", "minutes", "attendance") if day and key in session}
            yield _flat({**outer, **shared, **(talk if isinstance(talk, dict) else {})})


def _flat(row: Mapping[str, Any]) -> Row:
    """An object as a row of texts: lists become what the CSV has for them."""
    flat: Row = {}
    for key, value in row.items():
        name = _COLUMN.get(str(key).casefold(), "")
        items = value if isinstance(value, list) else [value]
        if name == "speakers" and any(isinstance(item, dict) for item in items):
            people = [item if isinstance(item, dict) else {"name": item} for item in items]
            flat["speakers"] = "; ".join(str(one.get("name", "")) for one in people)
            if any(one.get("affiliation") for one in people):
                flat["affiliations"] = "; ".join(str(one.get("affiliation", "")) for one in people)
        elif name == "paper" and any(isinstance(item, dict) for item in items):
            works = [item if isinstance(item, dict) else {"id": item} for item in items]
            flat |= {"paper": "; ".join(map(_named, works)), "about": json.dumps(works)}
        elif name and value is not None:
            flat[name] = "; ".join(map(str, items))
    return {name: text for name, text in flat.items() if text.strip()}


def _named(paper: Mapping[str, Any]) -> str:
    return str(paper.get("id") or paper.get("doi") or paper.get("url") or "")


def _papers(row: Row) -> tuple[Paper, ...]:
    """What names each paper, with what our own JSON says of it."""
    if "about" in row:
        return tuple(_paper(said) for said in json.loads(row["about"]) if _named(said))
    return tuple(Paper(name, "") for name in _PAPERS.split(row.get("paper", "")) if name)


def _paper(said: Mapping[str, Any]) -> Paper:
    authors = said.get("authors")
    return Paper(
        key=_named(said),
        title=str(said.get("title", ""))[:LONGEST_TITLE],
        authors=tuple(map(str, authors)) if isinstance(authors, list) else (),
    )


def _talks(rows: Sequence[tuple[str, Row]]) -> list[Incoming | Unread]:
    order = order_of(row.get("date", "") for _, row in rows)
    return [taken(where, partial(_talk, where, row, order)) for where, row in rows]


def _talk(where: str, row: Row, order: Order) -> Incoming:
    wall, zone = _when(row, order)
    title = " ".join(row.get("title", "").split())
    if len(title) > LONGEST_TITLE:
        raise Unreadable(f"its title has {len(title):,} characters; is a quotation mark missing?")
    if not title and not row.get("paper"):
        raise Unreadable("it has neither a title nor a paper")
    return Incoming(
        where=where,
        wall=wall,
        zone=zone,
        title=title,
        speakers=_speakers(row.get("speakers", ""), row.get("affiliations", "")),
        abstract=row.get("abstract", "")[:LONGEST_TEXT],
        papers=_papers(row),
        topics=tuple(dict.fromkeys(part for part in _SEVERAL.split(row.get("topics", "")) if part)),
        slides=row.get("slides", ""),
        recording=row.get("recording", ""),
        notes=row.get("notes", ""),
        minutes=_whole(row, "minutes", 24 * 60),
        attendance=_whole(row, "attendance", 100_000),
        session=" ".join(row.get("session", "").split())[:LONGEST_TITLE],
    )


def _when(row: Row, order: Order) -> tuple[str, str]:
    if not row.get("date"):
        raise Unreadable("it has no date")
    day, rest = read_day(row["date"], order)
    clock, offset = split_tail(rest)
    clock = row.get("wall_time") or clock
    if not clock:
        return day, ""
    if len(day) < 10:
        raise Unreadable(f"“{row['date'][:40]}” names no day, so the time {clock} means nothing")
    return f"{day}T{read_clock(clock)}", row.get("zone") or offset


def _speakers(names: str, affiliations: str) -> tuple[Speaker, ...]:
    """Who spoke, each with their affiliation: as many as there are, or one that all of them share."""
    people = _SEVERAL.split(names.strip()) if names.strip() else []
    people = [one for name in people for one in (_AND.split(name) if len(people) == 1 else [name]) if one]
    places = _SEVERAL.split(affiliations) if affiliations.strip() else []
    if len(people) == 1:
        places = [affiliations.strip()]
    elif len(places) == 1:
        places *= len(people)
    return tuple(
        Speaker(name[:200], place[:200])
        for name, place in zip_longest(people, places[: len(people)], fillvalue="")
    )


def _whole(row: Row, name: str, most: int) -> int | None:
    text = row.get(name, "").removesuffix("min").strip()
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text[:9]) <= most:
        raise Unreadable(f"“{text[:20]}” is no number of {name}")
    return int(text)
