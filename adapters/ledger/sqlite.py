"""The ledger on SQLite: a persistence module of ``eventsourcing``, durable at every commit.

``PERSISTENCE_MODULE=adapters.ledger.sqlite`` with ``SQLITE_DBNAME`` works for any application of that
library. What we add to its own SQLite module: positions without gaps, given in the append transaction;
the leaf hash of each record (RFC 6962); claims and command ids in the same transaction; update and
delete refused by the database; ``synchronous=FULL``; subscriptions.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from eventsourcing import sqlite as library
from eventsourcing.persistence import (
    ApplicationRecorder,
    DatabaseError,
    IntegrityError,
    Notification,
    OperationalError,
    PersistenceError,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
)

from adapters.clock import SystemClock
from adapters.ledger.store import (
    FORMAT,
    Append,
    Appending,
    ByStream,
    ClaimRow,
    ClaimTaken,
    CommandRow,
    CommandTaken,
    StoredCommand,
    SubjectTaken,
    VersionTaken,
    Waking,
    WakingSubscription,
    leaf_hash,
    stream_text,
    unavailable,
)
from domain.kernel.errors import StoreUnavailable
from domain.kernel.ports import Clock

POLL = 0.01
"""Seconds between two looks at what another process appended."""
CHECKPOINT_PAGES = 8000
"""Pages of the write-ahead log (32 MB) that are moved into the file at once."""
BULK = 4000
"""Facts of an append from which on it is one of many: pages are moved less often meanwhile."""
BULK_PAGES = 32_000
"""Pages of the write-ahead log (128 MB) of bulk appends: those of the trees are written again and again."""
CACHE_KB = 65_536
"""Page cache of the writer. Streams, claims and commands have random keys: with SQLite's own 2 MB an
append gets dearer as the ledger grows, a third of the rate at 60,000 facts.
"""
CHUNK = 500
"""Most parameters of one IN list."""

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS log (
         pos INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, topic TEXT NOT NULL,
         record BLOB NOT NULL, leaf_hash BLOB NOT NULL, committed_at INTEGER NOT NULL,
         UNIQUE (stream, version))""",
    "CREATE TABLE IF NOT EXISTS claim (kind TEXT, key BLOB, stream TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID",
    """CREATE TABLE IF NOT EXISTS command (
         cmd_id BLOB PRIMARY KEY, fingerprint BLOB, first_pos INTEGER, last_pos INTEGER) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS subject (subject TEXT PRIMARY KEY, key_id INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS key_mark (name TEXT PRIMARY KEY, mark BLOB NOT NULL) WITHOUT ROWID",
    """CREATE TRIGGER IF NOT EXISTS log_is_never_updated BEFORE UPDATE ON log
         BEGIN SELECT RAISE(ABORT, 'a fact is never changed'); END""",
    """CREATE TRIGGER IF NOT EXISTS log_is_never_deleted BEFORE DELETE ON log
         BEGIN SELECT RAISE(ABORT, 'a fact is never removed'); END""",
    # INSERT OR REPLACE removes without a delete trigger. The message names what VIOLATIONS looks for.
    """CREATE TRIGGER IF NOT EXISTS log_is_never_replaced BEFORE INSERT ON log
         WHEN EXISTS (SELECT 1 FROM log
                      WHERE pos = NEW.pos OR (stream = NEW.stream AND version = NEW.version))
         BEGIN SELECT RAISE(ABORT, 'a fact is never replaced: log.stream, log.version'); END""",
)


VIOLATIONS: tuple[tuple[str, type[IntegrityError]], ...] = (
    ("log.stream", VersionTaken),
    ("claim.kind", ClaimTaken),
    ("command.cmd_id", CommandTaken),
    ("subject.subject", SubjectTaken),
)


class Pool(library.SQLiteConnectionPool):
    """The library's connections (snapshots, tracking, memory), waiting for the disk as ours do."""

    def _create_connection(self) -> library.SQLiteConnection:
        with _translated():  # the first look at a file finds out whether it is a database at all
            made = super()._create_connection()
            _prepare(made._sqlite_conn)
        return made


class Connections:
    """One writer and as many readers as ask at once, on one file.

    The library's pool gives a transaction for every read and a lock for every connection: that is a
    third of an append. A single SELECT is its own transaction.
    """

    def __init__(self, name: str, busy: float) -> None:
        self._name = name
        self._busy = busy
        self._lock = Lock()
        self._writer: sqlite3.Connection | None = None
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False
        self._bulk = False

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._name, uri=True, check_same_thread=False, isolation_level=None, timeout=self._busy
        )
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def read(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of one statement."""
        with _translated():
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._connect()
            try:
                return connection.execute(statement, parameters).fetchall()
            finally:
                self._idle.append(connection)
                if self._closed:
                    self.close()

    def write(self, work: Callable[[sqlite3.Cursor], None], *, bulk: bool = False) -> None:
        """One transaction that has the append lock from its first word: what it reads stays true."""
        with self._lock:
            try:
                self._write(work, bulk)
            except sqlite3.DatabaseError as error:
                raise _of_the_library(error) from error
            finally:
                if self._closed:
                    self._close_writer()

    def _write(self, work: Callable[[sqlite3.Cursor], None], bulk: bool) -> None:
        if self._writer is None:
            self._writer = self._connect()
            self._writer.execute(f"PRAGMA cache_size=-{CACHE_KB}")
            self._bulk = False
        if bulk != self._bulk:
            self._writer.execute(f"PRAGMA wal_autocheckpoint={BULK_PAGES if bulk else CHECKPOINT_PAGES}")
            self._bulk = bulk
        cursor = self._writer.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        try:
            work(cursor)
            cursor.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.OperationalError):  # SQLite has rolled back already
                cursor.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close what is idle; who is busy, or comes late, is closed when done."""
        self._closed = True
        with self._lock:
            while self._idle:
                self._idle.pop().close()
            self._close_writer()

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def _prepare(connection: sqlite3.Connection) -> None:
    """Durable at every commit, and of a format that we know."""
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA journal_size_limit={CHECKPOINT_PAGES * 4120}")
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > FORMAT:
        connection.close()
        raise StoreUnavailable("store-too-new", found=found, known=FORMAT)


@contextmanager
def _translated() -> Iterator[None]:
    """SQLite's errors as the library's, violations by name."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _of_the_library(error) from error


def _of_the_library(error: sqlite3.DatabaseError) -> PersistenceError:
    match error:
        case sqlite3.IntegrityError():
            return _named(str(error))
        case sqlite3.OperationalError():
            return OperationalError(error)
    return DatabaseError(error)


class Recorder(Appending, Waking, ByStream, library.SQLiteApplicationRecorder):
    """The application recorder: append with claims and commands, read by stream or by position."""

    poll = POLL
    mark = "?"

    def __init__(self, datastore: "Datastore", events_table_name: str = "log") -> None:
        super().__init__(datastore, events_table_name)
        self.clock: Clock = SystemClock()
        # A database in memory belongs to one connection: the library's pool guards it.
        self._files = datastore.files

    def construct_create_table_statements(self) -> list[str]:
        return list(SCHEMA)

    def _create_table(self, c: Any) -> None:
        super()._create_table(c)
        # Written once: a store that is there is opened without writing, on a full disk too.
        c.execute("PRAGMA user_version")
        if c.fetchone()[0] != FORMAT:
            c.execute(f"PRAGMA user_version = {FORMAT}")

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append all or nothing; the positions. ``claims`` and ``commands`` go into the same commit."""
        if self._files:
            return self._append(Append(stored_events, kwargs))
        with _library_violations():
            positions = super().insert_events(stored_events, **kwargs)
        self._wake()
        return positions

    def _commit(self, group: Sequence[Append]) -> None:
        def work(cursor: sqlite3.Cursor) -> None:
            for append in group:
                self._insert(cursor, append, alone=len(group) == 1)

        assert self._files
        self._files.write(work, bulk=sum(len(append.events) for append in group) >= BULK)

    def _insert(self, cursor: sqlite3.Cursor, append: Append, *, alone: bool) -> None:
        """One of a group: what it violates fails it alone."""
        if alone:
            append.positions = self._insert_events(cursor, append.events, **append.options)
            return
        cursor.execute("SAVEPOINT one")
        try:
            append.positions = self._insert_events(cursor, append.events, **append.options)
        except sqlite3.IntegrityError as violation:
            cursor.execute("ROLLBACK TO one")
            append.error = _named(str(violation))
        cursor.execute("RELEASE one")

    def _insert_events(
        self,
        c: Any,
        stored_events: Sequence[StoredEvent],
        *,
        claims: Sequence[ClaimRow] = (),
        commands: Sequence[CommandRow] = (),
        subjects: Sequence[tuple[str, int]] = (),
        **_: Any,
    ) -> Sequence[int] | None:
        now = int(self.clock.now().timestamp() * 1_000_000)
        # The append lock is held: the last row is the head, and it is never deleted. A head row of its
        # own would be one page more in every commit.
        c.execute("SELECT pos, committed_at FROM log ORDER BY pos DESC LIMIT 1")
        head, before = c.fetchone() or (0, 0)
        first, at = head + 1, max(before, now)
        c.executemany(
            "INSERT INTO log VALUES (?,?,?,?,?,?,?)",
            [
                (
                    first + i,
                    stream_text(e.originator_id),
                    e.originator_version,
                    e.topic,
                    e.state,
                    leaf_hash(e.state),
                    at,
                )
                for i, e in enumerate(stored_events)
            ],
        )
        if claims:
            c.executemany("INSERT INTO claim VALUES (?,?,?)", claims)
        if subjects:
            c.executemany("INSERT INTO subject VALUES (?,?)", subjects)
        if commands:
            rows = [(id_, mark, first + start, first + stop - 1) for id_, mark, start, stop in commands]
            c.executemany("INSERT INTO command VALUES (?,?,?,?)", rows)
        return list(range(first, first + len(stored_events)))

    def _mark(self, statement: str, marks: Sequence[tuple[str, bytes]]) -> None:
        with self.datastore.transaction(commit=True) as c:
            c.executemany(statement, marks)

    def _read(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        if self._files:
            return self._files.read(statement, parameters)
        with self.datastore.transaction(commit=False) as c:
            c.execute(statement, parameters)
            return [tuple(row) for row in c.fetchall()]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        where, given = ["pos >= ?" if inclusive_of_start else "pos > ?"], [start or 0]
        parameters: list[object] = [*given]
        if stop is not None:
            where.append("pos <= ?")
            parameters.append(stop)
        if topics:
            where.append(f"topic IN ({_marks(topics)})")
            parameters.extend(topics)
        statement = (
            "SELECT stream, version, topic, record, pos FROM log "  # noqa: S608 - our own words
            f"WHERE {' AND '.join(where)} ORDER BY pos LIMIT ?"
        )
        return [
            Notification(self.convert_originator_id(s), v, topic, state, pos)
            for s, v, topic, state, pos in self._read(statement, (*parameters, limit))
        ]

    def _max_notification_id(self, c: library.SQLiteCursor) -> int:
        c.execute("SELECT max(pos) FROM log")
        found: int = c.fetchone()[0]
        return found

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Facts after ``gt`` as they are appended, by this process or another."""
        return WakingSubscription(self, gt, topics)

    def head(self) -> int:
        """The last position; 0 when nothing is there."""
        return self._read("SELECT max(pos) FROM log")[0][0] or 0

    def holders(self, keys: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], str]:
        """Who holds which of these claims."""
        found: dict[tuple[str, bytes], str] = {}
        for kind in {kind for kind, _ in keys}:
            of_kind = [key for k, key in keys if k == kind]
            for part in _parts(of_kind):
                statement = f"SELECT key, stream FROM claim WHERE kind = ? AND key IN ({_marks(part)})"  # noqa: S608
                found.update({(kind, key): s for key, s in self._read(statement, (kind, *part))})
        return found

    def subject_keys(self, subjects: Sequence[str]) -> dict[str, int]:
        """The key ids of those of these data subjects that have one."""
        found: dict[str, int] = {}
        for part in _parts(subjects):
            statement = f"SELECT subject, key_id FROM subject WHERE subject IN ({_marks(part)})"  # noqa: S608
            found.update((subject, id_) for subject, id_ in self._read(statement, part))
        return found

    def commands(self, ids: Sequence[bytes]) -> dict[bytes, StoredCommand]:
        """Which of these commands were accepted before."""
        found: dict[bytes, StoredCommand] = {}
        for part in _parts(ids):
            statement = f"SELECT * FROM command WHERE cmd_id IN ({_marks(part)})"  # noqa: S608
            found.update({id_: StoredCommand(*rest) for id_, *rest in self._read(statement, part)})
        return found


class ProcessingRecorder(library.SQLiteTrackingRecorder, Recorder, ProcessRecorder):
    """Events and the position of what they were made from, in one commit."""

    def __init__(self, datastore: "Datastore", *, events_table_name: str = "log") -> None:
        super().__init__(datastore, events_table_name=events_table_name)

    def construct_create_table_statements(self) -> list[str]:
        return [*super().construct_create_table_statements(), *SCHEMA]

    def _insert_events(
        self,
        c: Any,
        stored_events: Sequence[StoredEvent],
        *,
        tracking: Tracking | None = None,
        **kwargs: Any,
    ) -> Sequence[int] | None:
        positions = super()._insert_events(c, stored_events, **kwargs)
        if tracking is not None:
            self._insert_tracking(c, tracking)
        return positions


class Datastore(library.SQLiteDatastore):
    """The library's datastore with our pool, and our own connections where there is a file."""

    files: Connections | None = None

    def __init__(self, made: library.SQLiteDatastore) -> None:
        super().__init__(
            made.pool.db_name,
            lock_timeout=made.pool.lock_timeout,
            single_row_tracking=made.single_row_tracking,
            originator_id_type=made.originator_id_type,
        )
        pool = made.pool
        self.pool.close()
        self.pool = Pool(db_name=pool.db_name, lock_timeout=pool.lock_timeout)
        if not self.pool.is_sqlite_memory_mode:
            self.files = Connections(pool.db_name, pool.lock_timeout or library.SQLITE3_DEFAULT_LOCK_TIMEOUT)
            try:
                self.files.read("PRAGMA user_version")  # is it a database, and one that we know?
            except OperationalError as error:
                raise unavailable(error, Path(pool.db_name).parent) from error
        made.close()

    def close(self) -> None:
        if self.files:
            self.files.close()
        super().close()


class Factory(library.SQLiteFactory):
    """Makes our recorders where the library would make its own."""

    application_recorder_class: type[library.SQLiteApplicationRecorder] = Recorder
    process_recorder_class: type[Any] = ProcessingRecorder

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.datastore = Datastore(self.datastore)


@contextmanager
def _library_violations() -> Iterator[None]:
    try:
        yield
    except IntegrityError as violation:
        raise _named(str(violation)) from violation


def _named(text: str) -> IntegrityError:
    return next((kind(text) for mark, kind in VIOLATIONS if mark in text), IntegrityError(text))


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[i : i + CHUNK] for i in range(0, len(values), CHUNK))
