"""What the outbox and the courier tell each other: where something stands, and each way in which saying it can end."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple, Protocol

from bot.cards import Said
from storage.tables import Post


class Drop(NamedTuple):
    """A renderer's word that there is nothing left to say, and why."""

    cause: str


class Sent(NamedTuple):
    """Where a message stands."""

    channel_id: int
    message_id: int


class Target(NamedTuple):
    """The message that an edit or a reaction is for, and the reference printed on it."""

    channel_id: int
    message_id: int
    reference: str


class NotNow(Exception):
    """Discord certainly did not take it; try again after `after`, or when it suits."""

    def __init__(self, cause: str, after: timedelta | None = None) -> None:
        super().__init__(cause)
        self.after = after


class Unclear(Exception):
    """Nobody knows whether Discord took it: look before it is said again."""


class Blocked(Exception):
    """Discord will not take it until somebody mends something. The message is a sentence with the cure."""

    def __init__(self, cause: str, place: str) -> None:
        super().__init__(cause)
        self.place = place


class Impossible(Exception):
    """Discord will never take it: the bot's own mistake, or what it belongs to is gone."""


class Courier(Protocol):
    """Carries posts to Discord. Each method raises NotNow, Unclear, Blocked or Impossible."""

    async def find(self, post: Post) -> Sent | None:
        """The message that an earlier try may have left, if it did."""
        ...

    async def deliver(self, post: Post, said: Said, target: Target | None) -> Sent:
        """Do what the post says; `target` is the message (or event) that it changes, if it changes one."""
        ...
