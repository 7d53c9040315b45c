"""What leaves comes back as it was."""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.services.leaving import NotImportable, _pseudonyms, files_of, take_in
from storage import choices, guilds, leaving
from storage.database import Database, open_database
from storage.leaving import Data
from storage.tables import Choice, Paper, PaperName, Presenter, Proposal, Session, Talk, Vote, Watch
from tests.database import first_day_url

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
GUILD = 1
words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=30)
groups = st.lists(
    st.tuples(
        words, words, st.sets(st.integers(10**17, 10**18), max_size=5), st.sampled_from(("open", "chosen"))
    ),
    max_size=5,
)
Group = list[tuple[str, str, set[int], str]]


def new_database(folder: Path, name: str) -> Database:
    return open_database(first_day_url(folder, name))


async def fill(database: Database, group: Group) -> None:
    async with database.transaction() as tx:
        await guilds.joined(tx, guild_id=GUILD, name="group", now=NOW)
        await guilds.joined(tx, guild_id=2, name="another", now=NOW)
        for n, (title, why, voters, state) in enumerate(group):
            at = NOW + timedelta(days=n, microseconds=n)
            tx.add(
                Paper(
                    paper_id=f"p{n}",
                    title=title,
                    authors=[why],
                    abstract=title,
                    categories=["cs.LG"],
                    fetched_at=at,
                )
            )
            told = Paper(
                paper_id=f"doi:{n}", title=title, authors=[why], abstract="", categories=[], fetched_at=at,
                link="https://example.org", doi="10.1/2", told_in=GUILD,
            )  # fmt: skip
            other = Paper(
                paper_id=f"url:{n}", title="theirs", authors=[], abstract="", categories=[], fetched_at=at, told_in=2
            )  # fmt: skip
            tx.add_all([told, other])
            await tx.flush()
            tx.add(PaperName(guild_id=GUILD, name=f"doi:10.1/{n}", paper_id=told.paper_id))
            tx.add(PaperName(guild_id=2, name=f"doi:10.1/{n}", paper_id=other.paper_id))
            tx.add(Watch(guild_id=GUILD, paper_id=f"p{n}", version=n + 1))
            session = Session(
                guild_id=GUILD, starts_at=at, wall_time="2026-06-03T12:00", zone="Europe/Berlin", minutes=60,
                created_by=10**17 + 5, created_at=at, title=title or None,
            )  # fmt: skip
            proposal = Proposal(
                guild_id=GUILD, paper_id=f"p{n}", proposer_id=10**17 + n, created_at=at, why=why, state=state
            )
            tx.add_all([session, proposal])
            await tx.flush()
            talk = Talk(guild_id=GUILD, session_id=session.session_id, paper_id=f"p{n}")
            tx.add(talk)
            await tx.flush()
            tx.add(Presenter(guild_id=GUILD, talk_id=talk.talk_id, user_id=10**17 + n))
            tx.add_all(
                Vote(proposal_id=proposal.proposal_id, user_id=user, guild_id=GUILD, noted_at=at, marks="👍")
                for user in voters
            )
            choice = Choice(
                guild_id=GUILD, proposal_id=proposal.proposal_id, chosen_at=at, chosen_by=10**17 + 5, way="fair",
                votes=len(voters), reason=why,
            )  # fmt: skip
            if state == "chosen":
                await choices.note(tx, choice, voters=voters, served=voters)


async def dumped(database: Database) -> Data:
    async with database.reading() as tx:
        return await leaving.dump(tx, GUILD)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(groups)
def test_an_export_taken_into_an_empty_database_gives_the_same_state(group: Group) -> None:
    async def there_and_back(folder: Path) -> None:
        here, there = new_database(folder, "a.db"), new_database(folder, "b.db")
        await fill(here, group)
        before = await dumped(here)
        file = folder / "group.json"
        file.write_bytes(files_of(before)["group.json"])
        await take_in(there, file)
        assert await dumped(there) == before
        with pytest.raises(NotImportable, match="holds a group already"):
            await take_in(there, file)
        await here.close()
        await there.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(there_and_back(Path(folder)))


async def test_no_two_papers_of_an_export_are_cited_alike(tmp_path: Path) -> None:
    database = new_database(tmp_path, "a.db")
    await fill(database, [("A title", "Ada", set(), "open"), ("A title", "Ada", set(), "open")])
    keys = re.findall(r"@misc\{(.*),", files_of(await dumped(database))["papers.bib"].decode())
    assert len(set(keys)) == len(keys) == 4
    await database.close()


async def test_what_another_server_told_of_does_not_leave(tmp_path: Path) -> None:
    database = new_database(tmp_path, "a.db")
    await fill(database, [("A", "why", set(), "open")])
    data = await dumped(database)
    assert {row["paper_id"] for row in data["papers"]} == {"p0", "doi:0"}
    assert "theirs" not in json.dumps(data)
    await database.close()


def test_ways_to_join_and_contacts_leave_in_the_named_json_alone() -> None:
    data: Data = {name: [] for name in ("proposals", "votes", "papers")} | {
        "sessions": [{"session_id": 1, "title": "A", "link": "https://meet.example/secret"}],
        "series": [{"series_id": 1, "link": "https://meet.example/secret"}],
        "speakers": [{"name": "Jane", "contact": "jane@example.org"}],
    }
    files = files_of(data)
    assert b"meet.example" in files.pop("group.json")
    assert not any(b"meet.example" in file for file in files.values())
    anonymous = files_of(leaving.anonymous(data, lambda user: user))
    assert not any(b"meet.example" in file or b"jane@" in file for file in anonymous.values())


def test_the_numbers_in_place_of_people_are_drawn_at_once_and_differ() -> None:
    pseudonym = _pseudonyms()
    drawn = [pseudonym(user) for user in [*range(1000), *range(1000)]]
    assert drawn[:1000] == drawn[1000:]
    assert len(set(drawn)) == 1000
    assert drawn[:1000] != sorted(drawn[:1000])


async def test_an_anonymous_export_names_nobody_and_keeps_who_voted_alike(tmp_path: Path) -> None:
    database = new_database(tmp_path, "a.db")
    group: Group = [("A", "why", {10**17 + 40, 10**17 + 41}, "open"), ("B", "why", {10**17 + 40}, "chosen")]
    await fill(database, group)
    known: dict[int, int] = {}
    data = leaving.anonymous(await dumped(database), lambda user: known.setdefault(user, len(known) + 1))
    assert str(10**17)[:15] not in json.dumps(data)
    assert len({row["user_id"] for row in data["votes"]}) == 2
    await database.close()


@pytest.mark.parametrize("text", ["", "{}", '{"format": "another 1"}', '{"format": "reading-group-bot 1"}'])
async def test_what_is_no_export_is_refused_and_changes_nothing(tmp_path: Path, text: str) -> None:
    database = new_database(tmp_path, "a.db")
    file = tmp_path / "x.json"
    file.write_text(text)
    with pytest.raises(NotImportable):
        await take_in(database, file)
    async with database.reading() as tx:
        assert await leaving.is_empty(tx)
    await database.close()


async def test_after_an_import_new_rows_get_new_numbers(tmp_path: Path) -> None:
    here, there = new_database(tmp_path, "a.db"), new_database(tmp_path, "b.db")
    await fill(here, [("A title", "Why", {10**17}, "open")])
    file = tmp_path / "group.json"
    file.write_bytes(files_of(await dumped(here))["group.json"])
    await take_in(there, file)
    async with there.transaction() as tx:
        await guilds.joined(tx, guild_id=GUILD, name="group", now=NOW)
        session = Session(
            guild_id=GUILD, starts_at=NOW, wall_time="2026-06-03T12:00", zone="Europe/Berlin", minutes=60,
            created_by=1, created_at=NOW,
        )  # fmt: skip
        tx.add(session)
        await tx.flush()
        assert session.session_id > 1
    for database in (here, there):
        await database.close()


def test_what_leaves_is_no_formula() -> None:
    rows = [{"proposal_id": 1, "why": '=HYPERLINK("https://evil.example")'}, {"proposal_id": 2, "why": "@x"}]
    files = files_of({"proposals": rows, "votes": [], "sessions": [], "papers": []})
    assert [
        line.partition(",")[2][:3].strip('"') for line in files["proposals.csv"].decode().splitlines()[1:]
    ] == ["'=", "'@x"]
