"""Who waits at the counter and for whom: the queue of each office, and the clock of each case."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from statistics import median
from typing import Any

from sqlalchemy import Column, Date, Index, Integer, MetaData, String, Table, bindparam, select

from domain.kernel.segments import Cause, Wait
from domain.population import case as counter
from domain.population.case import KTP_PROMISE, Case, Document, Step, TicketTaken, Times, case_decider
from projections.readmodel import Batch, ReadModel, View, Writer, by_stream, upsert

_cases = Table(
    "cases",
    MetaData(),
    Column("case", String, primary_key=True),
    Column("document", String, nullable=False),
    Column("resident", String, nullable=False),
    Column("office", String, nullable=False),
    Column("ticket", Integer, nullable=False),
    Column("on", Date, nullable=False),
    Column("step", String, nullable=False),
    Column("waiting", String),
    Column("times", String, nullable=False),
    Column("office_seconds", Integer),
    Column("version", Integer, nullable=False),
)
Index("cases_by_day", _cases.c.on, _cases.c.office, _cases.c.ticket)
_put = upsert(_cases)
_one = select(_cases).where(_cases.c.case == bindparam("id"))
EVENTS: tuple[type, ...] = tuple(event.type for event in counter.EVENTS)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as it stands; ``office_seconds``, once the document is handed over, are begun seconds."""

    case: str
    document: str
    resident: str
    office: str
    ticket: int
    on: date
    step: str
    waiting: str | None
    times: Times
    office_seconds: int | None
    version: int


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day at the counter: KTP handed over, and how many of them within five minutes."""

    taken: int
    waiting: int
    handed_over: int
    within_promise: int
    median_office_seconds: float | None


def read_model() -> ReadModel:
    return ReadModel("ktp_queue", 1, (_cases,), _apply)


def _apply(batch: Batch, write: Writer) -> None:
    rows: list[tuple[Any, ...]] = []
    for stream, facts in by_stream(batch, EVENTS).items():
        found = write.rows(_one, (stream,))
        on, case, times = _load(found[0]) if found else (None, Case(), Times())
        for fact in facts:
            case = case_decider.evolve(case, fact.event)
            times = times.seen(fact.event, fact.header.recorded_at)
            if isinstance(fact.event, TicketTaken):
                on = fact.event.on.isoformat()
        rows.append(_row(stream, on, case, times, facts[-1].header.version))
    write.many(_put, rows)


def _load(row: tuple[Any, ...]) -> tuple[str, Case, Times]:
    _, document, resident, office, ticket, on, step, waiting, times, _, _ = row
    waits = Cause(waiting) if waiting else None
    return on, Case(Step(step), Document(document), resident, office, ticket, waits), _times(times)


def _row(stream: str, on: str | None, case: Case, times: Times, version: int) -> tuple[Any, ...]:
    done = case.step is Step.HANDED_OVER and times.ended is not None
    # A begun second counts: five minutes and a half second are not five minutes.
    seconds = ceil(times.office_time(times.ended).total_seconds()) if done and times.ended else None
    return (
        stream,
        case.document.value,
        case.resident,
        case.office,
        case.ticket,
        on,
        case.step.value,
        case.waiting.value if case.waiting else None,
        _text(times),
        seconds,
        version,
    )


def _text(times: Times) -> str:
    moments = [times.taken, times.called, times.complete, times.ended]
    waits = [(w.cause.value, _stamp(w.start), _stamp(w.end)) for w in times.waits]
    return json.dumps([*map(_stamp, moments), waits])


def _times(text: str) -> Times:
    taken, called, complete, ended, waits = json.loads(text)
    parsed = tuple(Wait(Cause(cause), _must(start), _moment(end)) for cause, start, end in waits)
    return Times(_moment(taken), _moment(called), _moment(complete), _moment(ended), parsed)


def _stamp(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None


def _moment(stamp: float | None) -> datetime | None:
    return None if stamp is None else _must(stamp)


def _must(stamp: float) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)


def _case(row: Sequence[Any]) -> CaseRow:
    columns: list[Any] = [*row]
    columns[-3] = _times(columns[-3])
    return CaseRow(*columns)


def queue(view: View, office: str, on: date) -> list[CaseRow]:
    """Open cases of an office and day, in the order of their tickets."""
    ended = [step.value for step in counter.ENDED]
    query = (
        select(_cases)
        .where(_cases.c.office == office, _cases.c.on == on, _cases.c.step.not_in(ended))
        .order_by(_cases.c.ticket)
    )
    return [_case(row) for row in view.connection.execute(query)]


def case(view: View, case: str) -> CaseRow | None:
    """One case, or None."""
    row = view.connection.execute(_one, {"id": case}).first()
    return _case(row) if row else None


def recent(view: View, office: str, limit: int = 10) -> list[CaseRow]:
    """The latest cases of an office that have ended, newest ticket first."""
    ended = [step.value for step in counter.ENDED]
    query = (
        select(_cases)
        .where(_cases.c.office == office, _cases.c.step.in_(ended))
        .order_by(_cases.c.on.desc(), _cases.c.ticket.desc())
        .limit(limit)
    )
    return [_case(row) for row in view.connection.execute(query)]


def day(view: View, on: date, office: str | None = None) -> DayFigures:
    """The KTP figures of one day, of one office or of all."""
    query = select(_cases.c.step, _cases.c.office_seconds).where(
        _cases.c.on == on, _cases.c.document == Document.KTP.value
    )
    rows = list(view.connection.execute(query.where(_cases.c.office == office) if office else query))
    seconds = [s for step, s in rows if step == Step.HANDED_OVER and s is not None]
    ended = sum(step in counter.ENDED for step, _ in rows)
    kept = sum(timedelta(seconds=s) <= KTP_PROMISE for s in seconds)
    return DayFigures(len(rows), len(rows) - ended, len(seconds), kept, median(seconds) if seconds else None)
