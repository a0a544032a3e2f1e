"""The ledger on PostgreSQL 15 and later: a persistence module of ``eventsourcing``, durable at every commit.

``PERSISTENCE_MODULE=adapters.ledger.postgres`` with ``POSTGRES_URL`` (``postgresql://user@host/database``) or
the library's own ``POSTGRES_DBNAME`` and so on works for any application of that library. An append is one
statement: the append lock, the head row, facts with their leaf hashes, claims, command ids and NOTIFY.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing import postgres as library
from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    PersistenceError,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
)
from eventsourcing.utils import Environment
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from adapters.clock import SystemClock
from adapters.ledger.postgres_append import LARGE, Batch, copy, statement
from adapters.ledger.postgres_server import LOCKED, Connection, Connections
from adapters.ledger.store import (
    Append,
    Appending,
    ByStream,
    StoredCommand,
    Waking,
    WakingSubscription,
)
from domain.kernel.ports import Clock

POLL = 1.0
"""Seconds between two looks by who is not woken: the safety net under NOTIFY."""


class Recorder(Appending, Waking, ByStream, library.PostgresRecorder, ApplicationRecorder):
    """The application recorder: append with claims and commands, read by stream or by position."""

    poll = POLL
    mark = "%s"

    def __init__(self, datastore: "Datastore") -> None:
        super().__init__(datastore)
        self.clock: Clock = SystemClock()
        self._server = datastore.server

    def create_table(self) -> None:
        self._server.make_tables()
        if self.sql_create_statements:  # those of a process recorder
            super().create_table()

    # -- writing

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append all or nothing; the positions. ``claims``, ``commands``, ``subjects`` go into the same commit."""
        return self._append(Append(stored_events, kwargs))

    def _commit(self, group: Sequence[Append]) -> None:
        """All of them in one statement; when one violates something, by halves until it is alone."""
        try:
            self._write(group)
        except IntegrityError as violation:
            if len(group) == 1:
                group[0].error = violation
                return
            half = len(group) // 2
            self._commit(group[:half])
            self._commit(group[half:])
        except PersistenceError as failure:
            for append in group:
                append.error = failure

    def _write(self, group: Sequence[Append]) -> None:
        batch = Batch.of(group, int(self.clock.now().timestamp() * 1_000_000))
        tracking = [t for append in group if (t := append.options.get("tracking"))]
        with self._server.writing() as writer:
            if tracking or len(batch.events) > LARGE:
                with writer.transaction():
                    last = copy(writer, batch) if len(batch.events) > LARGE else self._insert(writer, batch)
                    self._track(writer, tracking)
            else:
                last = self._insert(writer, batch)
        first = last - len(batch.events) + 1
        for append in group:
            append.positions = list(range(first, first + len(append.events)))
            first += len(append.events)

    def _insert(self, writer: Connection, batch: Batch) -> int:
        found = writer.execute(
            statement(*batch.shape), batch.parameters(), prepare=True, binary=True
        ).fetchone()
        assert found is not None
        last: int = found[0]
        return last

    def _track(self, writer: Connection, tracking: Sequence[Tracking]) -> None:
        assert not tracking, "only a process recorder tracks"

    def _mark(self, statement: str, marks: Sequence[tuple[str, bytes]]) -> None:
        with self._server.writing() as writer, writer.transaction():
            writer.execute(f"SELECT {LOCKED}")
            writer.cursor().executemany(statement, marks)

    # -- reading, as the library asks

    def _read(self, text: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._server.read(text, parameters)

    def convert_originator_id(self, stream: str) -> UUID | str:
        return stream if self.datastore.originator_id_type == "text" else UUID(stream)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        parameters: list[object] = [start or 0]
        where = ["pos >= %s" if inclusive_of_start else "pos > %s"]
        if stop is not None:
            where.append("pos <= %s")
            parameters.append(stop)
        if topics:
            where.append("topic = ANY(%s)")
            parameters.append(list(topics))
        text = (
            "SELECT stream, version, topic, record, pos FROM log "  # noqa: S608 - our own words
            f"WHERE {' AND '.join(where)} ORDER BY pos LIMIT %s"
        )
        return [
            Notification(self.convert_originator_id(s), v, topic, state, pos)
            for s, v, topic, state, pos in self._read(text, (*parameters, limit))
        ]

    def max_notification_id(self) -> int | None:
        return self.head() or None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Facts after ``gt`` as they are appended, by this process or another."""
        self._server.listen(self._wake)
        return WakingSubscription(self, gt, topics)

    # -- reading, as the ledger asks

    def head(self) -> int:
        """The last position; 0 when nothing is there."""
        head: int = self._read("SELECT n FROM head")[0][0]
        return head

    def wait_beyond(self, position: int, timeout: float) -> bool:
        """Until the head is beyond ``position``; False after ``timeout`` seconds."""
        self._server.listen(self._wake)
        return super().wait_beyond(position, timeout)

    def holders(self, keys: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], str]:
        """Who holds which of these claims."""
        if not keys:
            return {}
        text = (
            "SELECT kind, key, stream FROM claim "
            "JOIN unnest(%s::text[], %s::bytea[]) AS wanted(kind, key) USING (kind, key)"
        )
        wanted = [[kind for kind, _ in keys], [key for _, key in keys]]
        return {(kind, key): stream for kind, key, stream in self._read(text, wanted)}

    def subject_keys(self, subjects: Sequence[str]) -> dict[str, int]:
        """The key ids of those of these data subjects that have one."""
        return dict(self._among("SELECT subject, key_id FROM subject WHERE subject = ANY(%s)", subjects))

    def commands(self, ids: Sequence[bytes]) -> dict[bytes, StoredCommand]:
        """Which of these commands were accepted before."""
        text = "SELECT cmd_id, fingerprint, first_pos, last_pos FROM command WHERE cmd_id = ANY(%s)"
        return {id_: StoredCommand(*rest) for id_, *rest in self._among(text, ids)}

    def _among(self, text: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        return self._read(text, [list(values)]) if values else []


class ProcessingRecorder(library.PostgresTrackingRecorder, Recorder, ProcessRecorder):
    """Events and the position of what they were made from, in one commit."""

    def _track(self, writer: Connection, tracking: Sequence[Tracking]) -> None:
        with writer.cursor(row_factory=dict_row) as cursor:
            for one in tracking:
                self._insert_tracking(cursor, one)


class Datastore(library.PostgresDatastore):
    """The library's datastore (snapshots, tracking) with our connections beside its pool."""

    def __init__(self, made: library.PostgresDatastore, address: dict[str, Any], schema: str) -> None:
        self.__dict__ |= made.__dict__
        made.__dict__.clear()  # it would close the pool when it is collected
        assert isinstance(self.pool.kwargs, dict)
        self.pool.kwargs |= address
        given = {name: value for name, value in self.pool.kwargs.items() if name != "row_factory" and value}
        self.server = Connections(given, schema)

    def close(self) -> None:
        self.server.close()
        super().close()


class Factory(library.PostgresFactory):
    """Makes our recorders where the library would make its own."""

    def __init__(self, env: Any) -> None:
        env = env if isinstance(env, Environment) else Environment(env=env)
        address: dict[str, Any] = conninfo_to_dict(env.get("POSTGRES_URL") or "")
        for name, value in _names(address).items() if address else ():
            env.setdefault(name, value)
        super().__init__(env)
        self.datastore: Datastore = Datastore(
            self.datastore, address, self.env.get(self.POSTGRES_SCHEMA) or ""
        )

    def application_recorder(self) -> ApplicationRecorder:
        recorder = Recorder(self.datastore)
        self._make_tables(recorder)
        return recorder

    def process_recorder(self) -> ProcessRecorder:
        recorder = ProcessingRecorder(self.datastore)
        self._make_tables(recorder)
        return recorder

    def _make_tables(self, recorder: library.PostgresRecorder) -> None:
        if self.env_create_table():
            recorder.create_table()


def _names(address: dict[str, Any]) -> dict[str, str]:
    """The library's own names of what stands in an address; it wants all of them, libpq has defaults."""
    return {
        f"POSTGRES_{name.upper()}": address.get(name) or "" for name in ("dbname", "host", "user", "password")
    }
