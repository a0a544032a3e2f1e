"""The raw loop on SQLite: a table as narrow as the records allow, WAL, ``synchronous=FULL``."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from eventsourcing.persistence import StoredEvent

from adapters.ledger.ledger import Ledger

Record = tuple[str, int, str, bytes]


class RawLoop(Protocol):
    """The raw loop of a kind of store."""

    def append(self, records: Sequence[Record]) -> int:
        """One commit."""

    def close(self) -> None: ...


class Raw:
    """One connection, one commit for each call."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(
            "CREATE TABLE raw (pos INTEGER PRIMARY KEY, stream TEXT, version INT, topic TEXT, record BLOB)"
        )

    def append(self, records: Sequence[Record]) -> int:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(
            "INSERT INTO raw (stream, version, topic, record) VALUES (?,?,?,?)", records
        )
        self._connection.execute("COMMIT")
        return len(records)

    def close(self) -> None:
        self._connection.close()


def bare(events: Sequence[StoredEvent]) -> list[Record]:
    """Events as the raw loop stores them."""
    return [(str(e.originator_id), e.originator_version, e.topic, e.state) for e in events]


def records(ledger: Ledger, after: int, limit: int) -> list[Record]:
    """Records as they are stored, for the raw loop to store again."""
    return bare(ledger.recorder.select_notifications(after + 1, limit))
