"""A card as discord.py's arguments."""

from __future__ import annotations

import re
from typing import Any

import discord

from bot.cards import Card

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
    """The arguments of `send` and `edit`: content, embed, view and allowed_mentions.

    `reference` is printed at the end of the footer, by which the message is found again.
    """
    card = card.fitted()
    embed = discord.Embed(
        title=card.title or None, description=card.text or None, url=card.url, colour=_COLOURS[card.tone]
    )
    for field in card.fields:
        embed.add_field(name=field.name, value=field.value, inline=field.inline)
    footer = " · ".join(part for part in (card.footer, f"ref {reference}" if reference else "") if part)
    if footer:
        embed.set_footer(text=footer)
    pinged = [f"<@{user}>" for user in card.pings] + [f"<@&{role}>" for role in card.ping_roles]
    return {
        "content": " ".join(pinged) or None,
        "embed": embed,
        "view": _view(card),
        "allowed_mentions": discord.AllowedMentions(
            everyone=False,
            replied_user=False,
            users=[discord.Object(user) for user in card.pings],
            roles=[discord.Object(role) for role in card.ping_roles],
        ),
    }


def _view(card: Card) -> discord.ui.View | None:
    if not card.buttons:
        return None
    view = discord.ui.View(timeout=None)
    for button in card.buttons:
        view.add_item(
            discord.ui.Button(
                label=button.label,
                custom_id=button.action,
                url=button.url,
                style=_STYLES[button.style] if button.url is None else discord.ButtonStyle.link,
                emoji=button.emoji,
            )
        )
    view.stop()  # presses are dispatched by custom_id (bot/chat/actions.py); discord.py need not remember the view
    return view


def reference_of(message: discord.Message) -> str | None:
    """The reference printed on a message of ours."""
    for embed in message.embeds:
        if found := _REFERENCE.search(embed.footer.text or ""):
            return found[1]
    return None
