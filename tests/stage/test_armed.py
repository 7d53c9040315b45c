"""What the rehearsal page shows of the things that wait to happen."""

from __future__ import annotations

from tests.stage.arxiv_days import DAILY
from tests.stage.conftest import Bench


@DAILY
async def test_what_waits_is_told_in_words(stage: Bench) -> None:
    await stage.olga.slash("/session plan", when="2026-06-22 17:00", title="Edge of stability", presenter=stage.alice,
                           channel="general")  # fmt: skip
    await stage.settled()
    armed = {(one["kind"], one["text"]) for one in await stage.armed()}
    assert {
        ("digest", "New papers on Thursday 4 June"),
        ("reminder → the announcement channel", "Edge of stability"),
        ("start message → the announcement channel", "Edge of stability"),
        ("reminder to the presenter → Alice", "Edge of stability"),
    } <= armed
    assert await stage.next_due() == (await stage.armed())[0]["due"]  # not the next look at old things


async def test_a_paper_that_waits_for_its_ballot_is_told_by_its_title(stage: Bench) -> None:
    stage.server.faults.fail(503, "POST", r"^/channels/\d+/messages$", times=None)
    await stage.alice.slash("/propose", paper="2103.00065", channel="general")
    await stage.server.until(lambda: any(one.status == 503 for one in stage.server.exchanges))
    (line,) = [one["text"] for one in await stage.armed() if one["kind"] == "ballot → the proposal channel"]
    assert line.startswith("Gradient Descent on Neural Networks")
