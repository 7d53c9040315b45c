"""Login, ready, and everything that can happen to the line."""

from __future__ import annotations

import discord
import pytest
from aiohttp import ClientError, ClientSession

from bot.rehearsal.server import RehearsalServer
from tests.rehearsal.conftest import Bot, running


async def test_a_bot_logs_in_and_sees_its_servers(server: RehearsalServer, bot: Bot) -> None:
    (guild,) = bot.guilds
    assert guild.name == "Efficient ML"
    assert {channel.name for channel in guild.text_channels} == {"general", "proposals", "announcements"}
    assert guild.me.guild_permissions.send_messages
    assert not guild.me.guild_permissions.manage_messages
    assert guild.member_count == 5


async def test_without_the_members_intent_the_bot_is_told_of_nobody_but_itself(
    server: RehearsalServer, bot: Bot
) -> None:
    assert [member.id for member in bot.guilds[0].members] == [server.world.bot.id]


async def test_with_the_members_intent_everybody_is_listed(server: RehearsalServer) -> None:
    server.world.members_intent = True
    async with running(server, Bot(intents=discord.Intents(guilds=True, members=True))) as bot:
        assert {member.name for member in bot.guilds[0].members} >= {"alice", "bob", "carol"}


async def test_an_intent_that_was_not_granted_ends_the_connection(server: RehearsalServer) -> None:
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(server, Bot(intents=discord.Intents(guilds=True, members=True))):
            pass


async def test_a_wrong_token_is_refused(server: RehearsalServer) -> None:
    bot = Bot()
    with pytest.raises(discord.LoginFailure):
        await bot.start("not the token")
    await bot.close()


async def test_a_client_without_an_honest_user_agent_is_refused(server: RehearsalServer) -> None:
    headers = {"Authorization": f"Bot {server.token}", "User-Agent": "curl"}
    async with (
        ClientSession() as session,
        session.get(f"{server.api_url}/users/@me", headers=headers) as response,
    ):
        assert response.status == 403


async def test_an_unknown_route_is_noted(server: RehearsalServer) -> None:
    headers = {"Authorization": f"Bot {server.token}", "User-Agent": "DiscordBot (test, 1)"}
    async with (
        ClientSession(headers=headers) as session,
        session.get(f"{server.api_url}/no/such/thing") as response,
    ):
        assert (response.status, (await response.json())["code"]) == (404, 0)
    assert [exchange.path for exchange in server.unknown_requests] == ["/no/such/thing"]
    server.unknown_requests.clear()
    server.exchanges.clear()


async def test_two_servers_with_channels_of_the_same_name_are_kept_apart(server: RehearsalServer) -> None:
    server.group("Other group", channels=["general"], members=["alice"])
    async with running(server) as bot:
        assert {guild.name for guild in bot.guilds} == {"Efficient ML", "Other group"}
        with pytest.raises(LookupError):
            server.channel("general")
        await server.people["alice"].say("general", "hello", guild="Other group")
        assert [message.content for message in server.channel("general", "Other group").messages] == ["hello"]
        assert server.channel("general", "Efficient ML").messages == []


async def test_a_bot_that_is_let_in_or_put_out_hears_of_it(server: RehearsalServer, bot: Bot) -> None:
    from bot.rehearsal import build, moderation

    other = server.group("Newcomers", bot_permissions=None)
    assert len(bot.guilds) == 1
    build.invite_bot(server.world, other)
    await bot.hears("guild_join")
    moderation.remove_member(server.world, other, server.world.bot)
    await bot.hears("guild_remove")
    assert [guild.name for guild in bot.guilds] == ["Efficient ML"]


async def test_what_was_missed_while_the_line_was_broken_is_replayed(
    server: RehearsalServer, bot: Bot
) -> None:
    server.gateway.drop()
    await server.until(lambda: not server.gateway.connected)
    await server.people["alice"].say("general", "while you were out")
    await bot.hears("resumed")
    await bot.hears("message")
    assert server.gateway.resumes == 1
    assert len(server.gateway.identifies) == 1


async def test_a_request_to_reconnect_is_followed_by_a_resume(server: RehearsalServer, bot: Bot) -> None:
    server.gateway.reconnect()
    await bot.hears("resumed")
    await server.people["alice"].say("general", "still there?")
    await bot.hears("message")


async def test_after_an_invalid_session_the_bot_identifies_anew_and_the_gap_is_lost(
    server: RehearsalServer, bot: Bot
) -> None:
    server.faults.gateway.refuse_resumes = 1
    server.gateway.drop()
    await server.until(lambda: not server.gateway.connected)
    await server.people["alice"].say("general", "lost")
    await server.until(lambda: len(server.gateway.identifies) == 2)
    await bot.hears("ready", 2)
    await server.people["alice"].say("general", "heard")
    await bot.hears("message")
    assert bot.of("resumed") == []
    assert len(bot.of("message")) == 1


async def test_events_can_come_twice_never_or_in_the_wrong_order(server: RehearsalServer, bot: Bot) -> None:
    alice, faults = server.people["alice"], server.faults.gateway
    message = await alice.say("general", "vote!")
    await bot.hears("message")
    faults.twice.add("MESSAGE_REACTION_ADD")
    await alice.react(message, "👍")
    await bot.hears("raw_reaction_add", 2)
    faults.clear()
    faults.held |= {"MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"}
    await alice.react(message, "🎉")
    await alice.unreact(message, "🎉")
    bot.heard.clear()
    server.gateway.release(backwards=True)
    await bot.hears("raw_reaction_add")
    assert [name for name, _ in bot.heard if name.startswith("raw_reaction")] == [
        "raw_reaction_remove",
        "raw_reaction_add",
    ]
    faults.lost.add("MESSAGE_REACTION_ADD")
    await alice.react(message, "❌")
    await alice.unreact(message, "❌")
    await bot.hears("raw_reaction_remove", 2)
    assert len(bot.of("raw_reaction_add")) == 1


async def test_a_gateway_that_is_down_is_waited_for(server: RehearsalServer, bot: Bot) -> None:
    server.faults.gateway.refuse = 2
    server.gateway.drop()
    await bot.hears("resumed")
    assert server.faults.gateway.refuse == 0


async def test_an_outage_is_survived(server: RehearsalServer, bot: Bot) -> None:
    await server.shut()
    with pytest.raises(ClientError):
        await bot.fetch_guild(bot.guilds[0].id)
    await server.open()
    await bot.hears("resumed")
    assert (await bot.fetch_guild(bot.guilds[0].id)).name == "Efficient ML"


async def test_a_silent_gateway_is_noticed_and_nothing_is_lost(server: RehearsalServer) -> None:
    server.gateway.heartbeat = 0.05
    async with running(server, Bot(heartbeat_timeout=0.15)) as bot:
        server.gateway.mute()
        await server.people["alice"].say("general", "into the void")
        await bot.hears("resumed")
        await bot.hears("message")


async def test_while_the_server_is_shut_nobody_can_connect(server: RehearsalServer) -> None:
    await server.shut()
    bot = Bot()
    with pytest.raises(OSError, match=r"Cannot connect"):
        await bot.start(server.token)
    await bot.close()
    await server.open()
    async with running(server) as other:
        assert other.guilds
