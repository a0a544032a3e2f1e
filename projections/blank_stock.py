"""How many blanks are left in each office, and who waits for one: the stock book and its backlog."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Column, Date, Float, Index, Integer, MetaData, String, Table, bindparam, func, select

from domain.kernel.events import Recorded
from domain.population import blank_stock as stock
from domain.population.blank_stock import (
    BacklogLeft,
    BlanksCounted,
    BlankSetAside,
    BlanksReceived,
    BlanksSent,
    BlanksSpoiled,
    BlankTakenBack,
    BlankUsed,
    CardBacklogged,
    StockDifferenceFound,
)
from projections.readmodel import Batch, ReadModel, View, Writer, by_stream, upsert

WAITING, READY, DONE = "waiting", "ready", "done"
_metadata = MetaData()
_stock = Table(
    "blank_stock",
    _metadata,
    Column("office", String, primary_key=True),
    Column("received", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("spoiled", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("difference", Integer, nullable=False),
    Column("counted_on", Date),
    Column("version", Integer, nullable=False),
)
_backlog = Table(
    "blank_backlog",
    _metadata,
    Column("case", String, primary_key=True),
    Column("office", String, nullable=False),
    Column("complete", Float, nullable=False),
    Column("since", Float, nullable=False),
    Column("until", Float),
    Column("state", String, nullable=False),
)
_lines = Table(
    "blank_lines",
    _metadata,
    Column("position", Integer, primary_key=True),
    Column("office", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("line", String, nullable=False),
    Column("count", Integer, nullable=False),
    Column("other", String, nullable=False),
    Column("letter", String, nullable=False),
)
Index("backlog_by_office", _backlog.c.office, _backlog.c.state, _backlog.c.complete)
Index("lines_by_office", _lines.c.office, _lines.c.position)
_put_stock, _put_backlog, _put_line = upsert(_stock), upsert(_backlog), upsert(_lines)
_one_stock = select(_stock).where(_stock.c.office == bindparam("id"))
_one_case = select(_backlog).where(_backlog.c.case == bindparam("id"))
EVENTS: tuple[type, ...] = tuple(event.type for event in stock.EVENTS)


@dataclass(frozen=True, slots=True)
class StockRow:
    """The stock of an office: ``left`` is the sum of its movements; ``ready`` of them are set aside."""

    office: str
    received: int
    used: int
    spoiled: int
    sent: int
    difference: int
    counted_on: date | None
    version: int
    ready: int
    waiting: int

    @property
    def left(self) -> int:
        return self.received - self.used - self.spoiled - self.sent + self.difference


@dataclass(frozen=True, slots=True)
class BacklogRow:
    """A case in the backlog since ``since``; ``until``: when a blank was set aside for it."""

    case: str
    office: str
    complete: datetime
    since: datetime
    until: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the stock book; ``other``: from where, to where, or why."""

    position: int
    office: str
    at: datetime
    line: str
    count: int
    other: str
    letter: str


def read_model() -> ReadModel:
    return ReadModel("blank_stock", 1, (_stock, _backlog, _lines), _apply)


def _apply(batch: Batch, write: Writer) -> None:
    for stream, facts in by_stream(batch, EVENTS).items():
        office = stream.partition("-")[2]
        found = write.rows(_one_stock, (office,))
        row = dict(zip(_stock.c.keys(), found[0], strict=True)) if found else _empty(office)
        for fact in facts:
            _count(row, fact.event)
            _wait(write, office, fact)
        row["version"] = facts[-1].header.version
        write.many(_put_stock, [tuple(row.values())])
        write.many(_put_line, [line for fact in facts if (line := _line(office, fact))])


def _empty(office: str) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(_stock.c.keys(), 0)
    return row | {"office": office, "counted_on": None}


def _count(row: dict[str, Any], event: object) -> None:
    match event:
        case BlanksReceived(count):
            row["received"] += count
        case BlankUsed():
            row["used"] += 1
        case BlanksSpoiled(count):
            row["spoiled"] += count
        case BlanksSent(count):
            row["sent"] += count
        case BlanksCounted(on=on):
            row["counted_on"] = on.isoformat()
        case StockDifferenceFound(difference):
            row["difference"] += difference


def _wait(write: Writer, office: str, fact: Recorded[Any]) -> None:
    at = fact.header.recorded_at.timestamp()
    match fact.event:
        case CardBacklogged(case, complete):
            write.many(_put_backlog, [(case, office, complete.timestamp(), at, None, WAITING)])
        case BlankSetAside(case):
            _change(write, case, at, READY)
        case BlankTakenBack(case):
            _change(write, case, None, WAITING)
        case BlankUsed(case) | BacklogLeft(case):
            _change(write, case, at, DONE)


def _change(write: Writer, case: str, until: float | None, state: str) -> None:
    # A card that found its blank at once was never in the backlog.
    for id_, office, complete, since, before, _ in write.rows(_one_case, (case,)):
        ended = before if state == DONE and before is not None else until
        write.many(_put_backlog, [(id_, office, complete, since, ended, state)])


def _line(office: str, fact: Recorded[Any]) -> tuple[Any, ...] | None:
    of = (fact.position, office, fact.header.recorded_at.timestamp())
    match fact.event:
        case BlanksReceived(count, source, letter):
            return (*of, "received", count, source, letter)
        case BlanksSpoiled(count, reason):
            return (*of, "spoiled", count, reason, "")
        case BlanksSent(count, to, letter):
            return (*of, "sent", count, to, letter)
        case BlanksCounted(counted):
            return (*of, "counted", counted, "", "")
        case StockDifferenceFound(difference):
            return (*of, "difference", difference, "", "")
    return None


def _moment(stamp: float | None) -> datetime | None:
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC)


_in = {
    state: select(func.count())
    .where(_backlog.c.office == _stock.c.office, _backlog.c.state == state)
    .scalar_subquery()
    for state in (READY, WAITING)
}
_stocks = select(_stock, _in[READY], _in[WAITING])


def stocks(view: View) -> list[StockRow]:
    """The stock of every office that keeps one, by its code."""
    return [StockRow(*row) for row in view.connection.execute(_stocks.order_by(_stock.c.office))]


def of_office(view: View, office: str) -> StockRow | None:
    """The stock of one office; None when it never recorded any."""
    row = view.connection.execute(_stocks.where(_stock.c.office == office)).first()
    return StockRow(*row) if row else None


def backlog(view: View, office: str, limit: int | None = None) -> list[BacklogRow]:
    """Who waits for a card: first those whose blank is set aside, then the others, each in the order of the files."""
    query = (
        select(_backlog)
        .where(_backlog.c.office == office, _backlog.c.state != DONE)
        .order_by(_backlog.c.state, _backlog.c.complete, _backlog.c.case)
        .limit(limit)
    )
    return [_backlog_row(row) for row in view.connection.execute(query)]


def _backlog_row(row: Sequence[Any]) -> BacklogRow:
    case, office, complete, since, until, state = row
    complete_at = datetime.fromtimestamp(complete, UTC)
    return BacklogRow(case, office, complete_at, datetime.fromtimestamp(since, UTC), _moment(until), state)


def ready(view: View, office: str) -> frozenset[str]:
    """The cases for which a blank is set aside."""
    query = select(_backlog.c.case).where(_backlog.c.office == office, _backlog.c.state == READY)
    return frozenset(view.connection.scalars(query))


def lines(view: View, office: str, limit: int = 20) -> list[LineRow]:
    """The latest lines of the stock book, newest first. Blanks that became cards are not among them."""
    query = select(_lines).where(_lines.c.office == office).order_by(_lines.c.position.desc()).limit(limit)
    return [
        LineRow(position, office, datetime.fromtimestamp(at, UTC), line, count, other, letter)
        for position, office, at, line, count, other, letter in view.connection.execute(query)
    ]
