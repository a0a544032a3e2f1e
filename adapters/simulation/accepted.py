"""What a ministry has accepted, kept on disk before anybody is told so."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

SCHEMA = """
CREATE TABLE IF NOT EXISTS accepted (
  feed_seq INTEGER PRIMARY KEY, receipt TEXT NOT NULL, accepted_at TEXT NOT NULL, record TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS calls (day TEXT PRIMARY KEY, made INTEGER NOT NULL) STRICT;
"""
COUNT = "INSERT INTO calls VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET made = made + 1"


class OutOfOrder(Exception):
    """A record comes before its predecessor; ``feed_seq`` is the record."""

    def __init__(self, feed_seq: int) -> None:
        super().__init__(feed_seq)
        self.feed_seq = feed_seq


class Record(NamedTuple):
    feed_seq: int
    receipt: str
    accepted_at: str
    record: bytes


class Accepted:
    """A SQLite file (WAL, synchronous FULL: what is acknowledged survives a power cut).

    Used from one thread. ``prefix`` begins every receipt.
    """

    def __init__(self, path: Path, prefix: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._prefix = prefix
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {SCHEMA}")

    def close(self) -> None:
        self._db.close()

    def last(self) -> int:
        return int(self._db.execute("SELECT coalesce(max(feed_seq), 0) FROM accepted").fetchone()[0])

    def accept(self, records: Sequence[tuple[int, bytes]], at: datetime, day: str) -> list[str]:
        """Keep the new ones and drop the repeats, all or none; the receipt of each, as first given.

        Counts one call of ``day``.
        """
        first, last = records[0][0], self.last()
        _in_order(records, last)
        new = [(seq, record.decode()) for seq, record in records if seq > last]
        receipt = f"{self._prefix}/{at.year}/{new[0][0]:08d}" if new else ""
        rows = [(seq, receipt, at.isoformat(), record) for seq, record in new]
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany("INSERT INTO accepted VALUES (?, ?, ?, ?)", rows)
        self._db.execute(COUNT, (day,))
        self._db.execute("COMMIT")
        query = "SELECT receipt FROM accepted WHERE feed_seq BETWEEN ? AND ? ORDER BY feed_seq"
        return [receipt for (receipt,) in self._db.execute(query, (first, records[-1][0]))]

    def receipt(self, feed_seq: int) -> str | None:
        query = "SELECT receipt FROM accepted WHERE feed_seq = ?"
        row = self._db.execute(query, (feed_seq,)).fetchone()
        return None if row is None else str(row[0])

    def after(self, feed_seq: int, limit: int) -> list[Record]:
        query = (
            "SELECT feed_seq, receipt, accepted_at, record FROM accepted"
            " WHERE feed_seq > ? ORDER BY feed_seq LIMIT ?"
        )
        rows = self._db.execute(query, (feed_seq, limit))
        return [Record(seq, receipt, at, record.encode()) for seq, receipt, at, record in rows]

    def calls(self, day: str) -> int:
        """Pushes accepted on that day."""
        row = self._db.execute("SELECT made FROM calls WHERE day = ?", (day,)).fetchone()
        return int(row[0]) if row else 0


def _in_order(records: Sequence[tuple[int, bytes]], last: int) -> None:
    expected = min(records[0][0], last + 1)
    for seq, _ in records:
        if seq != expected:
            raise OutOfOrder(seq)
        expected += 1
