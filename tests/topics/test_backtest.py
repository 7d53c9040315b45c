import io
import json
from pathlib import Path

from bot.topics.backtest import backtest

DAYS = [f"2026-01-{day:02}" for day in range(5, 11)]


def papers(*, picked: bool) -> list[dict[str, object]]:
    """Thirty papers a day, three of them about tea, which this group likes."""
    return [
        {
            "id": f"{day}/{at}",
            "date": day,
            "title": f"Brewing green tea {at}"
            if at < 3
            else f"Galaxies of kind{at} seen by telescope{at % 7}",
            "abstract": "Tea leaves are brewed in hot water."
            if at < 3
            else f"We observe subject{at} at night.",
            "categories": "cs.LG",
        }
        | ({"picked": int(at < 3)} if picked else {})
        for day in DAYS
        for at in range(30)
    ]


def run(
    folder: Path, rows: list[dict[str, object]], likes: list[dict[str, object]]
) -> tuple[int, list[list[str]]]:
    for name, content in (("papers", rows), ("likes", likes)):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in content), "utf-8")
    out = io.StringIO()
    code = backtest(folder / "papers", folder / "likes", out, errors=io.StringIO())
    return code, [line.split() for line in out.getvalue().splitlines()]


def mean(table: list[list[str]]) -> list[float]:
    (row,) = (row for row in table if row[:1] == ["mean"])
    return [float(cell) for cell in row[1:]]


def test_days_without_likes_are_tested_when_they_have_picks(tmp_path: Path) -> None:
    likes: list[dict[str, object]] = [{"id": f"{day}/{at}"} for day in DAYS[:3] for at in range(3)]
    code, table = run(tmp_path, papers(picked=True), likes)
    assert code == 0
    assert [row[0] for row in table if row[:1] and row[0] in DAYS] == DAYS[3:]
    chance, _, taste = mean(table)
    assert (chance, taste) == (0.1, 0.3)


def test_without_picks_the_likes_of_held_out_days_are_the_hits(tmp_path: Path) -> None:
    likes: list[dict[str, object]] = [{"id": f"{day}/{at}", "weight": 2} for day in DAYS for at in range(3)]
    code, table = run(tmp_path, papers(picked=False), likes)
    assert code == 0
    assert [row[0] for row in table if row[:1] and row[0] in DAYS] == DAYS
    assert mean(table)[2] == 0.3


def test_a_liked_paper_may_come_from_elsewhere(tmp_path: Path) -> None:
    code, table = run(
        tmp_path, papers(picked=True), [{"id": "x", "title": "Green tea, brewed", "abstract": "Tea."}]
    )
    assert code == 0
    assert mean(table)[2] > mean(table)[0]


def test_with_nothing_to_test_it_says_so(tmp_path: Path) -> None:
    code, table = run(tmp_path, papers(picked=False), [])
    assert code == 2
    assert table[0][:2] == ["Nothing", "to"]


def test_a_bad_line_is_left_out_and_told(tmp_path: Path) -> None:
    (tmp_path / "papers").write_text("oops\n", "utf-8")
    (tmp_path / "likes").write_text("", "utf-8")
    errors = io.StringIO()
    assert backtest(tmp_path / "papers", tmp_path / "likes", io.StringIO(), errors=errors) == 2
    assert "line 1" in errors.getvalue()
