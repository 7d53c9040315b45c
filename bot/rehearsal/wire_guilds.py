"""How Discord writes down servers, their events, and the commands of a bot: the rest of `wire`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.rehearsal.errors import JSON
from bot.rehearsal.models import Command, Guild, ScheduledEvent
from bot.rehearsal.wire import channel, maybe, member, role, stamp, user

if TYPE_CHECKING:
    from bot.rehearsal.world import World


def event(item: ScheduledEvent, *, counted: bool = True) -> JSON:
    """A scheduled event object."""
    data: JSON = {
        "id": str(item.id),
        "guild_id": str(item.guild_id),
        "channel_id": maybe(item.channel_id),
        "creator_id": str(item.creator.id),
        "creator": user(item.creator),
        "name": item.name,
        "description": item.description,
        "image": None,
        "scheduled_start_time": stamp(item.start),
        "scheduled_end_time": stamp(item.end) if item.end else None,
        "privacy_level": 2,
        "status": item.status,
        "entity_type": item.entity_type,
        "entity_id": None,
        "entity_metadata": {"location": item.location} if item.location else None,
        "recurrence_rule": None,
        "guild_scheduled_event_exceptions": [],
    }
    return data | {"user_count": len(item.subscribers)} if counted else data


def command(world: World, item: Command) -> JSON:
    """A registered command."""
    ids = {"id": str(item.id), "application_id": str(world.bot.id), "version": str(item.version)}
    place = {"guild_id": str(item.guild_id)} if item.guild_id else {}
    return ids | item.body | place


def guild(item: Guild) -> JSON:
    """A server object as REST gives it."""
    nothing = (
        "icon description home_header splash discovery_splash banner application_id afk_channel_id system_channel_id "
        "widget_channel_id max_presences vanity_url_code rules_channel_id safety_alerts_channel_id "
        "public_updates_channel_id incidents_data premium_progress_bar_enabled_user_updated_at hub_type "
        "latest_onboarding_question_id"
    )
    return dict.fromkeys(nothing.split()) | {
        "id": str(item.id),
        "name": item.name,
        "features": [],
        "owner_id": str(item.owner_id),
        "region": "deprecated",
        "afk_timeout": 300,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "verification_level": 0,
        "roles": [role(entry) for entry in item.roles.values()],
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_members": 500000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": item.locale,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [custom_emoji(number, name) for number, name in item.emojis.items()],
        "stickers": [],
    }


def custom_emoji(number: int, name: str) -> JSON:
    """One of a server's own emojis."""
    flags = {"require_colons": True, "managed": False, "animated": False, "available": True}
    return {"id": str(number), "name": name, "roles": []} | flags


def guild_create(world: World, item: Guild, *, members: bool) -> JSON:
    """GUILD_CREATE: the server with all that the bot may see of it; other members only with that intent."""
    visible = [entry for entry in item.channels.values() if world.sees(world.bot, entry)]
    shown = item.members.values() if members else [item.members[world.bot.id]]
    return guild(item) | {
        "joined_at": stamp(item.members[world.bot.id].joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(item.members),
        "members": [member(entry) for entry in shown],
        "channels": [channel(world, entry) for entry in item.channels.values() if entry.thread is None],
        "threads": [channel(world, entry) for entry in visible if entry.thread and not entry.thread.archived],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "soundboard_sounds": [],
        "guild_scheduled_events": [event(entry) for entry in item.events.values() if entry.status in {1, 2}],
    }
