import io
import json
from pathlib import Path

import pytest

from bot.topics.command import route_file
from bot.topics.taxonomy import Topic


def route(path: Path, **options: object) -> tuple[int, list[dict[str, object]], str]:
    out, errors = io.StringIO(), io.StringIO()
    code = route_file(path, out, errors=errors, **options)  # type: ignore[arg-type]
    return code, [json.loads(line) for line in out.getvalue().splitlines()], errors.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "papers.jsonl"


def test_every_paper_has_its_line(file: Path) -> None:
    file.write_text(
        '{"id": "1", "title": "Model merging with task vectors", "abstract": "", "categories": "cs.LG stat.ML"}\n'
        '{"id": 2, "title": "Galaxies", "abstract": null, "categories": ["astro-ph"]}\n\n'
        '{"id": "3"}\n',
        "utf-8",
    )
    code, lines, errors = route(file)
    assert (code, errors) == (0, "")
    assert [(line["id"], line["topics"]) for line in lines] == [("1", ["C3"]), (2, []), ("3", [])]


def test_bad_lines_are_told_with_their_number_and_left_out(file: Path) -> None:
    file.write_bytes(b'{"id": "1", "title": "x"}\nnot json\n[1]\n\xff\n{"id": "5"}\n')
    code, lines, errors = route(file)
    assert code == 1
    assert [line["id"] for line in lines] == ["1", "5"]
    assert [f"line {number}:" in errors for number in range(1, 6)] == [False, True, True, True, False]


def test_a_group_can_try_its_own_topics(file: Path) -> None:
    file.write_text('{"id": "1", "title": "Green tea"}\n', "utf-8")
    _, lines, _ = route(file, topics=[Topic("tea", "Tea", phrases=("green tea",))])
    assert lines[0]["topics"] == ["tea"]


def test_the_phrases_can_be_tried_alone(file: Path) -> None:
    file.write_text('{"id": "1", "title": "Model merging"}\n', "utf-8")
    assert route(file)[1][0]["scores"] != route(file, phrases_only=True)[1][0]["scores"]


def test_a_missing_file_is_an_error(file: Path) -> None:
    with pytest.raises(FileNotFoundError):
        route(file)
