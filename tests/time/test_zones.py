from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.when import closest_zones, is_zone, local, resolve_wall, zone_abbreviation
from tests.time.strategies import walls, zones


@given(walls, zones)
def test_a_wall_time_is_exact_or_shown_twice_or_jumped_over(wall: datetime, zone: str) -> None:
    instant, kind = resolve_wall(wall, zone)
    shown = local(instant, zone)
    hour_before = {local(instant - timedelta(minutes=n), zone) for n in range(30, 24 * 60 + 1, 30)}
    if kind == "gap":
        assert shown > wall
        assert wall not in hour_before
    else:
        assert shown == wall
        assert wall not in hour_before  # of two passes it is the first
    twice = any(local(instant + timedelta(minutes=n), zone) == wall for n in range(30, 24 * 60 + 1, 30))
    assert twice == (kind == "fold")


@pytest.mark.parametrize(
    ("wall", "zone", "instant", "kind"),
    [
        ("2026-03-16 17:00", "Europe/Berlin", "2026-03-16 16:00", "exact"),
        ("2026-04-13 17:00", "Europe/Berlin", "2026-04-13 15:00", "exact"),
        ("2026-03-29 02:30", "Europe/Berlin", "2026-03-29 01:30", "gap"),  # shown as 03:30
        ("2026-10-25 02:30", "Europe/Berlin", "2026-10-25 00:30", "fold"),
        ("2026-10-04 02:15", "Australia/Lord_Howe", "2026-10-03 15:45", "gap"),  # a gap of half an hour
        ("2026-04-05 01:45", "Australia/Lord_Howe", "2026-04-04 14:45", "fold"),
    ],
)
def test_wall_times_at_clock_changes(wall: str, zone: str, instant: str, kind: str) -> None:
    expected = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert resolve_wall(datetime.fromisoformat(wall), zone) == (expected, kind)


def test_an_aware_wall_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        resolve_wall(datetime(2026, 3, 16, 17, tzinfo=UTC), "Europe/Berlin")


@pytest.mark.parametrize(
    ("month", "zone", "name"),
    [
        (1, "Europe/Berlin", "CET"),
        (7, "Europe/Berlin", "CEST"),
        (7, "America/New_York", "EDT"),
        (1, "Australia/Adelaide", "ACDT"),
        (1, "America/Sao_Paulo", "UTC−3"),
        (1, "America/St_Johns", "NST"),
        (1, "Pacific/Marquesas", "UTC−9:30"),
        (1, "Asia/Dubai", "UTC+4"),
        (1, "Asia/Kathmandu", "UTC+5:45"),
        (1, "UTC", "UTC"),
        (1, "Etc/GMT+3", "UTC−3"),  # the sign of these names is the other way round
    ],
)
def test_a_zone_is_called_by_its_letters_or_by_its_distance(month: int, zone: str, name: str) -> None:
    assert zone_abbreviation(datetime(2026, month, 15, tzinfo=UTC), zone) == name


def test_names_of_zones_are_known() -> None:
    assert is_zone("Europe/Berlin")
    assert is_zone("UTC")
    for wrong in ("Berlin", "europe/berlin", "", "../../etc/passwd", "Europe", "Factory"):
        assert not is_zone(wrong)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berln", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("adel", "Australia/Adelaide"),
        ("CET", "Europe/Berlin"),
        ("pst", "America/Los_Angeles"),
        ("Pari", "Europe/Paris"),
        ("utc", "UTC"),
    ],
)
def test_the_zone_that_was_meant_comes_first(text: str, first: str) -> None:
    assert closest_zones(text)[0] == first


@given(st.text(max_size=30))
def test_only_true_zones_are_offered_and_no_more_than_discord_shows(text: str) -> None:
    offered = closest_zones(text)
    assert len(offered) <= 25
    for zone in offered:
        ZoneInfo(zone)


def test_nothing_is_offered_for_nonsense() -> None:
    assert closest_zones("xqzvw") == []
