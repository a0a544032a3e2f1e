"""The read models' file on SQLite: WAL, ``synchronous=NORMAL``, because it can be computed again.

Beside it stand scratch files, of past views and of rebuilds. They are never synced: what a rebuild leaves
outlives its process, by its journal, but not the machine, and is known by the boot in which it was made.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Executable, Table, create_engine
from sqlalchemy.dialects import sqlite
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateIndex, CreateTable

from adapters.ledger.store import unavailable
from adapters.view_files import DAMAGED, SCRATCH, UNFINISHED, boot, erase, hold, opens, sweep, usable

DIALECT = sqlite.dialect(paramstyle="qmark")
READERS = 20
BUSY_MS = 10_000


class SqliteWriter:
    """Core statements compiled once, executed by sqlite3 with tuples: three times as fast as Core itself."""

    def __init__(self, connection: sqlite3.Connection, compiled: dict[int, tuple[Executable, str]]) -> None:
        self._connection = connection
        self._compiled = compiled

    def many(self, statement: Executable, rows: Sequence[Sequence[object]]) -> None:
        """Execute for every row; values in the order of the statement's parameters."""
        if rows:
            try:
                self._connection.executemany(self._sql(statement), rows)
            except sqlite3.DatabaseError as error:
                raise _fault(error) from error

    def rows(self, statement: Executable, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What a query finds, within the transaction."""
        try:
            return self._connection.execute(self._sql(statement), values).fetchall()
        except sqlite3.DatabaseError as error:
            raise _fault(error) from error

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part of the transaction that is undone alone when an exception leaves it."""
        with _told():
            self._connection.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            with suppress(sqlite3.OperationalError):  # SQLite has rolled back everything already
                self._connection.execute("ROLLBACK TO attempt")
                self._connection.execute("RELEASE attempt")
            raise
        with _told():
            self._connection.execute("RELEASE attempt")

    def _sql(self, statement: Executable) -> str:
        known = self._compiled.get(id(statement))
        if known is None:
            sql = str(statement.compile(dialect=DIALECT))  # type: ignore[attr-defined]  # every Executable compiles
            # The statement is kept with its text: an id is only unique while its object lives.
            known = self._compiled[id(statement)] = (statement, sql)
        return known[1]


class SqliteTaker(SqliteWriter):
    """A writer with a scratch file attached as ``fresh``."""

    def take(self, table: Table) -> None:
        """Put the scratch store's table, with its rows and indexes, in the place of ours."""
        name = table.name
        # Not zeroed: who is forgotten is emptied in it already, and scrubbing leaves no free page for who will be.
        self._connection.execute("PRAGMA secure_delete=OFF")
        self._connection.execute(f'DROP TABLE IF EXISTS main."{name}"')
        self._connection.execute("PRAGMA secure_delete=ON")
        # Made anew, it has the columns of today, and its indexes are filled in one sweep.
        self._connection.execute(_sql(CreateTable(table)))
        self._connection.execute(f'INSERT INTO main."{name}" SELECT * FROM fresh."{name}"')  # noqa: S608 - names of our own tables
        for index in table.indexes:
            self._connection.execute(_sql(CreateIndex(index)))


class SqliteViews:
    """One file of read models. ``scratch`` files live beside it and go when closed.

    ``held`` is the lock of the unfinished one, given back when it is closed: that one stays.
    """

    def __init__(self, path: Path, *, temporary: bool = False, held: int | None = None) -> None:
        self._path = path
        self._temporary = temporary
        self._held = held
        self._compiled: dict[int, tuple[Executable, str]] = {}
        self._lock = Lock()
        if not temporary:
            usable(path)
            sweep(path)
        with _told():
            self._writer = self._connect()
        url = f"sqlite:///{path}"
        self._engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=READERS,
            max_overflow=READERS,
            isolation_level="AUTOCOMMIT",
            connect_args={"check_same_thread": False},
        )

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        if self._temporary:
            # A fact that must be parked is undone alone; a journal in memory does not outlive a killed process.
            connection.execute(f"PRAGMA journal_mode={'MEMORY' if self._held is None else 'TRUNCATE'}")
            connection.execute("PRAGMA synchronous=OFF")
            # In KiB: what is found by traces and words is filled in no order, and a small cache reads each page again.
            connection.execute("PRAGMA cache_size=-65536")
        else:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA secure_delete=ON")
        return connection

    def create(self, tables: Iterable[Table], *, indexes: bool = True) -> None:
        """Make the tables that are absent; indexes may wait until the rows are there."""
        with self._lock, _told():
            for table in tables:
                self._writer.execute(_sql(CreateTable(table, if_not_exists=True)))
                for index in table.indexes if indexes else ():
                    self._writer.execute(_sql(CreateIndex(index, if_not_exists=True)))

    def drop(self, tables: Iterable[Table]) -> None:
        with self._lock, _told():
            for table in tables:
                self._writer.execute(f'DROP TABLE IF EXISTS "{table.name}"')

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose reads all see one moment."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[SqliteWriter]:
        """One transaction, rolled back when an exception leaves it."""
        with self._lock, _told():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteWriter(self._writer, self._compiled)
                self._writer.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.OperationalError):  # SQLite has rolled back already
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def taking(self, other: Any) -> Iterator[SqliteTaker]:
        """One transaction in which tables of ``other``, a scratch of this store, can be taken."""
        with self._lock, _told():
            self._writer.execute("ATTACH ? AS fresh", (str(other._path),))
        try:
            with self.writing():
                yield SqliteTaker(self._writer, self._compiled)
        finally:
            with self._lock, _told():
                self._writer.execute("DETACH fresh")

    @contextmanager
    def leading(self) -> Iterator[bool]:
        """Whether this process may project (one at a time); held until the block is left."""
        held = hold(self._path.with_suffix(".lock"))
        try:
            yield held is not None
        finally:
            if held is not None:
                os.close(held)

    def scrub(self) -> bool:
        """Leave nothing of what was deleted in the file or beside it; False: somebody reads, try again.

        Zeroing on delete is not enough: pages that were split hold old copies of rows in their gaps.
        """
        self._path.with_suffix(DAMAGED).unlink(missing_ok=True)
        with self._lock, _told():
            self._writer.execute("VACUUM")
            busy, _, _ = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def scratch(self) -> "SqliteViews":
        """An empty store beside this one, removed when it is closed."""
        prefix = f"{self._path.stem}-{os.getpid()}-"
        descriptor, name = mkstemp(dir=self._path.parent, prefix=prefix, suffix=SCRATCH)
        os.close(descriptor)
        return SqliteViews(Path(name), temporary=True)

    def unfinished(self, mark: str) -> "SqliteViews | None":
        """The scratch store that outlives its process, empty or as it was left under the same ``mark``.

        What was left under another one is removed. None: somebody works in it now.
        """
        held = hold(self._path.with_suffix(".rebuild.lock"))
        if held is None:
            return None
        try:
            path = self._path.with_name(f"{self._path.stem}-{boot()}-{mark}{UNFINISHED}")
            self._clear(but=path)
            if not (path.exists() and opens(path)):
                erase(path)  # with it the journal of one that is gone, which would be played into the new one
            path.touch(0o600)
            return SqliteViews(path, temporary=True, held=held)
        except BaseException:
            os.close(held)
            raise

    def drop_unfinished(self) -> bool:
        """Remove what a rebuild left; False: somebody works in it now."""
        held = hold(self._path.with_suffix(".rebuild.lock"))
        if held is not None:
            self._clear()
            os.close(held)
        return held is not None

    def _clear(self, but: Path | None = None) -> None:
        for left in self._path.parent.glob(f"{self._path.stem}-*{UNFINISHED}"):
            if left != but:
                erase(left)

    def remove(self) -> None:
        """Close this store and leave nothing of it."""
        self._engine.dispose()
        self._writer.close()
        erase(self._path)

    def close(self) -> None:
        if self._temporary and self._held is None:
            self.remove()
            return
        self._engine.dispose()
        self._writer.close()
        if self._held is not None:
            os.close(self._held)
            self._held = None


OF_THE_STATEMENT = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError)
"""What a handler did wrong; anything else is the store's own trouble, whoever asked."""


def _fault(error: sqlite3.DatabaseError) -> Exception:
    return error if isinstance(error, OF_THE_STATEMENT) else unavailable(error)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise unavailable(error) from error


def _sql(element: CreateTable | CreateIndex) -> str:
    return str(element.compile(dialect=DIALECT))
