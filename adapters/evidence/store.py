"""The store of a ledger as its auditor has it: only read, row by row, whatever stands in it.

All SQL of the evidence is here and in ``postgres_store.py``, beside that of the ledger. It does not open the ledger: a store that is
damaged, or of another release, must still be read.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from adapters.ledger.sqlite import SCHEMA
from adapters.ledger.store import FORMAT, unavailable
from domain.kernel.errors import StoreUnavailable

PAGE = 2000
"""Rows that are in memory at once."""
WORST = 10
"""Findings of one kind that are told."""
GUARDS = ("log_is_never_updated", "log_is_never_deleted", "log_is_never_replaced")
"""The triggers that refuse to change a fact."""


class Leaf(NamedTuple):
    """What the trees need of a fact; ``committed_at`` in microseconds."""

    position: int
    hash: bytes
    committed_at: int


class StoredFact(NamedTuple):
    """A row of the ledger as it is."""

    position: int
    stream: str
    version: int
    topic: str
    record: bytes
    leaf_hash: bytes
    committed_at: int


class ClaimOf(NamedTuple):
    kind: str
    key: bytes
    stream: str


class CommandOf(NamedTuple):
    id: bytes
    fingerprint: bytes
    first: int
    last: int


class SubjectOf(NamedTuple):
    subject: str
    key_id: int


class Leaves(Protocol):
    """Leaf hashes in position order."""

    def leaves(self, position: int, limit: int) -> list[Leaf]:
        """At most ``limit`` that follow ``position``."""


class Contents(Protocol):
    """Everything that a store holds."""

    def facts(self) -> Iterator[StoredFact]: ...

    def claims(self) -> Iterator[ClaimOf]: ...

    def commands(self) -> Iterator[CommandOf]: ...

    def subjects(self) -> Iterator[SubjectOf]: ...


class Snapshot(Leaves, Contents, Protocol):
    """One moment of a store."""

    def head(self) -> int:
        """The last position; 0 when nothing is there."""

    def damage(self) -> list[str]:
        """What the database itself finds wrong, and which of the guards of ``log`` are gone."""

    def strays(self) -> list[str]:
        """Claims of streams that have no fact, and commands of positions that are not there."""


class Store(Leaves, Protocol):
    """Where a ledger is, for those who only read it. ``name`` is how findings call it."""

    name: str

    def exists(self) -> bool:
        """Whether there is a ledger."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """One moment of it. Refused: ``store-missing``, ``store-too-new``, or why it cannot be read."""

    def loading(self, contents: Contents, marks: Mapping[str, bytes]) -> AbstractContextManager[Leaves]:
        """Make it anew from what a bundle holds; kept when the block is left without an exception.

        ``marks``: of the keys that the ledger was begun with.
        """


def store_at(at: Path | str) -> Store:
    """The store in a file, or at the address of a PostgreSQL database."""
    if isinstance(at, Path):
        return SqliteStore(at)
    from adapters.evidence.postgres_store import PostgresStore  # a node on SQLite does without the driver

    return PostgresStore(at)


class SqliteSnapshot:
    """One read transaction: what is appended meanwhile is not seen."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def head(self) -> int:
        return self._connection.execute("SELECT max(pos) FROM log").fetchone()[0] or 0

    def leaves(self, position: int, limit: int) -> list[Leaf]:
        found = self._connection.execute(
            "SELECT pos, leaf_hash, committed_at FROM log WHERE pos > ? ORDER BY pos LIMIT ?",
            (position, limit),
        )
        return [Leaf(*row) for row in found]

    def facts(self) -> Iterator[StoredFact]:
        return map(StoredFact._make, self._rows("SELECT * FROM log ORDER BY pos"))

    def claims(self) -> Iterator[ClaimOf]:
        return map(ClaimOf._make, self._rows("SELECT kind, key, stream FROM claim ORDER BY kind, key"))

    def commands(self) -> Iterator[CommandOf]:
        statement = "SELECT cmd_id, fingerprint, first_pos, last_pos FROM command ORDER BY cmd_id"
        return map(CommandOf._make, self._rows(statement))

    def subjects(self) -> Iterator[SubjectOf]:
        return map(SubjectOf._make, self._rows("SELECT subject, key_id FROM subject ORDER BY subject"))

    def damage(self) -> list[str]:
        """What SQLite itself finds wrong with the file, and which of the guards of ``log`` are gone."""
        found = [text for (text,) in self._connection.execute(f"PRAGMA integrity_check({WORST})")]
        there = {name for (name,) in self._connection.execute("SELECT name FROM sqlite_master")}
        gone = [f"the trigger {name} is gone" for name in GUARDS if name not in there]
        return [*(found if found != ["ok"] else []), *gone]

    def strays(self) -> list[str]:
        """Claims of streams that have no fact, and commands of positions that are not there."""
        claims = "SELECT DISTINCT stream FROM claim WHERE stream NOT IN (SELECT stream FROM log) LIMIT ?"
        commands = "SELECT hex(cmd_id) FROM command WHERE NOT (1 <= first_pos AND first_pos <= last_pos AND last_pos <= ?) LIMIT ?"
        found = [f"a claim of {stream}" for (stream,) in self._connection.execute(claims, (WORST,))]
        beyond = self._connection.execute(commands, (self.head(), WORST))
        return [*found, *(f"command {id_}" for (id_,) in beyond)]

    def _rows(self, statement: str) -> Iterator[tuple[Any, ...]]:
        cursor = self._connection.execute(statement)
        cursor.arraysize = PAGE
        while page := cursor.fetchmany():
            yield from page


class SqliteStore:
    """The file of a ledger, opened for reading whenever it is read. Any thread may."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = path.name

    def exists(self) -> bool:
        return self._path.exists()

    @contextmanager
    def snapshot(self) -> Iterator[SqliteSnapshot]:
        """Refused: ``store-missing``, ``store-too-new``, or why SQLite cannot read it."""
        if not self._path.exists():
            raise StoreUnavailable("store-missing", path=str(self._path))
        with told(), closing(self._connect()) as connection:
            connection.execute("BEGIN")
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            if found > FORMAT:
                raise StoreUnavailable("store-too-new", found=found, known=FORMAT)
            yield SqliteSnapshot(connection)

    def _connect(self) -> sqlite3.Connection:
        # A copy on a medium that cannot be written has no write-ahead log that somebody might still write.
        wal = self._path.with_name(self._path.name + "-wal")
        still = not wal.exists() and not _writable(self._path.parent)
        mode = "immutable=1" if still else "mode=ro"
        at = self._path.absolute().as_uri()
        made = sqlite3.connect(f"{at}?{mode}", uri=True, isolation_level=None, check_same_thread=False)
        made.text_factory = _text  # damaged text is read too: it is not what was hashed
        return made

    def leaves(self, position: int, limit: int) -> list[Leaf]:
        with self.snapshot() as now:
            return now.leaves(position, limit)

    @contextmanager
    def loading(self, contents: Contents, marks: Mapping[str, bytes]) -> Iterator[Leaves]:
        """Make a new store, positions and commit times as they were."""
        _load(self._path, contents, marks)
        yield self


def _load(path: Path, contents: Contents, marks: Mapping[str, bytes]) -> None:
    """Make a new store in ``path``, positions and commit times as they were."""
    with told(), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        for statement in SCHEMA:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO log VALUES (?,?,?,?,?,?,?)", contents.facts())
        connection.executemany("INSERT INTO claim VALUES (?,?,?)", contents.claims())
        connection.executemany("INSERT INTO command VALUES (?,?,?,?)", contents.commands())
        connection.executemany("INSERT INTO subject VALUES (?,?)", contents.subjects())
        connection.executemany("INSERT INTO key_mark VALUES (?,?)", marks.items())
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def told() -> Iterator[None]:
    """SQLite's errors in our words."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise unavailable(error) from error


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK)
