"""Who looked at my data? Every reading of a resident, newest first: when, which office, what for, what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, select

from domain.access.reading import PersonRead
from projections.readmodel import Batch, ReadModel, View, Writer, upsert

_readings = Table(
    "readings",
    MetaData(),
    Column("resident", String, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("office", String, nullable=False),
    Column("role", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("seen", String, nullable=False),
    Column("record", String, nullable=False),
    sqlite_with_rowid=False,
)
_put = upsert(_readings)
_of = (
    select(_readings)
    .where(_readings.c.resident == bindparam("resident"), _readings.c.position < bindparam("before"))
    .order_by(_readings.c.position.desc())
    .limit(bindparam("limit"))
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One reading of one resident, as she may know it: the office answers for it, not the clerk.

    ``position`` is that of the ledger of readings.
    """

    resident: str
    position: int
    at: datetime
    office: str
    role: str
    purpose: str
    channel: str
    seen: str
    record: str


def read_model() -> ReadModel:
    return ReadModel("readings", 1, (_readings,), _apply)


def _apply(batch: Batch, write: Writer) -> None:
    rows = []
    for fact in batch:
        if isinstance(fact.event, PersonRead):
            by, event = fact.header, fact.event
            at = (by.recorded_at - EPOCH) // timedelta(microseconds=1)
            told = (fact.position, at, by.office, by.role, by.purpose, by.channel, event.seen, event.record)
            rows += [(resident, *told) for resident in event.residents]
    write.many(_put, rows)


def _row(row: Sequence[Any]) -> ReadingRow:
    resident, position, at, *rest = row
    return ReadingRow(resident, position, EPOCH + timedelta(microseconds=at), *rest)


def of_resident(view: View, resident: str, *, before: int = NEWEST, limit: int = 100) -> list[ReadingRow]:
    """At most ``limit`` readings of a resident at positions below ``before``, newest first."""
    asked = {"resident": resident, "before": before, "limit": limit}
    return [_row(row) for row in view.connection.execute(_of, asked)]
