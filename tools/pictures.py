"""Take the pictures of the manual: the rehearsal room in each of its scenes.

python tools/pictures.py [FOLDER]        needs Chromium or Chrome
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.rehearse import demo  # noqa: E402
from tests.rehearsal_page.browser import chromium, running, tab  # noqa: E402

#: Scene, width, height, dark: in the order of the story, for each goes on where the one before ended.
PICTURES = {
    "vote": ("vote", 1280, 880, False),
    "pick": ("pick", 1280, 880, False),
    "remind": ("remind", 1280, 880, True),
    "digest": ("digest", 1280, 880, False),
    "narrow": ("digest", 400, 800, True),
}


async def take(program: str, folder: Path) -> None:
    """All pictures, of one group."""
    with tempfile.TemporaryDirectory() as temporary, running(program) as address:
        async with demo(port=0, folder=Path(temporary)) as stage:
            for name, (scene, width, height, dark) in PICTURES.items():
                async with tab(address) as page:
                    await page.size(width, height, dark=dark)
                    await page.open(f"{stage.server.url}/?scene={scene}")
                    await page.until("/done|failed/.test(document.body.dataset.scene)", 90)
                    if await page.js("document.body.dataset.scene") != "done":
                        sys.exit(f"{scene}: {await page.text('#tour')}")
                    await page.until("document.querySelector('.armed-list, .person')")
                    await page.picture(folder / f"{name}.png")
                    print(folder / f"{name}.png")


if __name__ == "__main__":
    browser = chromium()
    if browser is None:
        sys.exit(
            "Chromium or Chrome is needed to take the pictures: `make test-browser` finds or installs it."
        )
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs" / "pictures").absolute()
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(browser, target))
