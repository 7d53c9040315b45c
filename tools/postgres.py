"""Start a PostgreSQL of our own in a folder that is thrown away, run a command with its address, and stop it.

    python tools/postgres.py python -m pytest tests/storage

The command finds the address in TEST_POSTGRES, with {} in the database's place. The server is looked for where it is
usually installed; as root on Debian it is installed when it is missing. Nothing it writes is safe: there is no fsync.
It exits with 77 when there is no PostgreSQL to be had, and with the command's code otherwise.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

NONE_TO_BE_HAD = 77
_FAST = {
    "fsync": "off", "full_page_writes": "off", "autovacuum": "off",
    "listen_addresses": "", "max_connections": "200", "shared_buffers": "64MB", "wal_level": "minimal",
    "max_wal_senders": "0",
}  # fmt: skip


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, the newest version first."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def install() -> Path | None:
    """Have Debian's package manager install it, where we may."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("installing PostgreSQL …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "postgresql"]):
        subprocess.run(["apt-get", *arguments], env=environment, check=False, stdout=subprocess.DEVNULL)  # noqa: S603, S607
    return binaries()


def somebody() -> pwd.struct_passwd:
    """Whom the server runs as: it refuses to run as root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SystemExit("PostgreSQL refuses to run as root, and this machine has no user postgres or nobody.")


def as_somebody(command: list[str | Path], user: pwd.struct_passwd, folder: Path) -> None:
    """Run a command as that user. Raises CalledProcessError, after its output was shown."""
    more = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(  # noqa: S603
        list(map(str, command)), cwd=folder, check=False, capture_output=True, text=True, **more
    )
    if done.returncode:
        print(done.stdout, done.stderr, file=sys.stderr)
        done.check_returncode()


class Server:
    """A PostgreSQL in an empty folder, which nobody but this machine's programs reach; `start` and `stop` at will.

    A `steady` one remembers what was committed before it was stopped.
    """

    def __init__(self, programs: Path, folder: Path, *, steady: bool = False) -> None:
        self._programs, self._folder, self._data, self.user = programs, folder, folder / "data", somebody()
        os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        self._do(
            "initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-N",
        )  # fmt: skip
        with (self._data / "postgresql.conf").open("a") as conf:
            settings = _FAST | {"synchronous_commit": "on" if steady else "off"}
            conf.writelines(f"{key} = '{value}'\n" for key, value in settings.items())
            conf.write(f"unix_socket_directories = '{folder}'\n")

    @property
    def url(self) -> str:
        """Where it is, with {} in the database's place."""
        return f"postgresql+asyncpg://postgres@/{{}}?host={self._folder}"

    def asks_for_password(self, user: str) -> None:
        """From the next start on it lets that user in with a password only."""
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"local all {user} scram-sha-256\n{rules.read_text()}")

    def start(self) -> None:
        self._do("pg_ctl", "-w", "-l", self._folder / "log", "start")

    def stop(self) -> None:
        """At once, as a machine dies."""
        self._do("pg_ctl", "-w", "-m", "immediate", "stop")

    def _do(self, program: str, *arguments: str | Path) -> None:
        as_somebody([self._programs / program, "-D", self._data, *arguments], self.user, self._folder)


def main() -> int:
    """Run the command that stands in the arguments."""
    here = binaries() or install()
    if here is None:
        print("There is no PostgreSQL on this machine. Install it (Debian: apt-get install postgresql).")
        return NONE_TO_BE_HAD
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        server = Server(here, Path(name))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the server goes, whoever ends us
        server.start()
        try:
            environment = os.environ | {"TEST_POSTGRES": server.url}
            return subprocess.run(sys.argv[1:], env=environment, check=False).returncode  # noqa: S603
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
