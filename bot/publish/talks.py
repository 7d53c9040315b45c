"""The talks of a record for machines: JSON and CSV, which `python -m bot import talks` takes back. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from bot.publish.record import Paper, Record, Session, Talk

FORMAT = "reading-group talks 1"
#: The columns of the CSV. Several speakers, affiliations, papers and topics are separated by "; ".
COLUMNS = (
    "date", "wall_time", "zone", "title", "speakers", "affiliations", "abstract", "paper", "topics",
    "slides", "recording", "notes", "minutes", "attendance", "session",
)  # fmt: skip


def as_data(record: Record, state: str = "held") -> dict[str, Any]:
    """The sessions that were held (or are planned) as plain data, the earliest first. What is not known is left out."""
    return {
        "format": FORMAT,
        "group": record.group,
        "sessions": [_session(session) for session in record.sessions if session.state == state],
    }


def to_json(record: Record, state: str = "held") -> bytes:
    """`as_data`, ready to be a file: a session a line."""
    data = as_data(record, state)
    head = json.dumps({**data, "sessions": []}, ensure_ascii=False).removesuffix("]}")
    lines = ",\n".join(json.dumps(session, ensure_ascii=False) for session in data["sessions"])
    return f"{head}\n{lines}\n]}}\n".encode()


def to_csv(record: Record) -> bytes:
    """The talks that were held, a row each, the earliest first."""
    text = io.StringIO()
    # Its lines end as RFC 4180 has it: so whatever ends a line within a text is quoted.
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for session in record.sessions:
        if session.state == "held":
            writer.writerows(_row(session, talk) for talk in session.talks)
    return text.getvalue().encode()


def _session(session: Session) -> dict[str, Any]:
    several = len(session.talks) > 1 or session.title != session.talks[0].title if session.talks else True
    return _known({
        "when": session.when.wall,
        "zone": session.when.zone if session.when.exact else "",
        "minutes": session.when.minutes if session.when.exact else None,
        "title": session.title if several else "",
        "attendance": session.attendance.number or None,
        "talks": [_talk(talk) for talk in session.talks],
    })  # fmt: skip


def _talk(talk: Talk) -> dict[str, Any]:
    return _known({
        "title": talk.title,
        "speakers": [_known({"name": person.name, "affiliation": person.affiliation}) for person in talk.speakers],
        "abstract": talk.abstract,
        "papers": [_paper(paper) for paper in talk.papers],
        "topics": [topic.name for topic in talk.topics],
        "slides": talk.slides,
        "recording": talk.recording,
        "notes": talk.notes,
    })  # fmt: skip


def _paper(paper: Paper) -> dict[str, Any]:
    return _known({
        "id": paper.arxiv,
        "title": paper.title,
        "authors": list(paper.authors),
        "published": paper.published.isoformat() if paper.published else "",
        "url": paper.url,
        "doi": paper.doi,
    })  # fmt: skip


def _row(session: Session, talk: Talk) -> dict[str, Any]:
    when = session.when
    day, _, clock = when.wall.partition("T")
    return {
        "date": day,
        "wall_time": clock,
        "zone": when.zone if when.exact else "",
        "title": cell(talk.title),
        "speakers": cell("; ".join(person.name for person in talk.speakers)),
        "affiliations": cell("; ".join(_affiliations(talk))),
        "abstract": cell(talk.abstract),
        "paper": "; ".join(paper.arxiv or paper.url for paper in talk.papers),
        "topics": cell("; ".join(topic.name for topic in talk.topics)),
        "slides": talk.slides,
        "recording": talk.recording,
        "notes": talk.notes,
        "minutes": when.minutes if when.exact else "",
        "attendance": session.attendance.number or "",
        "session": cell(session.title if session.title != talk.title else ""),
    }


def _affiliations(talk: Talk) -> Iterator[str]:
    """One for each speaker, in order; none at all when no speaker has any."""
    return (person.affiliation for person in talk.speakers if any(one.affiliation for one in talk.speakers))


def _known(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, "", [])}


def cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
