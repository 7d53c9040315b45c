"""REST endpoints below /channels, and /users: messages, reactions, pins, private channels."""

from __future__ import annotations

from typing import Any

from bot.rehearsal import messages, pins, reactions, wire
from bot.rehearsal.api import Call, Routes
from bot.rehearsal.errors import JSON
from bot.rehearsal.flags import Permission
from bot.rehearsal.models import Message

routes = Routes()


def shown(call: Call, message: Message) -> JSON:
    """A message as the bot may read it over REST."""
    data = wire.message(call.world, message)
    hidden = call.world.content_guarded(message) and not call.world.message_content
    return wire.blank(data) if hidden else data


@routes.on("POST /channels/{channel_id}/messages")
def create_message(call: Call) -> Any:
    body = call.form()
    message = messages.create(call.world, call.bot, call.id("channel_id"), body, call.files)
    nonce = {"nonce": body["nonce"]} if body.get("nonce") is not None else {}
    return shown(call, message) | nonce


@routes.on("GET /channels/{channel_id}/messages")
def list_messages(call: Call) -> Any:
    found = messages.history(
        call.world,
        call.bot,
        call.id("channel_id"),
        limit=call.query_int("limit", 50, 1, 100),
        before=call.query_id("before"),
        after=call.query_id("after"),
        around=call.query_id("around"),
    )
    return [shown(call, message) for message in found]


@routes.on("GET /channels/{channel_id}/messages/{message_id:\\d+}")
def get_message(call: Call) -> Any:
    return shown(call, messages.get(call.world, call.bot, call.id("channel_id"), call.id("message_id")))


@routes.on("PATCH /channels/{channel_id}/messages/{message_id:\\d+}")
def edit_message(call: Call) -> Any:
    ids = call.id("channel_id"), call.id("message_id")
    return shown(call, messages.edit(call.world, call.bot, *ids, call.form(), call.files))


@routes.on("DELETE /channels/{channel_id}/messages/{message_id:\\d+}")
def delete_message(call: Call) -> Any:
    messages.delete(call.world, call.bot, call.id("channel_id"), call.id("message_id"))


@routes.on("POST /channels/{channel_id}/messages/bulk-delete")
def bulk_delete(call: Call) -> Any:
    ids = [int(number) for number in call.form().get("messages") or []]
    messages.delete_many(call.world, call.bot, call.id("channel_id"), ids)


@routes.on("POST /channels/{channel_id}/typing")
def typing(call: Call) -> Any:
    channel = call.world.channel(call.bot, call.id("channel_id"))
    call.world.require(call.bot, channel, Permission.SEND_MESSAGES)
    told = {
        "channel_id": str(channel.id),
        "user_id": str(call.bot.id),
        "timestamp": int(call.world.now().timestamp()),
    }
    call.world.emit("TYPING_START", told | messages.place(channel), channel=channel)


@routes.on("PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me")
def add_reaction(call: Call) -> Any:
    ids = call.id("channel_id"), call.id("message_id")
    reactions.add(call.world, call.bot, *ids, call.ids["emoji_name"])


@routes.on("DELETE /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me")
def delete_own_reaction(call: Call) -> Any:
    ids = call.id("channel_id"), call.id("message_id")
    reactions.remove(call.world, call.bot, *ids, call.ids["emoji_name"], call.bot.id)


@routes.on("DELETE /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/{user_id}")
def delete_reaction(call: Call) -> Any:
    ids = call.id("channel_id"), call.id("message_id")
    reactions.remove(call.world, call.bot, *ids, call.ids["emoji_name"], call.id("user_id"))


@routes.on("DELETE /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}")
def clear_emoji(call: Call) -> Any:
    ids = call.id("channel_id"), call.id("message_id")
    reactions.clear(call.world, call.bot, *ids, call.ids["emoji_name"])


@routes.on("DELETE /channels/{channel_id}/messages/{message_id}/reactions")
def clear_reactions(call: Call) -> Any:
    reactions.clear(call.world, call.bot, call.id("channel_id"), call.id("message_id"))


@routes.on("GET /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}")
def list_reactions(call: Call) -> Any:
    found = reactions.users(
        call.world,
        call.bot,
        call.id("channel_id"),
        call.id("message_id"),
        call.ids["emoji_name"],
        burst=call.query_int("type", 0, 0, 1) == 1,
        after=call.query_id("after") or 0,
        limit=call.query_int("limit", 25, 1, 100),
    )
    return [wire.user(user) for user in found]


@routes.on(
    "PUT /channels/{channel_id}/messages/pins/{message_id}", "PUT /channels/{channel_id}/pins/{message_id}"
)
def pin(call: Call) -> Any:
    pins.pin(call.world, call.bot, call.id("channel_id"), call.id("message_id"))


@routes.on(
    "DELETE /channels/{channel_id}/messages/pins/{message_id}",
    "DELETE /channels/{channel_id}/pins/{message_id}",
)
def unpin(call: Call) -> Any:
    pins.pin(call.world, call.bot, call.id("channel_id"), call.id("message_id"), pinned=False)


@routes.on("GET /channels/{channel_id}/messages/pins")
def list_pins(call: Call) -> Any:
    channel = call.world.channel(call.bot, call.id("channel_id"))
    limit = call.query_int("limit", 50, 1, 50)
    found = pins.pins(channel)
    items = [{"pinned_at": wire.stamp(m.pinned_at), "message": shown(call, m)} for m in found if m.pinned_at]
    return {"items": items[:limit], "has_more": len(items) > limit}


@routes.on("GET /channels/{channel_id}/pins")
def list_pins_of_old(call: Call) -> Any:
    return [shown(call, m) for m in pins.pins(call.world.channel(call.bot, call.id("channel_id")))]


@routes.on("POST /users/@me/channels")
def open_dm(call: Call) -> Any:
    return wire.channel(call.world, messages.open_dm(call.world, int(call.form().get("recipient_id") or 0)))
