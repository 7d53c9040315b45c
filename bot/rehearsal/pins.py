"""Messages pinned to their channel."""

from __future__ import annotations

from bot.rehearsal import wire
from bot.rehearsal.errors import Refusal
from bot.rehearsal.flags import MessageKind, Permission
from bot.rehearsal.messages import announce, place, post
from bot.rehearsal.models import Channel, Message, User
from bot.rehearsal.world import World

_PINS = 250


def pin(world: World, user: User, channel_id: int, message_id: int, *, pinned: bool = True) -> None:
    """Pin or unpin; PIN_MESSAGES is what it takes, at most 250 a channel."""
    message = world.message(user, channel_id, message_id)
    channel = world.channels[channel_id]
    world.require(user, channel, Permission.PIN_MESSAGES)
    if pinned == (message.pinned_at is not None):
        return
    if pinned and len(pins(channel)) >= _PINS:
        raise Refusal.TOO_MANY_PINS.error()
    message.pinned_at = channel.last_pin_at = world.now() if pinned else None
    announce(world, "MESSAGE_UPDATE", message)
    stamp = wire.stamp(channel.last_pin_at) if channel.last_pin_at else None
    told = {"channel_id": str(channel.id), "last_pin_timestamp": stamp}
    world.emit("CHANNEL_PINS_UPDATE", told | place(channel), channel=channel)
    if pinned:
        notice = Message(
            world.snowflake(), channel.id, user, world.now(), kind=MessageKind.PINNED, reply_to=message.id
        )
        post(world, channel, notice)


def pins(channel: Channel) -> list[Message]:
    """Pinned messages, latest first."""
    found = [message for message in channel.log.values() if message.pinned_at]
    return sorted(found, key=lambda message: (message.pinned_at, message.id), reverse=True)
