"""Going, maybe, can't, and who comes: buttons on announcements and reminders."""

from __future__ import annotations

from discord.ext import commands

from bot.chat.actions import Actions
from bot.services.rsvps import Rsvps


class AttendanceButtons(commands.Cog):
    """Saying whether one comes."""

    def __init__(self, rsvps: Rsvps, actions: Actions) -> None:
        actions.add("rsvp", rsvps.answer)
        actions.add("rsvps", rsvps.who)
