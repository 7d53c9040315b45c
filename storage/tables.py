"""All tables on one page.

A row is a plain dataclass without relationships: outside its transaction it is data that services hand to cards.
Every table that holds something of a server carries its `guild_id`; storage/persons.py lists what names a person.
`papers` is the one table shared by all servers: it holds facts that arXiv tells everybody.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

from storage.types import InByteOrder, Instant, OurId, Snowflake


class Row(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The base of all tables."""

    type_annotation_map = {int: Snowflake, datetime: Instant, dict[str, Any]: JSON, list[str]: JSON}  # noqa: RUF012


class Guild(Row):
    """A server the bot is, or was, a member of."""

    __tablename__ = "guilds"
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None] = mapped_column(default=None)


class Setting(Row):
    """A value that a server's organisers set, overriding config.toml."""

    __tablename__ = "settings"
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    changed_by: Mapped[int]
    changed_at: Mapped[datetime]


class Note(Row):
    """A small fact the bot remembers about itself, such as which commands it has registered."""

    __tablename__ = "notes"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Paper(Row):
    """A work. Keyed by its bare arXiv id, with facts as arXiv told them last. Where arXiv does not have it: by
    "doi:…", "openreview:…" or "url:…" and a number, with what a member of the server `told_in` told, for that server
    alone, and `link` as its page.
    """

    __tablename__ = "papers"
    paper_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    title: Mapped[str]
    authors: Mapped[list[str]]
    abstract: Mapped[str] = mapped_column(Text)
    categories: Mapped[list[str]]
    fetched_at: Mapped[datetime]
    version: Mapped[int | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    updated_at: Mapped[datetime | None] = mapped_column(default=None)
    comment: Mapped[str | None] = mapped_column(default=None)
    doi: Mapped[str | None] = mapped_column(default=None, index=True)
    journal_ref: Mapped[str | None] = mapped_column(default=None)
    link: Mapped[str | None] = mapped_column(default=None)
    told_in: Mapped[int | None] = mapped_column(default=None, index=True)


class PaperName(Row):
    """What else a server calls a paper: the DOI, OpenReview page or link that turned out to be the same work."""

    __tablename__ = "paper_names"
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    paper_id: Mapped[str] = mapped_column(ForeignKey("papers.paper_id", ondelete="CASCADE"), index=True)


class Watch(Row):
    """Which version of an arXiv paper a server has been told of, while it is open or to be read."""

    __tablename__ = "watches"
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    paper_id: Mapped[str] = mapped_column(ForeignKey("papers.paper_id"), primary_key=True)
    version: Mapped[int]
    withdrawn: Mapped[bool] = mapped_column(default=False)


class PaperWord(Row):
    """The words of a paper's title and authors, for looking it up as somebody types."""

    __tablename__ = "paper_words"
    __table_args__ = (Index("ix_paper_words_word", "word", "paper_id"),)
    paper_id: Mapped[str] = mapped_column(ForeignKey("papers.paper_id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(InByteOrder, primary_key=True)


class Wish(Row):
    """A proposal that waits for arXiv to serve its paper."""

    __tablename__ = "wishes"
    __table_args__ = (UniqueConstraint("guild_id", "paper_id"),)
    wish_id: Mapped[int] = mapped_column(OurId, primary_key=True, init=False)
    guild_id: Mapped[int]
    paper_id: Mapped[str] = mapped_column(String(255))
    user_id: Mapped[int]
    why: Mapped[str | None]
    topic: Mapped[str | None]
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)


class Proposal(Row):
    """A paper put forward in a server. `ballot_*` is where its ballot stands, once it does."""

    __tablename__ = "proposals"
    __table_args__ = (UniqueConstraint("guild_id", "paper_id"),)
    proposal_id: Mapped[int] = mapped_column(OurId, primary_key=True, init=False)
    guild_id: Mapped[int]
    paper_id: Mapped[str] = mapped_column(ForeignKey("papers.paper_id"))
    proposer_id: Mapped[int]
    created_at: Mapped[datetime]
    why: Mapped[str | None] = mapped_column(Text, default=None)
    topic: Mapped[str | None] = mapped_column(default=None)
    topic_chosen: Mapped[bool] = mapped_column(default=False)  # by a person, not guessed
    #: "open", "withdrawn" (by its proposer), "retired" (by an organiser), "faded" (no votes), "chosen"
    state: Mapped[str] = mapped_column(String(16), default="open")
    opened_at: Mapped[datetime | None] = mapped_column(default=None)  # again, after it had been closed
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    ballot_channel_id: Mapped[int | None] = mapped_column(default=None)
    ballot_message_id: Mapped[int | None] = mapped_column(default=None, index=True)
    ballot_emoji: Mapped[str | None] = mapped_column(default=None)  # the vote's
    ballot_presenter_emoji: Mapped[str | None] = mapped_column(default=None)  # "I would present this"
    ballot_number: Mapped[int] = mapped_column(default=0)  # how often its ballot has been posted
    ballot_edits: Mapped[int] = mapped_column(default=0)
    ballot_lost: Mapped[bool] = mapped_column(default=False)  # a moderator deleted it: its votes stay
    ballot_shows: Mapped[str | None] = mapped_column(default=None)  # the standing that stands on it


class Vote(Row):
    """One member's vote for one proposal; the primary key makes a second one impossible.

    `marks` are the reactions that make it, separated by blanks: a person may react in two skin tones. `counts` is
    false for a vote that Discord shows and the group's rules do not count: its voter left, or lacks the role.
    """

    __tablename__ = "votes"
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposals.proposal_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    guild_id: Mapped[int] = mapped_column(index=True)
    noted_at: Mapped[datetime]
    marks: Mapped[str] = mapped_column(Text)
    counts: Mapped[bool] = mapped_column(default=True)


class Hand(Row):
    """A member who raised a hand on a ballot ("I would present this"); `marks` as for votes.

    It is what Discord shows. That they would present is a `Volunteer`, whom a hand makes and its lowering unmakes, as
    a button does: the last word holds.
    """

    __tablename__ = "hands"
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposals.proposal_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    guild_id: Mapped[int] = mapped_column(index=True)
    marks: Mapped[str] = mapped_column(Text)


class Choice(Row):
    """A paper that was chosen, how, and why. `session_id` is where it is read, once that is known."""

    __tablename__ = "choices"
    choice_id: Mapped[int] = mapped_column(OurId, primary_key=True, init=False)
    guild_id: Mapped[int] = mapped_column(index=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.proposal_id"))
    chosen_at: Mapped[datetime]
    chosen_by: Mapped[int]  # 0: by itself, at a deadline
    way: Mapped[str] = mapped_column(String(16))  # "fair", "approval", "other"
    votes: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("sessions.session_id", ondelete="SET NULL"), default=None
    )


class ChoiceVoter(Row):
    """Somebody whose votes counted at a choice: the memory of the fair rule. `served`: they voted for the winner."""

    __tablename__ = "choice_voters"
    choice_id: Mapped[int] = mapped_column(
        ForeignKey("choices.choice_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    guild_id: Mapped[int] = mapped_column(index=True)
    served: Mapped[bool]


class Deadline(Row):
    """When a server's next paper is chosen by itself."""

    __tablename__ = "deadlines"
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    way: Mapped[str] = mapped_column(String(16))
    set_by: Mapped[int]


class Series(Row):
    """A meeting that repeats. Its sessions are planned ahead, one by one; they know it by `series_id`.

    `rules` holds bot.recurrence.Rule as plain data, in order of time: a change "from this date on" ends one rule and
    begins the next, so that what was before stays as it was.
    """

    __tablename__ = "series"
    series_id: Mapped[int] = mapped_column(OurId, primary_key=True, init=False)
    guild_id: Mapped[int] = mapped_column(index=True)
    rules: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_by: Mapped[int]
    created_at: Mapped[datetime]
    next_plan_at: Mapped[datetime | None] = mapped_column(index=True)  # when to look ahead again; None: never
    title: Mapped[str | None] = mapped_column(default=None)
    link: Mapped[str | None] = mapped_column(default=None)  # private, as that of a session
    reminders: Mapped[list[str] | None] = mapped_column(JSON, default=None)  # lead times; None: the server's
    state: Mapped[str] = mapped_column(String(16), default="active")  # or "paused", "ended"


class Skip(Row):
    """An occurrence of a series that was called off before it was planned; later ones are cancelled sessions."""

    __tablename__ = "skips"
    series_id: Mapped[int] = mapped_column(
        ForeignKey("series.series_id", ondelete="CASCADE"), primary_key=True
    )
    occurrence: Mapped[str] = mapped_column(
        String(10), primary_key=True
    )  # the date the rule says, "2026-12-07"
    guild_id: Mapped[int]


class Session(Row):
    """One meeting. The instant is stored with the wall time and zone it came from; `version` grows with each change.

    Of a session of the past sometimes only the day, the month or the year is known: then `wall_time` says no more than
    that ("2023-05-04", "2023-05", "2023"), and the instant, noon UTC of the first such day, only serves to sort.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_upcoming", "guild_id", "starts_at"),
        UniqueConstraint("series_id", "occurrence"),
    )
    session_id: Mapped[int] = mapped_column(OurId, primary_key=True, init=False)
    guild_id: Mapped[int]
    starts_at: Mapped[datetime]
    wall_time: Mapped[str] = mapped_column(String(16))  # "2026-12-07T17:00", local to `zone`; or less of it
    zone: Mapped[str] = mapped_column(String(64))
    minutes: Mapped[int]
    created_by: Mapped[int]
    created_at: Mapped[datetime]
    title: Mapped[str | None] = mapped_column(default=None)
    link: Mapped[str | None] = mapped_column(default=None)  # how to join: private, never in a public post
    state: Mapped[str] = mapped_column(String(16), default="planned")  # or "held", "cancelled"
    version: Mapped[int] = mapped_column(default=1)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.series_id"), default=None)
    occurrence: Mapped[str | None] = mapped_column(
        String(10), default=None
    )  # which of the series, also if moved
    came: Mapped[int | None] = mapped_column(default=None)  # how many came, where somebody counted


class Talk(Row):
    """What happens in a session: a title, a paper if any, and who presents (its `Presenter` rows)."""

    __tablename__ = "talks"
    talk_id: Mapped[int] = mapped_column(OurId, primary_key=True, init=False)
    guild_id: Mapped[int]
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.session_id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    title: Mapped[str | None] = mapped_column(default=None)
    abstract: Mapped[str | None] = mapped_column(Text, default=None)
    paper_id: Mapped[str | None] = mapped_column(ForeignKey("papers.paper_id"), default=None)
    slides: Mapped[str | None] = mapped_column(default=None)
    recording: Mapped[str | None] = mapped_column(default=None)
    notes: Mapped[str | None] = mapped_column(default=None)
    topics: Mapped[list[str]] = mapped_column(
        default_factory=list
    )  # keys of the group's, or what they were called


class FurtherPaper(Row):
    """A paper that was read in a talk beside the talk's own, in the order of `place`."""

    __tablename__ = "further_papers"
    talk_id: Mapped[int] = mapped_column(ForeignKey("talks.talk_id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    guild_id: Mapped[int]
    paper_id: Mapped[str] = mapped_column(ForeignKey("papers.paper_id"), index=True)


class Person(Row):
    """What a member asked for themselves on a server, and what they are called where their talks are published."""

    __tablename__ = "people"
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str | None] = mapped_column(default=None)  # only of those who presented; None: not known yet
    unlisted: Mapped[bool] = mapped_column(default=False)  # they are left out of everything that is published
    wants_news: Mapped[bool] = mapped_column(
        default=False
    )  # of slides and recordings of what they meant to hear
    #: of all that is stored of the server, should the bot have been removed and be about to delete it
    wants_last_export: Mapped[bool] = mapped_column(default=False)


class Speaker(Row):
    """Somebody from outside who presents, or is invited to. `contact` and `zone` are for the organisers alone.

    `unlisted`: they asked to be left out of everything that is published.
    """

    __tablename__ = "speakers"
    __table_args__ = (UniqueConstraint("guild_id", "name"),)
    speaker_id: Mapped[int] = mapped_column(OurId, primary_key=True, init=False)
    guild_id: Mapped[int]
    name: Mapped[str]
    affiliation: Mapped[str | None] = mapped_column(default=None)
    zone: Mapped[str | None] = mapped_column(String(64), default=None)
    contact: Mapped[str | None] = mapped_column(default=None)
    unlisted: Mapped[bool] = mapped_column(default=False)


class Presenter(Row):
    """Who presents a talk: a member (`user_id`) or an outside speaker (`speaker_id`).

    `name` and `affiliation` are a speaker's as they were announced for this talk.
    """

    __tablename__ = "presenters"
    presenter_id: Mapped[int] = mapped_column(OurId, primary_key=True, init=False)
    guild_id: Mapped[int]
    talk_id: Mapped[int] = mapped_column(ForeignKey("talks.talk_id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(default=None)
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("speakers.speaker_id"), default=None)
    name: Mapped[str | None] = mapped_column(default=None)
    affiliation: Mapped[str | None] = mapped_column(default=None)


class Volunteer(Row):
    """A member who would present: a session, or a proposed paper whenever it is read."""

    __tablename__ = "volunteers"
    __table_args__ = (
        UniqueConstraint("session_id", "user_id"),
        UniqueConstraint("proposal_id", "user_id"),
    )
    volunteer_id: Mapped[int] = mapped_column(OurId, primary_key=True, init=False)
    guild_id: Mapped[int]
    user_id: Mapped[int]
    noted_at: Mapped[datetime]
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("sessions.session_id", ondelete="CASCADE"), default=None
    )
    proposal_id: Mapped[int | None] = mapped_column(
        ForeignKey("proposals.proposal_id", ondelete="CASCADE"), default=None
    )


class Rsvp(Row):
    """Whether a member will come to a session; the primary key makes a second answer impossible."""

    __tablename__ = "rsvps"
    session_id: Mapped[int] = mapped_column(
        ForeignKey("sessions.session_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    guild_id: Mapped[int]
    answer: Mapped[str] = mapped_column(String(8))  # "going", "maybe" or "cannot"
    noted_at: Mapped[datetime]


class Question(Row):
    """A question for a session's presenter. `user_id` is None when it was asked anonymously: nobody knows who did."""

    __tablename__ = "questions"
    question_id: Mapped[int] = mapped_column(OurId, primary_key=True, init=False)
    guild_id: Mapped[int]
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.session_id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(default=None)
    removed: Mapped[bool] = mapped_column(default=False)


class QuestionVote(Row):
    """A member would like a question to be asked."""

    __tablename__ = "question_votes"
    question_id: Mapped[int] = mapped_column(
        ForeignKey("questions.question_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    guild_id: Mapped[int]


class Handout(Row):
    """What was said of a session outside of Discord, as it stood when organisers took it from here."""

    __tablename__ = "handouts"
    session_id: Mapped[int] = mapped_column(
        ForeignKey("sessions.session_id", ondelete="CASCADE"), primary_key=True
    )
    guild_id: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]


class Deed(Row):
    """Who changed what, for `/history`. `changes` holds field, before and after; never a link or a contact."""

    __tablename__ = "deeds"
    __table_args__ = (Index("ix_deeds_of", "guild_id", "noun", "noun_id"),)
    deed_id: Mapped[int] = mapped_column(OurId, primary_key=True, init=False)
    guild_id: Mapped[int]
    noun: Mapped[str] = mapped_column(String(16))  # "session", "series"
    noun_id: Mapped[int]
    what: Mapped[str] = mapped_column(String(32))  # "planned", "moved", …
    done_by: Mapped[int]  # 0: the bot itself, or somebody who asked to be forgotten
    done_at: Mapped[datetime]
    changes: Mapped[list[list[str]]] = mapped_column(JSON)


class Doubt(Row):
    """Something the bot was asked to do and asks back about: "in the past; plan it anyway?"."""

    __tablename__ = "doubts"
    doubt_id: Mapped[int] = mapped_column(OurId, primary_key=True, init=False)
    guild_id: Mapped[int]
    user_id: Mapped[int]
    deed: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]]
    asked_at: Mapped[datetime]


class Post(Row):
    """Something the bot says unasked, said exactly once: a row of the outbox (HOUSE: bot/services/outbox.py).

    `key` says what it is and makes a second plan of the same thing impossible. `op` is "send", "edit" or "react".
    `place` says where, resolved when it is sent: "announcements", "proposals", "topic:A1", "channel:<id>" or
    "user:<id>". `nonce` is both the nonce of the request and the reference printed on the card, by which a message
    whose reply was lost is found again.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "state", "next_try_at", "guild_id", "place"),
        Index("ix_outbox_lane", "guild_id", "place", "state", "due_at"),
    )
    post_id: Mapped[int] = mapped_column(OurId, primary_key=True, init=False)
    key: Mapped[str] = mapped_column(unique=True)
    nonce: Mapped[str] = mapped_column(String(25), unique=True)
    guild_id: Mapped[int]
    place: Mapped[str]
    kind: Mapped[str] = mapped_column(String(32))  # which card
    data: Mapped[dict[str, Any]]  # what the card is made from, by id: the text is made when it is sent
    due_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    op: Mapped[str] = mapped_column(String(16), default="send")
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None] = mapped_column(default=None)
    channel_id: Mapped[int | None] = mapped_column(default=None)
    message_id: Mapped[int | None] = mapped_column(default=None)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    last_error: Mapped[str | None] = mapped_column(Text, default=None)


class ReminderChoice(Row):
    """The lead times at which a member wants to be reminded by direct message; `asked_in` is where they said so."""

    __tablename__ = "reminder_choices"
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    leads: Mapped[list[str]]
    asked_in: Mapped[int]
    changed_at: Mapped[datetime]


class FeedDay(Row):
    """What arXiv's feed of a category showed last: the only proof that a batch is new. Days are Eastern dates."""

    __tablename__ = "feed_days"
    category: Mapped[str] = mapped_column(String(32), primary_key=True)
    fetched_at: Mapped[datetime]
    day: Mapped[date]  # the day of the last batch that was news
    covered: Mapped[date]  # all that was announced until then is known
    entries: Mapped[list[str]]  # ids with versions of the last batch that was news
    usual: Mapped[float] = mapped_column(default=0.0)  # how many they usually are
    lag: Mapped[str | None] = mapped_column(default=None)  # why the day's batch may not be all of it
    etag: Mapped[str | None] = mapped_column(default=None)
    modified: Mapped[str | None] = mapped_column(default=None)
    ask_after: Mapped[datetime | None] = mapped_column(default=None)


class Announced(Row):
    """arXiv announced a paper in a category: the papers of the last weeks, numbered in the order we learned of them."""

    __tablename__ = "announced"
    __table_args__ = (UniqueConstraint("category", "paper_id", "day"),)
    announced_id: Mapped[int] = mapped_column(OurId, primary_key=True, init=False)
    category: Mapped[str] = mapped_column(String(32))
    paper_id: Mapped[str] = mapped_column(ForeignKey("papers.paper_id"), index=True)
    day: Mapped[date] = mapped_column(index=True)  # the feed day, an Eastern date
    kind: Mapped[str] = mapped_column(String(16))  # "new", "cross", "replace" or "replace-cross"


class DigestRun(Row):
    """One server's digest of one local day, from due to done: a channel's own, or that of all others."""

    __tablename__ = "digest_runs"
    __table_args__ = (Index("ix_digest_runs_due", "state", "next_try_at"),)
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    next_try_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16), default="due")
    began_at: Mapped[datetime | None] = mapped_column(default=None)  # the first try
    attempts: Mapped[int] = mapped_column(default=0)
    papers: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text, default=None)
    through: Mapped[int | None] = mapped_column(default=None)  # the last announcement that was considered
    through_day: Mapped[date | None] = mapped_column(default=None)  # and the last day that had been announced
    asked_by: Mapped[int | None] = mapped_column(default=None)  # who asked for it out of turn
    channel: Mapped[str] = mapped_column(
        String(100), primary_key=True, default=""
    )  # "": all without days of their own


class Shown(Row):
    """A paper that a server's digest has shown, in a channel or behind "Show more": it is not shown again, ever."""

    __tablename__ = "shown_papers"
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    paper_id: Mapped[str] = mapped_column(ForeignKey("papers.paper_id"), primary_key=True)
    topic: Mapped[str]  # the key of the best one
    score: Mapped[float]
    day: Mapped[date]  # of the digest, a local date
    topics: Mapped[list[str]] = mapped_column(default_factory=list)  # all that have it, best first
    channel: Mapped[str] = mapped_column(default="")
    place: Mapped[int] = mapped_column(default=0)  # from the best, 1
    post: Mapped[str | None] = mapped_column(default=None)  # the key of its post; None: behind "Show more"
    reason: Mapped[str | None] = mapped_column(default=None)  # why it stands so high, for this group
    late: Mapped[date | None] = mapped_column(default=None)  # announced then, and only now found


class Verdict(Row):
    """What a member pressed on a line of a digest: "like" or "dislike"."""

    __tablename__ = "verdicts"
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    paper_id: Mapped[str] = mapped_column(ForeignKey("papers.paper_id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verdict: Mapped[str] = mapped_column(String(8))
    noted_at: Mapped[datetime]


class TasteState(Row):
    """What was learned of a server's taste, and from which papers (bot/services/tastes.py)."""

    __tablename__ = "tastes"
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    learned_at: Mapped[datetime]
    state: Mapped[dict[str, Any]]


class OwnTopics(Row):
    """A server's own topics, in place of those of config.toml: a list of [[topics]] tables as JSON."""

    __tablename__ = "own_topics"
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    topics: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[int]
    changed_at: Mapped[datetime]


class Follow(Row):
    """What a member wants to be told of by direct message; `asked_in` is the channel where they said so."""

    __tablename__ = "follows"
    __table_args__ = (UniqueConstraint("guild_id", "user_id", "kind", "what"),)
    follow_id: Mapped[int] = mapped_column(OurId, primary_key=True, init=False)
    guild_id: Mapped[int] = mapped_column(index=True)
    user_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))  # "topic" (then `what` is its key), "author" or "words"
    what: Mapped[str]
    asked_in: Mapped[int]
    created_at: Mapped[datetime]


# An id of ours is never given twice, not even after its row is gone: buttons and the keys of posts name rows by it.
for _table in Row.metadata.tables.values():
    if any(column.type is OurId for column in _table.primary_key):
        _table.dialect_options["sqlite"]["autoincrement"] = True
    # SQLite takes a text's length for a remark and PostgreSQL for a law; with us it is a remark.
    for _column in _table.columns:
        if isinstance(_column.type, String):
            _column.type.length = None
