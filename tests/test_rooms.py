"""The house's plan (docs/architecture.md), as far as a linter of imports cannot hold it: budgets, READMEs, habits."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import discord.gateway
import discord.http
import pytest
import yarl

from bot.chat import endpoint

ROOT = Path(__file__).resolve().parent.parent
OURS = sorted(
    path.relative_to(ROOT)
    for room in ("bot", "cogs", "storage")
    for path in (ROOT / room).rglob("*.py")
    if "versions" not in path.parts
)
COGS = [path for path in OURS if path.parts[0] == "cogs"]
SERVICES = [path for path in OURS if path.parts[:2] == ("bot", "services")]
ROOMS = sorted(
    {path.parent for path in OURS if path.name == "__init__.py" and len(path.parts) < 4}
    - {Path("bot"), Path("storage/migrations")}
)
Function = ast.FunctionDef | ast.AsyncFunctionDef

FILE, COG, SERVICE, FUNCTION, CALLBACK, README = 500, 200, 300, 40, 12, 30
#: A function that only lists statements, without a branch or a loop, reads well at twice the length.
FLAT = 80
#: Longer than they should be, and not to grow further.
GROWN = {"bot/services/outbox.py": 330, "bot/services/series.py": 310}
#: The files of storage/ that hold no queries: they open stores, lock them, migrate them and copy them.
THE_STORES = {
    "database", "stores", "sqlite", "postgres", "leadership", "schema", "migrate", "backups", "copying"
}  # fmt: skip
#: All tables on one page is the point of it.
ONE_PAGE = {Path("storage/tables.py")}


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text("utf-8"))


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def length(path: Path) -> int:
    return len((ROOT / path).read_text("utf-8").splitlines())


def lines(function: Function) -> int:
    """From `def` to the end, the docstring not counted."""
    first = function.body[0]
    said = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    docstring = (first.end_lineno or 0) - first.lineno + 1 if said else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def body_lines(function: Function) -> int:
    """What a callback does, without its signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def is_flat(function: Function) -> bool:
    branches = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.Match)
    return not any(isinstance(node, branches) for node in ast.walk(function))


def over(sizes: dict[str, int], limit: int) -> dict[str, int]:
    return {name: size for name, size in sizes.items() if size > limit}


def test_files_can_be_read_in_a_sitting() -> None:
    assert over({str(path): length(path) for path in OURS if path not in ONE_PAGE}, FILE) == {}


def test_cogs_are_thin() -> None:
    assert over({str(path): length(path) for path in COGS}, COG) == {}
    assert over({f"{path}:{f.name}": body_lines(f) for path in COGS for f in functions(path)}, CALLBACK) == {}


def test_services_do_one_thing() -> None:
    too_long = over({str(path): length(path) for path in SERVICES}, SERVICE)
    assert {name: size for name, size in too_long.items() if size > GROWN.get(name, 0)} == {}


def test_functions_fit_on_a_screen() -> None:
    sizes = {
        (f"{path}:{f.name}", FLAT if is_flat(f) else FUNCTION): lines(f)
        for path in OURS
        for f in functions(path)
    }
    assert {name: size for (name, limit), size in sizes.items() if size > limit} == {}


@pytest.mark.parametrize("room", ROOMS, ids=str)
def test_each_room_says_what_lives_there(room: Path) -> None:
    readme = ROOT / room / "README.md"
    assert readme.is_file(), "a room needs a README.md"
    assert len(readme.read_text("utf-8").splitlines()) <= README


def test_discord_py_goes_where_it_is_pointed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    monkeypatch.setattr(
        discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    )
    endpoint.use(api_url="http://127.0.0.1:1/api", gateway_url="ws://127.0.0.1:1/gateway")
    assert discord.http.Route("GET", "/users/@me").url == "http://127.0.0.1:1/api/users/@me"
    assert yarl.URL("ws://127.0.0.1:1/gateway") == discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY


# habits


def calls(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def test_only_the_clock_and_the_outside_world_ask_the_machine_for_the_time() -> None:
    free = {"bot/clock.py", "bot/timers.py", "bot/rehearse.py"}  # the last decides when a rehearsal begins
    asked = [
        f"{path}:{line}"
        for path in OURS
        if str(path) not in free and path.parts[:2] != ("bot", "rehearsal")
        for line, name in calls(path)
        if name in {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
    ]
    assert asked == []


def test_cogs_neither_send_nor_catch_nor_ask_for_the_bot() -> None:
    wrong = [
        f"{path}:{node.lineno}"
        for path in COGS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Try)
        or (
            isinstance(node, ast.Attribute)
            and node.attr in {"send", "bot", "client", "send_message", "followup"}
        )
    ]
    assert wrong == []


def test_storage_opens_no_transaction_and_reads_no_clock() -> None:
    queries = [path for path in OURS if path.parts[0] == "storage" and path.stem not in THE_STORES]
    wrong = [
        f"{path}:{line}"
        for path in queries
        for line, name in calls(path)
        if name.rpartition(".")[2] in {"transaction", "reading", "begin", "commit", "rollback", "now"}
        and not name.startswith(("func.", "context."))
    ]
    assert wrong == []


def test_no_error_is_swallowed_in_silence() -> None:
    silent = [
        f"{path}:{node.lineno}"
        for path in OURS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
    ]
    assert silent == []


def test_every_task_has_a_name_by_which_it_can_be_found() -> None:
    nameless = [
        f"{path}:{node.lineno}"
        for path in OURS
        if path.parts[:2] != ("bot", "rehearsal")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("create_task")
        and not any(word.arg == "name" for word in node.keywords)
    ]
    assert nameless == []


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error", "XX" + "X:"])
def test_nothing_is_left_for_later(word: str) -> None:
    assert [str(path) for path in OURS if word in (ROOT / path).read_text("utf-8")] == []
