"""Who waits at the counter and for whom: the queue of each office, and the clock of each case."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Column, Date, Float, Index, Integer, MetaData, String, Table, bindparam, func, select

from domain.kernel.events import Recorded
from domain.kernel.segments import Cause, Closed, Wait
from domain.population import case as counter
from domain.population.case import Called, CalledAgain, Case, Document, Step, TicketTaken, case_decider
from domain.population.clock import KTP_PROMISE, Times, figures, receipt_code
from projections.readmodel import Batch, ReadModel, View, Writer, by_stream, upsert

cases = Table(
    "cases",
    MetaData(),
    Column("case", String, primary_key=True),
    Column("code", String, nullable=False),
    Column("document", String, nullable=False),
    Column("resident", String, nullable=False),
    Column("office", String, nullable=False),
    Column("ticket", Integer, nullable=False),
    Column("on", Date, nullable=False),
    Column("step", String, nullable=False),
    Column("waiting", String),
    Column("suket", String, nullable=False),
    Column("counter", String, nullable=False),
    Column("called_at", Float),
    Column("times", String, nullable=False),
    Column("office_seconds", Integer),
    Column("applicant_seconds", Integer),
    Column("central_seconds", Integer),
    Column("blank_seconds", Integer),
    Column("closed_seconds", Integer),
    Column("version", Integer, nullable=False),
)
Index("cases_by_day", cases.c.on, cases.c.office, cases.c.ticket)
Index("cases_by_code", cases.c.code)
_put = upsert(cases)
_one = select(cases).where(cases.c.case == bindparam("id"))
EVENTS: tuple[type, ...] = tuple(event.type for event in counter.EVENTS)
SECONDS = {
    Cause.OFFICE: cases.c.office_seconds,
    Cause.APPLICANT: cases.c.applicant_seconds,
    Cause.CENTRAL: cases.c.central_seconds,
    Cause.BLANK: cases.c.blank_seconds,
    Cause.CLOSED: cases.c.closed_seconds,
}
"""Where the begun seconds of each cause stand, once the document is handed over."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as it stands. ``counter`` is the window of the latest call, at ``called_at``; ``suket`` the number
    of its certificate, or empty. The seconds by cause, once the document is handed over, are begun ones.
    """

    case: str
    code: str
    document: str
    resident: str
    office: str
    ticket: int
    on: date
    step: str
    waiting: str | None
    suket: str
    counter: str
    called_at: datetime | None
    times: Times
    office_seconds: int | None
    applicant_seconds: int | None
    central_seconds: int | None
    blank_seconds: int | None
    closed_seconds: int | None
    version: int


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day at the counter: KTP handed over, and how many of them within five minutes."""

    taken: int
    waiting: int
    handed_over: int
    within_promise: int
    median_office_seconds: float | None


def read_model(closed: Closed) -> ReadModel:
    """``closed``: the published opening hours; another table of them is another version."""

    def apply(batch: Batch, write: Writer) -> None:
        rows: list[tuple[Any, ...]] = []
        for stream, facts in by_stream(batch, EVENTS).items():
            found = write.rows(_one, (stream,))
            kept = _load(found[0]) if found else _Kept()
            rows.append(_row(stream, _folded(kept, facts), facts[-1].header.version, closed))
        write.many(_put, rows)

    return ReadModel("ktp_queue", 2, (cases,), apply)


@dataclass(slots=True)
class _Kept:
    """What is known of a case between two batches."""

    case: Case = Case()  # noqa: RUF009 - frozen
    times: Times = Times()  # noqa: RUF009 - frozen
    on: str | None = None
    counter: str = ""
    called_at: float | None = None


def _folded(kept: _Kept, facts: Sequence[Recorded[Any]]) -> _Kept:
    for fact in facts:
        at = fact.header.recorded_at
        kept.case = case_decider.evolve(kept.case, fact.event)
        kept.times = kept.times.seen(fact.event, at)
        match fact.event:
            case TicketTaken(on=on):
                kept.on = on.isoformat()
            case Called(counter) | CalledAgain(counter):
                kept.counter, kept.called_at = counter, at.timestamp()
    return kept


def _load(row: tuple[Any, ...]) -> _Kept:
    of = dict(zip(cases.c.keys(), row, strict=True))
    case = Case(
        Step(of["step"]),
        Document(of["document"]),
        of["resident"],
        of["office"],
        of["ticket"],
        Cause(of["waiting"]) if of["waiting"] else None,
        of["suket"],
    )
    return _Kept(case, _times(of["times"]), of["on"], of["counter"], of["called_at"])


def _row(stream: str, kept: _Kept, version: int, closed: Closed) -> tuple[Any, ...]:
    case, times = kept.case, kept.times
    spent: dict[str, int] = {}
    if case.step is Step.HANDED_OVER and times.ended:
        spent = {**figures(times, times.ended, closed).seconds}
    return (
        stream,
        receipt_code(stream),
        case.document.value,
        case.resident,
        case.office,
        case.ticket,
        kept.on,
        case.step.value,
        case.waiting.value if case.waiting else None,
        case.suket,
        kept.counter,
        kept.called_at,
        _text(times),
        *((spent.get(cause.value, 0) if spent else None) for cause in SECONDS),
        version,
    )


def _text(times: Times) -> str:
    milestones = [times.taken, times.called, times.complete, times.ended]
    waits = [(w.cause.value, _stamp(w.start), _stamp(w.end)) for w in times.waits]
    return json.dumps([*map(_stamp, milestones), waits, [*map(_stamp, times.moments)]])


def _times(text: str) -> Times:
    taken, called, complete, ended, waits, moments = json.loads(text)
    return Times(
        _moment(taken),
        _moment(called),
        _moment(complete),
        _moment(ended),
        tuple(Wait(Cause(cause), _must(start), _moment(end)) for cause, start, end in waits),
        tuple(map(_must, moments)),
    )


def _stamp(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None


def _moment(stamp: float | None) -> datetime | None:
    return None if stamp is None else _must(stamp)


def _must(stamp: float) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)


def _case(row: Sequence[Any]) -> CaseRow:
    of = dict(zip(cases.c.keys(), row, strict=True))
    return CaseRow(**of | {"times": _times(of["times"]), "called_at": _moment(of["called_at"])})


ENDED = tuple(step.value for step in counter.ENDED)


def queue(view: View, office: str, on: date, document: str | None = None) -> list[CaseRow]:
    """Open cases of an office and day, of one service or of all, in the order of their tickets."""
    query = (
        select(cases)
        .where(cases.c.office == office, cases.c.on == on, cases.c.step.not_in(ENDED))
        .order_by(cases.c.ticket)
    )
    asked = query.where(cases.c.document == document) if document else query
    return [_case(row) for row in view.connection.execute(asked)]


def calls(view: View, office: str, on: date) -> list[CaseRow]:
    """The latest call of each window that day, newest first, while its case is open.

    Who waits for a blank has gone home with her suket, and is not called.
    """
    newest = (
        select(cases.c.counter, func.max(cases.c.called_at).label("at"))
        .where(cases.c.office == office, cases.c.on == on, cases.c.called_at.is_not(None))
        .group_by(cases.c.counter)
        .subquery()
    )
    query = (
        select(cases)
        .join(newest, (cases.c.counter == newest.c.counter) & (cases.c.called_at == newest.c.at))
        .where(cases.c.office == office, cases.c.on == on, cases.c.step.not_in(ENDED))
        .where(func.coalesce(cases.c.waiting, "") != Cause.BLANK.value)
        .order_by(cases.c.called_at.desc(), cases.c.ticket)
    )
    return [_case(row) for row in view.connection.execute(query)]


def case(view: View, case: str) -> CaseRow | None:
    """One case, or None."""
    row = view.connection.execute(_one, {"id": case}).first()
    return _case(row) if row else None


def by_code(view: View, code: str) -> CaseRow | None:
    """The case of a receipt, or None."""
    row = view.connection.execute(select(cases).where(cases.c.code == code)).first()
    return _case(row) if row else None


def recent(view: View, office: str, limit: int = 10) -> list[CaseRow]:
    """The latest cases of an office that have ended, newest ticket first."""
    query = (
        select(cases)
        .where(cases.c.office == office, cases.c.step.in_(ENDED))
        .order_by(cases.c.on.desc(), cases.c.ticket.desc())
        .limit(limit)
    )
    return [_case(row) for row in view.connection.execute(query)]


def day(view: View, on: date, office: str | None = None) -> DayFigures:
    """The KTP figures of one day, of one office or of all."""
    query = select(cases.c.step, cases.c.office_seconds).where(
        cases.c.on == on, cases.c.document == Document.KTP.value
    )
    rows = list(view.connection.execute(query.where(cases.c.office == office) if office else query))
    seconds = [s for step, s in rows if step == Step.HANDED_OVER and s is not None]
    ended = sum(step in ENDED for step, _ in rows)
    kept = sum(timedelta(seconds=s) <= KTP_PROMISE for s in seconds)
    return DayFigures(len(rows), len(rows) - ended, len(seconds), kept, median(seconds) if seconds else None)
