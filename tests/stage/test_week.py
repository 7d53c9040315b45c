"""The organisers' list, what is asked after a session, and who did what."""

from __future__ import annotations

from bot.rehearsal import build
from tests.stage.conftest import Bench, text_of
from tests.stage.test_sessions import LINK, plan


async def test_the_list_says_what_is_missing_and_its_buttons_open_the_forms(stage: Bench) -> None:
    await plan(stage, title="On sparsity")
    week = await stage.olga.slash("/week", channel="general")
    assert "⬜ Presenter: open" in week.text
    assert "⬜ Link to join" in week.text
    assert "✅ Announced" in week.text
    assert "reminders armed" in week.text
    assert "⏳ Slides, recording, notes: asked for an hour after it" in week.text
    form = await stage.olga.press(week, label="Abstract · 1")
    await stage.olga.submit(form, {"title": "On sparsity", "abstract": "Few weights suffice."})
    form = await stage.olga.press(week, label="Link · 1")
    await stage.olga.submit(form, {"link": LINK})
    menu = await stage.olga.press(week, label="Presenter · 1")
    await stage.olga.choose(menu, stage.bob)
    week = await stage.olga.slash("/week", channel="general")
    assert "⬜" not in week.text
    assert stage.bob.mention in week.text
    assert LINK not in week.text


async def test_what_waits_or_could_not_be_posted_has_a_button_that_posts_it(stage: Bench) -> None:
    channel = stage.server.channel("announcements", stage.group)
    everyone = stage.group.roles[stage.group.id]
    bots = next(role for role in stage.group.roles.values() if role.managed_by)
    for role in (everyone, bots):
        build.overwrite(stage.server.world, channel, role, deny=["SEND_MESSAGES"])
    await stage.olga.slash("/series create", channel="general", first="2026-06-29 17:00", repeat="4w")
    week = await stage.olga.slash("/week", channel="general")
    assert "⏳ Announced" in week.text
    await stage.olga.press(week, label="Announce now · 1")
    await stage.settled()
    week = await stage.olga.slash("/week", channel="general")
    assert "⬜ Not yet announced: " in week.text
    for role in (everyone, bots):
        build.overwrite(stage.server.world, channel, role)
    await stage.settled()
    await stage.olga.press(week, label="Try again · 1")
    assert len(await stage.posts("announcements")) == 1


async def test_a_speaker_from_outside_is_named_in_a_form(stage: Bench) -> None:
    await plan(stage)
    week = await stage.olga.slash("/week", channel="general")
    menu = await stage.olga.press(week, label="Presenter · 1")
    form = await stage.olga.press(menu, label="Somebody from outside…")
    await stage.olga.submit(form, {"speaker": "Jane Doe, MIT", "zone": "New York"})
    assert await stage.rows("SELECT name, affiliation, zone FROM speakers") == [
        ("Jane Doe", "MIT", "America/New_York")
    ]
    assert "Jane Doe (MIT)" in text_of((await stage.posts("announcements"))[0])


async def test_the_list_is_for_organisers(stage: Bench) -> None:
    await plan(stage)
    answer = await stage.alice.slash("/week", channel="general")
    assert "Only organisers" in answer.text


async def test_an_hour_after_its_end_a_session_is_held_and_its_materials_are_asked_for(stage: Bench) -> None:
    await plan(stage, title="On sparsity")  # 15 June, 17:00 to 18:00 in Berlin
    await stage.later(days=12, hours=6, minutes=59)
    assert await stage.rows("SELECT state FROM sessions") == [("planned",)]
    await stage.later(minutes=2)
    assert await stage.rows("SELECT state FROM sessions") == [("held",)]
    asked = stage.olga.inbox[-1]
    assert "How was it? On sparsity" in text_of(asked)
    assert "slides, recording, notes" in text_of(asked)


async def test_what_is_given_after_a_session_appears_on_its_card_and_once_in_its_thread(stage: Bench) -> None:
    await stage.olga.slash("/settings set", channel="general", key="group.organiser_channel", value="general")
    await plan(stage, title="On sparsity")
    await stage.later(days=12, hours=8)
    asked = (await stage.posts("general"))[-1]
    refused = await stage.alice.press(asked, label="Slides, recording, notes…")
    assert "Only organisers" in refused.text
    for given in ({"recording": "https://video.example/1"}, {"slides": "https://files.example/1.pdf"}, {}):
        form = await stage.olga.press(asked, label="Slides, recording, notes…")
        await stage.olga.submit(form, given)
        await stage.later(hours=9)  # the second comes after the thread was put away
    card = text_of((await stage.posts("announcements"))[0])
    assert "https://video.example/1" in card
    assert "https://files.example/1.pdf" in card
    (thread,) = [channel for channel in stage.group.channels.values() if channel.thread is not None]
    assert [text_of(message).splitlines()[1] for message in thread.messages] == [
        "[Recording](https://video.example/1)",
        "[Slides](https://files.example/1.pdf)",
    ]
    week = await stage.olga.slash("/week", channel="general")
    assert "✅ Recording" in week.text
    assert "⬜ Notes" in week.text


async def test_a_cancelled_session_asks_for_nothing(stage: Bench) -> None:
    await plan(stage)
    await stage.olga.slash("/session cancel", channel="general", session=1)
    await stage.later(days=13)
    assert await stage.rows("SELECT state FROM sessions") == [("cancelled",)]
    assert not any("How was it?" in text_of(message) for message in stage.olga.inbox)


async def test_the_history_tells_who_changed_what_without_the_join_link(stage: Bench) -> None:
    await plan(stage, title="On sparsity")
    form = await stage.olga.slash("/session links", channel="general", session=1)
    await stage.olga.submit(form, {"link": LINK})
    await stage.olga.slash("/session move", channel="general", session=1, when="2026-06-16 18:00")
    await stage.olga.slash("/session assign", channel="general", session=1, member=stage.bob)
    await stage.alice.slash("/ask", channel="general", question="Where?")
    box = await stage.olga.slash("/ask", channel="general")
    await stage.olga.press(box, label="Remove 1")
    armed = await stage.olga.slash("/reminders", channel="general")
    await stage.olga.press(armed, label="Switch 1 off")
    told = await stage.alice.slash("/history session", channel="general", session=1)
    assert stage.olga.mention in told.text
    assert "Mon 15 June 2026, 17:00 CEST, 60 min → Tue 16 June 2026, 18:00 CEST, 60 min" in told.text
    assert f"presenters: nothing → {stage.bob.mention}" in told.text
    assert "how to join: nothing → given" in told.text
    assert "removed a question" in told.text
    assert "→ switched off" in told.text
    assert LINK not in told.text
    assert told.text.index("presenters") < told.text.index("planned")  # the latest first


async def test_a_long_history_turns_its_pages(stage: Bench) -> None:
    await plan(stage, title="On sparsity")
    for day in range(16, 27):
        await stage.olga.slash("/session move", channel="general", session=1, when=f"2026-06-{day} 17:00")
    told = await stage.alice.slash("/history session", channel="general", session=1)
    assert "planned" not in told.text
    earlier = await stage.alice.press(told, label="Earlier ›")
    assert "**planned**" in earlier.text
