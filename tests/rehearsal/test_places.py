"""Threads, forums, channels and roles, and who may do what in them."""

from __future__ import annotations

from datetime import timedelta

import discord
import pytest

from bot.clock import VirtualClock
from bot.rehearsal import build, permissions
from bot.rehearsal.errors import DiscordError
from bot.rehearsal.flags import ChannelKind, Permission
from bot.rehearsal.server import RehearsalServer
from tests.rehearsal.conftest import Bot
from tests.rehearsal.test_messages import text_channel


async def test_a_message_has_at_most_one_thread_and_shares_its_id(server: RehearsalServer, bot: Bot) -> None:
    message = await text_channel(bot).send("paper of the week")
    thread = await message.create_thread(name="Discussion", auto_archive_duration=1440)
    assert (thread.id, thread.parent_id) == (message.id, message.channel.id)
    with pytest.raises(discord.HTTPException) as refused:
        await message.create_thread(name="Again")
    assert refused.value.code == 160004
    await thread.send("first")
    assert [entry.content for entry in server.channel("Discussion").messages] == ["first"]


async def test_a_silent_thread_falls_asleep_and_wakes_when_spoken_to(
    server: RehearsalServer, bot: Bot, clock: VirtualClock
) -> None:
    thread = await text_channel(bot).create_thread(
        name="Side talk", type=discord.ChannelType.public_thread, auto_archive_duration=60
    )
    clock.advance(timedelta(minutes=61))
    fetched = await bot.fetch_channel(thread.id)
    assert isinstance(fetched, discord.Thread)
    assert fetched.archived
    await thread.send("good morning")
    fetched = await bot.fetch_channel(thread.id)
    assert isinstance(fetched, discord.Thread)
    assert not fetched.archived


async def test_a_locked_thread_is_closed_to_ordinary_people(server: RehearsalServer, bot: Bot) -> None:
    guild = server.world.guilds[bot.guilds[0].id]
    build.set_bot_permissions(server.world, guild, permissions.READING_GROUP_BOT | Permission.MANAGE_THREADS)
    message = await text_channel(bot).send("x")
    thread = await message.create_thread(name="Closed")
    await thread.edit(locked=True, archived=True)
    with pytest.raises(DiscordError, match="50083"):
        await server.people["bob"].say("Closed", "hello?")


async def test_a_private_thread_is_for_those_in_it(server: RehearsalServer, bot: Bot) -> None:
    guild = server.world.guilds[bot.guilds[0].id]
    build.set_bot_permissions(
        server.world, guild, permissions.READING_GROUP_BOT | Permission.CREATE_PRIVATE_THREADS
    )
    thread = await text_channel(bot).create_thread(name="Organisers only")
    bob = server.people["bob"]
    room = server.channel("Organisers only")
    assert not server.world.sees(bob.user, room)
    await thread.add_user(discord.Object(bob.id))
    assert server.world.sees(bob.user, room)
    assert {member.id for member in await thread.fetch_members()} == {bob.id, bot.user and bot.user.id}


async def test_a_forum_post_shares_its_id_with_its_first_message(server: RehearsalServer, bot: Bot) -> None:
    guild = server.world.guilds[bot.guilds[0].id]
    build.add_channel(server.world, guild, "papers", kind=ChannelKind.FORUM)
    await bot.hears("guild_channel_create")
    forum = discord.utils.get(bot.guilds[0].forums, name="papers")
    assert forum is not None
    post = await forum.create_thread(name="2401.12345", content="Let us read this")
    assert post.thread.id == post.message.id


async def test_channels_and_overwrites_are_made_by_those_who_may(server: RehearsalServer, bot: Bot) -> None:
    with pytest.raises(discord.Forbidden):
        await bot.guilds[0].create_text_channel("theory")
    guild = server.world.guilds[bot.guilds[0].id]
    more = Permission.MANAGE_CHANNELS | Permission.MANAGE_ROLES
    build.set_bot_permissions(server.world, guild, permissions.READING_GROUP_BOT | more)
    channel = await bot.guilds[0].create_text_channel("Theory of it", topic="all of it")
    assert server.channel("theory-of-it").topic == "all of it"
    await channel.set_permissions(bot.guilds[0].default_role, send_messages=False)
    with pytest.raises(DiscordError, match="50013"):
        await server.people["bob"].say("theory-of-it", "may I?")
    await channel.edit(topic="some of it")
    await channel.delete()
    with pytest.raises(LookupError):
        server.channel("theory-of-it")


async def test_roles_are_given_from_above(server: RehearsalServer, bot: Bot) -> None:
    guild = server.world.guilds[bot.guilds[0].id]
    build.set_bot_permissions(server.world, guild, permissions.READING_GROUP_BOT | Permission.MANAGE_ROLES)
    organisers = discord.utils.get(bot.guilds[0].roles, name="Organisers")
    assert organisers is not None
    bob = await bot.guilds[0].fetch_member(server.people["bob"].id)
    await bob.add_roles(organisers)
    assert organisers.id in guild.members[bob.id].role_ids
    await bob.remove_roles(organisers)
    above = build.add_role(server.world, guild, "Above the bot")
    with pytest.raises(discord.Forbidden):
        await bob.add_roles(discord.Object(above.id))


async def test_overwrites_apply_in_discords_order(server: RehearsalServer) -> None:
    guild = next(iter(server.world.guilds.values()))
    place, alice = server.channel("general"), server.people["alice"].user
    organisers = next(role for role in guild.roles.values() if role.name == "Organisers")

    def may_write() -> bool:
        return bool(server.world.permissions(alice, place) & Permission.SEND_MESSAGES)

    build.overwrite(server.world, place, guild.roles[guild.id], deny=Permission.SEND_MESSAGES)
    assert not may_write()
    build.overwrite(server.world, place, organisers, allow=Permission.SEND_MESSAGES)
    assert may_write()
    build.overwrite(server.world, place, alice, deny=Permission.SEND_MESSAGES)
    assert not may_write()
    organisers.permissions |= Permission.ADMINISTRATOR
    assert may_write()


async def test_people_leave_and_are_thrown_out(server: RehearsalServer, bot: Bot) -> None:
    guild = server.world.guilds[bot.guilds[0].id]
    with pytest.raises(DiscordError, match="50013"):
        await server.people["carol"].ban(guild, server.people["alice"])
    await server.people["carol"].leave(guild)
    await server.people["alice"].ban(guild, server.people["bob"])
    assert set(guild.members) & {server.people[name].id for name in ("bob", "carol")} == set()
    with pytest.raises(discord.NotFound) as unknown:
        await bot.guilds[0].fetch_member(server.people["bob"].id)
    assert unknown.value.code == 10007
