"""Take the picture of the README: the rehearsal room with a ballot that people have voted on.

python tools/picture.py [FILE]        needs Chromium or Chrome
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.rehearse import demo  # noqa: E402
from bot.stage import Stage  # noqa: E402
from tests.rehearsal_page.browser import chromium, running, tab  # noqa: E402

VIEW = "?as=aisha&channel=proposals&panel=time&theme=light&tour=off"
PAPERS = (
    ("jonas", "2203.15556", "How should we spend a fixed budget?", ("kenji", "lucia")),
    (
        "aisha",
        "https://arxiv.org/abs/1803.03635",
        "The paper half of our efficiency talks refer to.",
        ("marta", "tomas", "lucia", "priya"),
    ),
)


async def play(stage: Stage) -> None:
    """Two papers are proposed and voted on, a session is planned."""
    people = stage.server.people
    answer = await people["marta"].slash(
        "/session plan",
        when="22 June 2026 17:00",
        paper="2103.00065",
        speaker="Ingrid Calloway, Adelaide",
        channel="general",
    )
    await answer.final()
    for proposer, paper, why, voters in PAPERS:
        answer = await people[proposer].slash("/propose", paper=paper, why=why, channel="general")
        await answer.final()
        await stage.app.services.outbox.settle()
        ballot = stage.server.channel("proposals").messages[-1]
        for voter in voters:
            await people[voter].react(ballot, "👍")
    await stage.app.services.votes.settle()


async def take(program: str, url: str, target: Path) -> None:
    """Have a browser without a window draw the page, once it knows what is armed."""
    with running(program) as address:
        async with tab(address) as page:
            await page.size(1440, 900)
            await page.open(url)
            await page.until("document.body.innerText.includes('the announcement channel')")
            await page.picture(target)


async def main(program: str, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with demo(port=0, folder=Path(folder)) as stage:
            await play(stage)
            await take(program, f"{stage.server.url}/{VIEW}", target)


if __name__ == "__main__":
    browser = chromium() or sys.exit("Chromium or Chrome is needed to take the picture.")
    picture = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs" / "pictures" / "room.png").absolute()
    picture.parent.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(browser, picture))
    print(picture)
