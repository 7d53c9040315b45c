"""A card or a form as discord.py's arguments."""

from __future__ import annotations

import io
import re
from typing import Any

import discord

from bot.cards import Attachment, Button, Card, Form, Select

_COLOURS = {
    "plain": 0x5865F2,
    "good": 0x2E9E5B,
    "warn": 0xD9A300,
    "bad": 0xC0392B,
    "paper": 0x3B6FB5,
    "session": 0x7A4FB5,
    "digest": 0x1F8A8A,
}
_STYLES = {
    "primary": discord.ButtonStyle.primary,
    "secondary": discord.ButtonStyle.secondary,
    "success": discord.ButtonStyle.success,
    "danger": discord.ButtonStyle.danger,
}
_REFERENCE = re.compile(r"ref ([a-z0-9]{4,25})$")


def drawn(card: Card, *, reference: str | None = None) -> dict[str, Any]:
    """A card as the arguments of `send`: what it does not have is left out.

    `reference` is printed at the end of the footer, by which the message is found again.
    """
    arguments = {key: value for key, value in redrawn(card, reference=reference).items() if value is not None}
    if files := arguments.pop("attachments"):
        arguments["files"] = files
    return arguments


def redrawn(card: Card, *, reference: str | None = None) -> dict[str, Any]:
    """A card as the arguments of `edit`: what it does not have is taken off the message, with None or []."""
    card = card.fitted()
    pinged = [f"<@{user}>" for user in card.pings] + [f"<@&{role}>" for role in card.ping_roles]
    return {
        "content": " ".join(pinged) or None,
        "embed": _embed(card, reference),
        "view": _view(card),
        "attachments": [_file(attachment) for attachment in card.attachments],
        "allowed_mentions": discord.AllowedMentions(
            everyone=False,
            replied_user=False,
            users=[discord.Object(user) for user in card.pings],
            roles=[discord.Object(int(role)) for role in card.ping_roles],
        ),
    }


def _embed(card: Card, reference: str | None) -> discord.Embed:
    embed = discord.Embed(
        title=card.title or None, description=card.text or None, url=card.url, colour=_COLOURS[card.tone]
    )
    for field in card.fields:
        embed.add_field(name=field.name, value=field.value, inline=field.inline)
    footer = " · ".join(part for part in (card.footer, f"ref {reference}" if reference else "") if part)
    if footer:
        embed.set_footer(text=footer)
    return embed


def _file(attachment: Attachment) -> discord.File:
    about = attachment.about[:1024] or None
    return discord.File(io.BytesIO(attachment.data), filename=attachment.name, description=about)


def _view(card: Card) -> discord.ui.View | None:
    if not card.buttons and not card.selects:
        return None
    view = discord.ui.View(timeout=None)
    for select in card.selects:
        view.add_item(_select(select))
    for button in card.buttons:
        view.add_item(_button(button))
    view.stop()  # presses are dispatched by custom_id (bot/chat/actions.py); discord.py need not remember the view
    return view


def _button(button: Button) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(
        label=button.label,
        custom_id=button.action,
        url=button.url,
        style=_STYLES[button.style] if button.url is None else discord.ButtonStyle.link,
        emoji=button.emoji,
    )


def _select(select: Select) -> discord.ui.Item[discord.ui.View]:
    if select.of == "members":
        return discord.ui.UserSelect(
            custom_id=select.action, placeholder=select.placeholder, max_values=select.most
        )
    options = [
        discord.SelectOption(
            label=option.label[:100], value=option.value[:100], description=option.about[:100] or None
        )
        for option in select.options[:25]
    ]
    return discord.ui.Select(
        custom_id=select.action,
        placeholder=select.placeholder,
        options=options,
        max_values=min(select.most, len(options)),
    )


def drawn_form(form: Form) -> discord.ui.Modal:
    """A form as a modal. What is handed in is dispatched by its custom_id, so discord.py need not remember it."""
    form = form.fitted()
    modal = discord.ui.Modal(title=form.title, custom_id=form.submit, timeout=None)
    for entry in form.inputs:
        field: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
            custom_id=entry.name,
            style=discord.TextStyle.paragraph if entry.long else discord.TextStyle.short,
            default=entry.value or None,
            required=entry.required,
            max_length=entry.limit,
        )
        modal.add_item(discord.ui.Label(text=entry.label, description=entry.hint or None, component=field))
    modal.stop()
    return modal


def reference_of(message: discord.Message) -> str | None:
    """The reference printed on a message of ours."""
    for embed in message.embeds:
        if found := _REFERENCE.search(embed.footer.text or ""):
            return found[1]
    return None
