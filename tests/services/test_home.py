"""Direct messages of a very large bot: who hears them has buttons in them, the other processes have words."""

from __future__ import annotations

import discord
import pytest

from bot.cards import Button, Card
from bot.chat.home import mute, serves

SERVER = 5 << 22  # of shard 1 of 4


@pytest.mark.parametrize(
    ("mine", "hears", "has_server"), [((0, 1), True, True), ((0,), True, False), ((1, 3), False, True)]
)
async def test_shard_0_hears_direct_messages_and_each_shard_its_servers(
    mine: tuple[int, ...], *, hears: bool, has_server: bool
) -> None:
    client = discord.AutoShardedClient(intents=discord.Intents.none(), shard_ids=list(mine), shard_count=4)
    assert serves(client, 0) is hears
    assert serves(client, SERVER) is has_server


async def test_a_bot_of_one_process_serves_everybody() -> None:
    client = discord.Client(intents=discord.Intents.none())
    assert serves(client, 0)
    assert serves(client, SERVER)


def test_what_nobody_hears_is_not_offered() -> None:
    link = Button("Paper", url="https://arxiv.org/abs/1706.03762")
    said = mute(
        Card(
            title="Somebody would present", text="Ada.", buttons=(Button("Confirm", action="confirm:1"), link)
        )
    )
    assert said.buttons == (link,)
    assert "`/help`" in said.text
    plain = Card(title="Tomorrow", text="At five.", buttons=(link,))
    assert mute(plain) == plain
