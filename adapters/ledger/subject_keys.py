"""The key store: one key per data subject, wrapped, in a file of its own, apart from the ledger.

Keys are made ahead, so that a registration costs one commit: a key that was made and never used is no
loss. Back the file up for 35 days at most, apart from the ledger: a restored older copy revives what
was destroyed since.
"""

import os
import sqlite3
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes
from threading import Lock

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from adapters.ledger.keys import file_key
from adapters.ledger.store import unavailable
from domain.kernel.errors import StoreUnavailable

AHEAD = 1000
"""Keys made in one commit."""
CHUNK = 500
BYTES = 32
OPENING = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "CREATE TABLE IF NOT EXISTS subject_key (id INTEGER PRIMARY KEY AUTOINCREMENT, wrapped BLOB)",
)


class SubjectKeys:
    """Keys wrapped (RFC 3394) under the key-encryption key in ``kek.key``."""

    def __init__(self, folder: Path, kek: bytes) -> None:
        self._kek = kek
        self._lock = Lock()
        self._ahead: deque[tuple[int, bytes]] = deque()
        self._destroyed = 0
        with _told():
            self._db = sqlite3.connect(
                folder / "subjects.db", isolation_level=None, check_same_thread=False, timeout=10
            )
            try:
                for statement in OPENING:
                    self._db.execute(statement)
            except sqlite3.DatabaseError as error:
                self._db.close()
                if not os.access(folder, os.W_OK):  # SQLite says only that it cannot open its log there
                    raise StoreUnavailable("store-read-only") from error
                raise

    @classmethod
    def open(cls, folder: Path) -> "SubjectKeys":
        """The store in ``folder``, made when absent. Refused: ``key-missing`` when its key is lost."""
        kek = file_key(folder / "kek.key", create=not (folder / "subjects.db").exists())
        return cls(folder, kek)

    def take(self) -> tuple[int, bytes]:
        """A new key, durable already, that nobody else gets."""
        with self._lock:
            if not self._ahead:
                self._make()
            return self._ahead.popleft()

    def _make(self) -> None:
        made = [token_bytes(BYTES) for _ in range(AHEAD)]
        wrapped = [(aes_key_wrap(self._kek, key),) for key in made]
        with _told(), self._db:  # committed, or rolled back: a full disk leaves a transaction open
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT INTO subject_key (wrapped) VALUES (?)", wrapped)
            # AUTOINCREMENT under the write lock: the new ids are one run, and none is given twice.
            (last,) = self._db.execute("SELECT max(id) FROM subject_key").fetchone()
        self._ahead.extend(zip(range(last - AHEAD + 1, last + 1), made, strict=True))

    def keys(self, ids: Sequence[int]) -> Mapping[int, bytes]:
        """Those of these keys that are there: a destroyed one is not.

        Refused: ``wrong-key`` when the key-encryption key does not fit.
        """
        found: dict[int, bytes] = {}
        with self._lock, _told():
            for start in range(0, len(ids), CHUNK):
                part = ids[start : start + CHUNK]
                marks = ",".join("?" * len(part))
                rows = self._db.execute(f"SELECT id, wrapped FROM subject_key WHERE id IN ({marks})", part)  # noqa: S608
                found.update((id_, self._unwrap(wrapped)) for id_, wrapped in rows)
        return found

    def _unwrap(self, wrapped: bytes) -> bytes:
        try:
            return aes_key_unwrap(self._kek, wrapped)
        except InvalidUnwrap as wrong:
            raise StoreUnavailable("wrong-key") from wrong

    def changes(self) -> tuple[int, int]:
        """Another value after every key that was destroyed here, and every commit of another process."""
        with self._lock, _told():
            (version,) = self._db.execute("PRAGMA data_version").fetchone()
        return version, self._destroyed

    def destroy(self, ids: Sequence[int]) -> None:
        """Remove keys for good: overwritten in the file, and gone from its log. A second time is no harm.

        Refused: ``store-busy`` while another process reads an older state of the file: its log would
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

    def close(self) -> None:
        with self._lock:
            self._db.close()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise unavailable(error) from error
