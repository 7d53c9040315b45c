"""Which one holds, the session or the event that somebody changed by hand: buttons for organisers."""

from __future__ import annotations

from discord.ext import commands

from bot.chat.actions import Actions
from bot.services.events import NativeEvents


class EventButtons(commands.Cog):
    """Deciding between a session and its entry in Discord's list of events."""

    def __init__(self, events: NativeEvents, actions: Actions) -> None:
        actions.add("event_take", events.take)
        actions.add("event_keep", events.keep)
