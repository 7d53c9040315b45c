"""The command line: `python -m bot run | check | rehearse | topics | …`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import signal
import sys
import tempfile
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from bot import __version__, config, log
from bot.config.readers import password_in

#: Exit codes: what went wrong is a matter of the configuration, or of something else.
OK, TROUBLE, BAD_CONFIG = 0, 1, 2
#: Seconds that everything together may take to stop; then the process ends, and the next start finds what is open.
LAST_RESORT = 4.8


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    gc.set_threshold(50_000, 20)  # hardly anything here is a cycle: looking more often costs a tenth
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(options)
    except config.ConfigError as error:
        for problem in error.problems:
            print(f"config: {problem}", file=sys.stderr)
        return BAD_CONFIG
    except KeyboardInterrupt:
        return OK
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="A bot that runs a reading group on Discord."
    )
    parser.add_argument("--version", action="version", version=f"reading-group-bot {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")

    run = commands.add_parser("run", help="run the bot on Discord")
    _needs_config(run)
    run.add_argument("--health", metavar="ADDRESS:PORT", help="answer there, in place of health.listen")
    run.set_defaults(command=_run)

    _setup_parser(commands)
    _settings_parser(commands)

    check = commands.add_parser("check", help="tell what is wrong before anything is started, with the cure")
    _needs_config(check)
    check.add_argument("--offline", action="store_true", help="do not ask Discord and arXiv")
    check.add_argument("--json", action="store_true", help="print the findings as JSON")
    check.set_defaults(command=_check)

    rehearse = commands.add_parser("rehearse", help="try everything in the browser: no token, no internet")
    rehearse.add_argument(
        "--port", type=int, default=8765, help="the page's port on this machine (8765; 0 for any)"
    )
    rehearse.add_argument(
        "--config", type=Path, help="rehearse your own group: its topics, channels, reminders and zone"
    )
    rehearse.add_argument(
        "--live-arxiv", action="store_true", help="use the real arXiv, from today on (needs the internet)"
    )
    rehearse.add_argument(
        "--keep", type=Path, metavar="FILE", help="keep the rehearsal here and go on next time"
    )
    rehearse.add_argument("--fresh", action="store_true", help="throw away what FILE holds first")
    rehearse.set_defaults(command=_rehearse)

    _moving(commands)

    _add_db(commands)

    _watching(commands)

    calendar = commands.add_parser("calendar", help="write the schedule as a calendar file (ICS)")
    _needs_config(calendar)
    calendar.add_argument("--guild", type=int, metavar="ID", help="which server, when the bot serves several")
    calendar.add_argument("--out", type=Path, metavar="FILE", help="where to write it (standard output)")
    calendar.set_defaults(command=_calendar)

    _site_parser(commands)

    topics = commands.add_parser("topics", help="try the topics").add_subparsers(
        required=True, metavar="what"
    )
    route = topics.add_parser("route", help="route papers of a JSON Lines file to topics")
    route.add_argument("file", type=Path, help="id, title, abstract and categories a line")
    route.add_argument(
        "--config", type=Path, help="a configuration with [[topics]]; the shipped ones without it"
    )
    route.set_defaults(command=_route)
    digest = commands.add_parser("digest", help="measure the digest").add_subparsers(
        required=True, metavar="what"
    )
    backtest = digest.add_parser("backtest", help="rank stored days as given likes teach, and print how well")
    backtest.add_argument(
        "--papers", type=Path, required=True, help="id, date, title, abstract, categories a line"
    )
    backtest.add_argument("--likes", type=Path, required=True, help="id, and a weight if it is not 1, a line")
    backtest.add_argument(
        "--config", type=Path, help="a configuration with [[topics]]; the shipped ones without it"
    )
    backtest.set_defaults(command=_backtest)
    return parser


def _moving(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """What is taken in from files, and out."""
    take_in = commands.add_parser("import", help="take a group, or its talks of the past, from a file")
    kinds = take_in.add_subparsers(required=True, metavar="what")
    group = kinds.add_parser("group", help="take the group.json of an /export into an empty database")
    group.add_argument("file", type=Path, help="the group.json of an export")
    _needs_config(group)
    group.set_defaults(command=_import)
    talks = kinds.add_parser("talks", help="take talks of the past into the archive: CSV, JSON, ICS, BibTeX")
    talks.add_argument("file", type=Path, help="the list of talks, or of papers that were read")
    talks.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
    talks.add_argument(
        "--day", default="", help="when the papers of a bibliography were read: 2023, 2023-05-04"
    )
    talks.add_argument("--no-arxiv", action="store_true", help="do not ask arXiv about the papers")
    talks.add_argument("--guild", type=int, metavar="ID", help="which server, when the bot serves several")
    _needs_config(talks)
    talks.set_defaults(command=_import_talks)
    leave = commands.add_parser("export", help="write what the group has to a file")
    out = leave.add_subparsers(required=True, metavar="what").add_parser(
        "talks", help="the talks that were held"
    )
    out.add_argument("file", type=Path, help="where to write them: a name that ends in .csv or .json")
    out.add_argument("--guild", type=int, metavar="ID", help="which server, when the bot serves several")
    _needs_config(out)
    out.set_defaults(command=_export_talks)


def _site_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    site = commands.add_parser("site", help="the group's web site").add_subparsers(
        required=True, metavar="what"
    )
    build = site.add_parser("build", help="write it as files for any web host")
    build.add_argument("folder", type=Path, help="where to write it")
    build.set_defaults(command=_site_build)
    serve = site.add_parser("serve", help="serve it, beside a running bot or alone")
    serve.add_argument("--listen", metavar="ADDRESS", help="a port, or address:port (site.listen, or 8780)")
    serve.set_defaults(command=_site_serve)
    for command in (build, serve):
        _needs_config(command)
        command.add_argument(
            "--guild", type=int, metavar="ID", help="which server, when the bot serves several (site.server)"
        )


def _needs_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, default=Path("config.toml"), help="the configuration (config.toml)"
    )


def _watching(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """What looks how the work goes."""
    doctor = commands.add_parser("doctor", help="a check, and how the work goes: what is late, and why")
    _needs_config(doctor)
    doctor.add_argument("--offline", action="store_true", help="do not ask Discord and arXiv")
    doctor.add_argument("--json", action="store_true", help="print the findings as JSON")
    doctor.set_defaults(command=_doctor)

    jobs = commands.add_parser("jobs", help="what waits for its time: digests, choices, planning ahead")
    _needs_config(jobs)
    jobs.set_defaults(command=_jobs)

    outbox = commands.add_parser("outbox", help="what waits to be said or could not be said, and why")
    _needs_config(outbox)
    outbox.set_defaults(command=_outbox)


def _settings_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    both = commands.add_parser("settings", help="what organisers set on a server, as a file")
    kinds = both.add_subparsers(required=True, metavar="what")
    out = kinds.add_parser("export", help="write it")
    out.add_argument("file", type=Path, nargs="?", help="where to (standard output)")
    out.set_defaults(command=_export_settings)
    take_in = kinds.add_parser("import", help="make the settings those of a file, and no others")
    take_in.add_argument("file", type=Path, help="what an export wrote")
    take_in.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    take_in.set_defaults(command=_import_settings)
    for parser in (out, take_in):
        parser.add_argument(
            "--guild", type=int, metavar="ID", help="which server, when the bot serves several"
        )
        _needs_config(parser)


def _setup_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    setup = commands.add_parser(
        "setup", help="write a configuration, by questions or by these flags, and check it"
    )
    setup.add_argument("--config", type=Path, default=Path("config.toml"), help="where to (config.toml)")
    setup.add_argument(
        "--token-file", type=Path, default=Path("token"), help="the file with the token (token)"
    )
    setup.add_argument("--name", help="what the group is called")
    setup.add_argument("--timezone", help="the group's time zone, such as Europe/Berlin")
    setup.add_argument("--announcements", metavar="CHANNEL", help="the channel for sessions and reminders")
    setup.add_argument("--proposals", metavar="CHANNEL", help="the channel for ballots")
    setup.add_argument("--organisers", metavar="ROLE", help="the role whose members organise")
    setup.add_argument("--contact", help="a mail address or page for arXiv to complain to")
    setup.add_argument("--force", action="store_true", help="overwrite the configuration without asking")
    setup.add_argument("--offline", action="store_true", help="do not ask Discord and arXiv in the check")
    setup.set_defaults(command=_setup)


def _add_db(commands: Any) -> None:
    """`db` and what it can do."""
    parser = commands.add_parser("db", help="migrate, back up, restore or move the database")
    parser.set_defaults(command=_db)
    what = parser.add_subparsers(required=True, metavar="what", dest="what")
    what.add_parser("migrate", help="bring the database up to this version, after a backup")
    into = what.add_parser("backup", help="copy the database to a file, while the bot runs")
    into.add_argument("--to", type=Path, metavar="FOLDER", help="where to (storage.backup_folder)")
    back = what.add_parser("restore", help="put a backup in the database's place, after a backup of that")
    back.add_argument("file", type=Path, help="the backup")
    over = what.add_parser("copy", help="copy everything into another, empty database: SQLite or PostgreSQL")
    over.add_argument("--to", required=True, metavar="URL", help="as in storage.url")
    for each in what.choices.values():
        _needs_config(each)


def _db(options: argparse.Namespace) -> int:
    from bot.vault import run

    return run(options)


def _run(options: argparse.Namespace) -> int:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(OK))  # until there is something to be closed in order
    settings = config.load(options.config, {"health.listen": options.health})
    token = config.read_token(settings.discord)
    secrets = [token, password_in(settings.storage.url)]
    log.set_up(level=settings.log.level, as_json=settings.log.format == "json", secrets=secrets)
    return asyncio.run(_serve(settings, token))


def _setup(options: argparse.Namespace) -> int:
    from getpass import getpass

    from bot.check import run
    from bot.check.setup import ASKED, Person, write

    def ask(question: str, default: str) -> str:
        return input(f"{question} [{default}] " if default else f"{question} ")

    person = (
        Person(ask, lambda question: getpass(f"{question}: ")) if sys.stdin.isatty() else Person(None, None)
    )
    log.set_up(level="error", as_json=False)
    given = {flag: getattr(options, flag) for flag in ASKED}
    config_file: Path = options.config
    write(config_file, given, person, sys.stdout, token_file=options.token_file, force=options.force)
    print("\nThe check:")
    return asyncio.run(run(config_file, sys.stdout, offline=options.offline, as_json=False))


def _check(options: argparse.Namespace) -> int:
    from bot.check import run

    log.set_up(level="error", as_json=False)
    return asyncio.run(run(options.config, sys.stdout, offline=options.offline, as_json=options.json))


def _doctor(options: argparse.Namespace) -> int:
    from bot.check import run
    from bot.clock import SystemClock

    log.set_up(level="error", as_json=False)
    now = SystemClock().now()
    return asyncio.run(
        run(options.config, sys.stdout, offline=options.offline, as_json=options.json, now=now)
    )


def _jobs(options: argparse.Namespace) -> int:
    from bot.clock import SystemClock
    from bot.desk import show_jobs

    return _at_the_desk("jobs", show_jobs(config.load(options.config), SystemClock().now(), sys.stdout))


def _import(options: argparse.Namespace) -> int:
    from bot.clock import SystemClock
    from bot.desk import alone
    from bot.services.leaving import take_in

    settings = config.load(options.config)

    async def work() -> None:
        async with alone(settings, SystemClock().now()) as database:
            print(f"{await take_in(database, options.file)} rows taken in.")

    return _at_the_desk("import", work())


def _import_talks(options: argparse.Namespace) -> int:
    from bot.clock import SystemClock
    from bot.moving import Asked, import_talks

    asked = Asked(options.guild, options.dry_run, options.day, not options.no_arxiv)
    settings = config.load(options.config)
    work = import_talks(settings, SystemClock(), options.file, asked, sys.stdout, sys.stderr)
    return _at_the_desk("import", work)


def _export_talks(options: argparse.Namespace) -> int:
    from bot.clock import SystemClock
    from bot.moving import export_talks

    settings = config.load(options.config)

    async def work() -> None:
        number = await export_talks(settings, SystemClock(), options.file, options.guild)
        print(f"{number} talks written to {options.file}.")

    return _at_the_desk("export", work())


def _export_settings(options: argparse.Namespace) -> int:
    from bot.moving import export_settings

    settings = config.load(options.config)
    return _at_the_desk("settings", export_settings(settings, options.file, options.guild, sys.stdout))


def _import_settings(options: argparse.Namespace) -> int:
    from bot.clock import SystemClock
    from bot.moving import Asked, import_settings

    settings = config.load(options.config)
    asked = Asked(options.guild, options.dry_run)
    return _at_the_desk("settings", import_settings(settings, SystemClock(), options.file, asked, sys.stdout))


def _at_the_desk(name: str, work: Coroutine[None, None, int | None]) -> int:
    """Do some work on the database; what stands in its way is a sentence."""
    from bot.publish.past import NotReadable
    from bot.services.leaving import NotImportable
    from bot.services.records import WhichServer
    from storage.database import DatabaseTrouble

    try:
        return asyncio.run(work) or OK
    except DatabaseTrouble as trouble:
        print(f"database: {trouble}", file=sys.stderr)
        return BAD_CONFIG if trouble.of_config else TROUBLE
    except OSError as error:
        named = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        print(f"{name}: {named}", file=sys.stderr)
    except (NotImportable, NotReadable, ValueError, WhichServer) as trouble:
        print(f"{name}: {trouble}", file=sys.stderr)
    return TROUBLE


def _rehearse(options: argparse.Namespace) -> int:
    from bot.rehearsal.keep import CannotRead
    from bot.rehearsal.scene import samples_beside
    from bot.rehearse import Kept, NotOurs, Play, rehearse

    settings = config.load(options.config) if options.config else None
    log.set_up(level="info", as_json=False)
    checkout = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        kept = Kept(options.keep or Path(folder) / "bot.db")
        play = Play(kept, settings, live_arxiv=options.live_arxiv, samples=samples_beside(checkout))
        try:
            if options.fresh:
                kept.throw_away()
            asyncio.run(rehearse(play, port=options.port, keeping=options.keep is not None))
        except (CannotRead, NotOurs) as trouble:
            print(f"rehearse: {trouble}", file=sys.stderr)
            return TROUBLE
    return OK


def _outbox(options: argparse.Namespace) -> int:
    from bot.clock import SystemClock
    from bot.desk import show_outbox

    return _at_the_desk("outbox", show_outbox(config.load(options.config), SystemClock().now(), sys.stdout))


def _calendar(options: argparse.Namespace) -> int:
    from bot.clock import SystemClock
    from bot.desk import write_calendar

    settings = config.load(options.config)
    work = write_calendar(settings, SystemClock(), options.guild, options.out, sys.stdout.buffer)
    return _at_the_desk("calendar", work)


def _site_build(options: argparse.Namespace) -> int:
    from bot.clock import SystemClock
    from bot.desk import build_site

    settings = config.load(options.config)
    work = build_site(settings, SystemClock(), options.guild, options.folder, sys.stdout)
    return _at_the_desk("site", work)


def _site_serve(options: argparse.Namespace) -> int:
    from bot.clock import SystemClock
    from bot.desk import serve_site

    settings = config.load(options.config)
    log.set_up(level=settings.log.level, as_json=settings.log.format == "json")
    work = serve_site(settings, SystemClock(), options.guild, options.listen, sys.stdout)
    return _at_the_desk("site", work)


def _route(options: argparse.Namespace) -> int:
    from bot.topics.command import route_file

    topics = config.load(options.config).topics if options.config else None
    return route_file(options.file, sys.stdout, topics=topics)


def _backtest(options: argparse.Namespace) -> int:
    from bot.topics.backtest import backtest

    topics = config.load(options.config).topics if options.config else None
    return backtest(options.papers, options.likes, sys.stdout, topics=topics)


async def _serve(settings: config.Settings, token: str) -> int:
    # Imported late, so that a mistake in the configuration is told at once.
    from bot.chat.client import Unwelcome
    from storage.database import DatabaseTrouble

    loop, stopping = asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        stopping.set()
        loop.call_later(LAST_RESORT, os._exit, TROUBLE)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        await _lead_and_stand_by(settings, token, stopping)
    except DatabaseTrouble as trouble:
        print(f"database: {trouble}", file=sys.stderr)
        return BAD_CONFIG if trouble.of_config else TROUBLE
    except Unwelcome as refusal:
        print(f"discord: {refusal}", file=sys.stderr)
        return BAD_CONFIG
    return OK


async def _lead_and_stand_by(settings: config.Settings, token: str, stopping: asyncio.Event) -> None:
    """Serve until `stopping`; who loses the right to speak waits for it anew, with nothing kept in mind."""
    from bot.app import App
    from bot.clock import SystemClock
    from storage.leadership import NotLeading

    has_led = False
    while not stopping.is_set():
        with contextlib.suppress(NotLeading):
            async with App(settings, SystemClock(), stopping=stopping, patient=has_led) as app:
                has_led = True
                await app.run(token)


if __name__ == "__main__":
    sys.exit(main())
