"""Changing what a session says: the forms that open for it, and what is handed in with them.

Organisers change everything; who presents a talk changes its title, its abstract and its slides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.cards import Card, Form
from bot.cards import editing as cards
from bot.services.papers import Papers
from bot.services.people import Actor, Refused
from bot.services.planning import new_talk
from bot.services.reading import read_link
from bot.services.sessions import Changing, Sessions, number
from bot.services.settings import SettingsService
from storage import sessions
from storage.database import Database
from storage.sessions import SessionView, TalkView
from storage.tables import Talk

#: What who presents a talk may change of it; everything else is the organisers'.
THEIRS = frozenset({"title", "abstract", "slides"})
_SHORTEST, _LONGEST, _MOST = 5, 24 * 60, 100_000


class Editing:
    """Opens forms and takes them in."""

    def __init__(
        self, database: Database, settings: SettingsService, papers: Papers, followed: Sessions
    ) -> None:
        self._database, self._settings, self._papers, self._sessions = database, settings, papers, followed

    async def form(self, actor: Actor, which: str) -> Form:
        """The form for a talk, "session:talk" (talk 0: one more). Raises Refused for who may not change it."""
        view, talk, organises = await self._open(actor, which)
        return cards.talk_form(view, talk, organiser=organises)

    async def form_of(self, actor: Actor, session_id: int, talk_id: int | None) -> Form:
        """The same by numbers; without a talk, the session's first."""
        view = await self._view(actor, session_id)
        first = view.talks[0].talk.talk_id if view.talks else 0
        return await self.form(actor, f"{session_id}:{first if talk_id is None else talk_id}")

    async def links_form(self, actor: Actor, which: str) -> Form:
        """The form for the links of a session and of one of its talks, "session:talk" (talk 0: the first)."""
        session_id, _, talk_id = which.partition(":")
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "change a session's links")
        view = await self._view(actor, number(session_id))
        return cards.links_form(view, _talk_of(view, number(talk_id)) or view.talks[0])

    async def save(self, actor: Actor, which: str, values: Mapping[str, str]) -> Card:
        """Take in a form of `form` or `links_form`. What cannot be read stays as it was, and the answer says so.

        Raises Refused for who may not, and for a presenter who hands in more than is theirs.
        """
        _, _, organises = await self._open(actor, which)
        if not organises and not values.keys() <= THEIRS:
            raise Refused("Only organisers can change that.")
        session_id, _, talk_id = which.partition(":")
        problems: list[str] = []
        paper_id = await self._paper(actor.guild_id, values.get("paper", ""), problems)
        async with self._sessions.changing(actor, number(session_id), "edited") as change:
            _require_right(
                actor, change.view, number(talk_id), change.settings.group.organiser_role, organises
            )
            talk = await self._talk(change, number(talk_id))
            if "paper" in values and (paper_id or not values["paper"]):
                talk.paper_id = paper_id
            _set_texts(change, talk, values, problems)
        return cards.saved(change.view, problems)

    async def talk_choices(self, guild_id: int, session_id: int) -> list[tuple[int, str]]:
        """The talks of a session as (id, title), and 0 for one more."""
        async with self._database.reading() as tx:
            view = await sessions.get(tx, guild_id, session_id)
        return cards.talk_choices(view) if view else []

    # helpers

    async def _open(self, actor: Actor, which: str) -> tuple[SessionView, TalkView | None, bool]:
        """The session, the talk, and whether the actor organises. Raises Refused for who may not change it."""
        session_id, _, talk_id = which.partition(":")
        settings = await self._settings.read(actor.guild_id)
        view = await self._view(actor, number(session_id))
        organises = actor.organises(settings)
        _require_right(actor, view, number(talk_id), settings.group.organiser_role, organises)
        talk = _talk_of(view, number(talk_id))
        if number(talk_id) and talk is None:
            raise Refused("This talk is not there any more. `/schedule` shows what is planned.")
        return view, talk, organises

    async def _view(self, actor: Actor, session_id: int) -> SessionView:
        async with self._database.reading() as tx:
            view = await sessions.get(tx, actor.guild_id, session_id)
        if view is None or view.session.state == "cancelled":
            raise Refused(f"There is no session {session_id} here. `/schedule` shows what is planned.")
        return view

    async def _talk(self, change: Changing, talk_id: int) -> Talk:
        for view in change.view.talks:
            if view.talk.talk_id == talk_id:
                return view.talk
        return await new_talk(change.tx, change.session, position=len(change.view.talks) + 1)

    async def _paper(self, guild_id: int, text: str, problems: list[str]) -> str | None:
        if not text:
            return None
        try:
            return await self._papers.named(guild_id, text)
        except Refused as refusal:
            problems.append(f"The paper stays as it was: {refusal}")
            return None


def _talk_of(view: SessionView, talk_id: int) -> TalkView | None:
    return next((talk for talk in view.talks if talk.talk.talk_id == talk_id), None)


def _require_right(actor: Actor, view: SessionView, talk_id: int, role: str, organises: bool) -> None:  # noqa: FBT001
    """Raises Refused unless the actor organises, or presents that talk."""
    talk = _talk_of(view, talk_id)
    presents = talk is not None and any(person.user_id == actor.user_id for person in talk.presenters)
    if not organises and not presents:
        raise Refused(
            f"Only organisers (members with the role **{role}**) and whoever presents this talk can change it."
        )


def _set_texts(change: Changing, talk: Talk, values: Mapping[str, str], problems: list[str]) -> None:
    """Put what was handed in where it belongs."""
    session = change.session
    if "session_title" in values:
        session.title = values["session_title"][: cards.TITLE_LIMIT] or None
    if "minutes" in values:
        session.minutes = _minutes(values["minutes"], session.minutes, problems)
    if "came" in values:
        session.came = _came(values["came"], session.came, problems)
    if "title" in values:
        talk.title = values["title"][: cards.TITLE_LIMIT] or None
    if "abstract" in values:
        talk.abstract = values["abstract"] or None
    targets: dict[str, tuple[str, Callable[[str | None], None]]] = {
        "link": ("The link to join", lambda url: setattr(session, "link", url)),
        "slides": ("Slides", lambda url: setattr(talk, "slides", url)),
        "recording": ("Recording", lambda url: setattr(talk, "recording", url)),
        "notes": ("Notes", lambda url: setattr(talk, "notes", url)),
    }
    for name, (what, put) in targets.items():
        if name in values:
            try:
                put(read_link(values[name], what))
            except Refused as refusal:
                problems.append(f"{refusal} It stays as it was.")


def _came(text: str, known: int | None, problems: list[str]) -> int | None:
    if not text or (text.isdecimal() and int(text) <= _MOST):
        return int(text) if text else None
    problems.append("How many came stays as it was: it must be a whole number.")
    return known


def _minutes(text: str, known: int, problems: list[str]) -> int:
    if text.isdecimal() and _SHORTEST <= int(text) <= _LONGEST:
        return int(text)
    problems.append(
        f"The length stays {known} minutes: it must be a whole number from {_SHORTEST} to {_LONGEST}."
    )
    return known
