"""The group's own taste, its own topics, and what members follow."""

from __future__ import annotations

from bot.rehearsal.arxiv_library import ArxivPaper
from tests.stage.arxiv_days import DAILY, FRIDAY, MONDAY, THURSDAY, morning, sparse, text, theory
from tests.stage.conftest import Bench, paper, text_of

pytestmark = DAILY


BOTH = {"categories": ["cs.LG", "stat.ML"]}


def pruned(number: int, about: str) -> ArxivPaper:
    """A paper of "Sparsity" that is about something besides."""
    return paper(
        f"2606.{number:05d}",
        f"Pruning {about} networks, part {number}",
        f"We prune {about} networks with {about} data. Sparse {about} models result.",
        **BOTH,
    )


async def test_votes_bring_similar_papers_up_and_the_line_says_why(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [pruned(1, "protein folding"), pruned(2, "speech recognition")])
    stage.arxiv.announce(
        FRIDAY, [pruned(n, "speech recognition") for n in range(3, 6)] + [pruned(9, "protein folding")]
    )
    await morning(stage)
    for person in (stage.alice, stage.bob, stage.carol):
        await (await person.slash("/propose", channel="general", paper="2606.00001")).final()
    (ballot,) = await stage.posts("proposals")
    for person in (stage.alice, stage.bob, stage.carol):
        await person.react(ballot, "👍")
    await stage.later(days=1)
    second = (await stage.posts("efficiency"))[-1]
    assert "**1.** [Pruning protein folding networks, part 9]" in text(second)
    assert "because you read" in text(second)


async def test_what_was_turned_down_sinks_and_rises_again_when_taken_back(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [pruned(1, "protein folding"), pruned(2, "speech recognition")])
    stage.arxiv.announce(FRIDAY, [pruned(3, "protein folding"), pruned(4, "speech recognition")])
    await morning(stage)
    (post,) = await stage.posts("efficiency")
    opened = await stage.alice.choose(post, "2606.00001")
    turned_down = await stage.alice.press(opened, label="Not for us")
    assert "lower" in turned_down.text
    await stage.alice.press(post, custom_id="like:2606.00002")
    await stage.later(days=1)
    assert "**1.** [Pruning speech recognition" in text((await stage.posts("efficiency"))[-1])


async def test_a_server_has_topics_of_its_own_once_it_changes_one(stage: Bench) -> None:
    added = await stage.olga.slash(
        "/topics add",
        {"key": "B", "name": "Birds", "phrases": "Baltic gulls, swans", "categories": "cs.LG",
         "channel": stage.server.channel("general", stage.group)},
        channel="general",
    )  # fmt: skip
    assert "Birds" in added.text
    stage.arxiv.announce(THURSDAY, [paper("2606.00001", "Wings", "We study the wings of Baltic gulls.")])
    await morning(stage)
    (post,) = await stage.posts("general")
    assert "Wings" in text(post)
    listed = await stage.alice.slash("/topics list", channel="general")
    assert "this server's own" in listed.text
    await stage.olga.slash("/topics reset", channel="general")
    assert "Birds" not in (await stage.alice.slash("/topics list", channel="general")).text


async def test_phrases_are_added_and_taken_out_and_tried(stage: Bench) -> None:
    changed = await stage.olga.slash(
        "/topics phrases", channel="general", topic="E", add="photonic chip", remove="Sparse"
    )
    assert "photonic chip" in changed.text
    assert "sparse" not in changed.text
    tried = await stage.alice.slash("/topics try", channel="general", paper="A photonic chip for everybody")
    assert "Sparsity" in tried.text
    assert "because of photonic chip" in tried.text
    by_id = await stage.alice.slash("/topics try", channel="general", paper="arXiv:1803.03635")
    await by_id.final()
    assert "Sparsity" in by_id.text


async def test_a_topic_is_sent_elsewhere_and_removed(stage: Bench) -> None:
    general = stage.server.channel("general", stage.group)
    await stage.olga.slash("/topics channel", {"topic": "E", "channel": general}, channel="general")
    edited = await stage.olga.slash("/topics edit", channel="general", topic="E", description="Small *nets*")
    assert r"about: Small \*nets\*" in edited.text
    await stage.olga.slash("/topics edit", channel="general", topic="T", remove=True)
    stage.arxiv.announce(THURSDAY, [sparse(1), theory(2)])
    await morning(stage)
    assert "part 1" in text((await stage.posts("general"))[-1])
    assert not await stage.posts("theory")


async def test_members_cannot_change_topics_and_wrong_ones_are_refused(stage: Bench) -> None:
    refused = await stage.alice.slash("/topics phrases", channel="general", topic="E", add="x")
    assert "Only organisers" in refused.text
    wrong = await stage.olga.slash(
        "/topics add", channel="general", key="E", name="Again", phrases="x", categories="cs.LG"
    )
    assert "already" in wrong.text
    wrong = await stage.olga.slash(
        "/topics edit", channel="general", topic="E", categories="machine learning"
    )
    assert "no arXiv category" in wrong.text


async def test_followers_get_what_they_follow_by_direct_message_and_nobody_else(stage: Bench) -> None:
    await stage.alice.slash("/digest follow", channel="general", what="Sparsity")
    await stage.bob.slash("/digest follow", channel="general", what="author: Kurt Gödel")
    await stage.carol.slash("/digest follow", channel="general", what="wings of the gulls")
    stage.arxiv.announce(
        THURSDAY,
        [sparse(1), theory(2, authors=["K. Gödel"]), paper("2606.00003", "The Wing of Gulls", "Birds.")],
    )
    await morning(stage)
    assert "part 1" in text_of(stage.alice.inbox[-1])
    assert "part 2" in text_of(stage.bob.inbox[-1])
    assert not stage.carol.inbox
    assert not stage.olga.inbox


async def test_following_ends_with_a_button(stage: Bench) -> None:
    await stage.alice.slash("/digest follow", channel="general", what="lottery ticket")
    listed = await stage.alice.slash("/digest follow", channel="general")
    ended = await stage.alice.press(listed, label="Stop 1")
    assert "You follow nothing here" in ended.text
    stage.arxiv.announce(THURSDAY, [sparse(1)])
    await morning(stage)
    assert not stage.alice.inbox


async def test_a_followed_paper_is_told_once_though_it_is_cross_listed_later(stage: Bench) -> None:
    await stage.alice.slash("/digest follow", channel="general", what="lottery ticket")
    stage.arxiv.announce(THURSDAY, [sparse(1)])
    stage.arxiv.announce(FRIDAY, [sparse(1, version=2, categories=["cs.LG", "stat.ML"]), sparse(2)])
    stage.arxiv.announce(MONDAY, [sparse(1, version=3, categories=["cs.LG", "stat.ML"])])
    await morning(stage)
    await stage.later(days=4)
    assert ["part 1](" in text_of(message) for message in stage.alice.inbox] == [True, False]


async def test_closed_direct_messages_end_following_with_one_word_where_it_was_asked(stage: Bench) -> None:
    await stage.alice.slash("/digest follow", channel="general", what="lottery ticket")
    stage.alice.close_dms()
    stage.arxiv.announce(THURSDAY, [sparse(1)])
    stage.arxiv.announce(FRIDAY, [sparse(2)])
    await morning(stage)
    await stage.later(days=1)
    (notice,) = await stage.posts("general")
    assert notice.notified == {stage.alice.id}
