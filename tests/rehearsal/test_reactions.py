"""Reactions: votes that can be cast, withdrawn, listed and swept away."""

from __future__ import annotations

import discord
import pytest

from bot.rehearsal import build, reactions, threads
from bot.rehearsal.errors import DiscordError
from bot.rehearsal.flags import Permission
from bot.rehearsal.server import RehearsalServer
from tests.rehearsal.conftest import Bot
from tests.rehearsal.test_messages import text_channel


async def test_a_vote_is_told_with_all_that_a_counter_needs(server: RehearsalServer, bot: Bot) -> None:
    ballot = await text_channel(bot).send("vote")
    alice = server.people["alice"]
    await alice.react(server.channel("general").last, "👍")
    await alice.unreact(server.channel("general").last, "👍")
    await bot.hears("raw_reaction_remove")
    (cast,), (withdrawn,) = bot.of("raw_reaction_add"), bot.of("raw_reaction_remove")
    assert (cast.user_id, cast.message_id, str(cast.emoji), cast.burst) == (alice.id, ballot.id, "👍", False)
    assert (cast.member.name, cast.member.bot, cast.message_author_id) == (
        "alice",
        False,
        bot.user and bot.user.id,
    )
    assert (withdrawn.user_id, withdrawn.guild_id) == (alice.id, bot.guilds[0].id)


async def test_reacting_twice_is_reacting_once(server: RehearsalServer, bot: Bot) -> None:
    message = await text_channel(bot).send("vote")
    await message.add_reaction("👍")
    await message.add_reaction("👍")
    assert server.channel("general").last.reactions["👍"].count == 1


async def test_ordinary_and_super_reactions_are_listed_apart_and_by_pages(
    server: RehearsalServer, bot: Bot
) -> None:
    message = await text_channel(bot).send("vote")
    seen = server.channel("general").last
    for number in range(103):
        build.join(
            server.world, server.world.guilds[bot.guilds[0].id], server.people.new(f"voter{number}").user
        )
        await server.people[f"voter{number}"].react(seen, "👍")
    await server.people["alice"].react(seen, "👍", burst=True)
    (reaction,) = (await message.fetch()).reactions
    assert (reaction.count, reaction.normal_count, reaction.burst_count) == (104, 103, 1)
    assert len([user async for user in reaction.users(type=discord.ReactionType.normal)]) == 103
    assert [user.name async for user in reaction.users(type=discord.ReactionType.burst)] == ["alice"]


async def test_a_message_holds_twenty_emojis(server: RehearsalServer, bot: Bot) -> None:
    message = await text_channel(bot).send("vote")
    for number in range(20):
        await message.add_reaction(chr(0x1F600 + number))
    with pytest.raises(discord.HTTPException) as refused:
        await message.add_reaction("👍")
    assert refused.value.code == 30010
    with pytest.raises(discord.HTTPException) as refused:
        await message.add_reaction("thumbsup")
    assert refused.value.code == 10014


async def test_every_kind_of_emoji_is_known_and_words_are_not(server: RehearsalServer) -> None:
    message = await server.people["bob"].say("general", "hello")
    for emoji in ("👍🏽", "❤️", "1️⃣", "🇪🇺", "‼️", "ℹ️", "™️", "↔️", "©️", "〰️"):
        await server.people["bob"].react(message, emoji)
    assert len(message.reactions) == 10
    for word in ("+1", "yes", "日本", "", "blob:123"):
        with pytest.raises(DiscordError, match="10014"):
            await server.people["bob"].react(message, word)


async def test_the_first_of_its_emoji_needs_a_permission_and_others_do_not(
    server: RehearsalServer, bot: Bot
) -> None:
    place = server.channel("general")
    seen = await server.people["bob"].say("general", "hello")
    await server.people["bob"].react(seen, "👍")
    build.overwrite(server.world, place, server.world.guilds[place.guild_id or 0].roles[place.guild_id or 0])
    build.overwrite(server.world, place, server.world.bot, deny=Permission.ADD_REACTIONS)
    message = text_channel(bot).get_partial_message(seen.id)
    await message.add_reaction("👍")
    with pytest.raises(discord.Forbidden) as refused:
        await message.add_reaction("🎉")
    assert refused.value.code == 50013


async def test_sweeping_needs_a_moderator(server: RehearsalServer, bot: Bot) -> None:
    message = await text_channel(bot).send("vote")
    seen = server.channel("general").last
    await server.people["bob"].react(seen, "👍")
    with pytest.raises(discord.Forbidden):
        await message.remove_reaction("👍", discord.Object(server.people["bob"].id))
    with pytest.raises(DiscordError, match="50013"):
        await server.people["bob"].clear_reactions(seen)
    await server.people["alice"].clear_reactions(seen, "👍")
    await bot.hears("raw_reaction_clear_emoji")
    await server.people["bob"].react(seen, "🎉")
    await server.people["alice"].clear_reactions(seen)
    await bot.hears("raw_reaction_clear")
    assert seen.reactions == {}


async def test_votes_stop_in_an_archived_thread(server: RehearsalServer, bot: Bot) -> None:
    message = await text_channel(bot).send("discuss")
    thread = await message.create_thread(name="Discussion")
    inner = await thread.send("vote here")
    await thread.edit(archived=True)
    with pytest.raises(discord.HTTPException) as refused:
        await inner.add_reaction("👍")
    assert refused.value.code == 50083
    assert threads.SILENCES[0] == 60


async def test_unknown_messages_have_no_reactions(server: RehearsalServer) -> None:
    with pytest.raises(DiscordError, match="10008"):
        reactions.add(server.world, server.world.bot, server.channel("general").id, 1, "👍")
