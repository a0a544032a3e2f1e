"""Who asked to be forgotten, what was decided and by whom: newest first. No name, no number, no letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, bindparam, func, select

from domain.privacy import erasure as rules
from domain.privacy.erasure import (
    ANSWERED_WITHIN,
    ErasureApproved,
    ErasureRejected,
    ErasureRequested,
    Stage,
    SubjectForgotten,
)
from projections.readmodel import Batch, ReadModel, View, Writer, by_stream, upsert

_erasures = Table(
    "erasures",
    MetaData(),
    Column("erasure", String, primary_key=True),
    Column("resident", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("basis", String, nullable=False),
    Column("reason", String),
    Column("office", String, nullable=False),
    Column("requested_by", String, nullable=False),
    Column("requested_at", Integer, nullable=False),
    Column("decided_by", String),
    Column("decided_at", Integer),
    Column("forgotten", Integer),
    Column("version", Integer, nullable=False),
)
Index("erasures_by_stage", _erasures.c.stage, _erasures.c.requested_at)
Index("erasures_forgotten", _erasures.c.forgotten)
_put = upsert(_erasures)
_one = select(_erasures).where(_erasures.c.erasure == bindparam("id"))
EVENTS: tuple[type, ...] = tuple(event.type for event in rules.EVENTS)


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """An erasure as it stands; ``forgotten`` is the ledger position at which the keys were gone."""

    erasure: str
    resident: str
    stage: str
    basis: str
    reason: str | None
    office: str
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    forgotten: int | None
    version: int

    @property
    def due(self) -> datetime:
        """When the applicant must have her answer."""
        return self.requested_at + ANSWERED_WITHIN


def read_model() -> ReadModel:
    return ReadModel("erasures", 1, (_erasures,), _apply)


def _apply(batch: Batch, write: Writer) -> None:
    rows: list[tuple[Any, ...]] = []
    for stream, facts in by_stream(batch, EVENTS).items():
        found = write.rows(_one, (stream,))
        row = dict(zip(_erasures.columns.keys(), found[0], strict=True)) if found else {}
        for fact in facts:
            at = int(fact.header.recorded_at.timestamp())
            row = _follow(row, stream, fact.event, fact.header.office, at, fact.position)
        row["version"] = facts[-1].header.version
        rows.append(tuple(row.get(column) for column in _erasures.columns.keys()))  # noqa: SIM118 - a column collection is no dict
    write.many(_put, rows)


def _follow(
    row: dict[str, Any], stream: str, event: Any, office: str, at: int, position: int
) -> dict[str, Any]:
    match event:
        case ErasureRequested(subject, basis, _, officer, _):
            # Asked again after a rejection, it begins anew.
            return {
                "erasure": stream,
                "resident": subject,
                "stage": Stage.REQUESTED.value,
                "basis": basis,
                "office": office,
                "requested_by": officer,
                "requested_at": at,
            }
        case ErasureApproved(_, officer):
            return row | {"stage": Stage.APPROVED.value, "decided_by": officer, "decided_at": at}
        case ErasureRejected(_, officer, reason):
            decided = {"decided_by": officer, "decided_at": at, "reason": reason}
            return row | {"stage": Stage.REJECTED.value} | decided
        case SubjectForgotten():
            return row | {"stage": Stage.FORGOTTEN.value, "forgotten": position}
    return row


def _row(row: Sequence[Any]) -> ErasureRow:
    named = dict(zip(_erasures.columns.keys(), row, strict=True))
    for column in ("requested_at", "decided_at"):
        if named[column] is not None:
            named[column] = datetime.fromtimestamp(named[column], UTC)
    return ErasureRow(**named)


def by_id(view: View, erasure: str) -> ErasureRow | None:
    row = view.connection.execute(_one, {"id": erasure}).first()
    return _row(row) if row else None


def page(view: View, *, stage: str | None = None, limit: int = 100) -> list[ErasureRow]:
    """The latest requests, newest first."""
    query = select(_erasures).order_by(_erasures.c.requested_at.desc(), _erasures.c.erasure).limit(limit)
    if stage:
        query = query.where(_erasures.c.stage == stage)
    return [_row(row) for row in view.connection.execute(query)]


def last_forgotten(view: View) -> int:
    """The ledger position at which somebody was forgotten last; 0 when nobody was."""
    return view.connection.execute(select(func.max(_erasures.c.forgotten))).scalar() or 0
