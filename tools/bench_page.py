"""How smoothly the page of the rehearsal room scrolls with 5,000 messages in a channel, beside a channel of 100.

    python tools/bench_page.py [--messages 5000]

Quoted is the median of 60 frames of scrolling up, in a headless Chromium; without one it says so. Exits with 1 when a
frame of the long channel takes twice as long as one of the short one.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.clock import VirtualClock
from bot.rehearsal.room import BareStage, Room
from bot.rehearsal.server import RehearsalServer
from tests.rehearsal_page.browser import chromium, running, tab

FEW, LIMIT = 100, 2.0
SCROLLED = """new Promise((resolve) => {
  const scroller = document.getElementById("scroller"), times = [];
  let last = performance.now();
  const frame = (now) => {
    times.push(now - last);
    last = now;
    scroller.scrollTop -= 60;
    if (times.length < 60) requestAnimationFrame(frame); else resolve(times);
  };
  requestAnimationFrame(frame);
})"""


async def frame(browser: str, messages: int) -> float:
    """Milliseconds that a frame takes while one scrolls up through so many messages."""
    clock = VirtualClock(datetime(2026, 6, 2, 14, 30, tzinfo=UTC))
    server = RehearsalServer(clock)
    server.group("A group", channels=("general",), members={"jonas": ()})
    Room(server, BareStage(clock)).mount()
    async with server:
        for number in range(messages):
            await server.people["jonas"].say("general", f"Message {number}.")
        async with tab(browser) as page:
            await page.size(1400, 900)
            await page.open(f"{server.url}/?as=jonas&channel=general&tour=off")
            last = f"Message {messages - 1}."
            await page.until(
                f"document.querySelector('#log').lastElementChild?.textContent.includes('{last}')", 60
            )
            return median(await page.js(SCROLLED))


async def run(browser: str, messages: int) -> bool:
    """Whether the long channel scrolls as the short one does."""
    few, many = await frame(browser, FEW), await frame(browser, messages)
    print(f"a frame with {FEW} messages {few:.1f} ms, with {messages} {many:.1f} ms: {many / few:.2f} times")
    return many / few < LIMIT


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=5_000)
    options = parser.parse_args()
    program = chromium()
    if program is None:
        print("Not measured: no Chromium was found (python tools/chromium.py says how to get one).")
        return
    with running(program) as browser:
        smooth = asyncio.run(run(browser, options.messages))
    sys.exit(0 if smooth else "The long channel scrolls worse than the short one.")


if __name__ == "__main__":
    main()
