"""The control of the gap trial: a table whose ids are handed out before the commit, and who reads it by its ids."""

import sqlite3
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

import psycopg

from tests.adapters.ledger.shelf import where

BUSY = 60.0
"""Seconds that a writer waits for its turn."""
PAGE = 500


class Table(Protocol):
    """One connection to it."""

    def insert(self, by: str, *, kept: bool) -> None:
        """A row in a transaction of its own, which is rolled back unless it is ``kept``."""

    def after(self, id_: int) -> list[tuple[int]]:
        """The ids that follow, in order: ``id > last ORDER BY id``."""

    def size(self) -> int: ...

    def close(self) -> None: ...


class OnSqlite:
    """SQLite has no sequences: its ids come from a number that the processes share."""

    def __init__(self, folder: Path, sequence: Any) -> None:
        self._sequence = sequence
        self._connection = sqlite3.connect(
            folder / "sequence.db", isolation_level=None, timeout=BUSY, check_same_thread=False
        )
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("CREATE TABLE IF NOT EXISTS naive (id INTEGER PRIMARY KEY, by TEXT)")

    def insert(self, by: str, *, kept: bool) -> None:
        with self._sequence.get_lock():
            self._sequence.value += 1
            id_ = self._sequence.value
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO naive VALUES (?, ?)", (id_, by))
        self._connection.execute("COMMIT" if kept else "ROLLBACK")

    def after(self, id_: int) -> list[tuple[int]]:
        text = "SELECT id FROM naive WHERE id > ? ORDER BY id LIMIT ?"
        return self._connection.execute(text, (id_, PAGE)).fetchall()

    def size(self) -> int:
        (size,) = self._connection.execute("SELECT count(*) FROM naive").fetchone()
        return int(size)

    def close(self) -> None:
        self._connection.close()


class OnPostgres:
    """An identity column, and no lock: what a table of events on PostgreSQL usually is."""

    def __init__(self, folder: Path, _: Any) -> None:
        self._connection: Any = psycopg.connect(str(where(folder)), autocommit=True)
        with self._connection.transaction():
            self._connection.execute("SELECT pg_advisory_xact_lock(1)")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS naive (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, by text)"
            )

    def insert(self, by: str, *, kept: bool) -> None:
        self._connection.execute("BEGIN")
        self._connection.execute("INSERT INTO naive (by) VALUES (%s)", [by])
        self._connection.execute("COMMIT" if kept else "ROLLBACK")

    def after(self, id_: int) -> list[tuple[int]]:
        text = "SELECT id FROM naive WHERE id > %s ORDER BY id LIMIT %s"
        found: list[tuple[int]] = self._connection.execute(text, (id_, PAGE)).fetchall()
        return found

    def size(self) -> int:
        (size,) = self._connection.execute("SELECT count(*) FROM naive").fetchone()
        return int(size)

    def close(self) -> None:
        self._connection.close()


def write(tables: list[Table], me: str, each: int) -> None:
    """As many writers as connections; one in ten rolls back."""

    def writer(table: Table) -> None:
        for n in range(each):
            table.insert(me, kept=n % 10 != 0)

    work = [Thread(target=writer, args=(table,)) for table in tables]
    for one in work:
        one.start()
    for one in work:
        one.join()
    for table in tables:
        table.close()


def read(table: Table, end: Any, speaks: Connection) -> None:
    """Until nothing more comes; says how many rows were seen."""
    speaks.send("ready")
    at, seen = 0, 0
    for _ in count():
        ended = end.value
        if rows := table.after(at):
            at, seen = rows[-1][0], seen + len(rows)
        elif ended:
            break
    table.close()
    speaks.send(seen)
