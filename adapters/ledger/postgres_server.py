"""The connections to a PostgreSQL server: checked, bounded in time, made anew when they are lost.

Its errors become the library's, and carry the refusal that they mean:

    store-unreachable       no connection: nothing was sent
    store-outcome-unknown   the connection was lost while it was asked to append
    store-not-durable       a commit could be lost: fsync, synchronous_commit or full_page_writes is off
    store-full, store-read-only, store-busy, store-damaged, store-failed
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import resources
from selectors import EVENT_READ, BaseSelector, DefaultSelector
from socket import socketpair
from threading import Event, Lock, Thread
from typing import Any

import psycopg
import structlog
from eventsourcing.persistence import DataError, IntegrityError, OperationalError
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from adapters.ledger.store import FORMAT, ClaimTaken, CommandTaken, SubjectTaken, VersionTaken
from domain.kernel.errors import StoreUnavailable

Connection = psycopg.Connection[tuple[Any, ...]]

LOCK = 4711
"""The advisory lock that appends and the making of the tables are done under, unless the address names another."""
LOCKED = f"pg_advisory_xact_lock(coalesce(current_setting('simpul.lock', true), '{LOCK}')::bigint)"
"""Taking it: two ledgers in one database do not wait for one another."""
CHANNEL = "simpul_log"
CONNECTING: Mapping[str, Any] = {
    "application_name": "simpul",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""A server that does not answer is given up within half a minute; what the address says goes before."""
BOUNDS: Mapping[str, str] = {
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    # A writer that is frozen, or whose machine is gone, loses the append lock.
    "idle_in_transaction_session_timeout": "10s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "default_transaction_isolation": "read committed",
}
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
VIOLATIONS: Mapping[str, type[IntegrityError]] = {
    "log_stream_version_key": VersionTaken,
    "claim_pkey": ClaimTaken,
    "command_pkey": CommandTaken,
    "subject_pkey": SubjectTaken,
}
CODES: Mapping[str, str] = {
    "53100": "store-full",  # disk_full
    "25006": "store-read-only",  # read_only_sql_transaction
    "42501": "store-read-only",  # insufficient_privilege
    "55P03": "store-busy",  # lock_not_available
    "57014": "store-busy",  # query_canceled: it took too long
    "40P01": "store-busy",  # deadlock_detected
    "40001": "store-busy",  # serialization_failure
}
"""What PostgreSQL's codes (appendix A of its manual) mean here."""
AGAIN = 1.0
"""Seconds until a lost listener tries to listen again."""

log = structlog.get_logger()


class Connections:
    """One writer, as many readers as ask at once, and a listener when somebody waits."""

    def __init__(self, address: Mapping[str, Any], schema: str = "") -> None:
        """``address``: libpq's parameters; ``schema``: where the tables are, if not where the role looks."""
        self._address = {**CONNECTING, **address}
        self._schema = schema
        self._lock = Lock()
        self._writer: Connection | None = None
        self._said: BaseSelector | None = None
        """Whether the writer's server has something to say. Kept: it is asked at every append."""
        self._idle: deque[Connection] = deque()
        self._listener: Listener | None = None
        self._closed = False

    def connect(self) -> Connection:
        """A new connection, each statement its own transaction. Refused: ``store-unreachable``, ``store-not-durable``."""
        with translated():
            try:
                made = psycopg.connect(autocommit=True, **self._address)
            except psycopg.OperationalError as error:
                log.warning("ledger-unreachable", why=str(error))
                raise OperationalError(error) from StoreUnavailable("store-unreachable")
            try:
                self._prepare(made)
            except BaseException:
                made.close()
                raise
        return made

    def _prepare(self, connection: Connection) -> None:
        bounds = {**BOUNDS, **({"search_path": self._schema} if self._schema else {})}
        names = ", ".join(f"set_config('{name}', %s, false)" for name in bounds)
        connection.execute(f"SELECT {names}", list(bounds.values()))
        found = connection.execute(
            "SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = 'off'", [list(DURABLE)]
        )
        if off := found.fetchone():
            raise StoreUnavailable("store-not-durable", setting=off[0])

    def read(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of one statement. A connection that was lost while nobody used it is no failure."""
        with translated():
            while True:
                connection, fresh = self._reader()
                try:
                    return connection.execute(statement, parameters, prepare=True, binary=True).fetchall()
                except psycopg.OperationalError:
                    if fresh or not connection.closed:
                        raise
                finally:
                    self._give_back(connection)

    def _reader(self) -> tuple[Connection, bool]:
        try:
            return self._idle.pop(), False
        except IndexError:
            return self.connect(), True

    def _give_back(self, connection: Connection) -> None:
        if not connection.closed:
            self._idle.append(connection)
        if self._closed:
            self.close()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The writer, for one statement or one transaction. It is never sent again by itself."""
        with self._lock, translated():
            writer = self._writer
            if writer is None or self._said is None or lost(writer, self._said):
                self._close_writer()
                writer = self._writer = self.connect()
                self._said = _listening(writer)
            try:
                yield writer
            except psycopg.Error as error:
                if writer.closed and not isinstance(error, psycopg.IntegrityError):
                    raise OperationalError(error) from StoreUnavailable("store-outcome-unknown")
                raise
            finally:
                if self._closed:
                    self._close_writer()

    def listen(self, woken: Callable[[], None]) -> None:
        """Call ``woken`` from now on whenever any process has appended."""
        with self._lock:
            if self._listener is None and not self._closed:
                self._listener = Listener(self.connect, woken)

    def make_tables(self) -> None:
        """Make what is absent, one process at a time. Refused: ``store-too-new``, ``store-damaged``."""
        with self.writing() as writer:
            make_tables(writer)
            check(writer)

    def close(self) -> None:
        """Close what is idle; who is busy, or comes late, is closed when done."""
        self._closed = True
        with self._lock:
            listener, self._listener = self._listener, None
            while self._idle:
                self._idle.pop().close()
            self._close_writer()
        if listener:
            listener.close()

    def _close_writer(self) -> None:
        if self._said is not None:
            self._said.close()
            self._said = None
        if self._writer is not None:
            self._writer.close()
            self._writer = None


class Listener:
    """A thread that hears what any process appended. While it hears nothing, those who wait look by themselves."""

    def __init__(self, connect: Callable[[], Connection], woken: Callable[[], None]) -> None:
        self._connect = connect
        self._woken = woken
        self._stop = Event()
        self._ours, self._theirs = socketpair()
        self._thread = Thread(target=self._run, name="ledger-listener", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            # A server that is away: those who wait look by themselves, and we try again.
            with suppress(OperationalError, StoreUnavailable, psycopg.Error), self._connect() as connection:
                self._hear(connection)
            self._stop.wait(AGAIN)

    def _hear(self, connection: Connection) -> None:
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
        while not self._stop.is_set():
            self._woken()  # also for what was appended before we listened
            with _listening(connection, self._theirs) as either:
                either.select()
            for _ in connection.notifies(timeout=0):
                pass

    def close(self) -> None:
        self._stop.set()
        self._ours.send(b"x")
        self._thread.join()
        self._ours.close()
        self._theirs.close()


def lost(connection: Connection, said: BaseSelector) -> bool:
    """Whether an idle connection is no more: a server says nothing to it, except that it leaves."""
    if connection.closed:
        return True
    if said.select(0):
        with suppress(psycopg.Error):  # it says farewell: then it is lost, as is told below
            connection.pgconn.consume_input()
            # Something was said that is no farewell: a setting that changed, say.
            return bool(said.select(0))
        return True
    return False


def _listening(*sources: Any) -> BaseSelector:
    """Tells whether one of them has something to say."""
    selector = DefaultSelector()
    for source in sources:
        selector.register(source, EVENT_READ)
    return selector


def is_empty(url: str) -> bool:
    """Whether the database holds no facts: its tables may be there."""
    server = Connections(conninfo_to_dict(url))
    try:
        with server.writing() as connection:
            return (
                not is_there(connection) or connection.execute("SELECT 1 FROM log LIMIT 1").fetchone() is None
            )
    finally:
        server.close()


def beside(url: str, name: str, *, make: bool) -> str:
    """The address of a second ledger in the same database: a schema called after that of ``url``, its own lock.

    ``make``: the schema, when it is absent. Its role may have it made by the owner of the database instead.
    """
    server = Connections(conninfo_to_dict(url))
    try:
        with server.writing() as connection, connection.transaction():
            connection.execute(f"SELECT {LOCKED}")
            ((ours,),) = connection.execute("SELECT coalesce(current_schema(), 'public')").fetchall()
            schema = f"{ours}_{name}"
            found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema]).fetchone()
            if make and not found:
                connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    finally:
        server.close()
    given = conninfo_to_dict(url).get("options") or ""
    return make_conninfo(url, options=f"{given} -csearch_path={schema} -csimpul.lock={LOCK + 1}".strip())


def make_tables(connection: Connection, script: str = "postgres.sql", having: str = "head") -> None:
    """Make what is absent, one process at a time: two that create and fill at once deadlock."""
    if not is_there(connection, having):
        with connection.transaction():
            connection.execute(f"SELECT {LOCKED}")
            if not is_there(connection, having):
                connection.execute(resources.files("adapters.ledger").joinpath(script).read_bytes())


def is_there(connection: Connection, table: str = "head") -> bool:
    """Whether the tables of a ledger are, or those that this table is one of."""
    # to_regclass would answer from a cache that taking an advisory lock does not renew.
    text = "SELECT 1 FROM pg_tables WHERE tablename = %s AND schemaname = ANY(current_schemas(false))"
    return connection.execute(text, [table]).fetchone() is not None


def check(connection: Connection) -> None:
    """The tables are of a format that we know, and the head row tells the last fact."""
    found = connection.execute("SELECT format, n, (SELECT max(pos) FROM log) FROM head").fetchone()
    format_, head, last = found or (0, 0, -1)
    if format_ > FORMAT:
        raise StoreUnavailable("store-too-new", found=format_, known=FORMAT)
    if head != (last or 0):
        raise StoreUnavailable("store-damaged")


@contextmanager
def translated() -> Iterator[None]:
    """PostgreSQL's errors as the library's, violations by name, the rest with the refusal that they mean."""
    try:
        yield
    except psycopg.errors.UniqueViolation as violation:
        name = violation.diag.constraint_name or ""
        if name == "log_pkey":  # the head row does not tell the last fact
            raise OperationalError(violation) from StoreUnavailable("store-damaged")
        raise VIOLATIONS.get(name, IntegrityError)(str(violation)) from violation
    except psycopg.IntegrityError as violation:
        raise IntegrityError(str(violation)) from violation
    except psycopg.DataError as error:
        raise DataError(error) from error
    except psycopg.Error as error:
        raise OperationalError(error) from StoreUnavailable(CODES.get(error.sqlstate or "", "store-failed"))
