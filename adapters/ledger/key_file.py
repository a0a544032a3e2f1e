"""Wrapped keys in a file of their own, ``subjects.db``: overwritten in it, and gone from its log, when destroyed."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from adapters.ledger.store import unavailable
from adapters.ledger.wrapped import About
from domain.kernel.errors import StoreUnavailable

NAME = "subjects.db"
CHUNK = 500
"""Most parameters of one IN list."""
OPENING = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "CREATE TABLE IF NOT EXISTS subject_key (id INTEGER PRIMARY KEY AUTOINCREMENT, wrapped BLOB)",
    """CREATE TABLE IF NOT EXISTS key_store (
         one INTEGER PRIMARY KEY CHECK (one = 1), id BLOB NOT NULL, sealed BLOB NOT NULL,
         settled INTEGER NOT NULL DEFAULT 0)""",
)


class KeyFile:
    """One connection, on one file; any thread may use it."""

    def __init__(self, folder: Path) -> None:
        self._lock = Lock()
        self._destroyed = 0
        try:
            self._db = _opened(folder)
        except sqlite3.DatabaseError as error:
            raise unavailable(error, folder) from error

    def about(self) -> About | None:
        with self._lock, _told():
            found = self._db.execute("SELECT id, sealed FROM key_store").fetchone()
        return About(*found) if found else None

    def begin(self, about: About) -> None:
        with self._lock, _told():
            self._db.execute("INSERT OR IGNORE INTO key_store (one, id, sealed) VALUES (1, ?, ?)", about)

    def last_given(self) -> int:
        with self._lock, _told():
            return self._last_given()

    def _last_given(self) -> int:
        # AUTOINCREMENT remembers it also when that key is gone.
        found = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'subject_key'").fetchone()
        return found[0] if found else 0

    def add(self, wrapped: Sequence[bytes], beyond: int) -> range:
        with (
            self._lock,
            _told(),
            self._db,
        ):  # committed, or rolled back: a full disk leaves a transaction open
            self._db.execute("BEGIN IMMEDIATE")
            first = max(self._last_given(), beyond) + 1
            ids = range(first, first + len(wrapped))
            self._db.executemany("INSERT INTO subject_key VALUES (?, ?)", zip(ids, wrapped, strict=True))
        return ids

    def find(self, ids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            marks = ",".join("?" * len(part))
            text = f"SELECT id, wrapped FROM subject_key WHERE id IN ({marks})"  # noqa: S608 - our own words
            with self._lock, _told():
                found = self._db.execute(text, part).fetchall()
            yield from found

    def changes(self) -> object:
        """Another value after every key that was destroyed here, and every commit of another process."""
        with self._lock, _told():
            (version,) = self._db.execute("PRAGMA data_version").fetchone()
        return version, self._destroyed

    def remove(self, ids: Sequence[int]) -> None:
        """Refused: ``store-busy`` while another process reads an older state of the file: its log would
        still hold them.
        """
        with self._lock, _told():
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany("DELETE FROM subject_key WHERE id = ?", [(id_,) for id_ in ids])
            self._destroyed += 1
            busy, _, _ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StoreUnavailable("store-busy")

    def settled(self) -> int:
        with self._lock, _told():
            found = self._db.execute("SELECT settled FROM key_store").fetchone()
        return found[0] if found else 0

    def settle(self, position: int) -> None:
        with self._lock, _told():
            self._db.execute("UPDATE key_store SET settled = ?", (position,))

    def close(self) -> None:
        with self._lock:
            self._db.close()


def _opened(folder: Path) -> sqlite3.Connection:
    made = sqlite3.connect(folder / NAME, isolation_level=None, check_same_thread=False, timeout=10)
    try:
        for statement in OPENING:
            made.execute(statement)
    except BaseException:
        made.close()
        raise
    return made


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise unavailable(error) from error
