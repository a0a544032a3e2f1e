"""Plain ``eventsourcing``, as its tutorial has it, on each kind of store that ours is measured on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import Tracking, TrackingRecorder
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection
from eventsourcing.sqlite import SQLiteTrackingRecorder
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL

Env = Mapping[str, str]


class Plain(Aggregate):
    """An aggregate as the library's tutorial makes one, with the values of one of our facts."""

    def __init__(self, payload: dict[str, Any]) -> None:
        self.payload = payload


class SeenInSqlite(SQLiteTrackingRecorder):
    """A view with one row for each aggregate."""

    def construct_create_table_statements(self) -> list[str]:
        table = "CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, payload TEXT)"
        return [*super().construct_create_table_statements(), table]

    def see(self, id_: str, text: str, tracking: Tracking) -> None:
        """A row and the position, in one transaction."""
        with self.datastore.transaction(commit=True) as c:
            c.execute("INSERT INTO seen VALUES (?,?)", (id_, text))
            self._insert_tracking(c, tracking)


class SeenInPostgres(PostgresTrackingRecorder):
    """The same on PostgreSQL."""

    def __init__(self, datastore: Any, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        table = SQL("CREATE TABLE IF NOT EXISTS seen (id text PRIMARY KEY, payload text)")
        self.sql_create_statements.append(table.format())

    def see(self, id_: str, text: str, tracking: Tracking) -> None:
        """A row and the position, in one transaction."""
        with self.datastore.transaction(commit=True) as c:
            c.execute("INSERT INTO seen VALUES (%s,%s)", (id_, text), prepare=True)
            self._insert_tracking(c, tracking)


class Seeing(Projection[TrackingRecorder]):
    """As the library's tutorial writes a projection."""

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        text = msgspec.json.encode(domain_event.payload).decode()
        view: Any = self.view
        view.see(str(domain_event.originator_id), text, tracking)


class OnOurStore(Application[Any]):
    """The library's own SQLite recorder cannot be followed: its runner follows ours."""

    env = {"PERSISTENCE_MODULE": "adapters.ledger.sqlite"}  # noqa: RUF012 - the library's own declaration


@dataclass(frozen=True, slots=True)
class Library:
    """What the library is told in order to work in the folder of a node."""

    env: Callable[[Path], Env]
    """Of an application that saves."""
    followed: type[Application[Any]]
    follows: Callable[[Path], Env]
    """Of an application that is followed, and of the view that follows it."""
    view: type[Any]


def _sqlite(folder: Path) -> Env:
    return {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SQLITE_DBNAME": str(folder / "library.db"),
        "SQLITE_LOCK_TIMEOUT": "30",
    }


def _follows_sqlite(folder: Path) -> Env:
    return {
        "SQLITE_DBNAME": str(folder / "theirs.db"),
        "SEEING_PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SEEING_SQLITE_DBNAME": str(folder / "seen.db"),
    }


ON_SQLITE = Library(_sqlite, OnOurStore, _follows_sqlite, SeenInSqlite)


def on_postgres(conninfo: Callable[[Path], str]) -> Library:
    """On the schema that the folder of a node has. A connection for every caller."""

    def env(folder: Path) -> Env:
        given = conninfo_to_dict(conninfo(folder))
        schema = str(given["options"]).rpartition("search_path=")[2]
        return {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": str(given.get("dbname", "")),
            "POSTGRES_HOST": str(given.get("host", "")),
            "POSTGRES_PORT": str(given.get("port", "5432")),
            "POSTGRES_USER": str(given.get("user", "")),
            "POSTGRES_PASSWORD": str(given.get("password", "")),
            "POSTGRES_SCHEMA": schema,
            "POSTGRES_POOL_SIZE": "32",
            "POSTGRES_LOCK_TIMEOUT": "60",
        }

    return Library(env, Application[UUID], env, SeenInPostgres)
