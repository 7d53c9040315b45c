"""The edge between a person and the services: every interaction is answered here, in time, by one card."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord

from bot.cards import Card, answers
from bot.chat.draw import drawn
from bot.log import event
from bot.services.people import Actor, Refused

log = logging.getLogger(__name__)

#: Seconds after which an answer that is not there yet is announced. Discord takes 3; people notice 1.
PROMPT = 0.5
_ALREADY_ACKNOWLEDGED, _UNKNOWN_INTERACTION = 40060, 10062

#: The answers being given. Each runs in the task of its interaction.
_at_work: set[asyncio.Task[Any]] = set()


def actor_of(interaction: discord.Interaction[Any]) -> Actor:
    """Who asks, as Discord described them. Raises Refused outside a server."""
    if interaction.guild_id is None:
        raise Refused("I only work on a server: use me in one of your reading group's channels.")
    roles: set[str] = set()
    if isinstance(interaction.user, discord.Member):
        roles = {text for role in interaction.user.roles for text in (str(role.id), role.name)}
    return Actor(
        guild_id=interaction.guild_id,
        user_id=interaction.user.id,
        roles=frozenset(roles),
        manages=interaction.permissions.manage_guild or interaction.permissions.administrator,
    )


async def answer(interaction: discord.Interaction[Any], work: Callable[[Actor], Awaitable[Card]]) -> None:
    """Do `work` for the person who asks and show them, privately, the card it gives.

    What takes long is announced ("thinking…") first. A refusal is shown in its own words; anything else that goes
    wrong is logged under a reference that the person is told.
    """
    task = asyncio.create_task(_done(interaction, work), name=f"answer {interaction.id}")
    if current := asyncio.current_task():
        _at_work.add(current)
        current.add_done_callback(_at_work.discard)
    done, _ = await asyncio.wait({task}, timeout=PROMPT)
    try:
        if not done:
            await _first(lambda: interaction.response.defer(ephemeral=True, thinking=True))
            await _fill(interaction, await task)
        else:
            arguments = {key: value for key, value in drawn(task.result()).items() if value is not None}
            await _first(lambda: interaction.response.send_message(ephemeral=True, **arguments))
    except discord.HTTPException as error:
        event(
            log,
            "answer.lost",
            logging.WARNING,
            interaction=interaction.id,
            code=error.code,
            status=error.status,
        )
    except (aiohttp.ClientError, OSError) as error:
        event(log, "answer.lost", logging.WARNING, interaction=interaction.id, cause=type(error).__name__)


async def finish_answers(seconds: float) -> None:
    """Give the answers under way that long to be given."""
    if _at_work:
        await asyncio.wait(set(_at_work), timeout=seconds)


async def _done(interaction: discord.Interaction[Any], work: Callable[[Actor], Awaitable[Card]]) -> Card:
    try:
        return await work(actor_of(interaction))
    except Refused as refusal:
        return answers.refusal(str(refusal))
    except Exception as error:  # noqa: BLE001 - the edge: whatever it was, the person is told and the log has it
        return failed(interaction, error)


def failed(interaction: discord.Interaction[Any], error: BaseException) -> Card:
    """Log what went wrong under a reference, and the card that tells it."""
    reference = secrets.token_hex(4)
    asked: dict[str, Any] = dict(interaction.data or {})
    log.error(
        "answer.failed",
        exc_info=error,
        extra={
            "event_fields": {
                "ref": reference,
                "guild": interaction.guild_id,
                "user": interaction.user.id,
                "asked": asked.get("name") or asked.get("custom_id"),
            }
        },
    )
    return answers.failure(reference)


async def _first(send: Callable[[], Awaitable[object]]) -> None:
    """Send the first response. When its reply is lost, send it again: Discord then says whether it had it."""
    try:
        await send()
    except (aiohttp.ClientError, OSError, TimeoutError):
        try:
            await send()
        except discord.HTTPException as error:
            if error.code != _ALREADY_ACKNOWLEDGED:
                raise
    except discord.InteractionResponded:
        return
    except discord.HTTPException as error:
        if error.code != _ALREADY_ACKNOWLEDGED:
            raise


async def _fill(interaction: discord.Interaction[Any], card: Card) -> None:
    """Put a card into an announced answer. Editing is idempotent: a lost reply is answered by doing it again."""
    arguments = drawn(card)
    if arguments["view"] is None:
        del arguments["view"]
    try:
        await interaction.edit_original_response(**arguments)
    except (aiohttp.ClientError, OSError, TimeoutError):
        await interaction.edit_original_response(**arguments)
