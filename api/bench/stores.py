"""The kinds of store under measure: what a row needs of each beside the ledger itself."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter

from eventsourcing.persistence import StoredEvent
from pydantic import SecretStr

from api.acts.desk import Desk
from api.bench.material import PAGE, desk, ledger_of
from api.bench.plain import ON_SQLITE, Library
from api.bench.raw import Raw, RawLoop
from api.settings import MinistrySettings, Settings


@dataclass(frozen=True, slots=True)
class BenchStore:
    """A kind of store under measure; each function gets the folder of a node."""

    name: str
    desk: Callable[[Path], Desk]
    settings: Callable[[Path], Settings]
    raw: Callable[[Path], RawLoop]
    bulk: Callable[[Path], RawLoop]
    """The raw loop for what comes from a file."""
    scan: Callable[[Path], int]
    """Reads every record with the barest client; how many."""
    library: Library
    """The plain library on the same kind of store."""
    fill: Callable[[Path, int, StoredEvent], None]
    """Puts so many rows into a new store, each with the stream, claim and command that a fact has."""
    disk: Callable[[Path], float] | None = None
    """Seconds that a commit waits for the disk, measured in the folder of a node; a server has its own."""


def fsync(folder: Path) -> float:
    """Median seconds of writing a page and waiting for the disk."""
    found = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(40):
            file.write(bytes(4096))
            begin = perf_counter()
            os.fsync(file.fileno())
            found.append(perf_counter() - begin)
    return median(found)


# -- SQLite


def _scan(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "ledger.db")) as connection:
        rows = connection.execute("SELECT pos, committed_at, topic, record FROM log ORDER BY pos")
        return sum(len(page) for page in iter(lambda: rows.fetchmany(PAGE), []))


FILL = """
    WITH RECURSIVE n(i, mark) AS (
      VALUES (1, printf('%016x', :step))
      UNION ALL SELECT i + 1, printf('%016x', (i + 1) * :step) FROM n WHERE i < :count)
"""
FILLED = (
    "INSERT INTO log SELECT i, 'filled-' || mark, 1, :topic, :record, :leaf, 1 FROM n",
    "INSERT INTO claim SELECT 'bench', CAST(mark AS BLOB), 'filled-' || mark FROM n",
    "INSERT INTO command SELECT CAST(mark AS BLOB), :leaf, i, i FROM n",
)
"""Rows in the order of every index, which later ones fall between."""
BEGINNING = 200
"""Bytes of a record that are filled in: nobody reads them, and it is the indexes that make appending dearer."""


def _fill(folder: Path, count: int, fact: StoredEvent) -> None:
    """By SQLite itself, with the guards taken off and nothing waiting for the disk."""
    ledger_of(desk(folder)).close()
    leaf = sha256(b"\0" + fact.state).digest()
    values = {
        "count": count,
        "step": (2**63 - 1) // count,
        "topic": fact.topic,
        "record": fact.state[:BEGINNING],
        "leaf": leaf,
    }
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as c:
        c.execute("PRAGMA journal_mode=OFF")
        c.execute("PRAGMA synchronous=OFF")
        c.execute("PRAGMA cache_size=-200000")
        guards = c.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            c.execute(f"DROP TRIGGER {name}")
        for statement in FILLED:
            c.execute(FILL + statement, values)
        for _, statement in guards:
            c.execute(statement)


def _settings(folder: Path) -> Settings:
    ministry = MinistrySettings(token=SecretStr("bench"))
    return Settings(data=folder, synthetic=True, kemendagri=ministry, kemendag=ministry)


def _raw(folder: Path) -> RawLoop:
    return Raw(folder / "raw.db")


SQLITE = BenchStore("sqlite", desk, _settings, _raw, _raw, _scan, ON_SQLITE, _fill, fsync)
