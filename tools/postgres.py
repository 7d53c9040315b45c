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
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off",
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


def main() -> int:
    """Run the command that stands in the arguments."""
    here = binaries() or install()
    if here is None:
        print("There is no PostgreSQL on this machine. Install it (Debian: apt-get install postgresql).")
        return NONE_TO_BE_HAD
    user = somebody()
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        folder = Path(name)
        os.chown(folder, user.pw_uid, user.pw_gid)
        data, log = folder / "data", folder / "log"
        as_somebody(
            [here / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            user, folder,
        )  # fmt: skip
        with (data / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{key} = '{value}'\n" for key, value in _FAST.items())
            conf.write(f"unix_socket_directories = '{folder}'\n")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the server goes, whoever ends us
        as_somebody([here / "pg_ctl", "-D", data, "-w", "-l", log, "start"], user, folder)
        try:
            address = f"postgresql+asyncpg://postgres@/{{}}?host={folder}"
            return subprocess.run(  # noqa: S603
                sys.argv[1:], env=os.environ | {"TEST_POSTGRES": address}, check=False
            ).returncode
        finally:
            as_somebody([here / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"], user, folder)


if __name__ == "__main__":
    sys.exit(main())
