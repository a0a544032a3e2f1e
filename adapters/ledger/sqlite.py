"""The ledger on SQLite: a persistence module of ``eventsourcing``, durable at every commit.

``PERSISTENCE_MODULE=adapters.ledger.sqlite`` with ``SQLITE_DBNAME`` works for any application of that
library. What we add to its own SQLite module: positions without gaps, given in the append transaction;
the leaf hash of each record (RFC 6962); claims and command ids in the same transaction; update and
delete refused by the database; ``synchronous=FULL``; subscriptions.

Violations are told apart by name, all of them ``IntegrityError``:

    VersionTaken    somebody appended to the stream first
    ClaimTaken      a number that is used once is held already
    CommandTaken    a command with this id is there already
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from threading import Condition, Event
from typing import Any, NamedTuple
from uuid import UUID

from eventsourcing import sqlite as library
from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    ListenNotifySubscription,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
)

from adapters.clock import SystemClock
from domain.kernel.errors import StoreUnavailable

FORMAT = 1
"""``PRAGMA user_version`` of a store that this release writes."""
POLL = 0.02
"""Seconds between two looks at what another process appended."""
LEAF = b"\x00"
CHUNK = 500
"""Most parameters of one IN list."""

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS log (
         pos INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, topic TEXT NOT NULL,
         record BLOB NOT NULL, leaf_hash BLOB NOT NULL, committed_at INTEGER NOT NULL,
         UNIQUE (stream, version))""",
    "CREATE TABLE IF NOT EXISTS head (id INTEGER PRIMARY KEY CHECK (id = 1), n INTEGER, committed_at INTEGER)",
    "INSERT OR IGNORE INTO head VALUES (1, 0, 0)",
    "CREATE TABLE IF NOT EXISTS claim (kind TEXT, key BLOB, stream TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID",
    """CREATE TABLE IF NOT EXISTS command (
         cmd_id BLOB PRIMARY KEY, fingerprint BLOB, first_pos INTEGER, last_pos INTEGER) WITHOUT ROWID""",
    """CREATE TRIGGER IF NOT EXISTS log_is_never_updated BEFORE UPDATE ON log
         BEGIN SELECT RAISE(ABORT, 'a fact is never changed'); END""",
    """CREATE TRIGGER IF NOT EXISTS log_is_never_deleted BEFORE DELETE ON log
         BEGIN SELECT RAISE(ABORT, 'a fact is never removed'); END""",
    f"PRAGMA user_version = {FORMAT}",
)


class ClaimRow(NamedTuple):
    """``key`` as stored: a keyed hash for secret claims."""

    kind: str
    key: bytes
    stream: str


class CommandRow(NamedTuple):
    """A command and the half-open range ``start``..``stop`` of its events within the append."""

    id: bytes
    fingerprint: bytes
    start: int
    stop: int


class StoredCommand(NamedTuple):
    fingerprint: bytes
    first: int
    last: int


class Row(NamedTuple):
    """A fact as stored; ``committed_at`` in microseconds since 1970 UTC."""

    pos: int
    committed_at: int
    topic: str
    record: bytes


class VersionTaken(IntegrityError):
    """The stream has this version already."""


class ClaimTaken(IntegrityError):
    """The key is held by another stream."""


class CommandTaken(IntegrityError):
    """The command id is there already."""


VIOLATIONS: tuple[tuple[str, type[IntegrityError]], ...] = (
    ("log.stream", VersionTaken),
    ("claim.kind", ClaimTaken),
    ("command.cmd_id", CommandTaken),
)


def leaf_hash(record: bytes) -> bytes:
    """RFC 6962, 2.1: SHA-256 over 0x00 and the record."""
    return sha256(LEAF + record).digest()


class Transaction(library.SQLiteTransaction):
    """A writer takes the lock at once: a lock taken later would read what is no longer true."""

    def __enter__(self) -> library.SQLiteCursor:
        cursor = self.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        return cursor


class Connection(library.SQLiteConnection):
    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[library.SQLiteCursor]:
        with Transaction(self, commit=commit) as cursor, cursor:  # type: ignore[attr-defined]  # library's own idiom
            yield cursor


class Pool(library.SQLiteConnectionPool):
    """Connections that wait for the disk, of a store whose format we know."""

    def _create_connection(self) -> Connection:
        made = super()._create_connection()
        connection = made._sqlite_conn
        if not self.is_sqlite_memory_mode:
            connection.execute("PRAGMA synchronous=FULL")
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found > FORMAT:
            connection.close()
            raise StoreUnavailable("store-too-new", found=found, known=FORMAT)
        return Connection(connection, max_age=self.max_age)


class Recorder(library.SQLiteApplicationRecorder):
    """The application recorder: append with claims and commands, read by stream or by position."""

    def __init__(self, datastore: library.SQLiteDatastore, events_table_name: str = "log") -> None:
        super().__init__(datastore, events_table_name)
        self.clock = SystemClock()
        self.appended = Condition()
        self.subscriptions: set[WakingSubscription] = set()

    def construct_create_table_statements(self) -> list[str]:
        return list(SCHEMA)

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append all or nothing; the positions. ``claims`` and ``commands`` go into the same commit."""
        try:
            positions = super().insert_events(stored_events, **kwargs)
        except IntegrityError as violation:
            raise _named(violation) from violation
        self._wake()
        return positions

    def _insert_events(
        self,
        c: Any,
        stored_events: Sequence[StoredEvent],
        *,
        claims: Sequence[ClaimRow] = (),
        commands: Sequence[CommandRow] = (),
        **_: Any,
    ) -> Sequence[int] | None:
        now = int(self.clock.now().timestamp() * 1_000_000)
        c.execute(
            "UPDATE head SET n = n + ?, committed_at = max(committed_at, ?) RETURNING n, committed_at",
            (len(stored_events), now),
        )
        head, at = c.fetchone()
        first = head - len(stored_events) + 1
        c.executemany(
            "INSERT INTO log VALUES (?,?,?,?,?,?,?)",
            [
                (first + i, _text(e.originator_id), e.originator_version, e.topic, e.state, leaf_hash(e.state), at)
                for i, e in enumerate(stored_events)
            ],
        )
        if claims:
            c.executemany("INSERT INTO claim VALUES (?,?,?)", claims)
        if commands:
            rows = [(id_, mark, first + start, first + stop - 1) for id_, mark, start, stop in commands]
            c.executemany("INSERT INTO command VALUES (?,?,?,?)", rows)
        return list(range(first, head + 1))

    def _wake(self) -> None:
        with self.appended:
            self.appended.notify_all()
        for subscription in tuple(self.subscriptions):
            subscription.wake()

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        rows = self._stream(
            "stream, version, topic, record", originator_id, gt=gt, lte=lte, desc=desc, limit=limit
        )
        return [StoredEvent(self.convert_originator_id(s), v, topic, state) for s, v, topic, state in rows]

    def stream(self, stream: str, *, after: int = 0, upto: int | None = None) -> list[Row]:
        """The facts of one stream with ``after`` < version <= ``upto``, with their positions."""
        found = self._stream("pos, committed_at, topic, record", stream, gt=after, lte=upto)
        return [Row(*row) for row in found]

    def _stream(
        self,
        columns: str,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[tuple[Any, ...]]:
        bounds = [("version > ?", gt), ("version <= ?", lte)]
        where = " AND ".join(["stream = ?", *(text for text, value in bounds if value is not None)])
        given = [_text(originator_id), *(value for _, value in bounds if value is not None)]
        order = "DESC" if desc else "ASC"
        statement = f"SELECT {columns} FROM log WHERE {where} ORDER BY version {order} LIMIT ?"  # noqa: S608 - our own words
        return self._read(statement, (*given, -1 if limit is None else limit))

    def _read(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
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
        return int(self._read("SELECT n FROM head")[0][0])

    def after(self, position: int, limit: int) -> list[Row]:
        """At most ``limit`` facts that follow ``position``, in order."""
        found = self._read(
            "SELECT pos, committed_at, topic, record FROM log WHERE pos > ? ORDER BY pos LIMIT ?",
            (position, limit),
        )
        return [Row(*row) for row in found]

    def wait(self, position: int, timeout: float) -> bool:
        """Until the head is beyond ``position``; False after ``timeout`` seconds."""
        left = timeout
        with self.appended:
            while self.head() <= position:
                if left <= 0:
                    return False
                look = min(left, POLL)
                if not self.appended.wait(look):
                    left -= look
        return True

    def holders(self, keys: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], str]:
        """Who holds which of these claims."""
        found: dict[tuple[str, bytes], str] = {}
        for kind in {kind for kind, _ in keys}:
            of_kind = [key for k, key in keys if k == kind]
            for part in _parts(of_kind):
                statement = f"SELECT key, stream FROM claim WHERE kind = ? AND key IN ({_marks(part)})"  # noqa: S608
                found.update({(kind, key): s for key, s in self._read(statement, (kind, *part))})
        return found

    def commands(self, ids: Sequence[bytes]) -> dict[bytes, StoredCommand]:
        """Which of these commands were accepted before."""
        found: dict[bytes, StoredCommand] = {}
        for part in _parts(ids):
            statement = f"SELECT * FROM command WHERE cmd_id IN ({_marks(part)})"  # noqa: S608
            found.update({id_: StoredCommand(*rest) for id_, *rest in self._read(statement, part)})
        return found

    def existing(self, streams: Sequence[str]) -> set[str]:
        """Which of these streams have facts."""
        found: set[str] = set()
        for part in _parts(streams):
            statement = f"SELECT stream FROM log WHERE version = 1 AND stream IN ({_marks(part)})"  # noqa: S608
            found.update(stream for (stream,) in self._read(statement, part))
        return found


class WakingSubscription(ListenNotifySubscription[Recorder]):
    """Woken by appends of this process at once, and by looking for those of others."""

    def __init__(self, recorder: Recorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        first, self._has_been_notified = self._has_been_notified, PollingEvent()
        recorder.subscriptions.add(self)
        first.set()  # what was appended before we were listed

    def wake(self) -> None:
        self._has_been_notified.set()

    def stop(self) -> None:
        self._recorder.subscriptions.discard(self)
        super().stop()


class PollingEvent(Event):
    """An event that nobody waits for longer than a look at the store takes to be due."""

    def wait(self, timeout: float | None = POLL) -> bool:
        return super().wait(timeout)


class ProcessingRecorder(library.SQLiteTrackingRecorder, Recorder, ProcessRecorder):
    """Events and the position of what they were made from, in one commit."""

    def __init__(self, datastore: library.SQLiteDatastore, *, events_table_name: str = "log") -> None:
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


class Factory(library.SQLiteFactory):
    """Makes our recorders where the library would make its own."""

    application_recorder_class = Recorder
    process_recorder_class = ProcessingRecorder

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        made = self.datastore.pool
        self.datastore.pool = Pool(
            db_name=made.db_name,
            lock_timeout=made.lock_timeout,
            pool_size=made.pool_size,
            max_overflow=made.max_overflow,
            pool_timeout=made.pool_timeout,
        )
        made.close()


def _named(violation: IntegrityError) -> IntegrityError:
    text = str(violation)
    return next((kind(text) for mark, kind in VIOLATIONS if mark in text), violation)


def _text(originator_id: UUID | str) -> str:
    return originator_id.hex if isinstance(originator_id, UUID) else originator_id


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[i : i + CHUNK] for i in range(0, len(values), CHUNK))


def unavailable(error: BaseException) -> StoreUnavailable:
    """Why the store cannot be written now, from SQLite's own code."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, sqlite3.Error):
        cause = cause.__cause__ or (cause.args[0] if cause.args and isinstance(cause.args[0], BaseException) else None)
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_READONLY:
        return StoreUnavailable("store-read-only")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreUnavailable("store-busy")
    return StoreUnavailable("store-full" if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR) else "store-failed")
