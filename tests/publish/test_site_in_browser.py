"""The site in a real browser, opened from a folder: the search, a phone, the dark."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.desk import write_site
from bot.publish.site import site
from tests.publish.made_up import record
from tests.rehearsal_page.browser import Page, tab

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    write_site(site(record(130)), out)
    return out


@pytest.fixture
async def page(browser: str) -> AsyncIterator[Page]:
    """An empty tab; nothing on the pages it shows may have failed in the end."""
    async with tab(browser) as page:
        await page.size(1100, 900)
        yield page
        assert page.errors == []


async def show(page: Page, folder: Path, path: str) -> None:
    await page.send("Page.navigate", url=f"{folder.as_uri()}/{path}")
    await page.until(f"location.href.includes({path!r}) && document.readyState === 'complete'")


async def test_the_search_finds_by_every_word_the_best_first(page: Page, folder: Path) -> None:
    title = next(talk.title for _, talk in record(130).held() if "Gödel" in talk.speakers[0].name)
    await show(page, folder, "archive.html")
    assert await page.js("document.querySelector('#browse').checkVisibility()")
    await page.click("#q")
    await page.type("godel")
    await page.until("document.querySelectorAll('#results li').length > 0")
    assert not await page.js("document.querySelector('#browse').checkVisibility()")
    assert "Gödel" in await page.js("document.querySelector('#results li p').textContent")
    many = await page.js("document.querySelectorAll('#results li').length")
    await page.type(f" {title}")
    await page.until(f"document.querySelectorAll('#results li').length < {many}")
    assert "talk" in await page.text("#found")
    await page.click("#results a", title)
    await page.until("location.pathname.includes('/talks/') && document.querySelector('h1')")
    assert await page.text("h1") == title


async def test_a_search_can_be_linked_to_and_may_find_nothing(page: Page, folder: Path) -> None:
    await show(page, folder, "archive.html?q=%3Cimg+src=x%3E")
    await page.until("document.querySelector('#found').textContent === 'No talks'")
    assert await page.js("document.querySelector('#q').value") == "<img src=x>"
    assert await page.js("document.images.length") == 0


PAGES = (
    "index.html",
    "archive.html?q=sparse",
    "archive/2024.html",
    "talks/120.html",
    "talks/132.html",
    "topics.html",
    "topics/a1.html",
    "speakers.html",
    "about.html",
)


@pytest.mark.parametrize("path", PAGES)
async def test_nothing_is_wider_than_a_phone_or_too_small_to_read(
    page: Page, folder: Path, path: str
) -> None:
    await page.size(400, 800)
    await show(page, folder, path)
    assert await page.js("document.documentElement.scrollWidth") <= 400
    sizes = (
        "[...document.querySelectorAll('main p, main li, main a')].map((e) => getComputedStyle(e).fontSize)"
    )
    assert await page.js(f"Math.min(...{sizes}.map(parseFloat))") >= 13


#: The smallest contrast of text and what is behind it, over all elements with text of their own (WCAG 2, 1.4.3).
CONTRAST = """(() => {
    const rgb = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = (color) => { const [r, g, b] = rgb(color).slice(0, 3).map((c) => c / 255)
        .map((c) => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
    const behind = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
        if ((rgb(c)[3] ?? 1) > 0) return c; } };
    return Math.min(...[...document.body.querySelectorAll('*')]
        .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && e.checkVisibility())
        .map((e) => { const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
            return (a + .05) / (b + .05); }));
})()"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_text_can_be_read_by_day_and_by_night(page: Page, folder: Path, *, dark: bool) -> None:
    await page.size(1100, 900, dark=dark)
    for path in ("index.html", "talks/120.html", "archive.html"):
        await show(page, folder, path)
        paper = await page.js("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]")
        assert (paper < 64) is dark
        assert await page.js(CONTRAST) >= 4.5


async def test_without_the_script_everything_but_the_search_is_there(page: Page, folder: Path) -> None:
    await page.send("Emulation.setScriptExecutionDisabled", value=True)
    await page.send("Page.navigate", url=f"{folder.as_uri()}/archive.html")
    async with asyncio.timeout(10):
        while not await page.js("document.querySelectorAll('.talks li').length"):  # noqa: ASYNC110 - it has no timers
            await asyncio.sleep(0.02)
    assert not await page.js("document.querySelector('#search').checkVisibility()")
