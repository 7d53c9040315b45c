"""What only Discord and arXiv can tell."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping

import aiohttp

from bot.chat import endpoint
from bot.chat.survey import NoDiscord, Survey, TokenRefused, survey
from bot.check.finding import Finding
from bot.config import ConfigError, Settings
from bot.services import outfit
from bot.services.outfit import ServerSeen
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
    """Whether a server has what its settings name."""
    try:
        here = settings.for_server(overrides)
    except ConfigError as error:
        for problem in error.problems:
            key, _, what = problem.partition(": ")
            yield Finding("trouble", key, what, f"Use /settings reset key:{key}", server.name)
        return
    yield from outfit.of_server(server, here)


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
