"""What the rows of ``simpul bench ledger`` have in common: a store, a size, and facts made ready once."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple, Protocol
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from adapters.clock import SystemClock
from adapters.ledger.ledger import Ledger
from adapters.ledger.mapper import Mapper, Pending
from adapters.ledger.sqlite import ClaimRow, CommandRow
from api.bench.material import desk, ledger_of, registered
from api.bench.raw import Raw, Record
from api.facts import EVENTS
from api.identity import IMPORTER

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: ``residents`` are read, ``imported`` are imported, and a ledger that is ``grown`` to so
    many facts is held against a ``small`` one.
    """

    name: str
    residents: int
    rounds: int
    imported: int
    grown: int
    small: int = 100_000


QUICK = Scale("quick", 7_000, 6, 10_000, 1_000_000)
NORMAL = Scale("normal", 40_000, 20, 100_000, 1_000_000)
LONG = Scale("long", 40_000, 40, 865_417, 10_000_000)
BYTES = 2_500
"""Of disk that a fact may take while it is measured: record, indexes, claim and command, write-ahead log."""


class RawLoop(Protocol):
    """The raw loop of a kind of store."""

    def append(self, records: Sequence[Record]) -> int:
        """One commit."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class BenchStore:
    """A kind of store under measure; each function gets the folder of a node."""

    name: str
    raw: Callable[[Path], RawLoop]
    scan: Callable[[Path], int]
    """Reads every record with the barest client; how many."""
    fill: Callable[[Path, int, StoredEvent], None]
    """Puts so many copies of a fact into a new store, each with its stream, claim and command."""
    bar_needs_disk: Callable[[Path], bool] = lambda folder: fsync(folder) >= SLOW
    """Whether the disk is slow enough for sharing commits to matter."""


SLOW = 0.0003
"""Seconds of an fsync, from which on the row of 64 callers is gated."""


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


def _fill(folder: Path, count: int, fact: StoredEvent) -> None:
    """Raw executemany with the guards taken off, in the order of every index."""
    ledger_of(desk(folder)).close()
    leaf = sha256(b"\0" + fact.state).digest()
    step = (2**128 - 1) // count
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as c:
        c.execute("PRAGMA journal_mode=OFF")
        c.execute("PRAGMA synchronous=OFF")
        guards = c.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            c.execute(f"DROP TRIGGER {name}")
        c.execute("BEGIN")
        c.executemany(
            "INSERT INTO log VALUES (?,?,1,?,?,?,1)",
            ((n, f"filled-{n * step:032x}", fact.topic, fact.state, leaf) for n in range(1, count + 1)),
        )
        c.executemany(
            "INSERT INTO claim VALUES ('bench',?,?)",
            (((n * step).to_bytes(16, "big"), f"filled-{n * step:032x}") for n in range(1, count + 1)),
        )
        c.executemany(
            "INSERT INTO command VALUES (?,?,?,?)",
            (((n * step).to_bytes(16, "big"), leaf, n, n) for n in range(1, count + 1)),
        )
        c.execute("COMMIT")
        for _, statement in guards:
            c.execute(statement)


SQLITE = BenchStore("sqlite", lambda folder: Raw(folder / "raw.db"), _scan, _fill)


# -- facts made ready


class Ready(NamedTuple):
    """A decided, sealed, hashed event with its claim and the id of its command."""

    event: StoredEvent
    claim: ClaimRow
    command: CommandRow


class Stage:
    """One run: what is expensive to make is made once, in ``folder``."""

    def __init__(self, store: BenchStore, scale: Scale, folder: Path) -> None:
        self.store = store
        self.scale = scale
        self.folder = folder
        self._opened: list[Ledger] = []

    def open(self, folder: Path) -> Ledger:
        """A ledger in ``folder``; whoever asks closes it."""
        return ledger_of(desk(folder))

    def close(self) -> None:
        """Close what was made ready."""
        for ledger in self._opened:
            ledger.close()

    @property
    def sealed_folder(self) -> Path:
        return self.folder / "sealed"

    @property
    def clear_folder(self) -> Path:
        return self.folder / "clear"

    @cached_property
    def sealed(self) -> Ledger:
        """A ledger of residents: personal data sealed, a key for each of them."""
        at = desk(self.sealed_folder)
        registered(at, self.scale.residents)
        self._opened.append(ledger_of(at))
        return ledger_of(at)

    @cached_property
    def clear(self) -> Ledger:
        """The same facts, nothing sealed."""
        ledger, mapper = self.open(self.clear_folder), Mapper(EVENTS)
        self._opened.append(ledger)
        envelope = mapper.envelope(IMPORTER, SystemClock().now(), UUID(int=1), None)
        at = 0
        while batch := self.sealed.after(at, PAGE):
            at = batch[-1].position
            facts = [Pending(f.header.stream, f.header.version, f.event, envelope) for f in batch]
            ledger.recorder.insert_events([mapper.to_stored_event(fact) for fact in facts])
        return ledger

    @cached_property
    def events(self) -> Sequence[StoredEvent]:
        """The sealed facts as they are stored."""
        return self.sealed.recorder.select_notifications(1, 10**9)

    def ready(self, count: int) -> Iterator[Ready]:
        """So many, each with a claim and a command of its own."""
        for n, event in enumerate(self.events[:count]):
            mark = sha256(b"%d" % n).digest()
            claim = ClaimRow("bench", mark, str(event.originator_id))
            yield Ready(event, claim, CommandRow(mark[:16], mark, 0, 1))
