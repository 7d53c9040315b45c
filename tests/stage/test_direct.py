"""Buttons, menus and forms in direct messages: they work as on the server, for its members and organisers alone."""

from __future__ import annotations

from bot.rehearsal import interactions
from bot.rehearsal.answers import Answer
from bot.rehearsal.people import Person
from tests.stage.conftest import Bench, text_of
from tests.stage.test_sessions import plan

LINK = "https://meet.example/secret-room"


async def forged(stage: Bench, person: Person, custom_id: str) -> Answer:
    """A press in one's private channel with the bot of a button that the bot never put there."""
    data = {"custom_id": custom_id, "component_type": 2}
    where = stage.server.world.dm(person.user)
    return await person._send(where, interactions.COMPONENT, data, source=person.inbox[-1])


async def test_the_aftercare_question_is_answered_where_it_is_asked(stage: Bench) -> None:
    await plan(stage, title="On sparsity")
    await stage.later(days=12, hours=8)
    asked = stage.olga.inbox[-1]
    form = await stage.olga.press(asked, label="Slides, recording, notes…")
    saved = await stage.olga.submit(form, {"slides": "https://files.example/slides.pdf"})
    assert "Saved" in saved.text
    (post, *_) = await stage.posts("announcements")
    assert "https://files.example/slides.pdf" in text_of(post)


async def test_an_offer_is_confirmed_with_the_button_under_it(stage: Bench) -> None:
    await plan(stage, title="On sparsity")
    (post,) = await stage.posts("announcements")
    await stage.alice.press(post, label="I would present")
    await stage.settled()
    done = await stage.olga.press(stage.olga.inbox[-1], label="Confirm")
    assert "Confirmed" in done.text
    assert await stage.rows("SELECT user_id FROM presenters") == [(stage.alice.id,)]


async def test_a_reminder_says_who_comes_and_lets_one_in_while_one_is_a_member(stage: Bench) -> None:
    await stage.bob.slash("/remindme", channel="general", before="10m")
    await plan(stage, title="On sparsity", link=LINK)
    await stage.later(days=12, hours=4, minutes=50)
    reminder = stage.bob.inbox[-1]
    assert "You are going" in (await stage.bob.press(reminder, label="Going")).text
    assert LINK in (await stage.bob.press(reminder, label="Join")).text
    await stage.bob.leave(stage.group)
    refused = await stage.bob.press(reminder, label="Join")
    assert "not a member of any more" in refused.text
    assert LINK not in refused.text


async def test_a_forged_press_finds_no_more_than_ones_own_membership(stage: Bench) -> None:
    await stage.alice.slash("/remindme", channel="general", before="10m")
    await plan(stage, title="On sparsity", link=LINK)
    await stage.later(days=12, hours=4, minutes=50)
    other = stage.server.group("Elsewhere", roles={"Organiser": ()}, members={"alice": ["Organiser"]})
    await stage.settled()
    here = stage.group.id
    for custom_id, said in (
        (f"@{here}:links:1", "Only organisers"),
        (f"@{here}:confirm:1:{stage.alice.id}", "Only organisers"),
        (f"@{other.id}:links:1", "There is no session 1 here"),  # an organiser there, not here
        (f"@{other.id}:join:1", "not here any more"),
        ("@12345:join:1", "not a member of"),
        (f"@{'9' * 40}:join:1", "I only work on a server"),
        ("join:1", "I only work on a server"),
    ):
        answer = await forged(stage, stage.alice, custom_id)
        assert said in answer.text, custom_id
        assert LINK not in answer.text
    assert await stage.rows("SELECT * FROM presenters") == []


async def test_a_menu_of_members_gives_way_to_the_command_that_names_one(stage: Bench) -> None:
    await plan(stage, when="2026-06-14 17:00", title="On sparsity")
    await stage.later(days=1, hours=6)
    choose = await stage.olga.press(stage.olga.inbox[-1], label="Choose somebody…")
    assert "`/session assign session:1 member:` names one" in choose.text
    form = await stage.olga.press(choose, label="Somebody from outside…")
    done = await stage.olga.submit(form, {"speaker": "Jane Doe, MIT"})
    assert "Jane Doe (MIT)" in done.text
