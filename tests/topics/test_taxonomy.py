import pytest

from bot.topics.taxonomy import from_table, shipped
from bot.topics.words import readings


def test_the_shipped_taxonomy_has_four_areas_of_four_topics() -> None:
    assert [topic.key for topic in shipped()] == [
        f"{area}{number}" for area in "ABCD" for number in range(1, 5)
    ]
    assert {area: len(topics) for area, topics in shipped().by_area().items()} == dict.fromkeys("ABCD", 4)
    assert shipped().area_name("B") == "Generalization & Robustness"


def test_every_shipped_topic_can_be_explained_and_found() -> None:
    for topic in shipped():
        assert topic.name
        assert topic.description
        assert all(readings(phrase) for phrase in topic.phrases)


def test_a_topic_is_found_by_its_key_however_it_is_typed() -> None:
    topic = shipped().get(" c3 ")
    assert topic is not None
    assert topic.key == "C3"
    assert shipped().get("Z9") is None


def test_a_group_writes_its_own_topics() -> None:
    taxonomy = from_table({"topic": [{"key": "fun", "phrases": ["cat videos", " "], "channel": "cats"}]})
    assert [(t.key, t.name, t.channel, t.phrases) for t in taxonomy] == [
        ("fun", "fun", "cats", ("cat videos",))
    ]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({}, "at least one"),
        ({"topic": "A1"}, "at least one"),
        ({"topic": ["A1"]}, "topic 1"),
        ({"topic": [{"name": "x"}]}, "give it a key"),
        ({"topic": [{"key": "a"}, {"key": "a"}]}, "two topics"),
        ({"topic": [{"key": "a", "phrases": "cats"}]}, "topic a: phrases"),
        ({"topic": [{"key": "a", "phrase": ["cats"]}]}, "unknown 'phrase'"),
        ({"topic": [{"key": "a"}], "areas": 3}, "areas"),
    ],
)
def test_a_mistake_in_the_config_is_named_with_its_cure(table: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        from_table(table)
