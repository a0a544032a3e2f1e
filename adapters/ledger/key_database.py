"""Wrapped keys in a PostgreSQL database of their own, for hubs on several machines that share a ledger.

What is deleted is gone from the table's file at once. It stays in the server's log (WAL) and in backups until
they have rotated: a wrapped key there is worth nothing without the key-encryption key, which never comes here.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from eventsourcing.persistence import PersistenceError
from psycopg.conninfo import conninfo_to_dict

from adapters.ledger.postgres_server import Connection, Connections, make_tables
from adapters.ledger.store import unavailable
from adapters.ledger.wrapped import About
from domain.kernel.errors import StoreUnavailable

OLDER = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND age(backend_xmin) >= age(%s::text::xid) AND backend_type <> 'autovacuum worker' LIMIT 1"
)
"""Whether somebody still sees what that transaction removed, so that VACUUM would keep it."""


class KeyDatabase:
    """The keys at an address; connections are made when they are needed."""

    def __init__(self, url: str) -> None:
        self._server = Connections(conninfo_to_dict(url))
        try:
            with self._writing() as writer:
                make_tables(writer, "postgres_keys.sql", "key_store")
        except BaseException:
            self._server.close()
            raise

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with _told(), self._server.writing() as writer:
            yield writer

    def _read(self, text: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with _told():
            return self._server.read(text, parameters)

    def about(self) -> About | None:
        found = self._read("SELECT id, sealed FROM key_store")
        return About(*found[0]) if found else None

    def begin(self, about: About) -> None:
        with self._writing() as writer:
            text = "INSERT INTO key_store (id, sealed) VALUES (%s, %s) ON CONFLICT DO NOTHING"
            writer.execute(text, about)

    def last_given(self) -> int:
        found = self._read("SELECT last FROM key_store")
        return found[0][0] if found else 0

    def add(self, wrapped: Sequence[bytes], beyond: int) -> range:
        size = len(wrapped)
        with self._writing() as writer, writer.transaction():
            # The row is locked until the commit: numbers are one run, and none is given twice.
            text = "UPDATE key_store SET last = greatest(last, %s) + %s RETURNING last"
            found = writer.execute(text, [beyond, size]).fetchone()
            assert found is not None
            ids = range(found[0] - size + 1, found[0] + 1)
            text = "INSERT INTO subject_key SELECT * FROM unnest(%s::bigint[], %s::bytea[])"
            writer.execute(text, [list(ids), list(wrapped)], binary=True)
        return ids

    def take_in(self, about: About, last: int, settled: int, rows: Iterable[tuple[int, bytes]]) -> None:
        """Become the store that these keys are of, all of it or nothing. Ours has none yet."""
        with self._writing() as writer, writer.transaction():
            writer.execute("DELETE FROM key_store")
            text = "INSERT INTO key_store (id, sealed, last, settled) VALUES (%s, %s, %s, %s)"
            writer.execute(text, [*about, last, settled])
            with writer.cursor().copy("COPY subject_key FROM STDIN (FORMAT BINARY)") as target:
                target.set_types(("int8", "bytea"))
                for row in rows:
                    target.write_row(row)

    def find(self, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        return self._read("SELECT id, wrapped FROM subject_key WHERE id = ANY(%s)", [list(ids)])

    def changes(self) -> object:
        return self._read("SELECT destroyed FROM key_store")

    def remove(self, ids: Sequence[int]) -> None:
        """Refused: ``store-busy`` while somebody reads an older state: the table's file would still hold them."""
        with self._writing() as writer:
            with writer.transaction():
                writer.execute("DELETE FROM subject_key WHERE id = ANY(%s)", [list(ids)])
                text = (
                    "UPDATE key_store SET destroyed = destroyed + 1 RETURNING pg_current_xact_id()::xid::text"
                )
                found = writer.execute(text).fetchone()
            assert found is not None
            # Asked first: nobody begins to see an older state now, but who does may end meanwhile.
            if writer.execute(OLDER, found).fetchone():
                raise StoreUnavailable("store-busy")
            # Any other VACUUM leaves a row's bytes in the page until another row takes the place.
            writer.execute("VACUUM (FULL) subject_key")

    def settled(self) -> int:
        found = self._read("SELECT settled FROM key_store")
        return found[0][0] if found else 0

    def settle(self, position: int) -> None:
        with self._writing() as writer:
            writer.execute("UPDATE key_store SET settled = %s", [position])

    def close(self) -> None:
        self._server.close()


@contextmanager
def _told() -> Iterator[None]:
    """PostgreSQL's errors in our words."""
    try:
        yield
    except PersistenceError as error:
        raise unavailable(error) from error
