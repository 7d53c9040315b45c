"""A PostgreSQL that stops, forbids or refuses: told with the cure, and nothing is lost or said twice."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.__main__ import main
from bot.services.lanes import AFTER_ILLNESS
from storage.database import DatabaseTrouble
from storage.migrate import migrate
from storage.stores import store_of
from storage.tables import Post
from tests.crash.bench import Bench, Process
from tests.crash.test_ill_database import health
from tests.database import on_postgres_only, rows
from tools.postgres import Server, binaries

pytestmark = [on_postgres_only, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of our own, which may be stopped while the other tests use theirs."""
    programs = binaries()
    assert programs is not None, "these tests run where there is a PostgreSQL"
    with tempfile.TemporaryDirectory(prefix="ill-postgres-") as folder:
        server = Server(programs, Path(folder), steady=True)
        server.asks_for_password("reader")
        server.start()
        asyncio.run(migrate(store_of(server.url.format("postgres")), datetime.now(UTC), Path(folder)))
        yield server
        server.stop()


@pytest.fixture
async def ill(bench: Bench, server: Server) -> Bench:
    """The bench, on that server."""
    bench.url = server.url.format("postgres")
    await told(server, "DELETE FROM outbox", "DELETE FROM notes")
    return bench


async def told(server: Server, *statements: str, beside: str = "postgres") -> None:
    """Have an administrator do something, in that database."""
    engine = store_of(server.url.format(beside)).plain()
    try:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            for statement in statements:
                await connection.execute(text(statement))
    finally:
        await engine.dispose()


async def tried(process: Process) -> None:
    """As the timers do it: what the log has been told already is tried again later."""
    with contextlib.suppress(DatabaseTrouble):
        await process.once()


READ_ONLY = "default_transaction_read_only"
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'postgres'"


async def test_what_waits_while_the_server_is_down_goes_out_once_when_it_is_back(
    ill: Bench, server: Server
) -> None:
    async with ill.process() as process:
        with health(process) as said:
            await process.plan("one")
            server.stop()
            for _ in range(3):
                await tried(process)
                ill.clock.advance(AFTER_ILLNESS)
            assert not ill.said
            with pytest.raises(DatabaseTrouble, match="does not answer"):
                await process.plan("two")
            server.start()
            await process.deliver()
        assert ill.titles == ["one"]
        assert ["does not answer" in str(one) for one in said] == [True, False]


@pytest.mark.parametrize("how", ["stopped", "cut off"])
async def test_a_server_that_goes_when_a_message_is_to_be_marked_does_not_have_it_said_twice(
    ill: Bench, server: Server, how: str
) -> None:
    goes = [server.stop if how == "stopped" else None]

    async def go(_tx: object, _post: Post) -> None:
        if goes:
            stop = goes.pop()
            stop() if stop else await told(server, CUT)

    async with ill.process() as process:
        process.outbox._kinds.after_sent["line"] = go
        with health(process) as said:
            await process.plan("one")
            await process.once()
            assert ill.titles == ["one"]
            if how == "stopped":
                server.start()
            ill.clock.advance(AFTER_ILLNESS)
            await process.deliver()
        assert ill.titles == ["one"]
        assert "does not answer" in str(said[0])
        assert said[-1] is None
    assert await rows(store_of(ill.url), "SELECT state FROM outbox WHERE key = 'one'") == [("sent",)]


async def test_a_read_only_database_is_told_and_what_waits_goes_out_once_when_it_may_be_written_to(
    ill: Bench, server: Server
) -> None:
    async with ill.process() as process:
        with health(process) as said:
            await process.plan("one")
            await told(server, f"ALTER DATABASE postgres SET {READ_ONLY} = on", CUT, beside="template1")
            for _ in range(2):
                await tried(process)
                ill.clock.advance(AFTER_ILLNESS)
            assert not ill.said
            with pytest.raises(DatabaseTrouble, match="read-only"):
                await store_of(ill.url).check()
            await told(server, f"ALTER DATABASE postgres RESET {READ_ONLY}", CUT, beside="template1")
            ill.clock.advance(AFTER_ILLNESS)
            await process.deliver()
        assert ill.titles == ["one"]
        assert "read-only" in str(said[0])
        assert said[-1] is None


@pytest.fixture
def small_disk(server: Server) -> Iterator[Path]:
    """A disk of 16 MB of the server's."""
    with tempfile.TemporaryDirectory(prefix="small-disk-") as name:
        folder, mount = Path(name), shutil.which("mount")
        if os.geteuid() or not mount or _run(mount, "-t", "tmpfs", "-o", "size=16m", "small", name):
            pytest.skip("a small disk can only be made where one may mount")
        shutil.chown(folder, server.user.pw_name)
        try:
            yield folder
        finally:
            drop = "DROP DATABASE IF EXISTS small WITH (FORCE)", "DROP TABLESPACE IF EXISTS small"
            asyncio.run(told(server, *drop))
            assert not _run("umount", name)


def _run(*command: str) -> int:
    return subprocess.run(command, check=False, capture_output=True).returncode


async def test_what_a_full_disk_has_no_room_for_is_refused_and_the_rest_goes_out_once_when_there_is_room(
    bench: Bench, server: Server, small_disk: Path
) -> None:
    await told(server, f"CREATE TABLESPACE small LOCATION '{small_disk}'", beside="template1")
    await told(server, "CREATE DATABASE small TEMPLATE postgres TABLESPACE small", beside="template1")
    bench.url = server.url.format("small")
    await told(server, "DELETE FROM outbox", "DELETE FROM notes", beside="small")
    ballast = small_disk / "ballast"
    async with bench.process() as process:
        with health(process) as said:
            await process.plan("before")
            ballast.write_bytes(bytes(shutil.disk_usage(small_disk).free))
            planned = ["before"]
            with contextlib.suppress(DatabaseTrouble):
                while len(planned) < 1000:  # there is room left in the pages that it has
                    await process.plan(str(len(planned)))
                    planned.append(str(len(planned)))
            for _ in range(3):
                await tried(process)
                bench.clock.advance(AFTER_ILLNESS)
            assert len(bench.titles) < len(planned), "it has no room to note more"
            ballast.unlink()
            await process.deliver()
        assert bench.titles == planned
        assert "its disk is full. Make room on it" in str(said[0])
        assert said[-1] is None


def test_who_may_not_in_and_who_may_do_nothing_there_is_told_at_the_start(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def start(password: str) -> tuple[int, str]:
        url = server.url.format("template1").replace("postgres@", f"reader:{password}@")
        (tmp_path / "config.toml").write_text(f'[storage]\nurl = "{url}"\n')
        code, said = main(["db", "migrate", "--config", str(tmp_path / "config.toml")]), capsys.readouterr()
        assert password not in said.out + said.err
        assert "Traceback" not in said.err
        return code, said.err

    asyncio.run(told(server, "CREATE ROLE reader LOGIN PASSWORD 'hush-hush'"))
    code, said = start("wrong-one")
    assert (code, "refused the user or the password" in said) == (2, True)
    code, said = start("hush-hush")
    assert (code, "its user may not do that" in said) == (1, True), said
    server.stop()
    code, said = start("hush-hush")
    server.start()
    assert (code, "cannot be reached" in said) == (1, True)
