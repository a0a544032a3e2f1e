"""The files beside the read models: which may be used, which are left over, and who holds them."""

import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import structlog

from adapters.ids import new_id

SCRATCH = ".scratch"
UNFINISHED = ".unfinished"
DAMAGED = ".damaged"
BOOT = Path("/proc/sys/kernel/random/boot_id")

log = structlog.get_logger()


def hold(path: Path) -> int | None:
    """The lock of one process or thread: a descriptor, to be closed; None when another has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def usable(path: Path) -> None:
    """A file that is no database is moved aside: views are disposable, the ledger is not."""
    if not path.exists() or opens(path):
        return
    aside = path.with_suffix(DAMAGED)
    path.replace(aside)
    for extra in ("-wal", "-shm"):
        path.with_name(path.name + extra).unlink(missing_ok=True)
    log.warning("views-damaged", moved_to=str(aside))


def opens(path: Path) -> bool:
    """Whether it is a database; one whose transaction was cut off is as before it."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.DatabaseError as error:
        return error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
    return True


def boot() -> str:
    """Which start of the machine this is; drawn anew where it does not tell."""
    return BOOT.read_text("ascii").strip() if BOOT.exists() else str(new_id())


def erase(path: Path) -> None:
    """Leave nothing of a database that nobody has open."""
    for extra in ("", "-journal"):
        path.with_name(path.name + extra).unlink(missing_ok=True)


def sweep(path: Path) -> None:
    """Remove what a process that was killed could not."""
    for left in path.parent.glob(f"{path.stem}-*-*{SCRATCH}"):
        owner = left.name.removeprefix(f"{path.stem}-").partition("-")[0]
        if owner.isdigit() and not _alive(int(owner)):
            left.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
