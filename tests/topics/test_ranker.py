import json

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.topics.ranker import SURPRISE_EVERY, Candidate, rank
from bot.topics.taste import TURNED_DOWN, VOTED, Paper, Taste

TICKET = Paper.read("t1", "The Lottery Ticket Hypothesis", "Sparse trainable subnetworks in dense networks.")
SPARSE = Paper.read("t2", "Sparse subnetworks by lottery tickets", "We prune dense networks.")
GALAXY = Paper.read("g1", "Dwarf galaxies", "Telescopes observe galaxies.", ("astro-ph",))
STARS = Paper.read("g2", "Stars of dwarf galaxies", "Galaxies and telescopes.", ("astro-ph",))


def day(number: int) -> list[Candidate]:
    return [
        Candidate(Paper.read(f"p{at:02}", f"Paper number {at} about subject{at}", ""), 1 - at / 100)
        for at in range(number)
    ]


def ids(candidates: list[Candidate], taste: Taste, **options: object) -> list[str]:
    return [entry.paper.id for entry in rank(candidates, taste, **options)]  # type: ignore[arg-type]


def test_a_group_without_votes_gets_the_order_of_its_topics() -> None:
    assert ids(day(30), Taste()) == [f"p{at:02}" for at in range(30)]


def test_a_like_is_the_reason_for_what_resembles_it() -> None:
    taste = Taste()
    taste.see(GALAXY)
    taste.learn(TICKET, VOTED)
    liking, reason = taste.score(SPARSE)
    assert liking > 0
    assert reason == 'because you read "The Lottery Ticket Hypothesis"'
    assert taste.score(STARS) == (taste.liking(STARS), None)
    assert taste.liking(STARS) < 0


def test_a_paper_is_not_its_own_reason() -> None:
    taste = Taste()
    taste.learn(TICKET, VOTED)
    assert taste.score(TICKET)[1] is None


def test_what_was_turned_down_falls() -> None:
    taste = Taste()
    taste.learn(TICKET, VOTED)
    taste.see(GALAXY)
    before = taste.liking(SPARSE)
    taste.learn(SPARSE, TURNED_DOWN)
    assert taste.liking(SPARSE) < before


def test_a_withdrawn_vote_is_forgotten() -> None:
    taste = Taste()
    taste.see(GALAXY)
    taste.learn(SPARSE, VOTED)
    before = taste.state()
    taste.learn(TICKET, VOTED)
    taste.unlearn(TICKET, VOTED)
    after = taste.state()
    assert after["memories"] == before["memories"]
    assert {t: v for t, v in after["liked"][1].items() if v} == before["liked"][1]


def test_many_votes_outweigh_the_topics() -> None:
    candidates = [Candidate(SPARSE, 0.1), Candidate(STARS, 0.9)]
    taste = Taste()
    taste.see(GALAXY)
    assert ids(candidates, taste) == ["g2", "t2"]
    for number in range(20):
        taste.learn(Paper.read(f"l{number}", TICKET.title, "Sparse trainable subnetworks."), VOTED)
    assert ids(candidates, taste) == ["t2", "g2"]


def test_an_old_paper_must_be_better() -> None:
    candidates = [Candidate(SPARSE, 0.5, age=0), Candidate(TICKET, 0.5, age=3)]
    assert ids(candidates, Taste()) == ["t2", "t1"]


def test_surprises_leave_the_first_places_alone_and_repeat_for_the_same_seed() -> None:
    taste = Taste()
    taste.learn(TICKET, VOTED)
    plain = ids(day(60), taste, surprises=False)
    monday, again, tuesday = (ids(day(60), taste, seed=seed) for seed in ("mon", "mon", "tue"))
    assert monday == again
    assert monday[: SURPRISE_EVERY - 1] == plain[: SURPRISE_EVERY - 1]
    assert {*monday} == {*plain}
    assert len({plain[SURPRISE_EVERY - 1], monday[SURPRISE_EVERY - 1], tuesday[SURPRISE_EVERY - 1]}) > 1
    assert rank(day(60), taste, seed="mon")[SURPRISE_EVERY - 1].reason == "for a change"


def test_nothing_is_ranked_to_nothing() -> None:
    assert rank([], Taste()) == []


def test_a_taste_survives_the_database() -> None:
    taste = Taste()
    taste.see(GALAXY)
    taste.learn(TICKET, VOTED)
    kept = Taste.of(json.loads(json.dumps(taste.state())))
    assert kept.votes == taste.votes
    assert abs(kept.liking(SPARSE) - taste.liking(SPARSE)) < 0.01
    assert kept.score(SPARSE)[1] == taste.score(SPARSE)[1]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.text(), st.text(), st.floats(0, 1)), max_size=15))
def test_wild_text_is_ranked_once_each(texts: list[tuple[str, str, float]]) -> None:
    papers = [Paper.read(str(at), title, abstract) for at, (title, abstract, _) in enumerate(texts)]
    taste = Taste()
    for paper in papers[::2]:
        taste.learn(paper, VOTED)
    ranked = rank(
        [Candidate(paper, topic) for paper, (_, _, topic) in zip(papers, texts, strict=True)], taste
    )
    assert sorted(entry.paper.id for entry in ranked) == sorted(paper.id for paper in papers)
