"""Putting presenters to a talk: members, and speakers from outside, who are kept with their zone and contact."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from bot.cards.base import flat, plain
from bot.services.people import Refused
from bot.when import ABBREVIATIONS, closest_zones, is_zone
from storage import presenters
from storage.database import Tx
from storage.tables import Presenter, Speaker, Talk

NAME_LIMIT, CONTACT_LIMIT = 200, 200
_COMMA = re.compile(r"\s*,\s*")


@dataclass(frozen=True)
class SpeakerSaid:
    """What an organiser says of a speaker from outside. `zone` is an IANA zone, `contact` for organisers alone."""

    name: str
    affiliation: str | None = None
    zone: str | None = None
    contact: str | None = None

    @classmethod
    def read(cls, text: str, zone: str | None = None, contact: str | None = None) -> Self:
        """From "Name, affiliation" and what was typed for a zone. Raises Refused when they cannot be read."""
        name, *rest = _COMMA.split(flat(text), maxsplit=1)
        if not name or len(text) > NAME_LIMIT:
            raise Refused(f"Write the speaker as `Name, affiliation`, in at most {NAME_LIMIT} characters.")
        if contact and len(contact) > CONTACT_LIMIT:
            raise Refused(f"The contact may have at most {CONTACT_LIMIT} characters.")
        return cls(name, rest[0] if rest else None, read_zone(zone), contact or None)


def read_zone(text: str | None) -> str | None:
    """The one zone that was meant by a zone, a city or an abbreviation. Raises Refused with the near ones."""
    if not text:
        return None
    if is_zone(text.strip()):
        return text.strip()
    near = closest_zones(text, limit=5)
    city = text.strip().casefold().replace(" ", "_")
    exact = [zone for zone in near if zone.casefold().rsplit("/", 1)[-1] == city]
    if len(exact) == 1 or text.strip().upper() in ABBREVIATIONS:
        return (exact or near)[0]
    hint = " Did you mean " + ", ".join(f"`{zone}`" for zone in near) + "?" if near else ""
    raise Refused(f"“{plain(text, 60)}” is no time zone such as `America/New_York`.{hint}")


async def known_speaker(tx: Tx, guild_id: int, said: SpeakerSaid) -> Speaker:
    """The server's record of a speaker, brought up to date with what is said now."""
    speaker = await presenters.speaker(tx, guild_id, said.name)
    if speaker is None:
        speaker = Speaker(guild_id=guild_id, name=said.name)
        tx.add(speaker)
    speaker.affiliation = said.affiliation or speaker.affiliation
    speaker.zone, speaker.contact = said.zone or speaker.zone, said.contact or speaker.contact
    await tx.flush()
    return speaker


async def add_speaker(tx: Tx, talk: Talk, said: SpeakerSaid) -> Presenter:
    """Have a speaker from outside present a talk; one who does already is not added again."""
    speaker = await known_speaker(tx, talk.guild_id, said)
    for person in await presenters.of_talk(tx, talk.talk_id):
        if person.speaker_id == speaker.speaker_id:
            person.affiliation = speaker.affiliation
            return person
    person = Presenter(
        guild_id=talk.guild_id,
        talk_id=talk.talk_id,
        speaker_id=speaker.speaker_id,
        name=speaker.name,
        affiliation=speaker.affiliation,
    )
    tx.add(person)
    await tx.flush()
    return person


async def add_member(tx: Tx, talk: Talk, user_id: int) -> Presenter:
    """Have a member present a talk; one who does already is not added again."""
    for person in await presenters.of_talk(tx, talk.talk_id):
        if person.user_id == user_id:
            return person
    person = Presenter(guild_id=talk.guild_id, talk_id=talk.talk_id, user_id=user_id)
    tx.add(person)
    await tx.flush()
    return person
