"""What holds on a server: built-in default < config.toml < what its organisers set."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import time
from typing import Any

from bot import cards
from bot.cards import help as help_cards
from bot.cards import settings as cards_of
from bot.cards.base import plain
from bot.clock import Clock
from bot.config import KEYS, WEEKDAYS, ConfigError, Schedule, ServerSettings, Settings
from bot.config.readers import yes_or_no
from bot.config.tables import stored_topics
from bot.log import event
from bot.services.people import Actor, Refused
from bot.when import Lead
from storage import deeds, guilds
from storage.database import Database, Tx
from storage.tables import Deed

#: Called in the transaction that changes a server's settings: (transaction, guild_id, new settings).
Changed = Callable[[Tx, int, ServerSettings], Awaitable[None]]

log = logging.getLogger(__name__)

#: What a change of settings is called among the deeds.
NOUN = "settings"

PER_SERVER = tuple(name for name, key in KEYS.items() if key.per_server)


class SettingsService:
    """Reads and changes settings, and remembers which servers there are."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._listeners: list[Changed] = []

    def on_change(self, listener: Changed) -> None:
        """Have `listener` called in the transaction that changes a server's settings, or sees it for the first time."""
        self._listeners.append(listener)

    async def of(self, tx: Tx, guild_id: int) -> ServerSettings:
        """What holds on a server."""
        settings = self._settings.for_server(_readable(await guilds.overrides(tx, guild_id)))
        own = await guilds.own_topics(tx, guild_id)
        return settings if own is None else replace(settings, topics=stored_topics(own))

    async def site(self, tx: Tx, guild_id: int) -> str:
        """The address of a server's web site, with a slash at its end; empty when it has none."""
        site = self._settings.site
        mine = guild_id == site.server if site.server else [*await guilds.present(tx)] == [guild_id]
        return (site.base_url or "") if mine else ""

    async def read(self, guild_id: int) -> ServerSettings:
        """What holds on a server, outside a transaction."""
        async with self._database.reading() as tx:
            return await self.of(tx, guild_id)

    async def joined(self, guild_id: int, name: str) -> None:
        """The bot is a member of a server (told at every start, too).

        Who listens is told when the server is new, or the config file says something else than last time.
        """
        async with self._database.transaction() as tx:
            new = await guilds.joined(tx, guild_id=guild_id, name=name, now=self._clock.now())
            settings = await self.of(tx, guild_id)
            known, now_known = await guilds.note(tx, f"settings:{guild_id}"), _fingerprint(settings)
            if new or known != now_known:
                await guilds.set_note(tx, f"settings:{guild_id}", now_known)
                await self.tell(tx, guild_id)

    async def here(self, servers: Mapping[int, str]) -> None:
        """All the servers the bot is a member of, id -> name, as told at a start: it was removed from any other."""
        for guild_id, name in servers.items():
            await self.joined(guild_id, name)
        async with self._database.reading() as tx:
            gone = set(await guilds.present(tx)) - servers.keys()
        for guild_id in gone:
            await self.left(guild_id)

    async def left(self, guild_id: int) -> None:
        """The bot was removed from a server; what it knows of it stays, in case it is asked back."""
        async with self._database.transaction() as tx:
            await guilds.left(tx, guild_id=guild_id, now=self._clock.now())

    async def show(self, actor: Actor, key: str | None = None) -> cards.Card:
        """Every setting of the server with its source; or all about one. Raises Refused for a key there is none of."""
        async with self._database.reading() as tx:
            overrides = await guilds.overrides(tx, actor.guild_id)
            deed = await deeds.last_about(tx, actor.guild_id, NOUN, key) if key else None
        if key is None:
            return cards_of.settings([self._shown(name, overrides) for name in PER_SERVER])
        self._known(key)
        file = in_words(self._settings.raw[key]) if key in self._settings.raw else None
        return cards_of.setting(self._shown(key, overrides), in_words(KEYS[key].default), file, deed)

    def _shown(self, key: str, overrides: Mapping[str, str]) -> cards_of.Shown:
        if key in overrides:
            value, source = overrides[key], "set here"
        else:
            value, source = self._elsewhere(key)
        return cards_of.Shown(key=key, value=value, source=source, about=KEYS[key].about)

    def _elsewhere(self, key: str) -> tuple[str, str]:
        """What holds where nothing is set here, and why."""
        if key in self._settings.raw:
            return in_words(self._settings.raw[key]), "from the config file"
        return in_words(KEYS[key].default), "default"

    async def history(self, actor: Actor) -> cards.Card:
        """Who changed which setting, the latest first."""
        async with self._database.reading() as tx:
            actor.must_organise(await self.of(tx, actor.guild_id), "see who changed settings")
            return cards_of.history(await deeds.of(tx, actor.guild_id, NOUN, 0, limit=20))

    async def help(self, actor: Actor) -> cards.Card:
        """What a person can do here."""
        settings = await self.read(actor.guild_id)
        return help_cards.card(organiser=actor.organises(settings), emoji=settings.group.vote_emoji)

    @staticmethod
    def keys_like(typed: str) -> list[str]:
        """The keys that contain what was typed, for autocomplete."""
        return [key for key in PER_SERVER if typed.casefold() in key][:25]

    async def preview(self, guild_id: int, key: str, typed: str) -> list[tuple[str, str]]:
        """What a value would mean, while it is typed: (words, value)."""
        if key not in PER_SERVER:
            return []
        async with self._database.reading() as tx:
            now = self._shown(key, await guilds.overrides(tx, guild_id)).value
        offered = [value for value in _choices(key) if typed.casefold() in value.casefold()] if typed else []
        if not typed:
            return [(f"now: {now}"[:100], now[:100])] + [(value, value) for value in _choices(key)[:24]]
        try:
            return [(f"{in_words(KEYS[key].read(typed))} (now: {now})"[:100], typed[:100])]
        except ValueError as error:
            return [(value, value) for value in offered[:24]] or [(f"✘ {error}"[:100], typed[:100])]

    async def set(self, actor: Actor, key: str, value: str) -> cards.Card:
        """Set a value for the server. Raises Refused with what is wrong."""
        async with self._database.transaction() as tx:
            actor.must_organise(await self.of(tx, actor.guild_id), "change settings")
            self._known(key)
            overrides = await guilds.overrides(tx, actor.guild_id)
            try:
                read = KEYS[key].read(value)
                self._settings.for_server({**_readable(overrides), key: value})
            except (ValueError, ConfigError) as error:
                raise Refused(f"`{key}`: {plain(str(error), 1000)}") from None
            before = self._shown(key, overrides).value
            await guilds.set_override(
                tx, guild_id=actor.guild_id, key=key, value=value, by=actor.user_id, now=self._clock.now()
            )
            await self._changed(tx, actor, key, before, in_words(read))
        return cards_of.changed(key, before, in_words(read), "set here")

    async def reset(self, actor: Actor, key: str) -> cards.Card:
        """Go back to the value of the config file, or the default."""
        async with self._database.transaction() as tx:
            actor.must_organise(await self.of(tx, actor.guild_id), "change settings")
            self._known(key)
            before = self._shown(key, await guilds.overrides(tx, actor.guild_id)).value
            await guilds.reset_override(tx, guild_id=actor.guild_id, key=key)
            value, source = self._elsewhere(key)
            await self._changed(tx, actor, key, before, value)
        return cards_of.changed(key, before, value, source)

    async def _changed(self, tx: Tx, actor: Actor, key: str, before: str, after: str) -> None:
        """Write down who changed what, and tell whom it concerns."""
        tx.add(
            Deed(
                guild_id=actor.guild_id, noun=NOUN, noun_id=0, what="changed", done_by=actor.user_id,
                done_at=self._clock.now(), changes=[[key, before, after]],
            )
        )  # fmt: skip
        event(log, "setting.changed", guild=actor.guild_id, by=actor.user_id, key=key, value=after)
        await self.tell(tx, actor.guild_id)

    async def tell(self, tx: Tx, guild_id: int) -> None:
        """Have everybody who listens go by what holds on a server now."""
        settings = await self.of(tx, guild_id)
        for listener in self._listeners:
            await listener(tx, guild_id, settings)

    @staticmethod
    def _known(key: str) -> None:
        if key not in PER_SERVER:
            raise Refused(
                f"There is no setting **{plain(key, 60)}**. These can be set: "
                + ", ".join(f"`{k}`" for k in PER_SERVER)
            )


def _choices(key: str) -> tuple[str, ...]:
    """All that a setting can be, where that is a few words."""
    return ("yes", "no") if KEYS[key].read is yes_or_no else ()


def _fingerprint(settings: ServerSettings) -> str:
    digest = settings.digest
    times = digest.at, sorted(digest.days), [str(schedule) for schedule in digest.channels]
    text = repr((settings.group, settings.reminders, times))
    return hashlib.sha256(text.encode()).hexdigest()


def _readable(overrides: Mapping[str, str]) -> dict[str, str]:
    """Without what an earlier version of the bot took and this one cannot read: one such value must not stop it."""
    readable = dict[str, str]()
    for key, value in overrides.items():
        try:
            if key in PER_SERVER:
                KEYS[key].read(value)
                readable[key] = value
        except ValueError as error:
            event(log, "setting.unreadable", logging.WARNING, key=key, cause=error)
    return readable


def in_words(value: Any) -> str:
    """A setting's value as a person writes it."""
    if value is None or isinstance(value, bool):
        return {None: "–", True: "yes", False: "no"}[value]
    if isinstance(value, Lead):
        return value.key
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, frozenset):
        return ", ".join(WEEKDAYS[day] for day in sorted(value))
    if isinstance(value, (list, tuple)):
        between = "; " if any(isinstance(item, Schedule) for item in value) else ", "
        return between.join(in_words(item) for item in value)
    return str(value)
