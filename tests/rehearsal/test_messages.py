"""Messages: who may send what, how often, and what gets lost on the way."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
import discord
import pytest

from bot.clock import VirtualClock
from bot.rehearsal import build, permissions
from bot.rehearsal.errors import DiscordError
from bot.rehearsal.flags import ChannelKind, Permission
from bot.rehearsal.server import RehearsalServer
from tests.rehearsal.conftest import Bot


def text_channel(bot: Bot, name: str = "general") -> discord.TextChannel:
    found = discord.utils.get(bot.guilds[0].text_channels, name=name)
    assert found is not None
    return found


async def test_a_repeated_nonce_gives_the_first_message_again(
    server: RehearsalServer, bot: Bot, clock: VirtualClock
) -> None:
    channel = text_channel(bot)
    first = await channel.send("once", nonce="reminder-42")
    clock.advance(timedelta(seconds=179))
    again = await channel.send("once", nonce="reminder-42")
    assert again.id == first.id
    assert len(server.channel("general").messages) == 1
    clock.advance(timedelta(seconds=2))
    assert (await channel.send("once", nonce="reminder-42")).id != first.id


async def test_the_nonce_is_echoed_once_and_not_told_in_history(server: RehearsalServer, bot: Bot) -> None:
    channel = text_channel(bot)
    sent = await channel.send("hello", nonce="n")
    assert sent.nonce == "n"
    assert [message.nonce async for message in channel.history()] == [None]


async def test_the_nonce_of_a_deleted_message_is_not_found(server: RehearsalServer, bot: Bot) -> None:
    channel = text_channel(bot)
    await (await channel.send("gone", nonce="n")).delete()
    with pytest.raises(discord.NotFound):
        await channel.send("again", nonce="n")


async def test_a_lost_reply_leaves_the_message_and_a_lost_request_does_not(
    server: RehearsalServer, bot: Bot
) -> None:
    channel = text_channel(bot)
    server.faults.lose_reply("POST", r"/messages$")
    with pytest.raises(aiohttp.ClientError):
        await channel.send("said", nonce="a")
    server.faults.lose_request("POST", r"/messages$")
    with pytest.raises(aiohttp.ClientError):
        await channel.send("unsaid", nonce="b")
    assert [message.content for message in server.channel("general").messages] == ["said"]
    assert [exchange.lost for exchange in server.requests[-2:]] == ["reply", "request"]
    await channel.send("said", nonce="a")
    assert len(server.channel("general").messages) == 1


async def test_an_error_after_success_is_an_error_all_the_same(server: RehearsalServer, bot: Bot) -> None:
    server.faults.fail(503, "POST", r"/messages$", after=True)
    with pytest.raises(discord.DiscordServerError):
        await text_channel(bot).send("hm")
    assert len(server.channel("general").messages) == 1


async def test_a_429_is_waited_out(server: RehearsalServer, bot: Bot) -> None:
    rule = server.faults.limit(0.01, "POST", r"/messages$", is_global=True)
    await text_channel(bot).send("patience")
    assert rule.hits == 1
    assert [exchange.status for exchange in server.requests[-2:]] == [429, 200]


async def test_an_empty_bucket_makes_the_bot_slow_down(server: RehearsalServer, bot: Bot) -> None:
    server.limits.rules["POST", "/channels/{channel_id}/messages"] = (2, 0.05)
    for number in range(4):
        await text_channel(bot).send(str(number))
    assert len(server.channel("general").messages) == 4
    assert all(exchange.status == 200 for exchange in server.requests[-4:])


async def test_too_many_requests_are_told_how_long_to_wait(server: RehearsalServer) -> None:
    server.limits.rules["GET", "/users/@me"] = (1, 60.0)
    headers = {"Authorization": f"Bot {server.token}", "User-Agent": "DiscordBot (test, 1)"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.get(f"{server.api_url}/users/@me") as first:
            assert (first.status, first.headers["X-RateLimit-Remaining"]) == (200, "0")
        async with session.get(f"{server.api_url}/users/@me") as second:
            told = await second.json()
        server.limits.per_second = 0
        async with session.get(f"{server.api_url}/gateway/bot") as third:
            assert (await third.json())["global"] is True
    assert (second.status, second.headers["Via"], told["global"]) == (429, "1.1 google", False)
    assert 59 < told["retry_after"] <= 60


async def test_a_held_request_takes_effect_when_it_is_released(server: RehearsalServer, bot: Bot) -> None:
    import asyncio

    rule = server.faults.hold("POST", r"/messages$")
    sending = asyncio.create_task(text_channel(bot).send("late"))
    await rule.struck()
    assert server.channel("general").messages == []
    rule.lift()
    await sending
    assert server.channel("general").last.content == "late"


async def test_without_a_permission_the_code_says_so(server: RehearsalServer, bot: Bot) -> None:
    place = server.channel("announcements")
    role = next(role for role in server.world.guilds[place.guild_id or 0].roles.values() if role.managed_by)
    channel = text_channel(bot, "announcements")
    build.overwrite(server.world, place, role, deny=Permission.EMBED_LINKS)
    with pytest.raises(discord.Forbidden) as refused:
        await channel.send(embed=discord.Embed(title="no"))
    assert refused.value.code == 50013
    build.overwrite(server.world, place, role, deny=Permission.SEND_MESSAGES)
    with pytest.raises(discord.Forbidden) as refused:
        await channel.send("no")
    assert refused.value.code == 50013
    build.overwrite(server.world, place, role, deny=Permission.VIEW_CHANNEL)
    with pytest.raises(discord.Forbidden) as refused:
        await channel.send("no")
    assert refused.value.code == 50001


async def test_what_does_not_exist_is_unknown(server: RehearsalServer, bot: Bot) -> None:
    channel = text_channel(bot)
    with pytest.raises(discord.NotFound) as unknown:
        await channel.fetch_message(1)
    assert unknown.value.code == 10008
    with pytest.raises(discord.NotFound) as unknown:
        await bot.fetch_channel(1)
    assert unknown.value.code == 10003
    with pytest.raises(discord.NotFound) as unknown:
        await bot.fetch_guild(1)
    assert unknown.value.code == 10004
    with pytest.raises(discord.NotFound) as unknown:
        await bot.fetch_user(1)
    assert unknown.value.code == 10013


LIMITS = {
    "content": ({"content": "x" * 2001}, "content"),
    "embed title": ({"embed": {"title": "x" * 257}}, "embeds.0.title"),
    "embed description": ({"embed": {"description": "x" * 4097}}, "embeds.0.description"),
    "embed fields": (
        {"embed": {"title": "x", "fields": [{"name": "n", "value": "v"}] * 26}},
        "embeds.0.fields",
    ),
    "field name": ({"embed": {"fields": [{"name": "n" * 257, "value": "v"}]}}, "embeds.0.fields.0.name"),
    "field value": ({"embed": {"fields": [{"name": "n", "value": "v" * 1025}]}}, "embeds.0.fields.0.value"),
    "empty field": ({"embed": {"fields": [{"name": "n", "value": ""}]}}, "embeds.0.fields.0.value"),
    "footer": ({"embed": {"footer": {"text": "x" * 2049}}}, "embeds.0.footer.text"),
    "author": ({"embed": {"author": {"name": "x" * 257}}}, "embeds.0.author.name"),
    "all embeds": ({"embeds": [{"description": "x" * 3001}] * 2}, "embeds"),
    "link": ({"embed": {"title": "x", "url": "javascript:x"}}, "embeds.0.url"),
    "nonce": ({"content": "x", "nonce": "n" * 26}, "nonce"),
    "label": ({"buttons": [{"label": "x" * 81}]}, "components.0.components.0.label"),
    "custom_id": (
        {"buttons": [{"label": "x", "custom_id": "i" * 101}]},
        "components.0.components.0.custom_id",
    ),
    "twins": ({"buttons": [{"label": "x", "custom_id": "i"}] * 2}, "components.0.components.1.custom_id"),
    "six in a row": (
        {"buttons": [{"label": "x", "custom_id": str(i)} for i in range(6)]},
        "components.0.components",
    ),
    "bare button": ({"buttons": [{"custom_id": "i"}]}, "components.0.components.0"),
}


@pytest.mark.parametrize(("sketch", "path"), LIMITS.values(), ids=LIMITS.keys())
async def test_what_is_too_long_is_refused_by_name(
    server: RehearsalServer, sketch: dict[str, object], path: str
) -> None:
    from bot.rehearsal import messages

    body = dict(sketch)
    if "embed" in body:
        body["embeds"] = [body.pop("embed")]
    if "buttons" in body:
        buttons = [{"type": 2, "style": 1} | button for button in body.pop("buttons")]  # type: ignore[attr-defined]
        body |= {"content": "x", "components": [{"type": 1, "components": buttons}]}
    with pytest.raises(DiscordError) as refused:
        messages.create(server.world, server.world.bot, server.channel("general").id, body)
    assert refused.value.code == 50035
    at = refused.value.errors
    for step in path.split("."):
        assert at is not None
        at = at[step]
    assert at is not None
    assert at["_errors"]


async def test_discord_py_understands_a_refused_form(server: RehearsalServer, bot: Bot) -> None:
    with pytest.raises(discord.HTTPException, match=r"In content: Must be 2000 or fewer in length"):
        await text_channel(bot).send("x" * 2001)
    with pytest.raises(discord.HTTPException) as refused:
        await text_channel(bot).send("  ")
    assert refused.value.code == 50006


async def test_nobody_is_pinged_who_was_not_allowed(server: RehearsalServer, bot: Bot) -> None:
    alice, channel = server.people["alice"], text_channel(bot)
    organisers = next(
        r for r in server.world.guilds[channel.guild.id].roles.values() if r.name == "Organisers"
    )
    text = f"{alice.mention} {organisers.mention} @everyone"
    await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
    quiet = server.channel("general").last
    assert (quiet.mentions, quiet.mention_roles, quiet.mention_everyone, quiet.notified) == (
        [],
        [],
        False,
        frozenset(),
    )
    await channel.send(text, allowed_mentions=discord.AllowedMentions(users=True, roles=True, everyone=True))
    loud = server.channel("general").last
    # @everyone and a role that is not mentionable ring for nobody when the bot may not mention everyone
    assert ([user.username for user in loud.mentions], loud.mention_everyone) == (["alice"], False)
    assert loud.notified == {alice.id}
    organisers.mentionable = True
    await channel.send(
        organisers.mention, allowed_mentions=discord.AllowedMentions(roles=[discord.Object(organisers.id)])
    )
    assert server.channel("general").last.notified == {alice.id}


async def test_words_of_others_are_blank_without_the_content_intent(
    server: RehearsalServer, bot: Bot
) -> None:
    alice, channel = server.people["alice"], text_channel(bot)
    await alice.say("general", "between us")
    await alice.say("general", f"{server.world.bot.mention} hear this")
    await alice.write_to_bot("and this")
    await channel.send("mine")
    told = [message.content async for message in channel.history(oldest_first=True)]
    assert told == ["", f"{server.world.bot.mention} hear this", "mine"]
    contents = [message.content for message in bot.of("message")]
    assert contents == ["", f"{server.world.bot.mention} hear this", "and this", "mine"]


async def test_history_pages_both_ways(server: RehearsalServer, bot: Bot) -> None:
    channel = text_channel(bot)
    sent = [(await channel.send(str(number))).id for number in range(7)]
    after = [m.id async for m in channel.history(after=discord.Object(sent[1]), limit=3)]
    before = [m.id async for m in channel.history(before=discord.Object(sent[5]), limit=2)]
    around = [m.id async for m in channel.history(around=discord.Object(sent[3]), limit=3)]
    assert after == sent[2:5]
    assert before == [sent[4], sent[3]]
    assert sorted(around) == sent[2:5]


async def test_a_message_is_edited_by_its_author_alone(server: RehearsalServer, bot: Bot) -> None:
    mine = await text_channel(bot).send("a", embed=discord.Embed(title="kept"))
    edited = await mine.edit(content="b")
    assert (edited.content, edited.embeds[0].title, edited.edited_at is not None) == ("b", "kept", True)
    theirs = await server.people["bob"].say("general", "bob's")
    with pytest.raises(discord.Forbidden) as refused:
        await text_channel(bot).get_partial_message(theirs.id).edit(content="mine now")
    assert refused.value.code == 50005
    with pytest.raises(discord.Forbidden) as refused:
        await text_channel(bot).get_partial_message(theirs.id).delete()
    assert refused.value.code == 50013
    await server.people["alice"].delete(theirs)
    with pytest.raises(DiscordError, match="50013"):
        await server.people["bob"].delete(server.channel("general").last)


async def test_a_private_message_reaches_whom_it_may(server: RehearsalServer, bot: Bot) -> None:
    bob = server.people["bob"]
    user = await bot.fetch_user(bob.id)
    await user.send("psst")
    assert [message.content for message in bob.inbox] == ["psst"]
    bob.close_dms()
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("hello?")
    assert refused.value.code == 50007


async def test_pins_need_their_own_permission(server: RehearsalServer, bot: Bot) -> None:
    message = await text_channel(bot).send("read this")
    guild = server.world.guilds[bot.guilds[0].id]
    build.set_bot_permissions(server.world, guild, permissions.READING_GROUP_BOT | Permission.PIN_MESSAGES)
    await message.pin()
    assert [pinned.id async for pinned in text_channel(bot).pins()] == [message.id]
    await message.unpin()
    build.set_bot_permissions(server.world, guild, permissions.READING_GROUP_BOT)
    with pytest.raises(discord.Forbidden):
        await message.pin()


async def test_files_arrive_and_can_be_fetched(server: RehearsalServer, bot: Bot) -> None:
    import io

    sent = await text_channel(bot).send(file=discord.File(io.BytesIO(b"BEGIN:VCALENDAR"), "session.ics"))
    (attachment,) = sent.attachments
    assert (attachment.filename, await attachment.read()) == ("session.ics", b"BEGIN:VCALENDAR")


async def test_a_category_is_no_place_to_talk(server: RehearsalServer) -> None:
    from bot.rehearsal import messages

    guild = next(iter(server.world.guilds.values()))
    category = build.add_channel(server.world, guild, "Rooms", kind=ChannelKind.CATEGORY)
    with pytest.raises(DiscordError, match="50008"):
        messages.create(server.world, server.world.bot, category.id, {"content": "x"})
