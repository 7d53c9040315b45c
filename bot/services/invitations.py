"""Inviting a speaker from outside: a mail to copy, with the free dates in their time, and a calendar file of these."""

from __future__ import annotations

from bot.cards import Card
from bot.cards import inviting as cards
from bot.cards.presenting import stage
from bot.clock import Clock
from bot.services.people import Actor, Refused
from bot.services.settings import SettingsService
from bot.services.speakers import SpeakerSaid, known_speaker
from bot.when import closest_zones
from storage import presenters, sessions
from storage.database import Database

#: How many dates are offered, and among how many coming sessions they are looked for.
OFFERED, LOOKED = 5, 40


class Invitations:
    """Drafts invitations. Nothing is sent: organisers copy the draft."""

    def __init__(self, database: Database, clock: Clock, settings: SettingsService) -> None:
        self._database, self._clock, self._settings = database, clock, settings

    async def draft(
        self,
        actor: Actor,
        speaker: str,
        *,
        zone: str | None = None,
        contact: str | None = None,
        session_id: int | None = None,
    ) -> Card:
        """The mail for a speaker ("Name, affiliation"), who is kept with zone and contact for the next time.

        Offers one session, or the next ones that have no presenter. Raises Refused for who may not, when no zone is
        known, or when no date is free.
        """
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "invite speakers")
        said = SpeakerSaid.read(speaker, zone, contact)
        async with self._database.transaction() as tx:
            known = await known_speaker(tx, actor.guild_id, said)
            coming = await sessions.upcoming(tx, actor.guild_id, now=self._clock.now(), limit=LOOKED)
        if known.zone is None:
            raise Refused(
                "Where does the speaker live? Give `zone:` a city or a time zone: dates are told in theirs."
            )
        free = [
            view
            for view in coming
            if stage(view) in ("open", "volunteered") and session_id in (None, view.session.session_id)
        ]
        if not free:
            raise Refused(
                "No date is free to offer. `/session plan` or `/series create` makes some; `/schedule` shows them."
            )
        return cards.invitation(known, free[:OFFERED], settings.group.name, self._clock.now())

    async def speaker_choices(self, guild_id: int, typed: str) -> list[str]:
        """Speakers known from before, as "Name, affiliation"."""
        async with self._database.reading() as tx:
            rows = await presenters.speakers(tx, guild_id)
        found = [", ".join(part for part in (row.name, row.affiliation) if part)[:100] for row in rows]
        return [text for text in found if typed.casefold() in text.casefold()][:25]

    @staticmethod
    def zone_choices(typed: str) -> list[str]:
        """Time zones that may be meant."""
        return closest_zones(typed)
