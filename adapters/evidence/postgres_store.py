"""The store of a ledger on PostgreSQL as its auditor has it; the twin of ``SqliteStore``."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, TypeVar

from eventsourcing.persistence import PersistenceError
from psycopg.conninfo import conninfo_to_dict

from adapters.evidence.store import (
    PAGE,
    WORST,
    ClaimOf,
    CommandOf,
    Contents,
    Leaf,
    Leaves,
    StoredFact,
    SubjectOf,
)
from adapters.ledger.postgres_append import copy_rows
from adapters.ledger.postgres_server import LOCKED, Connection, Connections, is_there, make_tables, translated
from adapters.ledger.store import FORMAT, unavailable
from domain.kernel.errors import StoreUnavailable

T = TypeVar("T")
GUARDS = ("log_is_never_updated", "log_is_never_deleted", "log_is_never_truncated")


class PostgresSnapshot:
    """One read transaction: what is appended meanwhile is not seen."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def head(self) -> int:
        """The last position; 0 when nothing is there."""
        return self._all("SELECT max(pos) FROM log")[0][0] or 0

    def leaves(self, position: int, limit: int) -> list[Leaf]:
        """At most ``limit`` that follow ``position``."""
        text = "SELECT pos, leaf_hash, committed_at FROM log WHERE pos > %s ORDER BY pos LIMIT %s"
        return [Leaf(*row) for row in self._all(text, (position, limit))]

    def facts(self) -> Iterator[StoredFact]:
        text = "SELECT pos, stream, version, topic, record, leaf_hash, committed_at FROM log ORDER BY pos"
        return self._rows(StoredFact._make, text)

    def claims(self) -> Iterator[ClaimOf]:
        return self._rows(ClaimOf._make, "SELECT kind, key, stream FROM claim ORDER BY kind, key")

    def commands(self) -> Iterator[CommandOf]:
        text = "SELECT cmd_id, fingerprint, first_pos, last_pos FROM command ORDER BY cmd_id"
        return self._rows(CommandOf._make, text)

    def subjects(self) -> Iterator[SubjectOf]:
        return self._rows(SubjectOf._make, "SELECT subject, key_id FROM subject ORDER BY subject")

    def damage(self) -> list[str]:
        """Which of the guards of ``log`` are gone or off, and whether the head row tells the last fact."""
        text = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'log'::regclass AND tgenabled IN ('A', 'O')"
        there = {name for (name,) in self._all(text)}
        found = [f"the trigger {name} is gone" for name in GUARDS if name not in there]
        heads = [n for (n,) in self._all("SELECT n FROM head")]
        return found if heads == [self.head()] else [*found, "the head row does not tell the last fact"]

    def strays(self) -> list[str]:
        """Claims of streams that have no fact, and commands of positions that are not there."""
        claims = (
            "SELECT DISTINCT stream FROM claim c"
            " WHERE NOT EXISTS (SELECT 1 FROM log WHERE log.stream = c.stream) LIMIT %s"
        )
        commands = (
            "SELECT upper(encode(cmd_id, 'hex')) FROM command"
            " WHERE NOT (1 <= first_pos AND first_pos <= last_pos AND last_pos <= %s) LIMIT %s"
        )
        found = [f"a claim of {stream}" for (stream,) in self._all(claims, (WORST,))]
        return [*found, *(f"command {id_}" for (id_,) in self._all(commands, (self.head(), WORST)))]

    def _all(self, text: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with told():
            return self._connection.execute(text, parameters, binary=True).fetchall()

    def _rows(self, make: Callable[[Any], T], text: str) -> Iterator[T]:
        with told(), self._connection.cursor("pages", binary=True) as cursor:
            cursor.itersize = PAGE
            cursor.execute(text)
            yield from map(make, cursor)


class PostgresStore:
    """The database of a ledger, connected to whenever it is read. Any thread may."""

    name = "the database"

    def __init__(self, url: str) -> None:
        self._url = url

    def exists(self) -> bool:
        with self._connection() as connection:
            return is_there(connection)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with told(), closing(Connections(conninfo_to_dict(self._url)).connect()) as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[PostgresSnapshot]:
        """Refused: ``store-missing``, ``store-too-new``, or why PostgreSQL cannot read it."""
        with self._connection() as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            if not is_there(connection):
                raise StoreUnavailable("store-missing", path=self.name)
            found = connection.execute("SELECT format FROM head").fetchone() or (0,)
            if found[0] > FORMAT:
                raise StoreUnavailable("store-too-new", found=found[0], known=FORMAT)
            yield PostgresSnapshot(connection)

    def leaves(self, position: int, limit: int) -> list[Leaf]:
        with self.snapshot() as now:
            return now.leaves(position, limit)

    @contextmanager
    def loading(self, contents: Contents, marks: Mapping[str, bytes]) -> Iterator[Leaves]:
        """Fill the empty store, positions and commit times as they were; committed when the block is left.

        Refused: ``store-not-empty``.
        """
        with self._connection() as connection, connection.transaction():
            make_tables(connection)
            connection.execute(f"SELECT {LOCKED}")
            if connection.execute("SELECT 1 FROM log LIMIT 1").fetchone():
                raise StoreUnavailable("store-not-empty")
            position, at = 0, 0

            def facts() -> Iterator[StoredFact]:
                nonlocal position, at
                for fact in contents.facts():
                    position, at = fact.position, fact.committed_at
                    yield fact

            for table, rows in (
                ("log", facts()),
                ("claim", contents.claims()),
                ("command", contents.commands()),
                ("subject", contents.subjects()),
            ):
                copy_rows(connection, table, rows)
            _mark(connection, marks)
            connection.execute("UPDATE head SET n = %s, at = %s", [position, at])
            yield PostgresSnapshot(connection)


def _mark(connection: Connection, marks: Mapping[str, bytes]) -> None:
    """The store is of these keys; not when a hub with others has opened it before, empty as it was."""
    text = "INSERT INTO key_mark VALUES (%s, %s) ON CONFLICT DO NOTHING"
    connection.cursor().executemany(text, [*marks.items()])
    held: dict[str, bytes] = dict(
        connection.execute("SELECT name, mark FROM key_mark", binary=True).fetchall()
    )
    if held | dict(marks) != held:
        raise StoreUnavailable("store-not-empty")


@contextmanager
def told() -> Iterator[None]:
    """PostgreSQL's errors in our words."""
    try:
        with translated():
            yield
    except PersistenceError as error:
        raise unavailable(error) from error
