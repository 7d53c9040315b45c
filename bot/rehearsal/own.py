"""A server made after somebody's own configuration: its channels and roles, and the rehearsal's people in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.rehearsal import build, permissions, scene
from bot.rehearsal.models import Guild
from bot.rehearsal.world import World

_EMOJI = re.compile(r"(\w+):(\d+)")


@dataclass(frozen=True)
class Place:
    """A channel that the configuration names. One that it gives by its id is called `otherwise` here."""

    name: str
    topic: str
    category: str
    otherwise: str = ""


def own_group(
    world: World,
    name: str,
    places: Iterable[Place],
    *,
    organiser_role: str,
    ping_role: str | None = None,
    vote_emoji: str = "",
) -> Guild:
    """The server with those channels and "general", the roles, and the people of the demo; roles may be ids, too."""
    for username, (shown, _, _) in scene.PEOPLE.items():
        build.person(world, username, global_name=shown)
    guild = build.group(world, name, channels=(), owner="marta", bot_permissions=None)
    organisers = _role(world, guild, organiser_role, "Organiser", permissions.MODERATOR)
    if ping_role and ping_role != organiser_role:
        _role(world, guild, ping_role, "Members")
    for username, (_, _, organises) in scene.PEOPLE.items():
        build.join(world, guild, build.person(world, username), [organisers] if organises else [], quiet=True)
    if found := _EMOJI.fullmatch(vote_emoji):
        guild.emojis[int(found[2])] = found[1]
    build.invite_bot(world, guild)
    known: set[str] = set()
    for place in (*places, Place("general", "Everything else.", "Reading group")):
        if place.name.casefold() not in known:
            known.add(place.name.casefold())
            _channel(world, guild, place)
    return guild


def _channel(world: World, guild: Guild, place: Place) -> None:
    number = int(place.name) if place.name.isdigit() else None
    shown = (place.otherwise or f"channel-{place.name[-4:]}") if number else place.name
    build.add_channel(world, guild, shown, topic=place.topic, category=place.category, number=number)


def _role(world: World, guild: Guild, name: str, otherwise: str, allowed: build.Names = ()) -> str:
    number = int(name) if name.isdigit() else None
    return build.add_role(world, guild, otherwise if number else name, allowed, number=number).name
