"""`make audit` tells what is known against the pins, and never takes silence for safety."""

from __future__ import annotations

import json
from subprocess import CompletedProcess
from typing import Any

import pytest

from tools.audit import NOTHING_LEARNED, judge

FINE = {"name": "aiohttp", "version": "3.13.1", "vulns": []}
WEAK = {
    "name": "jinja2",
    "version": "2.4.1",
    "vulns": [{"id": "PYSEC-2021-66", "fix_versions": ["2.11.3"], "aliases": ["CVE-2020-28493"], "description": "…"}],
}  # fmt: skip
UNASKED = {"name": "yarl", "skip_reason": "Dependency not found on the list and could not be audited: yarl"}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([FINE], 0, ["Nothing is known against the 1 pinned packages."]),
        ([FINE, WEAK], 1, ["jinja2 2.4.1: PYSEC-2021-66, CVE-2020-28493; mended in 2.11.3"]),
        ([FINE, UNASKED], NOTHING_LEARNED, ["NOT AUDITED: 1 of 2 packages (yarl …)."]),
        ([WEAK, UNASKED], 1, ["jinja2 2.4.1: PYSEC-2021-66", "NOT AUDITED: 1 of 2 packages"]),
    ],
)
def test_what_the_list_says_is_told(
    packages: list[dict[str, Any]], code: int, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = json.dumps({"dependencies": packages, "fixes": []})
    assert judge(CompletedProcess([], code and 1, answer, "Found some")) == code
    told = capsys.readouterr().out
    assert all(words in told for words in said), told


@pytest.mark.parametrize("answer", ["", "<html>", "[]", '{"message": "no such service"}'])
def test_no_answer_is_not_a_good_answer(answer: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = CompletedProcess([], 1, answer, "Traceback …\nConnectionError: the list is away\n")
    assert judge(asked) == NOTHING_LEARNED
    assert "NOT AUDITED" in (told := capsys.readouterr().out)
    assert "ConnectionError: the list is away" in told
