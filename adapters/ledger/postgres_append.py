"""The append to PostgreSQL: one statement for what comes from a counter, COPY for what comes from a file.

The position is given under the append lock by the update of the head row. To read it (``SELECT max(pos)``) in the
statement that takes the lock would see what was there before the lock was granted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

from eventsourcing.persistence import StoredEvent

from adapters.ledger.postgres_server import CHANNEL, LOCK, Connection
from adapters.ledger.store import Append, ClaimRow, CommandRow, leaf_hash, stream_text

LARGE = 1000
"""Facts from which on COPY is faster than arrays."""
TYPES: Mapping[str, tuple[str, ...]] = {
    "log": ("int8", "text", "int8", "text", "bytea", "bytea", "int8"),
    "claim": ("text", "bytea", "text"),
    "command": ("bytea", "bytea", "int8", "int8"),
    "subject": ("text", "int8"),
}
ADVANCE = "UPDATE head SET n = n + %b, at = greatest(at, %b)"


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes into one commit; ``commands`` count the events of the whole batch. ``now`` in microseconds."""

    events: Sequence[StoredEvent]
    claims: Sequence[ClaimRow]
    commands: Sequence[CommandRow]
    subjects: Sequence[tuple[str, int]]
    now: int

    @classmethod
    def of(cls, group: Sequence[Append], now: int) -> "Batch":
        events: list[StoredEvent] = []
        commands: list[CommandRow] = []
        for append in group:
            at = len(events)
            commands.extend(
                CommandRow(id_, mark, at + start, at + stop)
                for id_, mark, start, stop in append.options.get("commands", ())
            )
            events.extend(append.events)
        claims, subjects = (
            list(chain.from_iterable(append.options.get(name, ()) for append in group))
            for name in ("claims", "subjects")
        )
        return cls(events, claims, commands, subjects, now)

    @property
    def parts(self) -> tuple[bool, bool, bool, bool]:
        """Whether there are events, claims, commands, subjects."""
        return bool(self.events), bool(self.claims), bool(self.commands), bool(self.subjects)

    def parameters(self) -> list[object]:
        """For ``statement``, in its order. A part that is absent has no arrays: an empty one has no type."""
        size = len(self.events)
        found: list[object] = [size, self.now]
        if size:
            found += [size, *_columns(self.rows())]
        found += _columns(self.claims)
        if self.commands:
            found += [size, size, *_columns(self.commands)]
        return found + _columns(self.subjects)

    def rows(self) -> Iterable[tuple[Any, ...]]:
        """The rows of the log without what only the commit tells: position and time."""
        for event in self.events:
            stream, state = stream_text(event.originator_id), event.state
            yield stream, event.originator_version, event.topic, state, leaf_hash(state)


def _columns(rows: Iterable[Sequence[object]]) -> list[object]:
    return [list(column) for column in zip(*rows, strict=True)]


@cache
def statement(events: bool, claims: bool, commands: bool, subjects: bool) -> str:
    """One append; it answers with the new head."""
    parts = [
        f"l AS MATERIALIZED (SELECT pg_advisory_xact_lock({LOCK}))",
        f"h AS ({ADVANCE} FROM l WHERE id = 1 RETURNING n, at)",
    ]
    if events:
        parts.append(
            "i AS (INSERT INTO log SELECT h.n - %b + o, s, v, t, r, f, h.at FROM h,"
            " unnest(%b::text[], %b::bigint[], %b::text[], %b::bytea[], %b::bytea[])"
            " WITH ORDINALITY u(s, v, t, r, f, o))"
        )
    if claims:
        parts.append("c AS (INSERT INTO claim SELECT * FROM unnest(%b::text[], %b::bytea[], %b::text[]))")
    if commands:
        parts.append(
            "d AS (INSERT INTO command SELECT i, f, h.n - %b + a + 1, h.n - %b + z FROM h,"
            " unnest(%b::bytea[], %b::bytea[], %b::bigint[], %b::bigint[]) u(i, f, a, z))"
        )
    if subjects:
        parts.append("s AS (INSERT INTO subject SELECT * FROM unnest(%b::text[], %b::bigint[]))")
    return f"WITH {', '.join(parts)} SELECT n, pg_notify('{CHANNEL}', n::text) FROM h"  # noqa: S608 - our own words


def copy(writer: Connection, batch: Batch) -> int:
    """The same within a transaction, by COPY; the new head."""
    writer.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    found = writer.execute(
        f"{ADVANCE} WHERE id = 1 RETURNING n, at", [len(batch.events), batch.now]
    ).fetchone()
    assert found is not None
    last, at = found
    before = last - len(batch.events)
    facts = ((position, *row, at) for position, row in enumerate(batch.rows(), before + 1))
    commands = ((id_, mark, before + start + 1, before + stop) for id_, mark, start, stop in batch.commands)
    for table, rows in (
        ("log", facts),
        ("claim", batch.claims),
        ("command", commands),
        ("subject", batch.subjects),
    ):
        copy_rows(writer, table, rows)
    writer.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(last)])
    return int(last)


def copy_rows(writer: Connection, table: str, rows: Iterable[Sequence[object]]) -> None:
    """COPY rows into a table of ours, in PostgreSQL's binary form."""
    with writer.cursor().copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as target:
        target.set_types(TYPES[table])
        for row in rows:
            target.write_row(row)
