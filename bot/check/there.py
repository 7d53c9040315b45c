"""What only Discord and arXiv can tell."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping

import aiohttp

from bot.chat import endpoint
from bot.chat.places import pick
from bot.chat.survey import NoDiscord, ServerSeen, Survey, TokenRefused, survey
from bot.check.finding import Finding
from bot.config import CUSTOM_EMOJI, ConfigError, Group, ServerSettings, Settings
from bot.sources import ArxivClient, SourceTrouble

Overrides = Mapping[int, Mapping[str, str]]


async def of_discord(settings: Settings, token: str, overrides: Overrides) -> AsyncIterator[Finding]:
    """Whether Discord takes the token, and what the bot will find on its servers."""
    endpoint.use(api_url=settings.discord.api_url, gateway_url=settings.discord.gateway_url)
    try:
        seen = await survey(token)
    except TokenRefused:
        yield Finding(
            "config", "token", "Discord refused it (401).",
            "Copy it again from Discord's developer page (Bot, Reset Token) into DISCORD_TOKEN or the token file.",
        )  # fmt: skip
        return
    except NoDiscord as trouble:
        yield Finding(
            "trouble", "discord", str(trouble), "Check the internet connection, then discordstatus.com."
        )
        return
    for finding in of_application(seen):
        yield finding
    for server in seen.servers:
        for finding in of_server(settings, server, overrides.get(server.id, {})):
            yield finding


def of_application(seen: Survey) -> Iterator[Finding]:
    """What Discord says about the bot itself."""
    yield Finding("fine", "discord", f"logged in as {seen.name}.")
    yield Finding("fine", "intents", "no privileged intent is needed.")
    if seen.asks_for_code:
        yield Finding(
            "trouble", "discord", 'the application requires a "code grant", so nobody can invite the bot.',
            "Switch off Requires OAuth2 Code Grant on Discord's developer page (Bot).",
        )  # fmt: skip
    if seen.sends_elsewhere:
        yield Finding(
            "trouble", "discord", "an Interactions Endpoint URL is set: commands go there, not to the bot.",
            "Empty that field on Discord's developer page (General Information).",
        )  # fmt: skip
    if not seen.servers:
        yield Finding("trouble", "discord", "the bot is on no server yet.", f"Invite it: {seen.invite_url}")


def of_server(settings: Settings, server: ServerSeen, overrides: Mapping[str, str]) -> Iterator[Finding]:
    """Whether a server has the channels, roles and emoji that its settings name, and what may be done there."""
    try:
        here = settings.for_server(overrides)
    except ConfigError as error:
        for problem in error.problems:
            key, _, what = problem.partition(": ")
            yield Finding("trouble", key, what, f"Use /settings reset key:{key}", server.name)
        return
    yield from _channels(server, here)
    yield from _roles(server, here.group)
    if server.lacking:
        lacking = ", ".join(server.lacking)
        yield Finding(
            "warning", "permissions", f"the bot lacks {lacking}: sessions get no thread or no event.",
            "Server Settings, Roles: switch them on for the bot's role.", server.name,
        )  # fmt: skip
    custom = CUSTOM_EMOJI.fullmatch(here.group.vote_emoji)
    if custom and int(custom[2]) not in server.emoji_ids:
        yield Finding(
            "trouble", "group.vote_emoji", f":{custom[1]}: is not an emoji of this server, so not everybody can vote.",
            "Choose one of its own, or a usual one such as 👍: /settings set key:group.vote_emoji", server.name,
        )  # fmt: skip


def _channels(server: ServerSeen, here: ServerSettings) -> Iterator[Finding]:
    for key, name in (
        ("group.announcement_channel", here.group.announcement_channel),
        ("group.proposal_channel", here.group.proposal_channel),
        ("group.organiser_channel", here.group.organiser_channel),
    ):
        if name:
            yield _of_channel(server, key, name, _another(key))
    by_channel: dict[str, list[str]] = {}
    for topic in here.topics:
        if topic.channel:
            by_channel.setdefault(topic.channel, []).append(topic.key)
    for name, topics in by_channel.items():
        key = f"topics {', '.join(topics)}"
        yield _of_channel(server, key, name, "Create it, or name another channel for these topics.")


def _another(key: str) -> str:
    return f"Create it, or choose another: /settings set key:{key}"


def _of_channel(server: ServerSeen, key: str, name: str, cure: str) -> Finding:
    channel = pick(server.channels, name)
    if channel is None:
        return Finding("trouble", key, f"there is no channel #{name}.", cure, server.name)
    if channel.lacking:
        lacking = ", ".join(channel.lacking)
        cure = f"Edit Channel, Permissions: give the bot's role {lacking}."
        return Finding("trouble", key, f"in #{channel.name} the bot lacks {lacking}.", cure, server.name)
    return Finding("fine", key, f"#{channel.name}.", server=server.name)


def _roles(server: ServerSeen, group: Group) -> Iterator[Finding]:
    key = "group.organiser_role"
    if role := pick(server.roles, group.organiser_role):
        yield Finding("fine", key, f"@{role.name}.", server=server.name)
    else:
        what = f"there is no role @{group.organiser_role}; only members with Manage Server are organisers."
        yield Finding("warning", key, what, _another(key), server.name)
    if not group.ping_role:
        return
    key = "group.ping_role"
    role = pick(server.roles, group.ping_role)
    if role is None:
        yield Finding("trouble", key, f"there is no role @{group.ping_role}.", _another(key), server.name)
    elif not role.pingable:
        cure = "Server Settings, Roles: allow anyone to @mention this role."
        yield Finding("trouble", key, f"the bot cannot ping @{role.name}.", cure, server.name)
    else:
        yield Finding("fine", key, f"@{role.name}.", server=server.name)


async def of_arxiv(settings: Settings) -> AsyncIterator[Finding]:
    """Whether arXiv answers: its query API, and the feed of the first category. The bot itself tries again later."""
    arxiv, paper = settings.arxiv, "1706.03762"
    categories = (category for topic in settings.topics for category in topic.categories)
    category = next(categories, "cs.LG")
    async with aiohttp.ClientSession() as http:
        client = ArxivClient(
            http, api_url=arxiv.api_url, feed_url=arxiv.feed_url, min_interval=arxiv.min_interval,
            contact=arxiv.contact, timeout=aiohttp.ClientTimeout(total=arxiv.timeout),
        )  # fmt: skip
        try:
            for key, ask in (
                ("arxiv.api_url", lambda: client.fetch_papers([paper])),
                ("arxiv.feed_url", lambda: client.fetch_feed(category)),
            ):
                try:
                    await ask()
                except SourceTrouble as trouble:
                    cure = "If that lasts, check the address; the bot itself keeps trying."
                    yield Finding("warning", key, trouble.sentence, cure)
                else:
                    yield Finding("fine", key, "arXiv answers.")
        finally:
            await client.aclose()
    if not arxiv.contact:
        yield Finding(
            "warning",
            "arxiv.contact",
            "is not set.",
            "Give a mail address or web page that arXiv can complain to.",
        )
