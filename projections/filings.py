"""What waits for the centre, since when, and what it has answered: each file with its place in the line."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    func,
    null,
    select,
)

from domain.kernel.events import Header
from domain.population.filing import Answer, EventFiled, FilingGranted, FilingRefused, FilingStage
from projections.readmodel import Batch, ReadModel, View, Writer, forgotten, upsert

MOST = 100
_filings = Table(
    "filings",
    MetaData(),
    Column("filing", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("code", String, nullable=False),
    Column("on", Date, nullable=False),
    Column("office", String, nullable=False),
    Column("filed_by", String, nullable=False),
    Column("filed_at", DateTime(timezone=True), nullable=False),
    Column("entry", String, nullable=False),
    Column("case", String, nullable=False),
    Column("residents", String, nullable=False),
    Column("subject", String, nullable=False, index=True),
    Column("numbers", Integer, nullable=False),
    Column("stage", String, nullable=False),
    Column("answered_at", DateTime(timezone=True)),
    Column("message", String),
    Column("receipt", String),
    Column("sent", DateTime(timezone=True)),
    Column("reason", String),
    Column("version", Integer, nullable=False),
)
Index("filings_by_stage", _filings.c.stage, _filings.c.position)
_put = upsert(_filings)
_settle = (
    _filings.update()
    .where(_filings.c.filing == bindparam("id"))
    .values(
        stage=bindparam("as"),
        answered_at=bindparam("at"),
        message=bindparam("said"),
        receipt=bindparam("proof"),
        sent=bindparam("when"),
        reason=bindparam("why"),
        version=bindparam("now"),
    )
)
_forget = _filings.update().where(_filings.c.subject == bindparam("id")).values(reason=null())


@dataclass(frozen=True, slots=True)
class FilingRow:
    """A file. ``place``: how many wait up to and with it, 0 once it is answered. Times are in UTC.

    ``message``, ``receipt`` and ``sent`` are the sender's own; ``reason`` is None unless the centre refused.
    """

    filing: str
    position: int
    code: str
    on: date
    office: str
    filed_by: str
    filed_at: datetime
    entry: str
    case: str
    residents: tuple[str, ...]
    subject: str
    numbers: int
    stage: str
    answered_at: datetime | None
    message: str | None
    receipt: str | None
    sent: datetime | None
    reason: str | None
    version: int
    place: int = 0


def read_model() -> ReadModel:
    return ReadModel("filings", 1, (_filings,), _apply)


def _apply(batch: Batch, write: Writer) -> None:
    for fact in batch:
        match fact.event:
            case EventFiled() as filed:
                write.many(_put, [_row(fact.header, fact.position, filed)])
            case FilingGranted(answer):
                write.many(_settle, [_settled(fact.header, FilingStage.GRANTED, answer, None)])
            case FilingRefused(answer, reason):
                write.many(_settle, [_settled(fact.header, FilingStage.REFUSED, answer, reason.value)])
    write.many(_forget, [(subject,) for subject in forgotten(batch)])


def _row(header: Header, position: int, filed: EventFiled) -> tuple[Any, ...]:
    return (
        header.stream,
        position,
        filed.code,
        filed.on.isoformat(),
        header.office,
        header.actor,
        _text(header.recorded_at),
        filed.entry,
        filed.case,
        json.dumps(filed.residents),
        filed.file.subject,
        len(filed.asked),
        FilingStage.WAITING.value,
        *(None, None, None, None, None),
        header.version,
    )


def _settled(header: Header, stage: FilingStage, answer: Answer, reason: str | None) -> tuple[Any, ...]:
    at, sent = _text(header.recorded_at), _text(answer.sent.astimezone(UTC))
    return (
        stage.value,
        at,
        answer.message,
        answer.receipt,
        sent,
        reason,
        header.version,
        header.stream,
    )


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def page(view: View, *, stage: str = "", resident: str = "") -> Sequence[FilingRow]:
    """At most 100 files: what waits from the first in line, everything else from the latest."""
    c = _filings.c
    waiting = stage == FilingStage.WAITING.value
    query = select(_filings).order_by(c.position if waiting else c.position.desc()).limit(MOST)
    if stage:
        query = query.where(c.stage == stage)
    if resident:
        query = query.where(c.residents.contains(json.dumps(resident), autoescape=True))
    return [_read(view, row) for row in view.connection.execute(query)]


def by_id(view: View, filing: str) -> FilingRow | None:
    """One file, or None."""
    row = view.connection.execute(select(_filings).where(_filings.c.filing == filing)).first()
    return _read(view, row) if row else None


def waiting(view: View) -> tuple[int, datetime | None]:
    """How many wait, and since when the first of them."""
    c = _filings.c
    query = select(func.count(), func.min(c.filed_at)).where(c.stage == FilingStage.WAITING.value)
    count, since = view.connection.execute(query).one()
    return count, since.replace(tzinfo=UTC) if since else None


def _read(view: View, row: Any) -> FilingRow:
    values = dict(row._mapping)
    for name in ("filed_at", "answered_at", "sent"):
        values[name] = values[name].replace(tzinfo=UTC) if values[name] else None
    values["residents"] = tuple(json.loads(values["residents"]))
    return FilingRow(**values, place=_place(view, values) if values["stage"] == FilingStage.WAITING else 0)


def _place(view: View, values: dict[str, Any]) -> int:
    c = _filings.c
    before = select(func.count()).where(
        c.stage == FilingStage.WAITING.value, c.position <= values["position"]
    )
    return view.connection.execute(before).scalar() or 0
