"""Which papers were given out about a record, and whether they still hold. What stands on them is not here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Date, Index, Integer, MetaData, String, Table, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from domain.papers import paper as rules
from domain.papers.paper import PaperIssued, PaperReplaced, PaperReprinted, PaperRevoked, PaperStatus
from projections.question import Question
from projections.readmodel import Batch, ReadModel, View, Writer, by_stream, upsert

_meta = MetaData()
_papers = Table(
    "papers",
    _meta,
    Column("paper", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("about", String, nullable=False),
    Column("number", String, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("until", Date),
    Column("issued_at", Integer, nullable=False),
    Column("issued_by", String, nullable=False),
    Column("office", String, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("ended_on", Date),
    Column("reason", String),
    Column("replaced_by", String),
    Column("synthetic", Boolean, nullable=False),
    Column("subjects", String, nullable=False),
    Column("version", Integer, nullable=False),
)
_of = Table(
    "paper_records",
    _meta,
    Column("record", String, primary_key=True),
    Column("paper", String, primary_key=True),
)
Index("papers_by_time", _papers.c.issued_at, _papers.c.paper)
_put = upsert(_papers)
_put_record = insert(_of).on_conflict_do_nothing()
_one = select(_papers).where(_papers.c.paper == bindparam("id"))
_of_record = Question(
    select(_papers)
    .join(_of, _of.c.paper == _papers.c.paper)
    .where(_of.c.record == bindparam("record"))
    .order_by(_papers.c.issued_at.desc(), _papers.c.paper.desc())
    .limit(bindparam("limit"))
)
EVENTS: tuple[type, ...] = tuple(event.type for event in rules.EVENTS)


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper as it stands. ``subjects`` are the people on it, ``copies`` counts the first print too."""

    paper: str
    kind: str
    about: str
    number: str
    edition: int
    status: str
    issued_on: date
    until: date | None
    issued_at: datetime
    issued_by: str
    office: str
    copies: int
    ended_on: date | None
    reason: str | None
    replaced_by: str | None
    synthetic: bool
    subjects: tuple[str, ...]
    version: int


def read_model() -> ReadModel:
    return ReadModel("papers", 1, (_papers, _of), _apply)


def _apply(batch: Batch, write: Writer) -> None:
    rows: list[tuple[Any, ...]] = []
    records: list[tuple[str, str]] = []
    for stream, facts in by_stream(batch, EVENTS).items():
        found = write.rows(_one, (stream,))
        row = dict(zip(_papers.columns.keys(), found[0], strict=True)) if found else {}
        for fact in facts:
            if isinstance(fact.event, PaperIssued):
                row = _new(stream, fact.event) | {
                    "issued_at": int(fact.header.recorded_at.timestamp()),
                    "issued_by": fact.header.actor,
                    "office": fact.header.office,
                }
                subjects = (share.subject for share in fact.event.shares)
                records += [(record, stream) for record in dict.fromkeys((fact.event.about, *subjects))]
            else:
                row |= _change(row, fact.event)
        row["version"] = facts[-1].header.version
        rows.append(tuple(row.get(column) for column in _papers.columns.keys()))  # noqa: SIM118 - a column collection is no dict
    write.many(_put, rows)
    write.many(_put_record, records)


def _new(stream: str, event: PaperIssued) -> dict[str, Any]:
    return {
        "paper": stream,
        "kind": event.kind,
        "about": event.about,
        "number": event.number,
        "edition": event.edition,
        "status": PaperStatus.VALID.value,
        "issued_on": event.issued_on.isoformat(),
        "until": event.until.isoformat() if event.until else None,
        "copies": 1,
        "synthetic": event.synthetic,
        "subjects": json.dumps([share.subject for share in event.shares]),
    }


def _change(row: dict[str, Any], event: Any) -> dict[str, Any]:
    match event:
        case PaperReprinted():
            return {"copies": row["copies"] + 1}
        case PaperReplaced(on, by):
            return {"status": PaperStatus.REPLACED.value, "ended_on": on.isoformat(), "replaced_by": by}
        case PaperRevoked(on, reason):
            return {"status": PaperStatus.REVOKED.value, "ended_on": on.isoformat(), "reason": reason}
    return {}


def _row(row: Sequence[Any]) -> PaperRow:
    named = dict(zip(_papers.columns.keys(), row, strict=True))
    named["issued_at"] = datetime.fromtimestamp(named["issued_at"], UTC)
    named["subjects"] = tuple(json.loads(named["subjects"]))
    return PaperRow(**named)


def by_id(view: View, paper: str) -> PaperRow | None:
    row = view.connection.execute(_one, {"id": paper}).first()
    return _row(row) if row else None


def of_record(view: View, record: str, limit: int = 100) -> list[PaperRow]:
    """The papers about a record, or on which a resident or household stands; newest first."""
    return [_row(row) for row in _of_record.ask(view.connection, record=record, limit=limit)]
