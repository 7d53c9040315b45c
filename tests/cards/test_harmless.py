"""Whatever comes from outside, a card stays within Discord's limits and shows the text and nothing else."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.cards import Card
from bot.cards.base import clip, flat, link, plain
from bot.chat.draw import drawn
from tests.cards.samples import ALICE, BOB, PIECES, cards_with, long_wild, wild

ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
#: What Discord would make something of, in text whose escapes are taken out.
LIVE = {
    "mention": r"<(@[!&]?|#)\d+>|</[^>]+:\d+>|<id:\w+>",
    "emoji or time": r"<a?:\w+:\d+>|<t:-?\d+(:\w)?>",
    "link": r"(?i)\]\(|https?://|<[+\w.@:-]+@[\w.-]+>|<(mailto|tel|sms):|<\+\d+>",
    "format": r"[*_`]|~~|\|\|",
    "block": r"(?m)^\s*(#{1,3} |-# |>|[-+*] |\d+\. )",
    "control": "[\u0000-\u0008\u000b-\u001f\u200b-\u200f\u202a-\u202e\ufeff]",
}
OURS = r"https://(arxiv\.org|www\.alphaxiv\.org|discord\.com)/"


def without_escapes(text: str) -> str:
    return ESCAPED.sub("x", text)


def shown(text: str) -> str:
    """What a reader sees of markup that only escapes."""
    return ESCAPED.sub(r"\1", text)


@given(wild)
@example("".join(PIECES))
@example("\\")
@example("\\*")
@example("-# small")
@example("1. one")
@example("<mailto:a@evil.example>")
def test_plain_text_shows_itself_and_does_nothing(text: str) -> None:
    markup = plain(text)
    for kind, pattern in LIVE.items():
        assert not re.search(pattern, without_escapes(markup)), kind
    assert shown(markup) == flat(text)


@given(wild, st.integers(0, 60))
def test_clipped_text_fits_and_ends_outside_an_escape(text: str, limit: int) -> None:
    cut = clip(plain(text), limit)
    assert len(cut) <= limit
    assert not re.search(r"(?<!\\)(\\\\)*\\…$", cut)


@given(wild)
@example("](https://evil.example)")
@example("[[a]]")
def test_a_link_leads_where_it_was_meant_to(label: str) -> None:
    made = without_escapes(link(label, "https://arxiv.org/abs/1803.03635"))
    assert re.fullmatch(r"\[[^\[\]]*\]\(https://arxiv\.org/abs/1803\.03635\)", made)


def assert_fits(card: Card) -> None:
    message = drawn(card, reference="abcdefghij")
    embed = message["embed"].to_dict()
    fields = embed.get("fields", [])
    assert len(embed.get("title", "")) <= 256
    assert len(embed.get("description", "")) <= 4096
    assert len(fields) <= 25
    assert all(1 <= len(field["name"]) <= 256 and 1 <= len(field["value"]) <= 1024 for field in fields)
    assert len(embed.get("footer", {}).get("text", "")) <= 2048
    assert len(message["embed"]) <= 6000
    assert embed["footer"]["text"].endswith("ref abcdefghij")
    for button in card.fitted().buttons:
        assert 1 <= len(button.label) <= 80
        assert button.action is None or len(button.action) <= 100
    for select in card.selects:
        assert all(len(option.label) <= 100 for option in select.options)


def assert_harmless(card: Card) -> None:
    fitted = card.fitted()
    for text in (fitted.title, fitted.text, *(field.value for field in fitted.fields)):
        bare = without_escapes(text)
        assert not re.search(LIVE["control"], bare.replace("\u200b", "", 1) if bare == "\u200b" else bare), (
            text
        )
        assert "||" not in bare
        assert "`" not in bare.replace("`/propose`", "")
        assert all(ours in (ALICE, BOB) for ours in map(int, re.findall(r"<@!?(\d+)>", bare))), text
        assert not re.search(r"<@&|<#\d|</|<a?:\w+:\d|<id:|<(mailto|tel|sms):|<\+\d", bare), text
        for url in re.findall(r"https?://\S*", bare):
            assert re.match(OURS, url), text
        assert not re.search(r"(?m)^(#{1,3} |>|1\. outside|- outside)", bare), text
    assert set(fitted.pings) <= {ALICE, BOB}
    assert not fitted.ping_roles


@settings(max_examples=60, deadline=None)
@given(st.one_of(wild, long_wild))
@example("".join(PIECES))
@example("**" * 3000)
@example("<@1>" * 1000)
@example("x" * 6000)
@example("")
@example("\u202e")
def test_cards_fit_and_yield_nothing_of_the_outside(text: str) -> None:
    for card in cards_with(text):
        assert_fits(card)
        assert_harmless(card)
