"""What five hundred members cost who press Going at the same moment, beside a bare discord.py bot that only thanks.

    python tools/bench_rsvp.py [--people 500] [--rounds 3]

Both run as their own process against the rehearsal server. Ours has each answer in its database before it is confirmed,
and brings the counts on the card up to date; the bare bot keeps nothing. Quoted are medians: the processor time of the
bot for all presses, and how long the slowest of them waited for its answer, for which Discord gives three seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.clock import SystemClock
from bot.rehearsal import build, interactions
from bot.rehearsal.people import Person
from bot.rehearsal.server import RehearsalServer
from tools.bench import Command, bare, cpu, ours, running


async def card(server: RehearsalServer, command: Command) -> tuple[str, int]:
    """What is pressed: the custom_id, and the message on which it stands."""
    if command is bare:
        return "going", (await server.people["alice"].say("announcements", "Who comes?")).id
    when = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d %H:%M}"
    await (await server.people["olga"].slash("/session plan", when=when, channel="general")).final()
    channel = server.channel("announcements")
    await server.until(lambda: channel.messages and channel.messages[0].buttons, timeout=30)
    return "rsvp:1:going", channel.messages[0].id


async def press(
    server: RehearsalServer, person: Person, custom_id: str, message_id: int
) -> tuple[float, bool]:
    """One press: seconds until its first answer, and whether that was the answer and no "thinking…"."""
    message = server.channel("announcements").log[message_id]
    data = {"custom_id": custom_id, "component_type": 2}
    where = server.channel("announcements")
    answer = await person._send(where, interactions.COMPONENT, data, source=message)  # noqa: SLF001
    await answer.final(60)
    return answer.answered_after, answer.kind == "message"


async def idle(pid: int) -> float:
    """Processor seconds used so far, once a process rests."""
    used = -1.0
    while used != cpu(pid):
        used = cpu(pid)
        await asyncio.sleep(0.5)
    return used


async def measure(command: Command, people: int) -> dict[str, float]:
    """One round."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        server = RehearsalServer(SystemClock())
        guild = server.group(
            "Bench",
            channels=("general", "announcements", "proposals"),
            roles={"Organiser": ()},
            members={"alice": (), "olga": ["Organiser"]},
        )
        server.world.patience = 60  # a late answer is measured, not refused
        crowd = [server.people.new(f"member{number}") for number in range(people)]
        for person in crowd:
            build.join(server.world, guild, person.user)
        async with server, running(server, command, Path(name)) as (pid, _):
            custom_id, message_id = await card(server, command)
            await press(server, server.people["alice"], custom_id, message_id)
            before = await idle(pid)
            waited = await asyncio.gather(*(press(server, person, custom_id, message_id) for person in crowd))
            return {
                "processor for all, s": await idle(pid) - before,
                "slowest answer, s": max(seconds for seconds, _ in waited),
                "answered in one go, of all": sum(at_once for _, at_once in waited) / people,
            }


async def main_async(people: int, rounds: int) -> None:
    """Measure in turns and print medians and ratios."""
    found: dict[str, list[dict[str, float]]] = {"ours": [], "bare": []}
    for _ in range(rounds):
        found["ours"].append(await measure(ours, people))
        found["bare"].append(await measure(bare, people))
    print(
        f"{people} presses at once{'ours':>20}{'bare':>10}{'ratio':>8}   (medians of {rounds} rounds in turns)"
    )
    for name in found["ours"][0]:
        mine, other = (statistics.median(row[name] for row in found[who]) for who in ("ours", "bare"))
        print(f"{name:<30}{mine:>8.2f}{other:>10.2f}{mine / other:>8.2f}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    asyncio.run(main_async(options.people, options.rounds))


if __name__ == "__main__":
    main()
