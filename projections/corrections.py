"""What shall be corrected, and who decided: each request with both values of every element."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, Date, Index, Integer, MetaData, String, Table, bindparam, null, select

from domain.population.correction import (
    CorrectionApproved,
    CorrectionRejected,
    CorrectionRequested,
    CorrectionStage,
)
from domain.population.resident.person import Change
from projections.readmodel import Batch, ReadModel, View, Writer, forgotten, upsert

MOST = 100
_corrections = Table(
    "corrections",
    MetaData(),
    Column("correction", String, primary_key=True),
    Column("resident", String, nullable=False, index=True),
    Column("entry", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("asked_on", Date, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("decided_on", Date),
    Column("decided_by", String),
    Column("rejected_because", String),
    Column("changes", String),
    Column("reason", String),
    Column("version", Integer, nullable=False),
)
Index("corrections_by_stage", _corrections.c.stage, _corrections.c.asked_on)
_put = upsert(_corrections)
_decide = (
    _corrections.update()
    .where(_corrections.c.correction == bindparam("id"))
    .values(
        stage=bindparam("as"),
        decided_on=bindparam("on"),
        decided_by=bindparam("by"),
        rejected_because=bindparam("why"),
        version=bindparam("at"),
    )
)
_forget = (
    _corrections.update()
    .where(_corrections.c.resident == bindparam("id"))
    .values(changes=null(), reason=null())
)


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """``changes`` and ``reason`` are None once the resident is forgotten."""

    correction: str
    resident: str
    entry: str
    stage: str
    asked_on: date
    asked_by: str
    decided_on: date | None
    decided_by: str | None
    rejected_because: str | None
    changes: tuple[Change, ...] | None
    reason: str | None
    version: int


def read_model() -> ReadModel:
    return ReadModel("corrections", 1, (_corrections,), _apply)


def _apply(batch: Batch, write: Writer) -> None:
    for fact in batch:
        id_, version = fact.header.stream, fact.header.version
        match fact.event:
            case CorrectionRequested() as event:
                write.many(_put, [_row(id_, event, version)])
            case CorrectionApproved(on, by):
                approved = (CorrectionStage.APPROVED.value, on.isoformat(), by, None, version, id_)
                write.many(_decide, [approved])
            case CorrectionRejected(on, by, why):
                rejected = (CorrectionStage.REJECTED.value, on.isoformat(), by, why, version, id_)
                write.many(_decide, [rejected])
    write.many(_forget, [(subject,) for subject in forgotten(batch)])


def _row(id_: str, event: CorrectionRequested, version: int) -> tuple[Any, ...]:
    changes = event.changes.value
    return (
        id_,
        event.resident,
        event.entry,
        CorrectionStage.REQUESTED.value,
        event.on.isoformat(),
        event.asked_by,
        *(None, None, None),
        json.dumps([asdict(change) for change in changes]) if changes is not None else None,
        event.reason.value,
        version,
    )


def page(view: View, *, stage: str | None = None, resident: str | None = None) -> Sequence[CorrectionRow]:
    """The latest requests, newest first, at most 100."""
    c = _corrections.c
    query = select(_corrections).order_by(c.asked_on.desc(), c.correction).limit(MOST)
    if stage:
        query = query.where(c.stage == stage)
    if resident:
        query = query.where(c.resident == resident)
    return [_read(row) for row in view.connection.execute(query)]


def by_id(view: View, correction: str) -> CorrectionRow | None:
    """One request, or None."""
    query = select(_corrections).where(_corrections.c.correction == correction)
    row = view.connection.execute(query).first()
    return _read(row) if row else None


def _read(row: Any) -> CorrectionRow:
    values = dict(row._mapping)
    if (changes := values["changes"]) is not None:
        values["changes"] = tuple(Change(**change) for change in json.loads(changes))
    return CorrectionRow(**values)
