"""What a person sees after they did something to the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.rehearsal import interactions
from bot.rehearsal.errors import JSON
from bot.rehearsal.models import Interaction, Message

if TYPE_CHECKING:
    from bot.rehearsal.server import RehearsalServer

_KINDS = {
    interactions.MESSAGE: "message",
    interactions.DEFERRED: "deferred",
    interactions.DEFERRED_UPDATE: "deferred_update",
    interactions.UPDATE: "update",
    interactions.CHOICES: "autocomplete",
    interactions.MODAL: "modal",
}


class NoAnswer(Exception):
    """The bot did not answer within three seconds."""


class Answer:
    """The bot's answer to one interaction; it changes while the bot edits it."""

    def __init__(self, server: RehearsalServer, interaction: Interaction) -> None:
        self._server, self.interaction = server, interaction

    @property
    def kind(self) -> str:
        """The first answer's kind: message, deferred, update, deferred_update, autocomplete, modal."""
        return _KINDS[self.interaction.response or 0]

    @property
    def answered_after(self) -> float:
        """Real seconds until the first answer."""
        assert self.interaction.answered_at is not None  # noqa: S101 — there is no Answer before it
        return self.interaction.answered_at - self.interaction.sent_at

    @property
    def messages(self) -> list[Message]:
        """All that this interaction made, first answer first, as far as it is still there."""
        log = self._server.world.channels[self.interaction.channel_id].log
        return [message for message in self.interaction.messages if message.id in log]

    @property
    def message(self) -> Message:
        """The first answer (of a button: the message it sits on, if that is what was answered)."""
        if self.interaction.original is None:
            raise LookupError(f"a {self.kind} answer has no message")
        return self.interaction.original

    @property
    def ephemeral(self) -> bool:
        """Whether only this person sees the first answer."""
        return self.message.ephemeral

    @property
    def text(self) -> str:
        """All visible text of the first answer and of the follow-ups."""
        shown = [message for message in self.messages if message is not self.interaction.original]
        if self.interaction.original:
            shown.insert(0, self.interaction.original)
        return "\n".join(message.text for message in shown if message.text)

    @property
    def modal(self) -> JSON:
        """The form that was opened."""
        if self.interaction.response != interactions.MODAL:
            raise LookupError(f"a {self.kind} answer is no modal")
        return self.interaction.payload

    async def final(self, timeout: float = 10.0) -> Answer:  # noqa: ASYNC109 — a bound, as in `until`
        """Wait until a deferred answer has been filled (or a deferred update has led to something)."""
        await self._server.until(self._settled, timeout)
        return self

    def _settled(self) -> bool:
        original, cause = self.interaction.original, self.interaction
        if self.kind == "deferred_update":
            changed = (
                original is not None
                and original.edited_at is not None
                and original.edited_at >= cause.created_at
            )
            return changed or bool(cause.messages)
        return original is None or not original.loading
