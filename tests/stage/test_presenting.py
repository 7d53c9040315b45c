"""Finding a presenter: open → volunteered → confirmed → held, for everybody to see."""

from __future__ import annotations

from tests.stage.conftest import Bench, text_of
from tests.stage.test_sessions import plan

OFFER = "I would present"


async def announced(stage: Bench) -> str:
    return text_of((await stage.posts("announcements"))[0])


async def test_a_member_offers_and_an_organiser_confirms_with_one_press(stage: Bench) -> None:
    await plan(stage, title="On sparsity")
    assert "Who: open" in await announced(stage)
    (post,) = await stage.posts("announcements")
    await stage.alice.press(post, label=OFFER)
    assert f"volunteered: {stage.alice.mention}" in await announced(stage)
    told = stage.olga.inbox[-1]
    assert stage.alice.mention in text_of(told)
    assert "has not presented yet" in text_of(told)


async def test_the_confirmation_reaches_the_announcement_and_closes_the_offers(stage: Bench) -> None:
    await stage.olga.slash("/settings set", channel="general", key="group.organiser_channel", value="general")
    await plan(stage, title="On sparsity")
    (post,) = await stage.posts("announcements")
    await stage.alice.press(post, label=OFFER)
    told = (await stage.posts("general"))[-1]
    refused = await stage.bob.press(told, label="Confirm")
    assert "Only organisers" in refused.text
    confirmed = await stage.olga.press(told, label="Confirm")
    assert "Confirmed" in confirmed.text
    assert f"Who: {stage.alice.mention}" in await announced(stage)
    (post,) = await stage.posts("announcements")
    assert OFFER not in [button.get("label") for button in post.buttons]


async def test_offering_twice_counts_once_and_can_be_taken_back(stage: Bench) -> None:
    await plan(stage)
    (post,) = await stage.posts("announcements")
    thanks = await stage.alice.press(post, label=OFFER)
    again = await stage.alice.press(post, label=OFFER)
    assert "You have offered already" in again.text
    await stage.alice.press(thanks, label="Take it back")
    assert "Who: open" in await announced(stage)
    assert await stage.rows("SELECT * FROM volunteers") == []


async def test_stepping_back_opens_the_session_again_and_late_it_alerts_the_organisers(stage: Bench) -> None:
    await plan(stage, title="On sparsity", presenter=stage.alice)
    await stage.later(days=6)  # six days before: the alert at ten has passed in silence
    mine = await stage.alice.slash("/present", channel="general")
    assert "you present" in mine.text
    await stage.alice.press(mine, label="Step back from 1")
    assert "Who: open" in await announced(stage)
    assert "nobody presents" in text_of(stage.olga.inbox[-1])


async def test_whoever_presents_is_told_so_and_told_of_changes_and_can_step_back_there(stage: Bench) -> None:
    await plan(stage, title="On sparsity")
    await stage.olga.slash("/session assign", channel="general", session=1, member=stage.alice)
    await stage.olga.slash("/session move", channel="general", session=1, when="2026-06-16 18:00")
    await stage.settled()
    presents, moved = stage.alice.inbox[-2:]
    assert text_of(presents).startswith("You present: On sparsity")
    assert "Tue 16 June 2026, 18:00 CEST" in text_of(moved)
    form = await stage.alice.press(presents, label="Edit my talk")
    await stage.alice.submit(form, {"title": "Sparse is enough"})
    await stage.alice.press(presents, label="Step back")
    text = await announced(stage)
    assert "Sparse is enough" in text
    assert "Who: open" in text
    refused = await stage.alice.press(presents, label="Step back")
    assert "You do not present there" in refused.text


async def test_an_open_session_alerts_ten_days_before_and_names_who_presented_least_first(
    stage: Bench,
) -> None:
    asked = await plan(stage, when="2026-05-04 17:00", title="Long ago", presenter=stage.alice)
    await stage.olga.press(asked, label="Yes, go on")
    await plan(stage, when="2026-06-22 17:00", title="On sparsity")
    (post,) = await stage.posts("announcements")
    for person in (stage.alice, stage.bob):
        await person.press(post, label=OFFER)
    await stage.later(days=9, hours=6)
    alert = text_of(stage.olga.inbox[-1])
    assert "In 10 days, and nobody presents: On sparsity" in alert
    assert alert.index(stage.bob.mention) < alert.index(stage.alice.mention)
    assert "presented 1 time" in alert


async def test_how_long_before_is_the_groups_to_say(stage: Bench) -> None:
    await stage.olga.slash("/settings set", channel="general", key="sessions.presenter_alert", value="12d")
    await plan(stage, when="2026-06-17 17:00", title="On sparsity")
    await stage.later(days=2, hours=6)
    assert text_of(stage.olga.inbox[-1]).startswith("In 12 days, and nobody presents: On sparsity")


async def test_the_alert_stays_silent_when_somebody_presents(stage: Bench) -> None:
    await plan(stage, when="2026-06-22 17:00", presenter=stage.alice)
    await stage.later(days=10)
    assert not any("nobody presents" in text_of(message) for message in stage.olga.inbox)


async def test_a_speaker_from_outside_is_announced_without_contact_and_zone(stage: Bench) -> None:
    await plan(stage, title="On sparsity")
    await stage.olga.slash(
        "/session assign",
        channel="general",
        session=1,
        speaker="Jane Doe, University of Adelaide",
        zone="adelaide",
        contact="jane@example.org",
    )
    text = "".join([text_of(post) for post in await stage.posts("announcements")])
    assert "Jane Doe (University of Adelaide)" in text
    assert "jane@example.org" not in text
    assert await stage.rows("SELECT zone, contact FROM speakers") == [
        ("Australia/Adelaide", "jane@example.org")
    ]


async def test_a_zone_that_is_none_is_refused_with_near_ones(stage: Bench) -> None:
    await plan(stage)
    answer = await stage.olga.slash(
        "/session assign", channel="general", session=1, speaker="Jane Doe", zone="Adelade"
    )
    assert "`Australia/Adelaide`" in answer.text
    assert await stage.rows("SELECT * FROM presenters") == []


async def test_assigning_nobody_opens_a_session_again(stage: Bench) -> None:
    await plan(stage, presenter=stage.alice)
    await stage.olga.slash("/session assign", channel="general", session=1)
    assert "Who: open" in await announced(stage)


async def test_whoever_presents_edits_title_abstract_and_slides_and_nothing_else(stage: Bench) -> None:
    await plan(stage, presenter=stage.alice, link="https://meet.example/room")
    mine = await stage.alice.slash("/present", channel="general")
    form = await stage.alice.press(mine, label="Edit 1")
    done = await stage.alice.submit(
        form, {"title": "My talk", "abstract": "On nets.", "slides": "https://files.example/s.pdf"}
    )
    assert "Saved" in done.text
    text = await announced(stage)
    assert "My talk" in text
    assert "https://files.example/s.pdf" in text
    refused = await stage.alice.slash("/session links", channel="general", session=1)
    assert "Only organisers" in refused.text


async def test_a_member_who_does_not_present_cannot_edit(stage: Bench) -> None:
    await plan(stage, presenter=stage.alice)
    refused = await stage.bob.slash("/session edit", channel="general", session=1)
    assert "whoever presents this talk" in refused.text


async def test_offers_on_a_ballot_hold_for_the_session_that_reads_the_paper(stage: Bench) -> None:
    asked = await stage.alice.slash("/propose", channel="general", paper="1803.03635")
    await asked.final()
    (ballot,) = await stage.posts("proposals")
    await stage.bob.react(ballot, "🙋")
    await stage.later(minutes=11)
    (ballot,) = await stage.posts("proposals")
    assert f"Would present it: {stage.bob.mention}" in text_of(ballot)
    assert "👍" in ballot.reactions
    await plan(stage, paper="1803.03635")
    assert f"volunteered: {stage.bob.mention}" in await announced(stage)


async def test_a_forged_button_finds_nothing(stage: Bench) -> None:
    presenters = stage.app.services.presenters
    from bot.services.people import Actor, Refused

    actor = Actor(stage.group.id, stage.alice.id)
    for press in (presenters.volunteer, presenters.withdraw, presenters.step_back, presenters.confirm):
        for forged in ("", "s:", "s:9999", "p:9999999999999999999999", "s:-1", "x:y:z", "٣"):
            try:
                await press(actor, forged)
            except Refused:
                continue
            raise AssertionError(forged)
