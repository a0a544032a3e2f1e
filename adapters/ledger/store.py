"""What every store of a ledger has in common, whatever database it is on.

Violations are told apart by name, all of them ``IntegrityError``:

    VersionTaken    somebody appended to the stream first
    └── SubjectTaken    another process gave this data subject a key first
    ClaimTaken      a number that is used once is held already
    CommandTaken    a command with this id is there already
"""

import errno
import os
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Condition, Event, Lock
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from eventsourcing.persistence import (
    IntegrityError,
    ListenNotifySubscription,
    PersistenceError,
    StoredEvent,
)

from adapters.clock import stopwatch
from domain.kernel.errors import StoreUnavailable
from domain.kernel.ports import Clock

FORMAT = 1
"""The format of the stores that this release writes."""
LEAF = b"\x00"
OF_THE_SYSTEM = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "store-full"),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), "store-read-only"),
}
MARKS = "SELECT name, mark FROM key_mark"
GROUP = 512
"""Most appends that share a commit."""


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


def _shut() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class Append:
    """What one caller wants in the ledger, and what became of it. ``turn`` opens when it is done, or
    when its caller is to lead.
    """

    events: Sequence[StoredEvent]
    options: dict[str, Any]
    positions: Sequence[int] | None = None
    error: BaseException | None = None
    done: bool = False
    turn: Lock = field(default_factory=_shut)


class Row(NamedTuple):
    """A fact as stored; ``committed_at`` in microseconds since 1970 UTC."""

    pos: int
    committed_at: int
    topic: str
    record: bytes


class VersionTaken(IntegrityError):
    """The stream has this version already."""


class SubjectTaken(VersionTaken):
    """Another process gave this data subject a key first."""


class ClaimTaken(IntegrityError):
    """The key is held by another stream."""


class CommandTaken(IntegrityError):
    """The command id is there already."""


class LedgerRecorder(Protocol):
    """What the ledger asks of its store beside what the library asks."""

    clock: Clock

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append all or nothing; the positions. ``claims``, ``commands`` and ``subjects`` go into the same commit."""

    def stream(self, stream: str, *, after: int = 0, upto: int | None = None) -> list[Row]:
        """The facts of one stream with ``after`` < version <= ``upto``, with their positions."""

    def version(self, stream: str, position: int) -> int:
        """The last version of a stream up to a position; 0 when nothing of it was there."""

    def head(self) -> int:
        """The last position; 0 when nothing is there."""

    def after(self, position: int, limit: int) -> list[Row]:
        """At most ``limit`` facts that follow ``position``, in order."""

    def wait_beyond(self, position: int, timeout: float) -> bool:
        """Until the head is beyond ``position``; False after ``timeout`` seconds."""

    def holders(self, keys: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], str]:
        """Who holds which of these claims."""

    def streams(self, beginning: str, after: int = 0) -> list[str]:
        """The streams whose id begins so and that have a fact after that position, in order."""

    def subject_keys(self, subjects: Sequence[str]) -> dict[str, int]:
        """The key ids of those of these data subjects that have one."""

    def commands(self, ids: Sequence[bytes]) -> dict[bytes, StoredCommand]:
        """Which of these commands were accepted before."""

    def marked(self, marks: Mapping[str, bytes]) -> dict[str, bytes]:
        """The marks of the keys that this ledger was begun with: these, when it had none of that name."""


class Appending:
    """Group commit: callers that wait at the same time share a commit.

    One caller leads: it commits for those that wait, itself among them, and hands the lead to whoever
    came next. So who is done is gone, and is back with the next append while others commit.
    """

    _wake: Callable[[], None]
    """Tell the readers of this process; of ``Waking``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: deque[Append] = deque()
        self._group = GROUP
        self._queue = Lock()
        self._led = False

    def _append(self, append: Append) -> Sequence[int] | None:
        with self._queue:
            self._waiting.append(append)
            leads, self._led = not self._led, True
        if not leads:
            self._wait_for(append)
        if not append.done:
            self._lead()
        if append.error is not None:
            raise append.error
        return append.positions

    def _wait_for(self, append: Append) -> None:
        try:
            append.turn.acquire()
        except BaseException:  # an interrupt: the others wait for us, should the lead come to us
            append.turn.acquire()
            if not append.done:
                self._lead()
            raise

    def _lead(self) -> None:
        with self._queue:
            group = [self._waiting.popleft() for _ in range(min(self._group, len(self._waiting)))]
        try:
            self._commit(group)
        except BaseException as failure:
            for append in group:  # a full disk, say: nothing of the group is there
                append.error = failure
            if not isinstance(failure, PersistenceError):
                raise
        finally:
            for append in group:
                append.done = True
            self._hand_over()  # first: the store waits for nobody who is only told that she is done
            for append in group:
                append.turn.release()
            self._wake()

    def _hand_over(self) -> None:
        with self._queue:
            self._led = bool(self._waiting)
            if self._led:
                self._waiting[0].turn.release()

    def _commit(self, group: Sequence[Append]) -> None:
        """Give each its positions, or the violation that is its own. Raise when nothing is there."""
        raise NotImplementedError  # of the database


class ByStream:
    """What reads the log in the same words on every database."""

    mark: str
    """Where a value goes in a statement."""
    convert_originator_id: Any
    """Of the library's recorder that this is mixed into."""

    def _read(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        raise NotImplementedError  # of the database

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
        asked = (("version >", gt), ("version <=", lte))
        bounds = [("stream =", stream_text(originator_id)), *((t, v) for t, v in asked if v is not None)]
        where = " AND ".join(f"{text} {self.mark}" for text, _ in bounds)
        order = "DESC" if desc else "ASC"
        statement = f"SELECT {columns} FROM log WHERE {where} ORDER BY version {order}"  # noqa: S608 - our own words
        given: list[object] = [value for _, value in bounds]
        if limit is not None:
            statement += f" LIMIT {self.mark}"
            given.append(limit)
        return self._read(statement, given)

    def version(self, stream: str, position: int) -> int:
        """The last version of a stream up to a position; 0 when nothing of it was there."""
        m = self.mark
        statement = f"SELECT max(version) FROM log WHERE stream = {m} AND pos <= {m}"  # noqa: S608 - our own words
        return self._read(statement, (stream, position))[0][0] or 0

    def after(self, position: int, limit: int) -> list[Row]:
        """At most ``limit`` facts that follow ``position``, in order."""
        m = self.mark
        statement = f"SELECT pos, committed_at, topic, record FROM log WHERE pos > {m} ORDER BY pos LIMIT {m}"  # noqa: S608
        return [Row(*row) for row in self._read(statement, (position, limit))]

    def streams(self, beginning: str, after: int = 0) -> list[str]:
        """The streams whose id begins so and that have a fact after that position, in order."""
        m = self.mark
        where = f"stream >= {m} AND stream < {m} AND pos > {m}"
        statement = f"SELECT DISTINCT stream FROM log WHERE {where} ORDER BY stream"  # noqa: S608 - our own words
        return [stream for (stream,) in self._read(statement, (beginning, beginning + "\U0010ffff", after))]

    def marked(self, marks: Mapping[str, bytes]) -> dict[str, bytes]:
        """The marks of the keys that this ledger was begun with: these, when it had none of that name."""
        found = dict(self._read(MARKS))
        ours = all(found.get(name, mark) == mark for name, mark in marks.items())
        if ours and len(found) < len(marks):
            # One at a time, and who comes first stays: two hubs may open a new ledger at once.
            m = self.mark
            self._mark(
                f"INSERT INTO key_mark (name, mark) VALUES ({m}, {m}) ON CONFLICT DO NOTHING",  # noqa: S608
                sorted(marks.items()),
            )
            found = dict(self._read(MARKS))
        return found

    def _mark(self, statement: str, marks: Sequence[tuple[str, bytes]]) -> None:
        raise NotImplementedError  # of the database


class Waking:
    """Readers of this process are woken when something was appended."""

    poll: float
    """Seconds between two looks at what another process appended."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.appended = Condition()
        self.subscriptions: set[WakingSubscription] = set()

    def head(self) -> int:
        raise NotImplementedError  # of the database

    def _wake(self) -> None:
        with self.appended:
            self.appended.notify_all()
        for subscription in tuple(self.subscriptions):
            subscription.wake()

    def wait_beyond(self, position: int, timeout: float) -> bool:
        """Until the head is beyond ``position``; False after ``timeout`` seconds."""
        end = stopwatch() + timeout
        with self.appended:
            while self.head() <= position:
                left = end - stopwatch()
                if left <= 0:
                    return False
                self.appended.wait(min(left, self.poll))
        return True


class WakingSubscription(ListenNotifySubscription[Any]):
    """Woken by appends of this process at once, and by looking for those of others."""

    def __init__(self, recorder: Any, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        first, self._has_been_notified = self._has_been_notified, PollingEvent(recorder.poll)
        recorder.subscriptions.add(self)
        first.set()  # what was appended before we were listed

    def wake(self) -> None:
        self._has_been_notified.set()

    def stop(self) -> None:
        self._recorder.subscriptions.discard(self)
        super().stop()


class PollingEvent(Event):
    """An event that nobody waits for longer than a look at the store takes to be due."""

    def __init__(self, poll: float) -> None:
        super().__init__()
        self._poll = poll

    def wait(self, timeout: float | None = None) -> bool:
        return super().wait(self._poll if timeout is None else timeout)


def leaf_hash(record: bytes) -> bytes:
    """RFC 6962, 2.1: SHA-256 over 0x00 and the record."""
    return sha256(LEAF + record).digest()


def stream_text(originator_id: UUID | str) -> str:
    """A stream's name as it is stored."""
    return originator_id.hex if isinstance(originator_id, UUID) else originator_id


@contextmanager
def store_errors() -> Iterator[None]:
    """The library's errors of the store, told in our words; violations are for whoever appends."""
    try:
        yield
    except IntegrityError:
        raise
    except PersistenceError as error:
        raise unavailable(error) from error


def unavailable(error: BaseException, folder: Path | None = None) -> StoreUnavailable:
    """Why the store cannot be used now: as a store has said it, or from the code of SQLite or of the system.

    ``folder`` is where a file was to be opened: of one that takes none SQLite says only that it cannot open.
    """
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, (sqlite3.Error, StoreUnavailable, OSError)):
        cause = cause.__cause__ or (
            cause.args[0] if cause.args and isinstance(cause.args[0], BaseException) else None
        )
    if isinstance(cause, StoreUnavailable):
        return cause
    if isinstance(cause, OSError):
        return StoreUnavailable(OF_THE_SYSTEM.get(cause.errno or 0, "store-failed"))
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    closed = code == sqlite3.SQLITE_CANTOPEN and folder and folder.is_dir() and not os.access(folder, os.W_OK)
    if code == sqlite3.SQLITE_READONLY or closed:
        return StoreUnavailable("store-read-only")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreUnavailable("store-busy")
    return StoreUnavailable(
        "store-full" if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR) else "store-failed"
    )
