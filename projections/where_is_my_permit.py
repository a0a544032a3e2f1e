"""Where is my permit: each application's steps, dates and deadline; for the public by tracking code."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    func,
    null,
    select,
    tuple_,
)

from domain.licensing import application as rules
from domain.licensing.application import (
    OPEN,
    Application,
    ApplicationApproved,
    ApplicationRefused,
    ApplicationSubmitted,
    ApplicationVerified,
    Status,
    evolve,
)
from domain.population.resident.events import DeathReversed, Died
from projections.readmodel import Batch, ReadModel, View, Writer, by_stream, forgotten, upsert

_applications = Table(
    "applications",
    MetaData(),
    Column("application", String, primary_key=True),
    Column("tracking", String, nullable=False, unique=True),
    Column("permit", String, nullable=False),
    Column("catalogue", String, nullable=False),
    Column("office", String, nullable=False),
    Column("village", String, nullable=False),
    Column("applicant", String, nullable=False),
    Column("applicant_name", String),
    Column("company", String),
    Column("status", String, nullable=False),
    Column("submitted_on", Date, nullable=False),
    Column("complete_on", Date),
    Column("deadline", Date),
    Column("decided_on", Date),
    Column("issued_on", Date),
    Column("number", String),
    Column("reason", String),
    Column("steps", String, nullable=False),
    Column("version", Integer, nullable=False),
)
Index("applications_by_office", _applications.c.office, _applications.c.status)
Index("applications_by_applicant", _applications.c.applicant)
Index("applications_by_day", _applications.c.submitted_on, _applications.c.application)
_deaths = Table(
    "deaths",
    _applications.metadata,
    Column("resident", String, primary_key=True),
    Column("died_on", Date, nullable=False),
)
# Joined when read: who applied may be told dead before or after her application is.
_shown = select(_applications, _deaths.c.died_on).outerjoin(
    _deaths, _deaths.c.resident == _applications.c.applicant
)
_put = upsert(_applications)
_put_death = upsert(_deaths)
_drop_death = _deaths.delete().where(_deaths.c.resident == bindparam("id"))
_one = select(_applications).where(_applications.c.application == bindparam("id"))
_empty = (
    _applications.update()
    .where(_applications.c.applicant == bindparam("subject"))
    .values(applicant_name=null(), company=null(), reason=null())
)
EVENTS: tuple[type, ...] = tuple(event.type for event in rules.EVENTS)


@dataclass(frozen=True, slots=True)
class PublicStep:
    """A status, and when it was reached (server time)."""

    status: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application as its officer sees it. Applicant, company and reason are None once forgotten.

    ``applicant_died_on`` flags an open one: what becomes of it is for the office to decide.
    """

    application: str
    tracking: str
    permit: str
    catalogue: str
    office: str
    village: str
    applicant: str
    applicant_name: str | None
    company: str | None
    status: str
    submitted_on: date
    complete_on: date | None
    deadline: date | None
    decided_on: date | None
    issued_on: date | None
    number: str | None
    reason: str | None
    steps: tuple[PublicStep, ...]
    version: int
    applicant_died_on: date | None


@dataclass(frozen=True, slots=True)
class PublicRow:
    """What anybody with the code may see: no person, no enterprise."""

    permit: str
    office: str
    status: str
    submitted_on: date
    deadline: date | None
    issued_on: date | None
    number: str | None
    reason: str | None
    steps: tuple[PublicStep, ...]


def read_model() -> ReadModel:
    return ReadModel("where_is_my_permit", 3, (_applications, _deaths), _apply, forget=_forget)


def _apply(batch: Batch, write: Writer) -> None:
    rows: list[tuple[Any, ...]] = []
    for stream, facts in by_stream(batch, EVENTS).items():
        found = write.rows(_one, (stream,))
        row = dict(zip(_applications.columns.keys(), found[0], strict=True)) if found else {}
        for fact in facts:
            _follow(row, stream, fact.event, fact.header.recorded_at, fact.header.version)
        rows.append(tuple(row.get(column) for column in _applications.columns.keys()))  # noqa: SIM118 - a column collection is no dict
    write.many(_put, rows)
    _mourn(batch, write)
    _forget(list(forgotten(batch)), write)


def _mourn(batch: Batch, write: Writer) -> None:
    for resident, facts in by_stream(batch, (Died, DeathReversed)).items():
        last = facts[-1].event
        if isinstance(last, Died):
            write.many(_put_death, [(resident, last.on.isoformat())])
        else:
            write.many(_drop_death, [(resident,)])


def _forget(subjects: Sequence[str], write: Writer) -> None:
    write.many(_empty, [(subject,) for subject in subjects])


def _follow(row: dict[str, Any], stream: str, event: Any, at: datetime, version: int) -> None:
    state = evolve(Application(status=Status(row.get("status", Status.NONE))), event)
    steps = json.loads(row.get("steps") or "[]")
    row |= {
        "status": state.status.value,
        "steps": json.dumps([*steps, (state.status.value, at.timestamp())]),
        "version": version,
    }
    match event:
        case ApplicationSubmitted():
            business = event.business.value
            row |= {
                "application": stream,
                "tracking": event.tracking,
                "permit": event.permit,
                "catalogue": event.catalogue,
                "office": event.office,
                "village": event.village,
                "applicant": event.applicant,
                "applicant_name": business.applicant if business else None,
                "company": business.company if business else None,
                "submitted_on": event.submitted_on.isoformat(),
            }
        case ApplicationVerified(_, complete_on, deadline):
            row |= {"complete_on": complete_on.isoformat(), "deadline": deadline.isoformat()}
        case ApplicationApproved(decided_on, _):
            row["decided_on"] = decided_on.isoformat()
        case ApplicationRefused(decided_on, reason):
            # What was written before the reason had a subject goes with the applicant's name.
            told = reason.value if row.get("applicant_name") else None
            row |= {"decided_on": decided_on.isoformat(), "reason": told}
        case rules.PermitIssued(number, issued_on, _):
            row |= {"number": number, "issued_on": issued_on.isoformat()}


def _steps(text: str) -> tuple[PublicStep, ...]:
    return tuple(PublicStep(status, datetime.fromtimestamp(at, UTC)) for status, at in json.loads(text))


def _row(row: Sequence[Any]) -> ApplicationRow:
    columns: list[Any] = [*row]
    columns[-3] = _steps(columns[-3])
    shown = ApplicationRow(*columns)
    return shown if shown.status in OPEN else replace(shown, applicant_died_on=None)


def by_id(view: View, application: str) -> ApplicationRow | None:
    query = _shown.where(_applications.c.application == application)
    row = view.connection.execute(query).first()
    return _row(row) if row else None


def by_tracking(view: View, code: str) -> ApplicationRow | None:
    """By the public code, written in any case and with or without hyphens."""
    plain = "".join(c for c in code.upper() if c.isalnum())
    tracking = "-".join((plain[:4], plain[4:8], plain[8:]))
    row = view.connection.execute(_shown.where(_applications.c.tracking == tracking)).first()
    return _row(row) if row else None


def public(view: View, code: str) -> PublicRow | None:
    """What anybody with the code may see, or None."""
    row = by_tracking(view, code)
    if row is None:
        return None
    return PublicRow(
        row.permit,
        row.office,
        row.status,
        row.submitted_on,
        row.deadline,
        row.issued_on,
        row.number,
        row.reason,
        row.steps,
    )


def page(
    view: View,
    *,
    status: str | None = None,
    office: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[ApplicationRow]:
    """Applications, newest first; ``after`` is the id of the last row of the page before."""
    order = (_applications.c.submitted_on, _applications.c.application)
    query = _shown.order_by(*(column.desc() for column in order)).limit(limit)
    if status:
        query = query.where(_applications.c.status == status)
    if office:
        query = query.where(_applications.c.office == office)
    last = by_id(view, after) if after else None
    if last:
        query = query.where(tuple_(*order) < tuple_(last.submitted_on, last.application))
    return [_row(row) for row in view.connection.execute(query)]


def counts(view: View, office: str | None = None) -> dict[str, int]:
    """How many applications stand in each status."""
    query = select(_applications.c.status, func.count()).group_by(_applications.c.status)
    if office:
        query = query.where(_applications.c.office == office)
    return dict(tuple(row) for row in view.connection.execute(query))
