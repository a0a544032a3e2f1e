"""Which readings should somebody else know of? Counted by officer, and judged by the rules of ``domain/access/alarms.py``.

Here it is only counted, so that rows depend on no order: what is a lot, and whose readings are watched, is
asked when somebody looks. A watch tells of the readings before it too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

import msgspec
from sqlalchemy import Column, Date, Index, Integer, MetaData, String, Table, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from domain.access.alarms import LISTED, AlarmLimits, Closed, Hour, Opened, Raised, Tie, alarms
from domain.access.inquiry import AlarmLookedInto
from domain.access.reading import PersonRead
from domain.access.watch import WatchBegun, WatchEnded
from domain.kernel.events import Recorded
from domain.kernel.values import Period
from projections.readmodel import Batch, ReadModel, View, Writer, upsert

_meta = MetaData()
_people = Table(
    "read_people",
    _meta,
    Column("officer", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("resident", String, primary_key=True),
    Column("office", String, nullable=False),
    Column("count", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    sqlite_with_rowid=False,
)
Index("read_people_by_day", _people.c.day, _people.c.resident)
_hours = Table(
    "read_hours",
    _meta,
    Column("officer", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("hour", Integer, primary_key=True),
    Column("office", String, nullable=False),
    Column("opened", Integer, nullable=False),
    Column("listed", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    sqlite_with_rowid=False,
)
Index("read_hours_by_day", _hours.c.day)
_watches = Table(
    "watches",
    _meta,
    Column("resident", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("officer", String, nullable=False),
    Column("family", String, nullable=False),
    Column("neighbours", String, nullable=False),
    Column("since", Date),
    Column("until", Date),
)
_inquiries = Table(
    "inquiries",
    _meta,
    Column("alarm", String, primary_key=True),
    Column("finding", String, nullable=False),
    Column("by", String, nullable=False),
    Column("on", Date, nullable=False),
)
A_DAY = timedelta(days=1)


def _adding(table: Table, *counts: str) -> Any:
    """Insert, or add to what is counted already; the office is that of the latest reading."""
    add = insert(table)
    newer = {"office": add.excluded.office, "last": func.max(table.c.last, add.excluded["last"])}
    summed = {name: table.c[name] + add.excluded[name] for name in counts}
    keys = [column.name for column in table.primary_key]
    return add.on_conflict_do_update(index_elements=keys, set_=newer | summed)


_add_person = _adding(_people, "count")
_add_hour = _adding(_hours, "opened", "listed")
_begin = upsert(_watches)
_end = (
    _watches.update()
    .where(
        _watches.c.resident == bindparam("of"), _watches.c.kind == bindparam("as"), _watches.c.until.is_(None)
    )
    .values(until=bindparam("ends"))
)
_before = select(func.count()).where(
    _watches.c.resident == bindparam("of"), _watches.c.kind == bindparam("as")
)
_found = upsert(_inquiries)


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """An alarm as it stands; ``finding`` None: nobody has looked into it yet."""

    raised: Raised
    finding: str | None
    by: str | None
    on: date | None

    @property
    def alarm(self) -> str:
        return self.raised.id


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A resident whose readings are watched."""

    resident: str
    kind: str
    officer: str
    since: date | None


def read_model(zone: tzinfo) -> ReadModel:
    """``zone``: where a day and an hour begin."""

    def apply(batch: Batch, write: Writer) -> None:
        for fact in batch:
            _take(fact, write, zone)

    return ReadModel("alarms", 1, (_people, _hours, _watches, _inquiries), apply)


def _take(fact: Recorded[Any], write: Writer, zone: tzinfo) -> None:
    match fact.event:
        case PersonRead():
            _count(fact, fact.event, write, zone)
        case WatchBegun(resident, kind, officer, family, neighbours, on):
            write.many(_end, [(on.isoformat(), resident, kind)])
            # The first one tells of all that was read before; a later one of the same from its own day on.
            since = on.isoformat() if write.rows(_before, (resident, kind))[0][0] else None
            row = (
                resident,
                kind,
                fact.position,
                officer,
                " ".join(family),
                " ".join(neighbours),
                since,
                None,
            )
            write.many(_begin, [row])
        case WatchEnded(resident, kind, on):
            write.many(_end, [(on.isoformat(), resident, kind)])
        case AlarmLookedInto(_, by, finding, on):
            write.many(_found, [(fact.header.stream, finding, by, on.isoformat())])


def _count(fact: Recorded[Any], read: PersonRead, write: Writer, zone: tzinfo) -> None:
    by, at = fact.header, fact.header.recorded_at.astimezone(zone)
    day = at.date().isoformat()
    opened, listed = (0, len(read.residents)) if read.seen in LISTED else (1, 0)
    write.many(_add_hour, [(by.actor, day, at.hour, by.office, opened, listed, fact.position)])
    if opened:
        told = [(by.actor, day, one, by.office, 1, fact.position) for one in read.residents]
        write.many(_add_person, told)


def page(
    view: View, since: date, until: date, *, limits: AlarmLimits, closed: Closed, zone: tzinfo
) -> list[AlarmRow]:
    """The alarms of these days, both included, the newest first."""
    ties = [*_ties(view)]
    raised = alarms(
        _opened(view, since, until, ties), _hours_of(view, since, until, zone), ties, limits, closed
    )
    looked = {row.alarm: row for row in view.connection.execute(select(_inquiries))}
    rows = ((one, looked.get(one.id)) for one in raised)
    return [
        AlarmRow(one, *((row.finding, row.by, row.on) if row else (None, None, None))) for one, row in rows
    ]


def watches(view: View) -> list[WatchRow]:
    """Whose readings are watched today."""
    query = select(_watches).where(_watches.c.until.is_(None)).order_by(_watches.c.position)
    return [WatchRow(r.resident, r.kind, r.officer, r.since) for r in view.connection.execute(query)]


def _ties(view: View) -> list[Tie]:
    return [
        Tie(
            row.resident,
            row.kind,
            row.officer,
            frozenset(row.family.split()),
            frozenset(row.neighbours.split()),
            # On the day itself both the old one and the new one hold: better an alarm too many.
            Period(row.since, row.until),
        )
        for row in view.connection.execute(select(_watches))
    ]


def _opened(view: View, since: date, until: date, ties: Sequence[Tie]) -> list[Opened]:
    """What was opened of those who are watched, and of those around an official."""
    whose = {one for tie in ties for one in (tie.resident, *tie.family, *tie.neighbours)}
    ids = select(func.json_each(bindparam("ids")).table_valued("value").c.value)
    query = select(_people).where(_people.c.day.between(since, until), _people.c.resident.in_(ids))
    found = view.connection.execute(query, {"ids": msgspec.json.encode(sorted(whose)).decode()})
    return [Opened(r.officer, r.office, r.resident, r.day, r[4], r.last) for r in found]


def _hours_of(view: View, since: date, until: date, zone: tzinfo) -> list[Hour]:
    query = select(_hours).where(_hours.c.day.between(since, until))
    return [
        Hour(
            r.officer,
            r.office,
            datetime(r.day.year, r.day.month, r.day.day, r.hour, tzinfo=zone),
            r.opened,
            r.listed,
            r.last,
        )
        for r in view.connection.execute(query)
    ]
