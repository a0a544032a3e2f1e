"""How many live where, by what they are; and what brought and took them: part of *who lives here*.

A cell is a number that follows the rows of residents. A flow is a row of its own, because what is known of it
changes later: a death may be annulled, a sex corrected, a resident forgotten.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Column, Date, Index, Integer, MetaData, String, Table, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from domain.kernel.events import Recorded
from domain.population.figures import BROUGHT, CODED, UNKNOWN, Dimension, Flow
from domain.population.resident import Person, ResidentRegistered
from domain.population.resident import events as life
from domain.population.resident.person import COUNTED, MarriageEnd
from projections.readmodel import Writer

Cell = tuple[str, str, str, str]
"""Village, dimension, category, sex."""
Cells = Counter[Cell]

_meta = MetaData()
cells = Table(
    "residents_cells",
    _meta,
    Column("village", String, primary_key=True),
    Column("dimension", String, primary_key=True),
    Column("category", String, primary_key=True),
    Column("sex", String, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)
flows = Table(
    "residents_flows",
    _meta,
    Column("resident", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("on", Date, nullable=False),
    Column("told", Date, nullable=False),
    Column("village", String, nullable=False),
    Column("sex", String, nullable=False),
    Column("other", String, nullable=False),
)
"""``told`` is the day of the fact: what a birth falls back on once the birth date is forgotten."""
Index("residents_flows_by_day", flows.c.on)

_add = insert(cells)
_count = _add.on_conflict_do_update(
    index_elements=list(cells.primary_key), set_={"count": cells.c.count + _add.excluded.count}
)
_drop_cell = cells.delete().where(
    *(column == bindparam(f"of_{column.name}") for column in cells.primary_key),
    cells.c.count == bindparam("none"),
)
_put = flows.insert()
_hers = flows.c.resident == bindparam("id")
_of_kind = flows.c.kind == bindparam("of")
_drop_all = flows.delete().where(_hers)
_drop_kind = flows.delete().where(_hers, _of_kind)
_set_village = (
    flows.update().where(_hers, flows.c.village == bindparam("was")).values(village=bindparam("at"))
)
_set_kind = flows.update().where(_hers, _of_kind).values(kind=bindparam("is"))
_set_sex = flows.update().where(_hers).values(sex=bindparam("now"))
_set_day = flows.update().where(_hers, _of_kind).values({"on": bindparam("day")})
_as_told = flows.update().where(_hers, _of_kind).values({"on": flows.c.told})
_forget = flows.update().where(_hers).values({"on": flows.c.told, "sex": bindparam("now")})
_earlier = flows.alias("earlier")
_last = select(func.max(_earlier.c.version)).where(
    _earlier.c.resident == flows.c.resident,
    _earlier.c.other == flows.c.other,
    _earlier.c.kind.in_([bindparam("wed"), bindparam("parted")]),
)
_undo_last = flows.delete().where(
    _hers,
    _of_kind,
    flows.c.other == bindparam("with"),
    flows.c.version == _last.scalar_subquery(),
)
"""What was last between the two, if it was that: an older marriage or divorce of the same two stays."""
BETWEEN = (Flow.MARRIED.value, Flow.DIVORCED.value)
PENDING = ""
"""Kind of a flow of which the last fact tells more, and village of one before she is placed."""


def cells_of(row: Mapping[str, Any]) -> Cells:
    """What this row of a resident adds to the cells."""
    if row["standing"] not in COUNTED:
        return Counter()
    return Counter(dict.fromkeys(_cells(row["village"], row), 1))


def cells_of_new(event: ResidentRegistered) -> list[Cell]:
    """What somebody who enters adds to them."""
    person = event.person.value
    known = {name: getattr(person, name) for name in Person.__dataclass_fields__} if person else {}
    return _cells(event.village, known)


def _cells(village: str, known: Mapping[str, Any]) -> list[Cell]:
    sex = known.get("sex") or UNKNOWN
    return [(village, dimension.value, _category(dimension, known), sex) for dimension in CODED]


def _category(dimension: Dimension, known: Mapping[str, Any]) -> str:
    code = known.get(dimension.value)
    if not code:
        return UNKNOWN
    # Only occupations have two lists: the same code is another occupation in the other one.
    return f"{code}/{known['codes']}" if dimension is Dimension.OCCUPATION else str(code)


def add(changed: Cells, write: Writer) -> None:
    """Add to the cells, or take off; an empty one goes, as if it had never been."""
    moved = {cell: count for cell, count in changed.items() if count}
    write.many(_count, [(*cell, count) for cell, count in moved.items()])
    write.many(_drop_cell, [(*cell, 0) for cell, count in moved.items() if count < 0])


def enters(fact: Recorded[ResidentRegistered], write: Writer) -> None:
    """Somebody came by a civil event; which one, its last fact tells (``CivilEventNoted``)."""
    event = fact.event
    if event.entry:
        person = event.person.value
        told, born = event.registered_on, person.birth_date if person else event.registered_on
        sex = person.sex if person else UNKNOWN
        _write(write, fact, PENDING, born, told, event.village, sex)


def follow(row: Mapping[str, Any], fact: Recorded[Any], write: Writer) -> None:
    """What ``fact`` tells of the flows of the resident of ``row``, which is hers before it."""
    event, id_ = fact.event, row["resident"]

    def flow(kind: Flow, village: str = row["village"], other: str = "") -> None:
        sex = row["sex"] or UNKNOWN
        _write(write, fact, kind.value, event.on, event.on, village, sex, other)

    match event:
        case life.Died():
            flow(Flow.DIED)
        case life.DeathReversed():
            write.many(_drop_kind, [(id_, Flow.DIED.value)])
        case life.MovedAway():
            flow(Flow.LEFT)
        case life.Returned():
            # Where to is said when she is placed.
            flow(Flow.ARRIVED, PENDING)
        case life.ResidentPlaced():
            write.many(_set_village, [(event.village, id_, PENDING)])
            if row["household"] and row["village"] != event.village:
                flow(Flow.MOVED_OUT)
                flow(Flow.MOVED_IN, event.village)
        case life.RecordVoided():
            write.many(_drop_all, [(id_,)])
        case life.CivilEventNoted(code):
            _came(row, code, write)
        case life.ElementsChanged():
            _corrected(row, event, write)
        case life.Married():
            flow(Flow.MARRIED, other=event.spouse)
        case life.MarriageEnded(spouse, how):
            if how == MarriageEnd.DIVORCE:
                flow(Flow.DIVORCED, other=spouse)
            elif how == MarriageEnd.ANNULMENT:
                write.many(_undo_last, [(id_, Flow.MARRIED.value, spouse, *BETWEEN)])
        case life.MarriageRestored(spouse):
            write.many(_undo_last, [(id_, Flow.DIVORCED.value, spouse, *BETWEEN)])


def _came(row: Mapping[str, Any], code: str, write: Writer) -> None:
    kind = BROUGHT.get(code, Flow.ENTERED)
    write.many(_set_kind, [(kind.value, row["resident"], PENDING)])
    if kind is not Flow.BORN:
        write.many(_as_told, [(row["resident"], kind.value)])


def _corrected(row: Mapping[str, Any], event: life.ElementsChanged, write: Writer) -> None:
    """What is corrected has always been so: the flow of her birth follows, if it is one."""
    for change in event.changes.value or () if row["name"] is not None else ():
        if change.element == "sex":
            write.many(_set_sex, [(change.new, row["resident"])])
        elif change.element == "birth_date":
            write.many(_set_day, [(change.new, row["resident"], Flow.BORN.value)])


def forget(subjects: Sequence[str], write: Writer) -> None:
    """Flows without sex and birth date. What happened is still counted."""
    write.many(_forget, [(UNKNOWN, subject) for subject in subjects])


def _write(
    write: Writer,
    fact: Recorded[Any],
    kind: str,
    on: date,
    told: date,
    village: str,
    sex: str,
    other: str = "",
) -> None:
    days = (on.isoformat(), told.isoformat())
    write.many(_put, [(fact.header.stream, fact.header.version, kind, *days, village, sex, other)])
