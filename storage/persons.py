"""Which columns name a person, and how each of them forgets one.

The one table of it: `/privacy` shows, exports and forgets by it, an anonymous export leaves people out by it, and a
test fails for a column that might name a person and is not listed here.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    String,
    Table,
    Text,
    and_,
    cast,
    delete,
    func,
    or_,
    select,
    update,
)

from storage import search, votes
from storage.database import Tx
from storage.tables import (
    Deed,
    Doubt,
    Guild,
    Handout,
    Note,
    Person,
    Post,
    Presenter,
    Proposal,
    Question,
    QuestionVote,
    Row,
    Rsvp,
    Session,
    Speaker,
    Talk,
    Vote,
)

#: "goes": the row is deleted. "nobody": it stays and names nobody (None, or 0). "number": it stays to be counted, under
#: a number that means nothing and is another one in every row, so that two rows cannot be told to be one person's.
Way = Literal["goes", "nobody", "number"]


@dataclass(frozen=True)
class Named:
    """How a column forgets a person, and what a row that names them is, in the person's words."""

    way: Way
    one: str
    many: str
    also: tuple[str, ...] = ()  # columns of the row that hold what they wrote of themselves: emptied


NAMED: dict[str, Named] = {
    "settings.changed_by": Named("nobody", "setting you changed", "settings you changed"),
    "own_topics.changed_by": Named("nobody", "list of topics you changed", "lists of topics you changed"),
    "wishes.user_id": Named("goes", "proposal that waits for arXiv", "proposals that wait for arXiv"),
    "proposals.proposer_id": Named("nobody", "paper you proposed", "papers you proposed", ("why",)),
    "votes.user_id": Named("number", "vote", "votes"),
    "hands.user_id": Named("goes", "raised hand on a ballot", "raised hands on ballots"),
    "choices.chosen_by": Named("nobody", "paper you chose for the group", "papers you chose for the group"),
    "choice_voters.user_id": Named("number", "choice you had voted in", "choices you had voted in"),
    "deadlines.set_by": Named("nobody", "deadline you set", "deadlines you set"),
    "series.created_by": Named("nobody", "series you made", "series you made"),
    "sessions.created_by": Named("nobody", "session you planned", "sessions you planned"),
    "people.user_id": Named("goes", "note of your name and wishes", "notes of your name and wishes"),
    "presenters.user_id": Named("nobody", "talk of yours", "talks of yours"),
    "volunteers.user_id": Named("goes", "offer to present", "offers to present"),
    "rsvps.user_id": Named("number", "answer whether you come", "answers whether you come"),
    "questions.user_id": Named("nobody", "question with your name", "questions with your name"),
    "question_votes.user_id": Named("number", "👍 for a question", "👍 for questions"),
    "deeds.done_by": Named("nobody", "change to a session or series", "changes to sessions and series"),
    "doubts.user_id": Named("goes", "unanswered “is this what you mean?”", "unanswered “is this what you mean?”"),
    "reminder_choices.user_id": Named("goes", "choice of reminders", "choices of reminders"),
    "digest_runs.asked_by": Named("nobody", "digest you asked for", "digests you asked for"),
    "verdicts.user_id": Named("number", "press on a digest's line", "presses on digests' lines"),
    "follows.user_id": Named("goes", "thing you follow", "things you follow"),
}  # fmt: skip

#: Who tells of themselves or is told of by organisers, and has no Discord id: forgotten with `forget_speaker`.
SPEAKERS = frozenset({"speakers.name", "speakers.affiliation", "speakers.zone", "speakers.contact",
                      "presenters.name", "presenters.affiliation"})  # fmt: skip

#: What arXiv tells everybody, or one server was told of a paper.
PUBLIC = frozenset({"papers", "paper_words", "announced", "feed_days"})


def nameless() -> int:
    """A number in place of a person: negative, so that it is nobody's id, and of no use for finding them."""
    return -1 - secrets.randbelow(2**62)


def _columns() -> Iterator[tuple[Table, Column[Any], Named]]:
    """The columns that name people; a row's own table before those that refer to it."""
    for table in reversed(Row.metadata.sorted_tables):
        for column in table.columns:
            if named := NAMED.get(f"{table.name}.{column.name}"):
                yield table, column, named


async def known(tx: Tx, user_id: int) -> dict[str, list[dict[str, Any]]]:
    """All rows that name a person, by column as in NAMED, and the direct messages to them; as JSON can hold them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table, column, _ in _columns():
        if rows := await _rows(tx, table, column == user_id):
            found[f"{table.name}.{column.name}"] = rows
    if rows := await _rows(tx, _table(Post), Post.place == f"user:{user_id}"):
        found["outbox.place"] = rows
    return found


async def _rows(tx: Tx, table: Table, where: ColumnElement[bool]) -> list[dict[str, Any]]:
    rows = (await tx.execute(select(table).where(where).order_by(*table.primary_key.columns))).mappings()
    return [{key: _plain(value) for key, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (datetime, date)) else value


async def forget(tx: Tx, *, user_id: int, now: datetime) -> None:
    """Forget a person everywhere: afterwards no row of any table holds their id, or a name of theirs that we noted."""
    of_talks = select(Talk.session_id).join(Presenter, Presenter.talk_id == Talk.talk_id)
    once = select(Deed.noun_id).where(
        Deed.noun == "session", cast(Deed.changes, Text).contains(f"<@{user_id}>")
    )
    bears_their_name = or_(
        Handout.session_id.in_(of_talks.where(Presenter.user_id == user_id)), Handout.session_id.in_(once)
    )
    await tx.execute(delete(Handout).where(bears_their_name))
    to_come = select(Session.session_id).where(Session.starts_at > now)
    await tx.execute(delete(Rsvp).where(Rsvp.user_id == user_id, Rsvp.session_id.in_(to_come)))
    for table, column, named in _columns():
        where = column == user_id
        emptied = dict.fromkeys(named.also)
        if named.way == "goes":
            await tx.execute(delete(table).where(where))
        elif named.way == "nobody":
            nobody = None if column.nullable else 0
            await tx.execute(update(table).where(where).values({column.name: nobody, **emptied}))
        else:
            await unname(tx, table, column, where)
    await _forget_messages(tx, user_id)
    await _forget_mentions(tx, user_id)


async def forget_speaker(tx: Tx, speaker: Speaker) -> None:
    """Forget somebody from outside: their talks stay, given by nobody in particular."""
    talks = select(Presenter.talk_id).where(Presenter.speaker_id == speaker.speaker_id)
    held = select(Talk.session_id).where(Talk.talk_id.in_(talks))
    await tx.execute(delete(Handout).where(Handout.session_id.in_(held)))
    nobody = {"speaker_id": None, "name": None, "affiliation": None}
    await tx.execute(update(Presenter).where(Presenter.speaker_id == speaker.speaker_id).values(nobody))
    await tx.delete(speaker)
    await tx.flush()
    await _replace(tx, speaker.name, "somebody", [Deed, Doubt, Post], speaker.guild_id)


async def talks_of_speaker(tx: Tx, speaker_id: int) -> int:
    """In how many talks somebody from outside presents."""
    query = select(func.count()).select_from(Presenter).where(Presenter.speaker_id == speaker_id)
    return await tx.scalar(query) or 0


async def _replace(tx: Tx, name: str, instead: str, rows: Sequence[type[Row]], guild_id: int) -> None:
    """A name in the JSON of a server's rows."""
    for row in rows:
        table = _table(row)
        for column in (column for column in table.columns if isinstance(column.type, JSON)):
            keys = list(table.primary_key.columns)
            ours = table.columns["guild_id"] == guild_id
            for found in (await tx.execute(select(*keys, column).where(ours))).all():
                if (clean := without(name, found[-1], instead)) != found[-1]:
                    this = and_(*(key == value for key, value in zip(keys, found[:-1], strict=True)))
                    await tx.execute(update(table).where(this).values({column.name: clean}))


def without(name: str, said: Any, instead: str) -> Any:
    """JSON with another word wherever a text in it bears a name; keys, numbers and longer words stay as they are."""
    if isinstance(said, str):
        return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda _: instead, said)
    if isinstance(said, list):
        return [without(name, part, instead) for part in said]
    if isinstance(said, dict):
        return {key: without(name, part, instead) for key, part in said.items()}
    return said


async def unname(tx: Tx, table: Table, column: Column[Any], where: ColumnElement[bool]) -> int:
    """Put another meaningless number into each row's column; how many rows."""
    keys = list(table.primary_key.columns)
    rows = (await tx.execute(select(*keys).where(where))).all()
    for row in rows:
        this = and_(*(key == value for key, value in zip(keys, row, strict=True)))
        await tx.execute(update(table).where(this).values({column.name: nameless()}))
    return len(rows)


async def discount(tx: Tx, guild_id: int, user_id: int, rules: votes.Rules) -> None:
    """Mark those votes of a person that the group's rules do not count, before the rules lose sight of the person."""
    counting = votes.counting(guild_id, rules).subquery()
    of_theirs = select(counting.c.proposal_id).where(counting.c.user_id == user_id)
    await tx.execute(
        update(Vote)
        .where(Vote.guild_id == guild_id, Vote.user_id == user_id, Vote.proposal_id.not_in(of_theirs))
        .where(Vote.proposal_id.in_(select(Proposal.proposal_id).where(Proposal.state == "open")))
        .values(counts=False)
    )


async def servers_with_votes(tx: Tx, user_id: int) -> Sequence[int]:
    """The servers on which a person has votes."""
    return (await tx.scalars(select(Vote.guild_id).where(Vote.user_id == user_id).distinct())).all()


async def open_proposals_of(tx: Tx, user_id: int) -> Sequence[int]:
    """The open proposals that a person made."""
    mine = select(Proposal.proposal_id).where(Proposal.proposer_id == user_id, Proposal.state == "open")
    return (await tx.scalars(mine)).all()


async def ballots_with_vote_of(tx: Tx, user_id: int) -> Sequence[Proposal]:
    """The open proposals on whose ballots a vote of a person stands."""
    mine = select(Vote.proposal_id).where(Vote.user_id == user_id, Vote.marks != votes.CARRIED)
    stand = (
        Proposal.state == "open",
        Proposal.ballot_message_id.is_not(None),
        Proposal.ballot_lost.is_(False),
    )
    return (await tx.scalars(select(Proposal).where(Proposal.proposal_id.in_(mine), *stand))).all()


async def talks_to_come(tx: Tx, user_id: int, now: datetime) -> Sequence[tuple[int, int, int]]:
    """What a person is to present, as (guild_id, session_id, talk_id)."""
    rows = await tx.execute(
        select(Talk.guild_id, Talk.session_id, Talk.talk_id)
        .join(Presenter, Presenter.talk_id == Talk.talk_id)
        .join(Session, Session.session_id == Talk.session_id)
        .where(Presenter.user_id == user_id, Session.state == "planned", Session.starts_at > now)
    )
    return [(guild_id, session_id, talk_id) for guild_id, session_id, talk_id in rows]


async def _forget_messages(tx: Tx, user_id: int) -> None:
    """Direct messages to a person: what waits is not sent, and where their channel is, is not known any more."""
    theirs = Post.place == f"user:{user_id}"
    await tx.execute(update(Post).where(theirs, Post.state == "waiting").values(state="cancelled"))
    await tx.execute(update(Post).where(theirs).values(channel_id=None, message_id=None))


async def _forget_mentions(tx: Tx, user_id: int) -> None:
    """Their id in texts and in JSON, wherever it stands: notes, keys and data of posts, what was changed by whom."""
    for table in Row.metadata.sorted_tables:
        texts = [column for column in table.columns if isinstance(column.type, (String, Text, JSON))]
        if not texts or table.name in PUBLIC:
            continue
        keys = list(table.primary_key.columns)
        mentioned = or_(*(cast(column, Text).contains(str(user_id)) for column in texts))
        for row in (await tx.execute(select(table).where(mentioned))).mappings().all():
            instead = f"gone-{secrets.token_hex(6)}"
            without = {column.name: _without(row[column.name], user_id, instead) for column in texts}
            changed = {name: value for name, value in without.items() if value != row[name]}
            this = and_(*(key == row[key.name] for key in keys))
            await tx.execute(update(table).where(this).values(changed))


def _without(value: Any, user_id: int, instead: str) -> Any:
    """A text or a JSON value without a person's id."""
    if value == f"user:{user_id}":
        return "user:0"
    if isinstance(value, str):
        return value.replace(f"<@{user_id}>", "someone who left").replace(str(user_id), instead)
    if isinstance(value, list):
        return [_without(item, user_id, instead) for item in value]
    if isinstance(value, dict):
        return {
            _without(key, user_id, instead): _without(item, user_id, instead) for key, item in value.items()
        }
    return 0 if value == user_id else value


def _table(row: type[Row]) -> Table:
    return Row.metadata.tables[row.__tablename__]


# what is not kept for ever


async def lose_names(tx: Tx, guild_id: int, *, before: datetime) -> int:
    """Answers and questions of a server's sessions that began before then become counts; how many rows that changed."""
    held = select(Session.session_id).where(Session.guild_id == guild_id, Session.starts_at < before)
    asked = select(Question.question_id).where(Question.session_id.in_(held))
    changed = 0
    for row, mine in ((Rsvp, Rsvp.session_id.in_(held)), (QuestionVote, QuestionVote.question_id.in_(asked))):
        table = _table(row)
        changed += await unname(tx, table, table.columns["user_id"], and_(mine, row.user_id > 0))
    named = and_(Question.session_id.in_(held), Question.user_id.is_not(None))
    changed += len((await tx.execute(select(Question.question_id).where(named))).all())
    await tx.execute(update(Question).where(named).values(user_id=None))
    return changed


async def left(tx: Tx) -> Sequence[Guild]:
    """The servers that the bot was removed from and still knows."""
    return (await tx.scalars(select(Guild).where(Guild.left_at.is_not(None)).order_by(Guild.guild_id))).all()


async def wanting_last_export(tx: Tx, guild_id: int) -> Sequence[int]:
    """Who asked to be sent a group's data before they are deleted."""
    rows = await tx.scalars(
        select(Person.user_id).where(Person.guild_id == guild_id, Person.wants_last_export.is_(True))
    )
    return rows.all()


async def delete_server(tx: Tx, guild_id: int) -> None:
    """Delete all that is stored of a server, in every table and in the index of the archive."""
    await search.drop(tx, guild_id)
    for table in reversed(Row.metadata.sorted_tables):
        for column in table.columns:
            if column.name in ("guild_id", "told_in"):
                await tx.execute(delete(table).where(column == guild_id))
    await tx.execute(delete(Note).where(Note.key.contains(f":{guild_id}")))
