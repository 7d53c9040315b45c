"""What the page is told, and what it may do, over a real websocket to the real server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.clock import VirtualClock
from bot.rehearsal import build
from bot.rehearsal.arxiv import ArxivDouble
from bot.rehearsal.room import BareStage, Room
from bot.rehearsal.server import RehearsalServer
from tests.rehearsal_page.conftest import START, Refusal, Visit, visiting
from tests.rehearsal_page.tinybot import TinyBot


async def test_a_visitor_first_learns_who_they_are_and_what_they_see(visit: Visit) -> None:
    told = visit.snapshot
    assert told["users"][told["me"]]["username"] == "jonas"
    assert told["users"][visit.user("aisha")]["zone"] == "Asia/Tokyo"
    assert [guild["name"] for guild in told["guilds"]] == ["Efficient ML"]
    assert datetime.fromisoformat(told["now"]) == START


async def test_what_somebody_says_is_told_to_all_pages(visit: Visit, room: Room) -> None:
    async with visiting(room, "marta") as other:
        await visit.do("say", channel=visit.channel("general"), text="Good *morning*")
        heard = await other.message("Good *morning*")
        assert heard["author"]["username"] == "jonas"
        assert (heard["may_edit"], heard["may_delete"]) == (False, True)
        assert not (await visit.message("Good *morning*"))["loading"]


async def test_a_channel_that_is_hidden_from_a_member_is_not_in_their_page(
    visit: Visit, room: Room, server: RehearsalServer
) -> None:
    guild = next(iter(server.world.guilds.values()))
    secret = build.add_channel(server.world, guild, "organisers")
    build.overwrite(server.world, secret, guild.roles[guild.id], deny=["VIEW_CHANNEL"])
    await server.people["owner"].say(secret, "Who is next?")
    await visit.do("say", channel=visit.channel("general"), text="Hello")
    await visit.message("Hello")
    assert not any("Who is next" in one["content"] for one in visit.messages.values())
    with pytest.raises(Refusal, match="Missing Access"):
        await visit.do("history", channel=str(secret.id))
    async with visiting(room, "owner") as owner:
        assert owner.channel("organisers") == str(secret.id)


async def test_earlier_messages_come_a_page_at_a_time(visit: Visit, server: RehearsalServer) -> None:
    for number in range(130):
        await server.people["marta"].say("general", f"Message {number}")
    latest = await visit.do("history", channel=visit.channel("general"))
    assert (len(latest["messages"]), latest["more"]) == (100, True)
    oldest = latest["messages"][0]["id"]
    first = await visit.do("history", channel=visit.channel("general"), before=oldest)
    assert (first["messages"][0]["content"], len(first["messages"]), first["more"]) == (
        "Message 0",
        30,
        False,
    )


async def test_switching_shows_the_world_as_the_other_member_sees_it(visit: Visit) -> None:
    await visit.do("view_as", user=visit.user("marta"))
    assert visit.snapshot["users"][visit.snapshot["me"]]["username"] == "marta"
    assert visit.snapshot["guilds"][0]["can_manage"]


async def test_a_vote_is_counted_and_taken_back(visit: Visit) -> None:
    channel = visit.channel("general")
    said = await visit.do("say", channel=channel, text="Vote")
    await visit.do("react", channel=channel, message=said, emoji="👍")
    while not visit.messages.get(said, {}).get("reactions"):
        await visit.hear()
    assert visit.messages[said]["reactions"][0]["count"] == 1
    assert visit.messages[said]["reactions"][0]["me"]
    assert await visit.do("reactors", channel=channel, message=said, emoji="👍") == ["Jonas"]
    await visit.do("react", channel=channel, message=said, emoji="👍", on=False)
    while visit.messages[said].get("reactions"):
        await visit.hear()


async def test_only_ones_own_messages_can_be_changed_and_moderators_delete(visit: Visit, room: Room) -> None:
    channel = visit.channel("general")
    said = await visit.do("say", channel=channel, text="First")
    await visit.do("edit", channel=channel, message=said, text="Second")
    assert (await visit.message("Second"))["edited_timestamp"]
    async with visiting(room, "aisha") as aisha:
        with pytest.raises(Refusal, match="Missing Permissions"):
            await aisha.do("delete", channel=channel, message=said)
    async with visiting(room, "marta") as marta:
        await marta.do("delete", channel=channel, message=said)
    while said in visit.messages:
        await visit.hear()


async def test_the_commands_are_those_the_bot_has_registered_and_the_member_may_use(
    visit: Visit, room: Room, bot: TinyBot
) -> None:
    offered = await visit.do("commands", channel=visit.channel("general"))
    assert {one["name"] for one in offered} == {"ballot", "echo", "slow", "Keep"}
    async with visiting(room, "marta") as marta:
        offered = await marta.do("commands", channel=marta.channel("general"))
        assert "session" in {one["name"] for one in offered}
        answer = await marta.do(
            "slash", channel=marta.channel("general"), command="session plan", options={"title": "now"}
        )
        assert answer["kind"] == "message"


async def test_a_private_answer_is_told_to_the_one_who_asked_alone(
    visit: Visit, room: Room, bot: TinyBot
) -> None:
    async with visiting(room, "marta") as marta:
        options = {"text": "psst", "whom": {"user": visit.user("aisha")}, "loud": True}
        answer = await visit.do("slash", channel=visit.channel("general"), command="echo", options=options)
        heard = await visit.message("PSST")
        assert (heard["id"], heard["ephemeral"], heard["interaction"]["name"]) == (
            answer["message"],
            True,
            "echo",
        )
        await visit.do("say", channel=visit.channel("general"), text="after")
        await marta.message("after")
        assert not any("PSST" in one["content"] for one in marta.messages.values())
        with pytest.raises(Refusal, match="gone"):
            await marta.do("press", channel=marta.channel("general"), message=heard["id"], custom_id="x")
    await visit.do("delete", channel=visit.channel("general"), message=heard["id"])
    while heard["id"] in visit.messages:
        await visit.hear()


async def test_the_bot_suggests_words_while_an_option_is_typed(visit: Visit, bot: TinyBot) -> None:
    found = await visit.do(
        "complete", channel=visit.channel("general"), command="echo", option="text", typed="benign"
    )
    assert found == [{"name": "about benign overfitting", "value": "benign overfitting"}]


async def test_a_deferred_answer_thinks_and_is_then_filled(visit: Visit, bot: TinyBot) -> None:
    await visit.do("slash", channel=visit.channel("general"), command="slow")
    filled = await visit.message("Thought of it")
    assert not filled["loading"]
    seen = [
        change["message"] for told in visit.told for change in told.get("changes", []) if "message" in change
    ]
    assert (
        any(one["loading"] for one in seen if one["id"] == filled["id"]) or filled["edited_timestamp"] is None
    )


async def test_a_button_opens_a_form_that_can_be_sent_once(visit: Visit, bot: TinyBot) -> None:
    channel = visit.channel("general")
    posted = (await visit.do("slash", channel=channel, command="ballot"))["message"]
    opened = await visit.do("press", channel=channel, message=posted, custom_id="ask")
    assert (opened["kind"], opened["form"]["title"]) == ("modal", "Ask the presenter")
    field = opened["form"]["components"][0]["components"][0]["custom_id"]
    with pytest.raises(Refusal, match="takes 5 to"):
        await visit.do("submit", modal=opened["modal"], values={field: "Why"})
    await visit.do("submit", modal=opened["modal"], values={field: "Why does it work?"})
    assert (await visit.message("Asked: Why does it work?"))["ephemeral"]
    with pytest.raises(Refusal, match="no longer open"):
        await visit.do("submit", modal=opened["modal"], values={field: "Once more?"})


async def test_a_select_changes_the_message_it_sits_on(visit: Visit, bot: TinyBot) -> None:
    channel = visit.channel("general")
    posted = (await visit.do("slash", channel=channel, command="ballot"))["message"]
    await visit.do("choose", channel=channel, message=posted, custom_id="topics", values=["A1", "C3"])
    assert (await visit.message("Topics: A1, C3"))["id"] == posted


async def test_the_menu_on_a_message_reaches_the_bot(visit: Visit, bot: TinyBot) -> None:
    channel = visit.channel("general")
    said = await visit.do("say", channel=channel, text="Read arXiv:2103.00065")
    await visit.do("menu", channel=channel, message=said, command="Keep")
    assert (await visit.message("Kept: Read arXiv:2103.00065"))["ephemeral"]


async def test_a_bot_that_is_not_there_did_not_respond(
    visit: Visit, bot: TinyBot, server: RehearsalServer
) -> None:
    server.faults.gateway.lost.add("INTERACTION_CREATE")
    with pytest.raises(Refusal, match="did not respond"):
        await visit.do("slash", channel=visit.channel("general"), command="slow")


async def test_the_clock_moves_forward_only_and_everybody_is_told(
    visit: Visit, room: Room, clock: VirtualClock
) -> None:
    await visit.do("clock", by=3600)
    assert clock.now() == START + timedelta(hours=1)
    await visit.do("clock", to="2026-06-08T06:30:00+00:00")
    while (await visit.until("state"))["now"] != "2026-06-08T06:30:00+00:00":
        pass
    with pytest.raises(Refusal, match="only goes forward"):
        await visit.do("clock", to="2026-06-01T00:00:00+00:00")
    with pytest.raises(Refusal, match="Nothing is armed"):
        await visit.do("clock", next=True)


async def test_what_is_armed_and_due_is_told(visit: Visit, room: Room, clock: VirtualClock) -> None:
    due = datetime(2026, 6, 8, 6, 30, tzinfo=UTC)

    class Armed(BareStage):
        async def next_due(self) -> datetime | None:
            return due

        async def armed(self) -> list[dict[str, object]]:  # type: ignore[override]
            return [{"due": due, "kind": "digest", "text": "Four channels", "state": "waiting"}]

    room.stage = Armed(clock)
    room.wake()
    while not (told := await visit.until("state"))["armed"]:
        pass
    assert (told["next_due"], told["armed"][0]["text"]) == (due.isoformat(), "Four channels")
    await visit.do("clock", next=True)
    assert clock.now() == due


async def test_a_trouble_shows_as_on_until_it_has_struck(
    visit: Visit, bot: TinyBot, server: RehearsalServer
) -> None:
    def lamp() -> bool:
        states = [told["troubles"] for told in visit.told if told["t"] == "state"]
        return bool(next(one["on"] for one in states[-1] if one["key"] == "too_fast"))

    await visit.do("trouble", key="too_fast")
    await visit.until("state")
    assert lamp()
    await visit.do("trouble", key="too_fast", on=False)
    await visit.until("state")
    assert not lamp()
    assert not server.faults.rules[-1].matches(server.exchanges[-1])
    with pytest.raises(Refusal, match="no trouble called"):
        await visit.do("trouble", key="earthquake")


async def test_arxiv_can_be_taken_down_and_up_again(visit: Visit, arxiv: ArxivDouble) -> None:
    await visit.do("trouble", key="arxiv_down")
    assert [one.kind for one in arxiv.troubles] == ["drop"]
    await visit.do("trouble", key="arxiv_down", on=False)
    assert arxiv.troubles == []


async def test_an_unknown_deed_and_one_that_makes_no_sense_are_answered(
    visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Refusal, match="knows no deed"):
        await visit.do("fly")
    with pytest.raises(Refusal, match="room itself failed"):
        await visit.do("say", channel="general")
    assert "a deed of the rehearsal page failed" in caplog.text


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 200),
        ("/room/main.js", {}, 200),
        ("/", {"Host": "rehearsal.example"}, 403),
        ("/room/socket", {"Host": "rehearsal.example"}, 403),
        ("/room/socket", {"Origin": "https://evil.example"}, 403),
        ("/room/README.md", {}, 404),
        ("/room/nothing.js", {}, 404),
    ],
)
async def test_the_page_is_for_this_machine_alone(
    room: Room, path: str, headers: dict[str, str], status: int
) -> None:
    async with aiohttp.ClientSession() as http, http.get(room.server.url + path, headers=headers) as reply:
        assert reply.status == status
        if status == 200:
            assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


async def test_a_member_leaves_and_is_let_in_again(visit: Visit, room: Room) -> None:
    guild, jonas = visit.snapshot["guilds"][0]["id"], visit.user("jonas")
    await visit.do("leave", guild=guild)
    while visit.snapshot["me"] == jonas:  # the visitor goes on as the server's owner
        await visit.hear()
    assert visit.snapshot["guilds"][0]["absent"] == [jonas]
    with pytest.raises(Refusal, match="owner of a server cannot leave"):
        await visit.do("leave", guild=guild)
    await visit.do("return", guild=guild, user=jonas)
    assert (await visit.until("places"))["guilds"][0]["absent"] == []


async def test_moderators_ban_and_others_do_not(visit: Visit, room: Room) -> None:
    guild, aisha = visit.snapshot["guilds"][0]["id"], visit.user("aisha")
    with pytest.raises(Refusal, match="Missing Permissions"):
        await visit.do("remove", guild=guild, user=aisha, ban=True)
    async with visiting(room, "owner") as owner, visiting(room, "aisha") as banned:
        with pytest.raises(Refusal, match="Neither the owner nor oneself"):
            await owner.do("remove", guild=guild, user=owner.user("owner"))
        await owner.do("remove", guild=guild, user=aisha, ban=True)
        while banned.snapshot["me"] == aisha:
            await banned.hear()
        world = room.world.guilds[int(guild)]
        assert int(aisha) in world.bans
        await owner.do("return", guild=guild, user=aisha)
        assert int(aisha) not in world.bans
        assert int(aisha) in world.members


async def test_somebody_closes_their_direct_messages(visit: Visit, server: RehearsalServer) -> None:
    await visit.do("close_dms")
    assert server.people["jonas"].user.dms_closed
    await visit.do("close_dms", closed=False)
    assert not server.people["jonas"].user.dms_closed
