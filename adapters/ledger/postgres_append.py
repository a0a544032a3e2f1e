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

from adapters.ledger.postgres_server import CHANNEL, LOCKED, Connection
from adapters.ledger.store import Append, ClaimRow, CommandRow, leaf_hash, stream_text

LARGE = 1000
"""Facts from which on COPY is faster than arrays."""
MANY = 5
"""Rows of a table from which on an append hands them over in arrays."""
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
    def shape(self) -> tuple[int, int, int, int]:
        """How many events, claims, commands and subjects there are; all of many are ``MANY``."""
        sizes = (len(self.events), len(self.claims), len(self.commands), len(self.subjects))
        few, claims, commands, subjects = (min(size, MANY) for size in sizes)
        return few, claims, commands, subjects

    def parameters(self) -> list[object]:
        """For ``statement``, in its order."""
        size = len(self.events)
        found: list[object] = [size, self.now]
        if size:
            found += [size, *_values([*self.rows()])]
        found += _values(self.claims)
        if self.commands:
            found += [size, size, *_values(self.commands)]
        return found + _values(self.subjects)

    def rows(self) -> Iterable[tuple[Any, ...]]:
        """The rows of the log without what only the commit tells: position and time."""
        for event in self.events:
            stream, state = stream_text(event.originator_id), event.state
            yield stream, event.originator_version, event.topic, state, leaf_hash(state)


def _values(rows: Sequence[Sequence[object]]) -> list[object]:
    """As ``_rows`` has them: value by value, or many as a list for each column."""
    if len(rows) < MANY:
        return [*chain.from_iterable(rows)]
    return [list(column) for column in zip(*rows, strict=True)]


def _rows(count: int, types: Sequence[str], names: str) -> str:
    """So many rows, with their number ``o`` from 1. Arrays of one or two take PostgreSQL half an append."""
    if count < MANY:
        row = ", ".join(f"%b::{type_}" for type_ in types)
        values = ", ".join(f"({n}::int8, {row})" for n in range(1, count + 1))
        return f"(VALUES {values}) u(o, {names})"
    arrays = ", ".join(f"%b::{type_}[]" for type_ in types)
    return f"unnest({arrays}) WITH ORDINALITY u({names}, o)"


@cache
def statement(events: int, claims: int, commands: int, subjects: int) -> str:
    """One append of that shape; it answers with the new head."""
    parts = [
        f"l AS MATERIALIZED (SELECT {LOCKED})",
        f"h AS ({ADVANCE} FROM l WHERE id = 1 RETURNING n, at)",
    ]
    if events:
        source = _rows(events, TYPES["log"][1:-1], "s, v, t, r, f")
        parts.append(f"i AS (INSERT INTO log SELECT h.n - %b + o, s, v, t, r, f, h.at FROM h, {source})")  # noqa: S608
    if claims:
        source = _rows(claims, TYPES["claim"], "k, y, s")
        parts.append(f"c AS (INSERT INTO claim SELECT k, y, s FROM {source})")  # noqa: S608
    if commands:
        source = _rows(commands, TYPES["command"], "i, f, a, z")
        parts.append(
            f"d AS (INSERT INTO command SELECT i, f, h.n - %b + a + 1, h.n - %b + z FROM h, {source})"  # noqa: S608
        )
    if subjects:
        source = _rows(subjects, TYPES["subject"], "s, k")
        parts.append(f"s AS (INSERT INTO subject SELECT s, k FROM {source})")  # noqa: S608
    return f"WITH {', '.join(parts)} SELECT n, pg_notify('{CHANNEL}', n::text) FROM h"  # noqa: S608 - our own words


def copy(writer: Connection, batch: Batch) -> int:
    """The same within a transaction, by COPY; the new head."""
    writer.execute(f"SELECT {LOCKED}")
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
