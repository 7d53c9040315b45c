"""What a value of the configuration may be: close calls between what Discord takes and what only looks like it."""

from __future__ import annotations

import pytest

from bot.config.readers import emoji, web_url

ONE_EMOJI = (
    "👍", "👍🏽", "❤", "❤️", "🙋🏿‍♀️", "🏳️‍🌈", "👁️‍🗨️", "👨‍👩‍👧‍👦", "🕵🏽‍♂️", "\U0001f3f4\U000e0067\U000e0062\U000e007f", "🇩🇪",
    "1️⃣", "#⃣", "ℹ️", "Ⓜ️", "™️", "‼️", "〰️", "↔️", "㊗️", "📄",
)  # fmt: skip


@pytest.mark.parametrize("given", ONE_EMOJI)
def test_an_emoji_is_taken_as_it_is(given: str) -> None:
    assert emoji(f" {given} ") == given


@pytest.mark.parametrize("given", ["<:dance:123456789012345678>", "<a:dance:123456789012345678>"])
def test_an_emoji_of_the_servers_own_is_read_as_discord_names_it(given: str) -> None:
    assert emoji(given) == "dance:123456789012345678"


@pytest.mark.parametrize(
    "given",
    ["👍👍", "👍 👎", "🇩🇪🇫🇷", "🇩", "👍\u200d", "\u200d", "yes", "1", "@all", ":thumbsup:", "<:short:1>", "é", "—"],
)  # fmt: skip
def test_what_is_not_one_emoji_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="is not an emoji"):
        emoji(given)


@pytest.mark.parametrize(
    "given", ["export.arxiv.org/api", "ftp://export.arxiv.org", "https://export. arxiv.org", "https://"]
)
def test_what_is_no_web_address_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="must be a web address"):
        web_url(given)
