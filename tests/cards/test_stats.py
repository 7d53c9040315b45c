"""The group in numbers: what is said, and what is drawn."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.cards.stats import Numbers, as_kept, kept, periods, picture, stats, year
from bot.publish.record import Attendance, Session, Speaker, Talk, When


def session(day: str, title: str, came: int | None = None, *, votes: int = 0, recording: str = "") -> Session:
    at = datetime.fromisoformat((day + "-01-01")[:10]).replace(hour=12, tzinfo=UTC)
    talk = Talk(1, title, (Speaker("Ann [x]", "Oslo, Norway"),), recording=recording, votes=votes)
    return Session(
        1,
        "u",
        1,
        at,
        "held",
        title,
        When(day, "Europe/Berlin", at, 60),
        (talk,),
        attendance=Attendance(came=came),
    )


HELD = [
    session("2023", "Old", 10),
    session("2024-05-04", "Pruning", 31, votes=7, recording="https://v.example"),
]
NUMBERS = Numbers(
    "The *group*",
    HELD,
    {"2024-05": 12, "2024-06": 3},
    {"2024-04": 4},
    {"2023-01": {"Theory": 1}, "2024-05": {"Efficiency": 1}},
)


def test_all_years_are_summed_up() -> None:
    card = stats(NUMBERS, b"png")
    said = {field.name: field.value for field in card.fields}
    assert card.title == "The \\*group\\* in numbers since 2023"
    assert said["Sessions"] == "2 sessions with 2 talks"
    assert said["Came, or said so"] == "20 a session"
    assert said["Votes"] == "15 votes on 4 papers"
    assert said["Areas"] == "Theory: **50%**\nEfficiency: **50%**"
    assert card.attachments[0].about.startswith("Sessions: 2 sessions")


def test_a_year_is_told_as_a_post_and_kept_as_it_was_seen() -> None:
    of_2024 = Numbers(
        "Group", HELD[1:], NUMBERS.votes, NUMBERS.proposals, {"2024-05": {"A": 3, "B": 1}}, year=2024
    )
    card = year(of_2024, b"png", organiser=True)
    assert card.text == (
        "We met **once** and heard **1 talk** by **1 speaker**.\n\n"
        "Most people were drawn by **Pruning** (31 came).\n\n"
        "You put forward **4 papers** and gave **15 votes**. "
        "The most wanted one that we read: **Pruning** (7 votes).\n\n"
        "It was about **A** (75%) and **B** (25%).\n\n"
        "**1 recording** to catch up on: `/archive year:2024`."
    )
    again = as_kept(kept(card))
    assert (again.title, again.text, again.attachments) == (card.title, card.text, card.attachments)
    assert not again.buttons


def test_a_year_or_a_group_without_anything_says_so() -> None:
    assert year(Numbers("G", [], {}, {}, year=1999), None, organiser=True).title == "Nothing is known of 1999"
    assert stats(Numbers("G", [], {}, {}), None).title == "Nothing to count yet"
    assert not periods(Numbers("G", [], {}, {}))


def test_time_is_cut_into_as_many_pieces_as_can_be_read() -> None:
    def labels(*months: str, of: int | None = None) -> list[str]:
        return list(dict.fromkeys(periods(Numbers("G", [], dict.fromkeys(months, 1), {}, year=of)).values()))

    assert labels("2024-11", "2025-01") == ["Nov 24", "Dec 24", "Jan 25"]
    assert labels("2022-12", "2025-01")[:2] == ["2022 Q4", "2023 Q1"]
    assert labels("2012-12", "2025-01")[-2:] == ["2024", "2025"]
    assert len(labels("2024-05", of=2024)) == 12


def test_the_picture_shows_shares_that_are_whole() -> None:
    charts = {chart.title: chart for chart in picture(NUMBERS, dark=True).charts}
    areas = charts["What the talks were about"]
    for n in range(len(areas.labels)):
        assert sum(series.values[n] for series in areas.series) in (0, 1)
    assert sum(charts["Votes"].series[0].values) == 15
    assert max(charts["People a session"].series[0].values) == 31
