"""The read models in a schema on PostgreSQL: for a hub on several machines, or workers beside it.

Beside the schema stand scratch schemas, of past views and of rebuilds, named after it; their tables are not
logged until they are taken. Who makes a scratch schema holds an advisory lock named after it: one that nobody holds
was left by a process that is gone. The role must be allowed to make schemas in the database.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from threading import Lock
from typing import Any

import psycopg
from psycopg import sql
from psycopg.adapt import AdaptersMap
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.string import TextLoader
from sqlalchemy import Connection, Executable, Integer, String, Table, create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateIndex, CreateTable

from adapters.ledger.key_database import OLDER
from adapters.ledger.postgres_server import CODES, CONNECTING
from domain.kernel.errors import StoreUnavailable

DIALECT = postgresql.base.PGDialect(paramstyle="format")  # type: ignore[no-untyped-call]
READERS = 20
NAME = 40
"""Most characters of a schema of read models: scratch schemas are named after it, and a name has 63."""
BOUNDS = {
    "statement_timeout": "300s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
    # What is lost with the server is computed again.
    "synchronous_commit": "off",
}
_numbers = count(1)


@compiles(Integer, "postgresql")
def _integer(*_: object, **__: object) -> str:
    """Positions outgrow four bytes; SQLite's integers have eight."""
    return "BIGINT"


@compiles(String, "postgresql")
def _string(*_: object, **__: object) -> str:
    """In the order of code points, as SQLite sorts."""
    return 'TEXT COLLATE "C"'


class PostgresWriter:
    """Core statements compiled once, executed with tuples. Dates are read as text, as SQLite has them."""

    def __init__(
        self, connection: "psycopg.Connection[Any]", compiled: dict[int, tuple[Executable, str]]
    ) -> None:
        self._connection = connection
        self._compiled = compiled

    def many(self, statement: Executable, rows: Sequence[Sequence[object]]) -> None:
        """Execute for every row; values in the order of the statement's parameters."""
        if rows:
            with told():
                self._connection.cursor().executemany(self._sql(statement), rows)

    def rows(self, statement: Executable, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What a query finds, within the transaction."""
        with told():
            return self._connection.execute(self._sql(statement), values).fetchall()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part of the transaction that is undone alone when an exception leaves it."""
        with told():
            self._connection.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            with suppress(psycopg.Error):  # the connection is lost, and everything with it
                self._connection.execute("ROLLBACK TO attempt")
                self._connection.execute("RELEASE attempt")
            raise
        with told():
            self._connection.execute("RELEASE attempt")

    def _sql(self, statement: Executable) -> str:
        known = self._compiled.get(id(statement))
        if known is None:
            text = str(statement.compile(dialect=DIALECT))  # type: ignore[attr-defined]  # every Executable compiles
            # The statement is kept with its text: an id is only unique while its object lives.
            known = self._compiled[id(statement)] = (statement, text)
        return known[1]


class PostgresTaker(PostgresWriter):
    """A writer that takes tables out of a scratch schema."""

    def __init__(
        self,
        connection: "psycopg.Connection[Any]",
        compiled: dict[int, tuple[Executable, str]],
        *,
        source: str,
        target: str,
    ) -> None:
        super().__init__(connection, compiled)
        self._source, self._target = source, target

    def take(self, table: Table) -> None:
        """Put the scratch store's table, with its rows and indexes, in the place of ours."""
        ours, fresh = sql.Identifier(self._target, table.name), sql.Identifier(self._source, table.name)
        steps: tuple[sql.Composed | bytes, ...] = (
            sql.SQL("DROP TABLE IF EXISTS {}").format(ours),
            sql.SQL("ALTER TABLE {} SET LOGGED").format(fresh),
            sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(fresh, sql.Identifier(self._target)),
            *(_ddl(CreateIndex(index, if_not_exists=True)) for index in table.indexes),
            sql.SQL("ANALYZE {}").format(ours),
        )
        with told():
            for step in steps:
                self._connection.execute(step)


class PostgresViews:
    """The read models in the schema that ``url`` leads to, made when absent; or in a ``scratch`` schema beside them."""

    def __init__(self, url: str, *, scratch: str = "") -> None:
        self._address = {**CONNECTING, **conninfo_to_dict(url)}
        self._url = url
        self._temporary = bool(scratch)
        self._compiled: dict[int, tuple[Executable, str]] = {}
        self._lock = Lock()
        with told():
            self._schema = scratch or self._made()
        self._writer = self._connect(self._schema)
        with told():
            if self._temporary:
                self._writer.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(self._name()))
            else:
                self._sweep()
        self._engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: self._connect(self._schema, raw=False),
            poolclass=QueuePool,
            pool_size=READERS,
            max_overflow=READERS,
            isolation_level="AUTOCOMMIT",
        )

    def _made(self) -> str:
        with psycopg.connect(**self._address, autocommit=True) as connection:
            ((path,),) = connection.execute("SHOW search_path").fetchall()
            first = str(path).split(",")[0].strip().strip('"')
            name = "simpul_views" if first == "$user" else first
            if len(name) > NAME:
                raise StoreUnavailable("store-failed")
            connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(name)))
        return name

    def _name(self) -> sql.Identifier:
        return sql.Identifier(self._schema)

    def _connect(self, schema: str, *, raw: bool = True) -> "psycopg.Connection[Any]":
        with told():
            # A plan that was prepared would outlive the table that a rebuild puts away.
            connection = psycopg.connect(**self._address, autocommit=True, prepare_threshold=None)
            bounds = {**BOUNDS, "search_path": schema}
            names = ", ".join(f"set_config('{name}', %s, false)" for name in bounds)
            connection.execute(f"SELECT {names}", list(bounds.values()))
        if raw:
            _as_sqlite(connection.adapters)
        return connection

    # -- tables

    def create(self, tables: Iterable[Table], *, indexes: bool = True) -> None:
        """Make the tables that are absent; indexes may wait until the rows are there."""
        with self._lock, told():
            for table in tables:
                self._writer.execute(_ddl(CreateTable(table, if_not_exists=True), unlogged=self._temporary))
                for index in table.indexes if indexes else ():
                    self._writer.execute(_ddl(CreateIndex(index, if_not_exists=True)))

    def drop(self, tables: Iterable[Table]) -> None:
        with self._lock, told():
            for table in tables:
                self._writer.execute(
                    sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(self._schema, table.name))
                )

    # -- reading and writing

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose reads all see one moment."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[PostgresWriter]:
        """One transaction, rolled back when an exception leaves it."""
        with self._transaction() as writer:
            yield PostgresWriter(writer, self._compiled)

    @contextmanager
    def taking(self, other: Any) -> Iterator[PostgresTaker]:
        """One transaction in which tables of ``other``, a scratch of this store, can be taken."""
        with self._transaction() as writer:
            yield PostgresTaker(writer, self._compiled, source=other._schema, target=self._schema)

    @contextmanager
    def _transaction(self) -> "Iterator[psycopg.Connection[Any]]":
        with self._lock:
            if self._writer.closed:
                self._writer = self._connect(self._schema)
            writer = self._writer
            try:
                with told():
                    writer.execute("BEGIN")
                    # Who leads may have lost the connection that holds the lead without knowing it: two that
                    # write wait for each other, and the second sees how far the first has come.
                    writer.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [self._schema])
                yield writer
                with told():
                    writer.execute("COMMIT")
            except BaseException:
                with suppress(psycopg.Error):  # the connection is lost, and everything with it
                    writer.execute("ROLLBACK")
                raise

    @contextmanager
    def leading(self) -> Iterator[bool]:
        """Whether this process may project (one at a time); held until the block is left."""
        held = self._hold(f"{self._schema} lead")
        try:
            yield held is not None
        finally:
            if held is not None:
                held.close()

    def _hold(self, name: str) -> "psycopg.Connection[Any] | None":
        """A connection that holds the lock of a name; None when another has it."""
        connection = self._connect(self._schema)
        with told():
            found = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
            if found.fetchone() == (True,):
                return connection
        connection.close()
        return None

    def scrub(self) -> bool:
        """Leave nothing of what was deleted in the tables' files; False: somebody reads, try again.

        It stays in the server's log (WAL) and in its backups until they have rotated.
        """
        with self._lock, told():
            seen = self._writer.execute("SELECT pg_current_xact_id()::xid::text").fetchone()
            if self._writer.execute(OLDER, seen).fetchone():
                return False
            tables = self._writer.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = %s", [self._schema]
            ).fetchall()
            for (table,) in tables:
                self._writer.execute(sql.SQL("VACUUM (FULL) {}").format(sql.Identifier(self._schema, table)))
        return True

    # -- scratch schemas

    def scratch(self) -> "PostgresViews":
        """An empty store beside this one, removed when it is closed."""
        with told():
            (process,) = self._writer.execute("SELECT pg_backend_pid()").fetchone() or (0,)
        return self._beside(f"{self._schema}_s{process}_{next(_numbers)}")

    def unfinished(self, mark: str) -> "PostgresViews | None":
        """The scratch store that outlives its process, empty or as it was left under the same ``mark``.

        What was left under another one is removed. None: somebody works in it now. A server that fell empties it.
        """
        name = f"{self._schema}_r{mark}"
        if (held := self._hold(f"{self._schema} rebuild")) is None:
            return None
        try:
            with told():
                self._drop_schemas(f"{self._schema}_r", but=name)
            return self._beside(name, held=held)
        except BaseException:
            held.close()
            raise

    def drop_unfinished(self) -> bool:
        """Remove what a rebuild left; False: somebody works in it now."""
        held = self._hold(f"{self._schema} rebuild")
        if held is not None:
            with told():
                self._drop_schemas(f"{self._schema}_r")
            held.close()
        return held is not None

    def _beside(self, name: str, held: "psycopg.Connection[Any] | None" = None) -> "PostgresViews":
        return _Scratch(self._url, name, held)

    def _sweep(self) -> None:
        """Remove the scratch schemas of processes that are gone."""
        for name in self._schemas(f"{self._schema}_s"):
            if (held := self._hold(f"{name} scratch")) is not None:
                self._drop_schema(name)
                held.close()

    def _schemas(self, beginning: str) -> list[str]:
        text = "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)"
        return [name for (name,) in self._writer.execute(text, [beginning])]

    def _drop_schemas(self, beginning: str, but: str = "") -> None:
        for name in self._schemas(beginning):
            if name != but:
                self._drop_schema(name)

    def _drop_schema(self, name: str) -> None:
        self._writer.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))

    def remove(self) -> None:
        """Leave nothing of this store, and close it."""
        with self._lock, told():
            self._drop_schema(self._schema)
        self._shut()

    def close(self) -> None:
        self._shut()

    def _shut(self) -> None:
        self._engine.dispose()
        self._writer.close()


class _Scratch(PostgresViews):
    """A schema beside the read models; ``held`` is the lock of the unfinished one, which stays when it is closed."""

    def __init__(self, url: str, name: str, held: "psycopg.Connection[Any] | None") -> None:
        super().__init__(url, scratch=name)
        self._kept = held is not None
        self._held = held or self._hold(f"{name} scratch")

    def close(self) -> None:
        if self._kept:
            self._shut()
        else:
            self.remove()

    def _shut(self) -> None:
        super()._shut()
        if self._held is not None:
            self._held.close()


def _as_sqlite(adapters: AdaptersMap) -> None:
    for name in ("date", "timestamptz", "timestamp"):
        adapters.register_loader(name, TextLoader)


def _ddl(element: CreateTable | CreateIndex, *, unlogged: bool = False) -> bytes:
    text = str(element.compile(dialect=DIALECT))
    return (text.replace("CREATE TABLE", "CREATE UNLOGGED TABLE", 1) if unlogged else text).encode()


@contextmanager
def told() -> Iterator[None]:
    """What a handler did wrong stays as it is; anything else is the store's own trouble, whoever asked."""
    try:
        yield
    except (psycopg.IntegrityError, psycopg.ProgrammingError, psycopg.DataError) as error:
        if (code := CODES.get(error.sqlstate or "")) is not None:
            raise StoreUnavailable(code) from error
        raise
    except psycopg.Error as error:
        raise StoreUnavailable(CODES.get(error.sqlstate or "", "store-failed")) from error
