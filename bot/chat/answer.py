"""The edge between a person and the services: every interaction is answered here, in time, by one card."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal

import aiohttp
import discord

from bot.cards import Card, Form, answers
from bot.chat.draw import drawn, drawn_form, redrawn
from bot.chat.guard import asked_pause
from bot.chat.home import carried, carrying, serves
from bot.log import event
from bot.services.people import Actor, Refused
from storage.database import DatabaseTrouble

log = logging.getLogger(__name__)

#: Seconds after which an answer that is not there yet is announced. Discord takes 3; people notice 1.
PROMPT = 0.5
#: How many may be answered at a time until "thinking…" costs more than it gives: a request more for each of a crowd
#: that the same second would have answered.
CROWD = 40
#: Seconds that one of a crowd is given, and whoever may get a form: Discord takes that only as the first answer.
FORM_PROMPT = 2.3
#: Seconds that a refused answer waits at least, and at most: the first must be there within 3, the rest within minutes.
LEAST_PAUSE, FIRST_PAUSE, LATER_PAUSE = 0.5, 1.5, 300.0
_ALREADY_ACKNOWLEDGED, _TOO_MANY = 40060, 429
_ILL = "I cannot write anything down just now, and have changed nothing. Whoever runs me finds the cause in my log."

#: The answers being given. Each runs in the task of its interaction.
_at_work: set[asyncio.Task[Any]] = set()


async def actor_of(interaction: discord.Interaction[Any]) -> Actor:
    """Who asks: as Discord described them, or in a direct message as the server tells that the press carries.

    Raises Refused where there is no server, and for somebody who is no member of it.
    """
    if interaction.guild_id is not None:
        roles = await _roles(interaction.user, interaction.guild)
        return _actor(interaction.guild_id, interaction.user.id, roles, interaction.permissions)
    pressed: dict[str, Any] = dict(interaction.data or {})
    guild_id, _ = carried(str(pressed.get("custom_id", "")))
    if not guild_id:
        raise Refused("I only work on a server: use me in one of your reading group's channels.")
    if not serves(interaction.client, guild_id):
        raise Refused(answers.NOT_IN_DIRECT)
    member = await _member(interaction.client.get_guild(guild_id), interaction.user.id)
    return _actor(guild_id, member.id, member.roles, member.guild_permissions)


async def _member(guild: discord.Guild | None, user_id: int) -> discord.Member:
    """Asked of Discord each time: the bot keeps no list of members."""
    try:
        if guild is not None:
            return await guild.fetch_member(user_id)
    except discord.NotFound:
        event(log, "answer.no_member", guild=guild.id if guild else None, user=user_id)
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        event(log, "answer.member_unknown", logging.WARNING, cause=type(error).__name__)
        raise Refused(
            "Discord does not tell me just now who you are on the server. Please press again in a moment."
        ) from None
    raise Refused("This is about a server that you or I am not a member of any more.")


async def _roles(user: discord.User | discord.Member, guild: discord.Guild | None) -> Sequence[discord.Role]:
    """Somebody's roles. At a start people may be quicker than Discord's word on their server: then it is asked."""
    if not isinstance(user, discord.Member):
        return ()
    if guild is None or guild.roles:
        return user.roles
    try:
        return [role for role in await guild.fetch_roles() if user._roles.has(role.id)]  # noqa: SLF001 - ids only
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        event(log, "answer.roles_unknown", logging.WARNING, cause=type(error).__name__)
        return ()


def _actor(guild_id: int, user_id: int, roles: Sequence[discord.Role], may: discord.Permissions) -> Actor:
    return Actor(
        guild_id=guild_id,
        user_id=user_id,
        roles=frozenset(text for role in roles for text in (str(role.id), role.name)),
        manages=may.manage_guild or may.administrator,
    )


async def answer(
    interaction: discord.Interaction[Any],
    work: Callable[[Actor], Awaitable[Card | Form]],
    *,
    shows: Literal["new", "instead", "form"] = "new",
) -> None:
    """Do `work` for the person who asks and show them, privately, the card or the form it gives.

    What takes long is announced ("thinking…") first; say `shows="form"` where a form may come, for it cannot follow
    that. With "instead" a card takes the place of the private message whose button was pressed. A refusal is shown in
    its own words; anything else that goes wrong is logged under a reference that the person is told.
    """
    began = time.perf_counter()
    task = asyncio.create_task(_done(interaction, work), name=f"answer {interaction.id}")
    if current := asyncio.current_task():
        _at_work.add(current)
        current.add_done_callback(_at_work.discard)
    done, _ = await asyncio.wait({task}, timeout=PROMPT)
    if not done and (shows == "form" or len(_at_work) > CROWD):
        done, _ = await asyncio.wait({task}, timeout=FORM_PROMPT - PROMPT)
    instead = shows == "instead" and interaction.message is not None and interaction.message.flags.ephemeral
    try:
        if done:
            said, well = task.result()
            await _first(lambda: _respond(interaction, said, instead=instead and well))
        elif instead:
            await _first(interaction.response.defer)
            await _fill(interaction, _not_a_form((await task)[0]))
        else:
            await _first(lambda: interaction.response.defer(ephemeral=True, thinking=True))
            await _fill(interaction, _not_a_form((await task)[0]))
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
    event(log, "answer.given", logging.DEBUG, seconds=f"{time.perf_counter() - began:.3f}")


async def finish_answers(seconds: float) -> None:
    """Give the answers under way that long to be given."""
    if _at_work:
        await asyncio.wait(set(_at_work), timeout=seconds)


async def _respond(interaction: discord.Interaction[Any], said: Card | Form, *, instead: bool) -> None:
    if isinstance(said, Form):
        await interaction.response.send_modal(drawn_form(said))
    elif instead:
        await interaction.response.edit_message(**redrawn(said))
    else:
        await interaction.response.send_message(ephemeral=True, **drawn(said))


def _not_a_form(said: Card | Form) -> Card:
    """A form that is ready too late cannot be shown any more."""
    if isinstance(said, Form):
        return answers.refusal("That took me too long to open the form. Please press once more.")
    return said


async def _done(
    interaction: discord.Interaction[Any], work: Callable[[Actor], Awaitable[Card | Form]]
) -> tuple[Card | Form, bool]:
    """What to show, and whether it went well: what did not leaves the message whose button was pressed alone."""
    try:
        actor = await actor_of(interaction)
        said = await work(actor)
        return (said if interaction.guild_id else carrying(said, actor.guild_id)), True
    except Refused as refusal:
        return answers.refusal(str(refusal)), False
    except DatabaseTrouble:  # the log has it, with the cure
        return answers.refusal(_ILL), False
    except Exception as error:  # noqa: BLE001 - the edge: whatever it was, the person is told and the log has it
        return failed(interaction, error), False


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
        await _twice(send, longest=FIRST_PAUSE)
    except discord.InteractionResponded:
        return
    except discord.HTTPException as error:
        if error.code != _ALREADY_ACKNOWLEDGED:
            raise


async def _fill(interaction: discord.Interaction[Any], card: Card) -> None:
    """Put a card into an announced answer. Editing is idempotent: a lost reply is answered by doing it again."""
    await _twice(lambda: interaction.edit_original_response(**redrawn(card)), longest=LATER_PAUSE)


async def _twice(send: Callable[[], Awaitable[object]], *, longest: float) -> None:
    """Send; once more when the reply is lost, or after the pause that what stands before Discord asks for.

    discord.py waits out Discord's own limits; a 429 of the proxy before it, it raises.
    """
    try:
        await send()
    except discord.HTTPException as error:
        pause = asked_pause(error.response.headers) or LEAST_PAUSE
        if error.status != _TOO_MANY or pause > longest:
            raise
        await asyncio.sleep(pause)
        await send()
    except (aiohttp.ClientError, OSError, TimeoutError):
        await send()
