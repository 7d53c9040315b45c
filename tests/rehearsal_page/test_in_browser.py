"""The page in a real browser: what a visitor does with mouse and keys, and what they see."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.rehearsal import build
from bot.rehearsal.flags import ChannelKind
from bot.rehearsal.room import Room
from bot.rehearsal.server import RehearsalServer
from tests.rehearsal_page.browser import Page, tab
from tests.rehearsal_page.tinybot import NASTY, TinyBot

pytestmark = pytest.mark.browser


@pytest.fixture
async def page(browser: str, room: Room, bot: TinyBot) -> AsyncIterator[Page]:
    """The page as Jonas, in #general, without the tour; its JavaScript must not have failed in the end."""
    async with tab(browser) as page:
        await page.size(1400, 900)
        await page.open(f"{room.server.url}/?as=jonas&channel=general&tour=off")
        yield page
        assert page.errors == []


async def slash(page: Page, command: str) -> None:
    """Type a slash, the command's name, and choose it."""
    await page.click("#write")
    await page.type(f"/{command}")
    await page.until(f"document.querySelector('#suggestions b')?.textContent === '/{command}'")
    await page.key("Enter")


async def test_what_is_typed_is_said(page: Page) -> None:
    await page.click("#write")
    await page.type("Good **morning**, see <t:1782140400:F>")
    await page.key("Enter")
    await page.until("document.querySelector('.message strong')?.textContent === 'morning'")
    assert await page.text(".message .name") == "Jonas"
    stamp = await page.js("document.querySelector('.message .content time').title")
    assert "22 June 2026" in stamp
    assert await page.js("document.getElementById('write').value") == ""


async def test_text_from_outside_never_becomes_markup(page: Page) -> None:
    await slash(page, "ballot")
    await page.key("Enter")
    await page.until("document.querySelector('.embed-title') !== null")
    shown = await page.text(".embed-title")
    assert shown.startswith('<img src=x onerror="document.body.dataset.hacked=')
    assert "bold" in shown
    assert "[x](javascript:alert(1)) R&D" in NASTY
    assert "[x](javascript:alert(1)) R&D" in shown
    assert await page.js("document.querySelectorAll('#log img').length") == 0
    assert await page.js("document.body.dataset.hacked ?? 'no'") == "no"
    assert await page.js("[...document.links].every((a) => /^https?:/.test(a.href))")


async def test_an_option_is_completed_by_the_bot_and_another_by_a_list(page: Page) -> None:
    await slash(page, "echo")
    await page.type("benign")
    await page.until("document.querySelector('#suggestions b')?.textContent === 'about benign overfitting'")
    await page.key("Enter")
    await page.click(".add-option", "whom")
    await page.type("ais")
    await page.until("document.querySelector('#suggestions b')?.textContent === 'Aisha'")
    await page.key("Enter")
    await page.key("Enter")
    await page.until("document.querySelector('.message.ephemeral .content')?.textContent.includes('benign')")
    assert "benign overfitting @Aisha" in await page.text(".message.ephemeral .content")
    assert "Only you can see this" in await page.text(".message.ephemeral")
    await page.click(".message.ephemeral button", "Dismiss")
    await page.until("document.querySelector('.message.ephemeral') === null")


async def test_a_needed_option_that_is_empty_is_asked_for(page: Page) -> None:
    await page.click(".person", "Marta")
    await page.until("document.querySelector('.acting b').textContent === 'Marta'")
    await slash(page, "session plan")
    await page.until("document.activeElement.id === 'option-title'")
    await page.key("Enter")
    await page.until("document.querySelector('.option.wrong') !== null")
    assert "title is needed" in await page.text("#toasts")
    await page.key("Escape")
    await page.until("document.activeElement.id === 'write'")


async def test_a_form_is_filled_in_and_sent(page: Page) -> None:
    await slash(page, "ballot")
    await page.key("Enter")
    await page.click(".message .button", "Ask")
    await page.until("document.querySelector('dialog.modal input') === document.activeElement")
    await page.type("Why")
    await page.click("dialog .button.primary", "Submit")
    await page.until("document.querySelector('dialog .note').textContent === 'At least 5 characters.'")
    await page.type(" does it work?")
    await page.key("Enter")
    await page.until(
        "document.querySelector('.message.ephemeral .content')?.textContent.includes('Asked: Why does')"
    )
    assert await page.js("document.querySelector('dialog') === null")


async def test_two_topics_are_picked_from_a_select(page: Page) -> None:
    await slash(page, "ballot")
    await page.key("Enter")
    await page.click(".message .chooser")
    await page.click(".options button", "Topic A1")
    await page.click(".options button", "Topic C3")
    await page.click(".popup .button", "Done")
    await page.until("document.querySelector('.message .content').textContent.includes('Topics: A1, C3')")


async def test_two_members_vote_and_one_takes_it_back(page: Page) -> None:
    await slash(page, "ballot")
    await page.key("Enter")
    await page.click(".message .tools button", "More")
    await page.click(".popup button", "Add a reaction")
    await page.click(".emoji-grid button", "👍")
    await page.until("document.querySelector('.reaction .count')?.textContent === '1'")
    await page.click(".person", "Aisha")
    await page.until("document.querySelector('.acting b').textContent === 'Aisha'")
    await page.until("document.querySelector('.reaction') !== null")
    await page.click(".reaction")
    await page.until("document.querySelector('.reaction .count')?.textContent === '2'")
    await page.click(".reaction.mine")
    await page.until("document.querySelector('.reaction .count')?.textContent === '1'")


async def test_the_menu_of_a_message_holds_the_bots_command(page: Page) -> None:
    await page.click("#write")
    await page.type("Read arXiv:2103.00065")
    await page.key("Enter")
    await page.click(".message .tools button", "More")
    await page.click(".popup button", "Keep")
    await page.until("document.querySelector('.message.ephemeral')?.textContent.includes('Kept: Read arXiv')")


async def test_a_day_passes(page: Page, room: Room) -> None:
    await page.until("document.querySelector('.wall').textContent.startsWith('Tue, 2 Jun 2026')")
    await page.click(".step", "+1 day")
    await page.until("document.querySelector('.wall').textContent.startsWith('Wed, 3 Jun 2026')")
    assert "in Tokyo" in await page.text("#side")


async def test_a_command_that_is_not_answered_says_so(page: Page, server: RehearsalServer) -> None:
    server.faults.gateway.lost.add("INTERACTION_CREATE")
    await slash(page, "slow")
    await page.key("Enter")
    await page.until("document.querySelector('.local.bad')?.textContent.includes('did not respond')")


async def test_a_button_works_after_the_connection_was_dropped(page: Page, server: RehearsalServer) -> None:
    await slash(page, "ballot")
    await page.key("Enter")
    await page.until("document.querySelector('.message .button') !== null")
    await page.click("#tab-trouble")
    await page.click(".trouble", "Drop the connection")
    await server.until(lambda: server.gateway.resumes == 1 and server.gateway.connected, 10)
    await page.click(".message .button", "Present")
    await page.until(
        "document.querySelector('.message.ephemeral')?.textContent.includes('You would present.')"
    )
    assert "POST" in await page.text(".wire")


async def test_everything_fits_on_a_narrow_screen(page: Page) -> None:
    await page.size(400, 800)
    assert await page.js("document.documentElement.scrollWidth") == 400
    await page.until("!document.querySelector('#places').checkVisibility({visibilityProperty: true})")
    await page.click("#place button", "Show channels")
    await page.click(".channel", "proposals")
    await page.until("document.querySelector('#place h1').textContent === 'proposals'")
    await page.click("#place button", "Show people")
    await page.click(".person", "Marta")
    await page.until("document.querySelector('.acting b').textContent === 'Marta'")


async def test_every_control_has_a_name_and_is_reached_by_the_tab_key(
    page: Page, server: RehearsalServer
) -> None:
    await slash(page, "ballot")
    await page.key("Enter")
    await page.until("document.querySelector('.message .chooser') !== null")
    await server.people["aisha"].react(server.channel("general").messages[-1], "👍")
    await page.until("document.querySelector('.reaction') !== null")
    for panel in ("people", "time", "trouble", "events"):
        await page.click(f"#tab-{panel}")
        found = await page.controls()
        assert len(found) > 20
        assert [role for role, name in found if not name] == [], panel
        assert await page.out_of_reach() == [], panel
    for opened in ("slash", "emoji", "menu", "form", "date"):
        await OPEN[opened](page)
        assert [role for role, name in await page.controls() if not name] == [], opened
        await page.key("Escape")
        await page.key("Escape")


async def _emoji(page: Page) -> None:
    await _menu(page)
    await page.click(".popup button", "Add a reaction")


async def _menu(page: Page) -> None:
    await page.click(".message .tools button", "More")


OPEN = {
    "slash": lambda page: slash(page, "echo"),
    "emoji": _emoji,
    "menu": _menu,
    "form": lambda page: page.click(".message .button", "Ask"),
    "date": lambda page: page.click(".step", "To a date"),
}


async def test_channels_of_every_kind_are_shown_as_what_they_are(page: Page, server: RehearsalServer) -> None:
    world = server.world
    (guild,) = world.guilds.values()
    for kind in (ChannelKind.FORUM, ChannelKind.ANNOUNCEMENT, ChannelKind.VOICE, ChannelKind.STAGE):
        build.add_channel(world, guild, f"a-{kind.name.lower()}", kind=kind)
    await page.until("document.getElementById('places').textContent.includes('a-stage')")
    signs = "[...document.querySelectorAll('.channel')].map((row) => row.querySelector('svg').innerHTML)"
    assert len(set(await page.js(signs))) == 4  # voice and stage have the same
    await page.click(".channel", "a-forum")
    await page.until("document.querySelector('#place h1').textContent === 'a-forum'")
    await page.until("document.getElementById('log').textContent.includes('Its posts are threads')")


async def test_five_thousand_messages_keep_a_small_window_in_the_page(
    page: Page, server: RehearsalServer
) -> None:
    for number in range(5_000):
        await server.people["marta"].say("proposals", f"Message {number}.")
    await page.click(".channel", "proposals")
    await page.until("document.querySelector('#log').lastElementChild?.textContent.includes('Message 4999.')")
    for _ in range(6):
        first = await page.text(".message .content")
        await page.js("document.getElementById('scroller').scrollTop = 0")
        await page.until(f"document.querySelector('.message .content').textContent !== {first!r}")
    assert await page.js("document.querySelectorAll('.message').length") <= 240
    await page.click("#below .button")
    await page.until("document.querySelector('#log').lastElementChild.textContent.includes('Message 4999.')")
    gap = "(({ scrollHeight: h, scrollTop: t, clientHeight: c }) => h - t - c)(document.getElementById('scroller'))"
    await page.until(f"{gap} < 2")
