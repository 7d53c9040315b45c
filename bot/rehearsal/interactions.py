"""Interactions: what people do to the bot, how long it may take to answer, and what an answer may be."""

from __future__ import annotations

import secrets
import time
from datetime import timedelta

from bot.rehearsal import mentions, messages, permissions, validate, wire
from bot.rehearsal.errors import JSON, Form, Refusal
from bot.rehearsal.flags import MessageFlag, MessageKind, Permission
from bot.rehearsal.models import Channel, Interaction, Message, User
from bot.rehearsal.uploads import Files
from bot.rehearsal.world import World

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
TOKEN_LIFE = timedelta(minutes=15)
_ALLOWED = {
    COMMAND: (MESSAGE, DEFERRED, MODAL),
    COMPONENT: (MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    MODAL_SUBMIT: (MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE),
}


def send(
    world: World,
    user: User,
    channel: Channel,
    kind: int,
    data: JSON,
    *,
    command_name: str = "",
    source: Message | None = None,
    parent: Interaction | None = None,
) -> Interaction:
    """A person's deed reaches the bot as INTERACTION_CREATE."""
    interaction = Interaction(
        world.snowflake(),
        secrets.token_urlsafe(48),
        kind,
        user,
        channel.guild_id,
        channel.id,
        data,
        world.now(),
        time.monotonic(),
        command_name=command_name,
        source_message=source,
        parent=parent,
    )
    world.interactions[interaction.id] = interaction
    # Discord tells the bot through a hook of the application: no intent and no view of the channel is needed
    world.emit("INTERACTION_CREATE", _told(world, interaction, channel))
    return interaction


def _told(world: World, interaction: Interaction, channel: Channel) -> JSON:
    user = interaction.user
    guild = world.guild_of(channel)
    data: JSON = {
        "id": str(interaction.id),
        "application_id": str(world.bot.id),
        "type": interaction.kind,
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "channel_id": str(channel.id),
        "channel": wire.channel(world, channel)
        | {"permissions": str(world.permissions(user, channel).value)},
        "app_permissions": str(_app_permissions(world, channel).value),
        "locale": user.locale,
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(guild.id if guild else 0)},
        "context": 0 if guild else 1,
        "attachment_size_limit": 10 * 1024 * 1024,
    }
    if interaction.source_message:
        data["message"] = wire.message(world, interaction.source_message)
    if guild is None:
        return data | {"user": wire.user(user)}
    member = wire.member(guild.members[user.id]) | {
        "permissions": str(world.permissions(user, channel).value)
    }
    here = {"id": str(guild.id), "locale": guild.locale, "features": []}
    return data | {"guild_id": str(guild.id), "guild": here, "guild_locale": guild.locale, "member": member}


def _app_permissions(world: World, channel: Channel) -> Permission:
    return world.permissions(world.bot, channel) if channel.guild_id else permissions.DM_PERMISSIONS


def answer(
    world: World, interaction_id: int, token: str, body: JSON, files: Files | None = None
) -> Interaction:
    """The bot's first answer. 10062 when unknown or after 3 s, 40060 when there was one, 50035 when it does not fit."""
    interaction = world.interactions.get(interaction_id)
    if interaction is None or interaction.token != token:
        raise Refusal.UNKNOWN_INTERACTION.error()
    if interaction.response is not None:
        raise Refusal.ALREADY_ACKNOWLEDGED.error()
    if time.monotonic() - interaction.sent_at > world.patience or _expired(world, interaction):
        raise Refusal.UNKNOWN_INTERACTION.error()
    kind, data = body.get("type"), body.get("data") or {}
    _require_fitting(interaction, kind)
    if kind == MESSAGE:
        _publish(world, interaction, data, files or [])
    elif kind == DEFERRED:
        interaction.original = _thinking(world, interaction, data)
    elif kind in {UPDATE, DEFERRED_UPDATE}:
        interaction.original = interaction.source_message
        if kind == UPDATE and interaction.source_message:
            messages.revise(
                world, interaction.source_message, data, files or [], default_mentions=mentions.PEOPLE
            )
    elif kind == CHOICES:
        _require_choices(data)
    else:
        validate.modal(data)
    interaction.response, interaction.answered_at, interaction.payload = kind, time.monotonic(), data
    if interaction.original and kind == DEFERRED:
        messages.announce(world, "MESSAGE_CREATE", interaction.original)
    world.emit("INTERACTION_ANSWERED", {"id": str(interaction.id)}, secret=True)
    return interaction


def _require_fitting(interaction: Interaction, kind: int | None) -> None:
    form = Form()
    allowed = _ALLOWED[interaction.kind]
    from_component = interaction.kind != MODAL_SUBMIT or interaction.source_message is not None
    if not from_component:
        allowed = (MESSAGE, DEFERRED)
    form.choice("type", kind, allowed)
    form.check()


def _publish(world: World, interaction: Interaction, data: JSON, files: Files) -> None:
    """The first answer is a message."""
    message = _compose(world, interaction, data, files)
    interaction.original = message
    messages.post(world, world.channels[interaction.channel_id], message)


def _compose(world: World, interaction: Interaction, data: JSON, files: Files) -> Message:
    channel = world.channels[interaction.channel_id]
    message = messages.compose(world, world.bot, channel, data, files, default_mentions=mentions.PEOPLE)
    _sign(world, interaction, message)
    return message


def _sign(world: World, interaction: Interaction, message: Message) -> None:
    message.webhook_id, message.interaction = world.bot.id, interaction
    if interaction.kind == COMMAND:
        menu = "target_id" in interaction.data
        message.kind = MessageKind.CONTEXT_MENU_COMMAND if menu else MessageKind.CHAT_INPUT_COMMAND
    elif interaction.source_message:
        message.kind, message.reply_to = MessageKind.REPLY, interaction.source_message.id
    interaction.messages.append(message)


def _thinking(world: World, interaction: Interaction, data: JSON) -> Message:
    """The message that says "thinking…" until it is filled; only the ephemeral flag counts in a deferral."""
    message = Message(world.snowflake(), interaction.channel_id, world.bot, world.now())
    message.flags = MessageFlag.LOADING | MessageFlag(int(data.get("flags") or 0)) & MessageFlag.EPHEMERAL
    _sign(world, interaction, message)
    world.channels[interaction.channel_id].log[message.id] = message
    return message


def _require_choices(data: JSON) -> None:
    form = Form()
    choices = data.get("choices") or []
    form.length("data.choices", choices, 0, 25)
    for index, choice in enumerate(choices):
        form.length(f"data.choices.{index}.name", choice.get("name"), 1, 100)
        if isinstance(choice.get("value"), str):
            form.length(f"data.choices.{index}.value", choice["value"], 1, 100)
    form.check()


def _expired(world: World, interaction: Interaction) -> bool:
    return world.now() - interaction.created_at >= TOKEN_LIFE


def by_token(world: World, token: str) -> Interaction:
    """The answered interaction of a webhook token: 10015 before the first answer, 50027 after 15 minutes."""
    found = next((item for item in world.interactions.values() if item.token == token), None)
    if found is None or found.response is None:
        raise Refusal.UNKNOWN_WEBHOOK.error()
    if _expired(world, found):
        raise Refusal.BAD_WEBHOOK_TOKEN.error()
    return found


def follow_up(world: World, token: str, body: JSON, files: Files | None = None) -> Message:
    """One more message; the first one after a deferral fills the message that was thinking."""
    interaction = by_token(world, token)
    original = interaction.original
    if original and original.loading:
        messages.revise(world, original, body, files or [], default_mentions=mentions.PEOPLE)
        return original
    message = _compose(world, interaction, body, files or [])
    if original and interaction.original is not interaction.source_message:
        message.kind, message.reply_to = MessageKind.REPLY, original.id
    messages.post(world, world.channels[interaction.channel_id], message)
    return message


def find(world: World, token: str, which: str) -> Message:
    """A message of the interaction by id, or `@original`; 10008 when there is none, or no more."""
    interaction = by_token(world, token)
    known = [interaction.original, *interaction.messages]
    for message in known:
        if message is None or message.id not in world.channels[message.channel_id].log:
            continue
        if which in {"@original", str(message.id)}:
            if which == "@original" and message is not interaction.original:
                break
            return message
    raise Refusal.UNKNOWN_MESSAGE.error()


def edit(world: World, token: str, which: str, body: JSON, files: Files | None = None) -> Message:
    """Change an answer; filling the one that was thinking is such a change."""
    message = find(world, token, which)
    messages.revise(world, message, body, files or [], default_mentions=mentions.PEOPLE)
    return message


def delete(world: World, token: str, which: str) -> None:
    """Take an answer back."""
    messages.discard(world, find(world, token, which))


def callback_response(world: World, interaction: Interaction) -> JSON:
    """What the callback answers when asked `with_response`."""
    told: JSON = {
        "id": str(interaction.id),
        "type": interaction.kind,
        "channel_id": str(interaction.channel_id),
    }
    if interaction.guild_id:
        told["guild_id"] = str(interaction.guild_id)
    original = interaction.original
    if original is None:
        return {"interaction": told}
    told |= {
        "response_message_id": str(original.id),
        "response_message_loading": original.loading,
        "response_message_ephemeral": original.ephemeral,
    }
    kind = UPDATE if interaction.response in {UPDATE, DEFERRED_UPDATE} else MESSAGE
    return {"interaction": told, "resource": {"type": kind, "message": wire.message(world, original)}}
