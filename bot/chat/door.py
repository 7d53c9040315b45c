"""The door: what one member asks in a short time is bounded, so that nobody keeps the bot from the others.

And what is asked once is done once: Discord may hand over an event again, after a resumed connection or just so.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

import discord

#: How much a member may ask within so many seconds. While somebody types an option, Discord asks at each key.
SECONDS = 10.0
MOST, MOST_TYPING = 60, 120
#: People remembered at most before those who have been quiet are forgotten.
_PEOPLE = 2000
#: Interactions remembered. A replay brings back what came since the last heartbeat or so.
_LATELY = 5000


class Door:
    """Counts what each member asks. Nothing of it is stored."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._asked: dict[tuple[int, bool], deque[float]] = {}
        self._lately: dict[int, None] = {}  # ids, the oldest first

    def lets_in(self, user_id: int, *, typing: bool = False) -> bool:
        """Whether a member may ask now; asking counts only when they may."""
        now = self._monotonic()
        if len(self._asked) > _PEOPLE:
            self._asked = {
                key: times for key, times in self._asked.items() if times and times[-1] > now - SECONDS
            }
        times = self._asked.setdefault((user_id, typing), deque())
        while times and times[0] <= now - SECONDS:
            times.popleft()
        if len(times) >= (MOST_TYPING if typing else MOST):
            return False
        times.append(now)
        return True

    def knows(self, interaction_id: int) -> bool:
        """Whether this interaction has come before; from now on it has."""
        if interaction_id in self._lately:
            return True
        self._lately[interaction_id] = None
        if len(self._lately) > _LATELY:
            del self._lately[next(iter(self._lately))]
        return False

    def refuses(self, interaction: discord.Interaction[discord.Client]) -> bool:
        """Whether what somebody asks is too much for now."""
        typing = interaction.type is discord.InteractionType.autocomplete
        return not self.lets_in(interaction.user.id, typing=typing)


#: What whoever is refused is told.
TOO_QUICK = "That was a lot at once, and others want something of me, too. Please wait ten seconds and go on."
