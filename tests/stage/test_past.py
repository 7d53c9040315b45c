"""Talks of the past that were taken in are in the archive, and nobody is told of them, reminded, or asked."""

from __future__ import annotations

from bot.publish.past import Incoming, read
from bot.services.past import Past
from bot.services.past_papers import PastPapers
from tests.stage.conftest import Bench, text_of
from tests.stage.test_outward import files

FILE = b"""date,wall_time,title,speakers,paper
2022-05-04,17:00,Adam,Ann,1412.6980
2026-06-02,17:00,Of yesterday,Bob,
2023-05,,Some time in May,Cy,1803.03635
"""


async def test_talks_of_the_past_come_in_quietly_and_their_papers_from_arxiv(stage: Bench) -> None:
    app = stage.app
    papers = PastPapers(app.database, app.services.proposing.shelf._papers)
    past = Past(app.database, stage.clock, app.services.settings, app.services.archive, papers)
    rows = [row for row in read("talks.csv", FILE) if isinstance(row, Incoming)]
    guild_id = stage.group.id
    await past.take(guild_id, rows, dry_run=False)
    assert await papers.fill(rows) == 2
    assert await papers.fill(rows) == 0
    await app.services.archive.put_papers(guild_id, papers.arxiv_ids(rows))
    before = await stage.rows("SELECT count(*) FROM outbox")
    await stage.later(days=2)
    form = await stage.olga.slash("/session links", session=2)
    await (await stage.olga.submit(form, {"recording": "https://video.example/1"})).final()
    await stage.later(hours=2)
    assert await stage.rows("SELECT count(*) FROM outbox") == before
    assert not stage.group.events
    assert not await stage.posts("announcements")
    told = await stage.bob.slash("/nextsession")
    await told.final()
    assert "No session is planned" in told.text
    page = await stage.bob.slash(
        "/archive", words="stochastic optimization"
    )  # of the paper, as arXiv tells it
    await page.final()
    assert "4 May 2022" in page.text
    page = await stage.bob.slash("/archive", speaker="cy")
    await page.final()
    assert "When\nMay 2023" in page.text
    calendar = await stage.bob.slash("/calendar")
    await calendar.final()
    (file,) = files(stage, calendar.message).values()
    assert b"Of yesterday" in file
    assert b"Some time in May" not in file  # nobody knows on which day to show it
    again = await stage.bob.slash("/propose", paper="1803.03635")
    await again.final()
    assert "Read here in May 2023" in again.text
    assert all("Of yesterday" not in text_of(message) for message in stage.olga.inbox)
