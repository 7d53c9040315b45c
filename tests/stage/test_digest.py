"""Path 4: a morning's papers in the right channels, and what people do with them."""

from __future__ import annotations

import pytest

from tests.stage.arxiv_days import DAILY, FRIDAY, MONDAY, THURSDAY, morning, sparse, text, theory, titles
from tests.stage.conftest import Bench, paper, text_of

pytestmark = DAILY


async def test_new_papers_come_to_the_channel_of_their_topic_in_the_morning(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1), theory(2), paper("2606.00003", "Birds of the Baltic")])
    await morning(stage)
    (efficiency,) = await stage.posts("efficiency")
    (optimisation,) = await stage.posts("theory")
    assert titles([efficiency]) == ["New on arXiv · Thursday 4 June"]
    assert "[Pruning a sparse lottery ticket, part 1](https://arxiv.org/abs/2606.00001)" in text(efficiency)
    assert "Ada Lovelace · Sparsity" in text(efficiency)
    assert "Convergence of gradient descent" in text(optimisation)
    assert "Birds" not in text_of(efficiency) + text_of(optimisation)


async def test_a_paper_appears_once_whatever_its_categories_versions_and_days(stage: Bench) -> None:
    both = {"categories": ["cs.LG", "stat.ML"]}
    stage.arxiv.announce(THURSDAY, [theory(1, **both)])
    stage.arxiv.announce(FRIDAY, [theory(1, version=2, **both), theory(2, **both)])
    await morning(stage)
    await stage.later(days=1)
    first, second = await stage.posts("theory")
    assert "part 1" in text(first)
    assert "part 1" not in text(second)
    assert "part 2" in text(second)


async def test_a_quiet_day_says_nothing_and_asks_again_for_a_while(stage: Bench) -> None:
    await morning(stage)
    await stage.later(hours=12)
    assert not await stage.posts("theory")
    assert await stage.rows("SELECT state FROM digest_runs WHERE day='2026-06-04'") == [("done",)]


async def test_cross_lists_and_new_versions_can_be_switched(stage: Bench) -> None:
    crossed = theory(1, categories=["math.OC", "cs.LG"])
    replaced = theory(2, version=2)
    stage.arxiv.announce(THURSDAY, [crossed, replaced])
    await stage.olga.slash("/digest settings", channel="general", cross=False, replacements=True)
    await morning(stage)
    (post,) = await stage.posts("theory")
    assert "part 2" in text(post)
    assert "part 1" not in text(post)


async def test_the_rest_of_a_long_day_is_behind_a_button_page_by_page(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(n) for n in range(1, 41)])
    await stage.olga.slash("/settings set", channel="general", key="digest.per_topic", value="20")
    await morning(stage)
    (post,) = await stage.posts("efficiency")
    assert "**9.**" in text(post)
    assert "**10.**" not in text(post)
    page = await stage.alice.press(post, label="Show 31 more")
    assert page.ephemeral
    assert "**10.**" in page.text
    assert "**18.**" in page.text
    page = await stage.alice.press(page, label="Show 22 more")
    assert "**27.**" in page.text
    page = await stage.alice.press(page, label="Show 13 more")
    assert "**36.**" in page.text
    page = await stage.alice.press(page, label="Show 4 more")
    assert "**40.**" in page.text
    assert "That is all" in page.text


async def test_no_topic_takes_more_than_its_share(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(n) for n in range(1, 9)])
    await morning(stage)
    (post,) = await stage.posts("efficiency")
    assert "**5.**" in text(post)
    assert "**6.**" not in text(post)
    assert (await stage.alice.press(post, label="Show 3 more")).ephemeral


async def test_three_people_who_press_the_thumb_make_a_proposal(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1), sparse(2)])
    await morning(stage)
    (post,) = await stage.posts("efficiency")
    first = await stage.alice.press(post, custom_id="like:2606.00002")
    assert "1 of 3" in first.text
    assert "1 of 3" in (await stage.alice.press(post, custom_id="like:2606.00002")).text
    await stage.bob.press(post, custom_id="like:2606.00002")
    assert not await stage.posts("proposals")
    await (await stage.carol.press(post, custom_id="like:2606.00002")).final()
    (ballot,) = await stage.posts("proposals")
    assert "part 2" in text_of(ballot)
    assert "3 members marked it" in text_of(ballot)


async def test_the_line_shows_how_many_would_read_it_and_that_it_was_proposed(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1)])
    await morning(stage)
    (post,) = await stage.posts("efficiency")
    await stage.alice.press(post, custom_id="like:2606.00001")
    (post,) = await stage.posts("efficiency")
    labels = [item.get("label") for row in post.components for item in row["components"]]
    assert "1 (+1)" in labels


async def test_a_thumb_can_be_taken_back(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1)])
    await morning(stage)
    (post,) = await stage.posts("efficiency")
    liked = await stage.alice.press(post, custom_id="like:2606.00001")
    await stage.alice.press(liked, label="Take it back")
    assert await stage.rows("SELECT * FROM verdicts") == []


async def test_the_menu_opens_the_abstract_privately_and_proposes_from_there(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1)])
    await morning(stage)
    (post,) = await stage.posts("efficiency")
    opened = await stage.alice.choose(post, "2606.00001")
    assert opened.ephemeral
    assert "It is small." in opened.text
    proposed = await stage.alice.press(opened, label="Propose it now")
    await proposed.final()
    assert len(await stage.posts("proposals")) == 1


async def test_buttons_work_after_months_and_a_restart(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1)])
    await morning(stage)
    (post,) = await stage.posts("efficiency")
    await stage.olga.slash("/digest settings", channel="general", days="none")
    await stage.later(days=100)
    await stage.restart_bot(kill=True)
    assert "1 of 3" in (await stage.alice.press(post, custom_id="like:2606.00001")).text


async def test_titles_full_of_tex_and_forty_papers_fit_one_message(stage: Bench) -> None:
    nasty = r"$\mathcal{O}(n \log n)$ *pruning* of $d<n$ [sparse](http://x) @everyone __lottery ticket__ " * 3
    day = [paper(f"2606.{n:05d}", nasty[:240], r"Let $a<b$ & \emph{c}. " * 60, authors=["Ørsted, A. " * 4] * 40)
           for n in range(1, 41)]  # fmt: skip
    stage.arxiv.announce(THURSDAY, day)
    await stage.olga.slash("/settings set", channel="general", key="digest.per_topic", value="50")
    await morning(stage)
    (post,) = await stage.posts("efficiency")
    assert "**9.**" in text(post)
    assert not post.notified
    assert "[sparse](" not in text(post)


async def test_more_papers_than_one_message_holds_go_into_its_thread(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(n) for n in range(1, 31)])
    for key, value in (("digest.per_topic", "50"), ("digest.max_papers", "25")):
        await stage.olga.slash("/settings set", channel="general", key=key, value=value)
    await morning(stage)
    (post,) = await stage.posts("efficiency")
    await stage.settled()
    thread = stage.server.world.channels[post.id]
    assert [len(message.components) > 0 for message in thread.messages if message.author.bot] == [True, True]
    last = [message for message in thread.messages if message.author.bot][-1]
    assert "**25.**" in text(last)
    assert "**26.**" in (await stage.alice.press(last, label="Show 5 more")).text


async def test_colleagues_are_marked(stage: Bench) -> None:
    stage.arxiv.announce(
        THURSDAY, [sparse(1, authors=["Kurt Gödel", "A. Lovelace"]), sparse(2, authors=["Bob"])]
    )
    await stage.olga.slash("/settings set", channel="general", key="digest.authors", value="Ada Lovelace")
    await morning(stage)
    (post,) = await stage.posts("efficiency")
    assert "⭐ **A. Lovelace, Kurt Gödel**" in text(post)
    assert text(post).count("⭐") == 1


async def test_a_weekly_digest_brings_the_whole_week(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1)])
    stage.arxiv.announce(FRIDAY, [sparse(2, published="2026-06-04T12:00:00+00:00")])
    stage.arxiv.announce(MONDAY, [sparse(3, published="2026-06-05T12:00:00+00:00")])
    await morning(stage)
    await stage.olga.slash("/digest settings", channel="general", days="weekly")
    await stage.later(days=4)
    _, week = await stage.posts("efficiency")
    assert titles([week]) == ["New on arXiv · 5–8 June"]
    assert "part 2" in text(week)
    assert "part 3" in text(week)


async def test_a_channel_can_have_days_and_an_hour_of_its_own(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1), theory(2)])
    stage.arxiv.announce(FRIDAY, [sparse(3), theory(4)])
    theirs = {"channel": stage.server.channel("theory", stage.group)}
    told = await stage.olga.slash(
        "/digest settings", theirs | {"days": "fri", "at": "17:00"}, channel="general"
    )
    assert "**#theory:** fri at 17:00" in told.text
    refused = await stage.olga.slash(
        "/digest settings", {"channel": stage.server.channel("general", stage.group)}, channel="general"
    )
    assert "No topic's papers go to" in refused.text
    await morning(stage)
    await stage.later(days=1)
    assert titles(await stage.posts("efficiency")) == [
        "New on arXiv · Thursday 4 June",
        "New on arXiv · Friday 5 June",
    ]
    assert not await stage.posts("theory")
    await stage.later(hours=9)
    (week,) = await stage.posts("theory")
    assert titles([week]) == ["New on arXiv · 4–5 June"]
    assert len(await stage.posts("efficiency")) == 2
    await stage.olga.slash("/digest settings", theirs, channel="general")
    stage.arxiv.announce(MONDAY, [theory(5)])
    await stage.later(days=3)
    assert "part 5" in text((await stage.posts("theory"))[-1])


async def test_organisers_can_have_a_digest_now_and_preview_it_before(stage: Bench) -> None:
    stage.arxiv.announce(WEDNESDAY_3, [sparse(1)])
    seen = await stage.olga.slash("/digest preview", channel="general")
    await seen.final()
    assert "part 1" in seen.text
    assert not await stage.posts("efficiency")
    made = await stage.olga.slash("/digest now", channel="general")
    await made.final()
    assert "1 new paper" in made.text
    assert len(await stage.posts("efficiency")) == 1
    refused = await stage.alice.slash("/digest now", channel="general")
    await refused.final()
    assert "Only organisers" in refused.text


@pytest.mark.parametrize("command", ["/digest settings", "/digest topics"])
async def test_members_see_when_and_what_the_digest_brings(stage: Bench, command: str) -> None:
    seen = await stage.alice.slash(command, channel="general")
    assert seen.ephemeral
    assert "Sparsity" in seen.text or "08:30" in seen.text


async def test_members_cannot_change_the_digest(stage: Bench) -> None:
    refused = await stage.alice.slash("/digest settings", channel="general", at="03:00")
    assert "Only organisers" in refused.text


WEDNESDAY_3 = THURSDAY.replace(day=3)
