"""What the outbox, those who have something said, and the courier tell each other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from bot.cards import Said
from storage.database import Tx
from storage.tables import Post


class Drop(NamedTuple):
    """A renderer's word that there is nothing left to say, and why."""

    cause: str


Renderer = Callable[[Tx, Post, datetime], Awaitable[Said | Drop]]
Afterwards = Callable[[Tx, Post], Awaitable[None]]


@dataclass
class Kinds:
    """What is known of each kind of post: how it is made, and what is done when one was sent or has failed."""

    renderers: dict[str, Renderer] = field(default_factory=dict)
    after_sent: dict[str, Afterwards] = field(default_factory=dict)
    after_failed: dict[str, Afterwards] = field(default_factory=dict)


class Sent(NamedTuple):
    """Where a message stands."""

    channel_id: int
    message_id: int


class Target(NamedTuple):
    """The message that an edit or a reaction is for, and the reference printed on it."""

    channel_id: int
    message_id: int
    reference: str


class Trouble(Exception):
    """A post could not be said; the message says why."""


class NotNow(Trouble):
    """Discord certainly did not take it; try again after `after`, or when it suits."""

    def __init__(self, cause: str, after: timedelta | None = None) -> None:
        super().__init__(cause)
        self.after = after


class Unclear(Trouble):
    """Nobody knows whether Discord took it: look before it is said again."""


class Blocked(Trouble):
    """Discord will not take it until somebody mends something. The message is a sentence with the cure."""

    def __init__(self, cause: str, place: str) -> None:
        super().__init__(cause)
        self.place = place


class Impossible(Trouble):
    """Discord will never take it: the bot's own mistake, or what it belongs to is gone."""


class Courier(Protocol):
    """Carries posts to Discord. Each method raises one of the four kinds of Trouble."""

    async def where(self, post: Post) -> int | None:
        """The channel that a message is to be sent to, told without asking Discord.

        None for a direct message: that channel is always the same.
        """
        ...

    async def find(self, post: Post) -> Sent | None:
        """The message that an earlier try may have left in `post.channel_id`, if it did."""
        ...

    async def deliver(self, post: Post, said: Said, target: Target | None) -> Sent:
        """Do what the post says; `target` is the message (or event) that it changes, if it changes one.

        A message is sent to `post.channel_id`.
        """
        ...


def is_new(post: Post) -> bool:
    """Whether a post makes something, which done twice would stand there twice: a message, an event.

    What changes something that is there (an edit, a reaction, the one thread of a message) may be repeated.
    """
    return post.op == "send" or (post.op == "event" and "of" not in post.data)
