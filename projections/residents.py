"""Who lives here: residents and their households as they stand, and how many, by village."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    bindparam,
    func,
    null,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert

from domain.kernel.regions import Regions
from domain.population.household import Household, HouseholdRegistered, household_decider
from domain.population.resident import (
    KtpState,
    Person,
    Residence,
    ResidentRegistered,
    Standing,
    age,
    must_have_ktp,
)
from domain.population.resident.person import COUNTED, StayKind
from projections import population_figures as figures
from projections.population_figures import Cells
from projections.question import Question
from projections.readmodel import Batch, ReadModel, View, Writer, by_stream, forgotten, upsert
from projections.resident_changes import (
    HOUSEHOLD_FACTS,
    RESIDENT_FACTS,
    Row,
    household_changed,
    household_counts,
    resident_changed,
    resident_counts,
)

_meta = MetaData()
people = Table(
    "residents",
    _meta,
    Column("resident", String, primary_key=True),
    Column("household", String, nullable=False, index=True),
    Column("village", String, nullable=False),
    Column("kecamatan", String, nullable=False),
    Column("registered_on", Date, nullable=False),
    Column("nik_source", String, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("flags", String, nullable=False),
    Column("nik", String),
    Column("name", String),
    Column("sex", String),
    Column("birth_place", String),
    Column("birth_date", Date),
    Column("religion", String),
    Column("marital", String),
    Column("blood", String),
    Column("education", String),
    Column("occupation", String),
    Column("relation", String),
    Column("citizenship", String),
    Column("mother", String),
    Column("father", String),
    Column("codes", String),
    Column("open_case", String),
    Column("ktp_issued_on", Date),
    Column("ktp_cards", Integer, nullable=False),
    Column("ktp_due", Boolean, nullable=False),
    Column("kia_on", Date),
    Column("standing", String, nullable=False),
    Column("standing_on", Date),
    Column("departing", String, nullable=False),
    Column("spouses", String, nullable=False),
    Column("mother_id", String, nullable=False),
    Column("father_id", String, nullable=False),
    Column("stay", String, nullable=False),
    Column("stay_until", Date),
    Column("version", Integer, nullable=False),
)
Index("residents_by_village", people.c.village, people.c.name, people.c.resident)
_due = people.c.ktp_due.is_(True)
# Few of very many: an index of those alone.
Index("residents_ktp_due", people.c.kecamatan, sqlite_where=_due, postgresql_where=_due)
_households = Table(
    "households",
    _meta,
    Column("household", String, primary_key=True),
    Column("village", String, nullable=False),
    Column("kecamatan", String, nullable=False),
    Column("registered_on", Date, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("head", String),
    Column("members", Integer, nullable=False),
    Column("kk", String),
    Column("address", String),
    Column("rt", String),
    Column("rw", String),
    Column("print", Integer, nullable=False),
    Column("issued", Integer, nullable=False),
    Column("closed_on", Date),
    Column("version", Integer, nullable=False),
)
_changed = and_(
    _households.c.print > 1, _households.c.issued < _households.c.print, _households.c.closed_on.is_(None)
)
Index("households_print_due", _households.c.kecamatan, sqlite_where=_changed, postgresql_where=_changed)
_counts = Table(
    "residents_counts",
    _meta,
    Column("village", String, primary_key=True),
    Column("kecamatan", String, nullable=False),
    Column("residents", Integer, nullable=False),
    Column("households", Integer, nullable=False),
    Column("ktp", Integer, nullable=False),
)

_put_resident = upsert(people)
_put_household = upsert(_households)
_resident = select(people).where(people.c.resident == bindparam("id"))
_household = select(_households).where(_households.c.household == bindparam("id"))
OF_PERSON = ("nik", *(field.name for field in fields(Person)))
OF_HOUSEHOLD = tuple(field.name for field in fields(Residence))
"""The columns that go when their subject is forgotten: named as what stands in ``Personal``."""
_forget_person = (
    people.update().where(people.c.resident == bindparam("id")).values(dict.fromkeys(OF_PERSON, null()))
)
_forget_household = (
    _households.update()
    .where(_households.c.household == bindparam("id"))
    .values(dict.fromkeys(OF_HOUSEHOLD, null()))
)
_add = insert(_counts)
_count = _add.on_conflict_do_update(
    index_elements=["village"],
    set_={name: _counts.c[name] + _add.excluded[name] for name in ("residents", "households", "ktp")},
)


@dataclass(frozen=True, slots=True)
class ResidentRow:
    """A resident as she stands. Personal fields are None once she is forgotten."""

    resident: str
    household: str
    village: str
    kecamatan: str
    registered_on: date
    nik_source: str
    synthetic: bool
    flags: str
    nik: str | None
    name: str | None
    sex: str | None
    birth_place: str | None
    birth_date: date | None
    religion: str | None
    marital: str | None
    blood: str | None
    education: str | None
    occupation: str | None
    relation: str | None
    citizenship: str | None
    mother: str | None
    father: str | None
    codes: str | None
    open_case: str | None
    ktp_issued_on: date | None
    ktp_cards: int
    ktp_due: bool
    kia_on: date | None
    standing: str
    standing_on: date | None
    departing: str
    spouses: str
    mother_id: str
    father_id: str
    stay: str
    stay_until: date | None
    version: int

    @property
    def counted(self) -> bool:
        """Whether she lives here: alive, or missing."""
        return Standing(self.standing) in COUNTED

    def person_age(self, on: date) -> int:
        """Completed years; 0 when the birth date is forgotten."""
        return age(self.birth_date, on) if self.birth_date else 0

    def ktp(self, on: date) -> KtpState:
        """The state of her card that day, in the words of the national system."""
        if self.ktp_issued_on:
            return KtpState.ISSUED
        if not self.birth_date or not self.marital or not self.counted or self.stay == StayKind.LIMITED:
            return KtpState.NOT_OBLIGED
        if not must_have_ktp(self.birth_date, self.marital, on):
            return KtpState.NOT_OBLIGED
        return KtpState.READY if self.ktp_cards else KtpState.NOT_RECORDED


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    household: str
    village: str
    kecamatan: str
    registered_on: date
    synthetic: bool
    head: str | None
    members: int
    kk: str | None
    address: str | None
    rt: str | None
    rw: str | None
    print: int
    issued: int
    closed_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class Count:
    residents: int
    households: int
    ktp: int


@dataclass(frozen=True, slots=True)
class Counts(Count):
    """The regency, and its kecamatan by code."""

    kecamatan: Mapping[str, Count]


def read_model(regions: Regions) -> ReadModel:
    """The model; ``regions`` tells the kecamatan of a village."""

    def apply(batch: Batch, write: Writer) -> None:
        people: list[tuple[Any, ...]] = []
        homes: list[tuple[Any, ...]] = []
        new: Counter[tuple[str, str]] = Counter()
        cells: Cells = Counter()
        for fact in batch:
            match fact.event:
                case ResidentRegistered() as event:
                    people.append(_person(fact.header.stream, event, regions, fact.header.version))
                    new[event.village, "residents"] += 1
                    cells.update(figures.cells_of_new(event))
                    figures.enters(fact, write)
                case HouseholdRegistered() as event:
                    homes.append(_home(fact.header.stream, event, regions, fact.header.version))
                    new[event.village, "households"] += 1
        write.many(_put_household, homes)
        write.many(_put_resident, people)
        _follow_residents(batch, new, cells, regions, write)
        _follow_households(batch, new, regions, write)
        figures.add(cells, write)
        _forget(list(forgotten(batch)), write)
        villages = dict.fromkeys(village for village, _ in new)
        columns = ("residents", "households", "ktp")
        write.many(
            _count, [(v, _kecamatan(regions, v), *(new[v, column] for column in columns)) for v in villages]
        )

    tables = (people, _households, _counts, figures.cells, figures.flows)
    return ReadModel("residents", 4, tables, apply, forget=_forget)


def _follow_residents(
    batch: Batch, new: Counter[tuple[str, str]], cells: Cells, regions: Regions, write: Writer
) -> None:
    for stream, facts in by_stream(batch, RESIDENT_FACTS).items():
        for values in write.rows(_resident, (stream,)):
            row: Row = dict(zip(people.c.keys(), values, strict=True))
            before, were = resident_counts(row), figures.cells_of(row)
            for fact in facts:
                figures.follow(row, fact, write)
                resident_changed(row, fact.event)
            row |= {"kecamatan": _kecamatan(regions, row["village"]), "version": facts[-1].header.version}
            new.update(resident_counts(row))
            new.subtract(before)
            cells.update(figures.cells_of(row))
            cells.subtract(were)
            write.many(_put_resident, [tuple(row.values())])


def _follow_households(batch: Batch, new: Counter[tuple[str, str]], regions: Regions, write: Writer) -> None:
    for stream, facts in by_stream(batch, HOUSEHOLD_FACTS).items():
        for values in write.rows(_household, (stream,)):
            row: Row = dict(zip(_households.c.keys(), values, strict=True))
            before = household_counts(row)
            for fact in facts:
                household_changed(row, fact.event)
            row |= {"kecamatan": _kecamatan(regions, row["village"]), "version": facts[-1].header.version}
            new.update(household_counts(row))
            new.subtract(before)
            write.many(_put_household, [tuple(row.values())])


def _kecamatan(regions: Regions, village: str) -> str:
    found = regions.villages.get(village)
    return found.kecamatan.code if found else village[:8]


def _person(id_: str, event: ResidentRegistered, regions: Regions, version: int) -> tuple[Any, ...]:
    p = event.person.value
    known = (
        (
            p.name,
            p.sex,
            p.birth_place,
            p.birth_date.isoformat(),
            p.religion,
            p.marital,
            p.blood,
            p.education,
            p.occupation,
            p.relation,
            p.citizenship,
            p.mother,
            p.father,
            p.codes,
        )
        if p
        else (None,) * 14
    )
    return (
        id_,
        event.household,
        event.village,
        _kecamatan(regions, event.village),
        event.registered_on.isoformat(),
        event.nik_source,
        event.synthetic,
        " ".join(event.flags),
        event.nik.value,
        *known,
        *(None, None),
        *(0, False, None),
        *(Standing.ALIVE.value, None, ""),
        *(event.spouse, "", "", "", None),
        version,
    )


def _home(id_: str, event: HouseholdRegistered, regions: Regions, version: int) -> tuple[Any, ...]:
    household = household_decider.evolve(Household(), event)
    at = household.residence
    return (
        id_,
        event.village,
        _kecamatan(regions, event.village),
        event.registered_on.isoformat(),
        event.synthetic,
        household.head,
        len(event.members),
        *((at.kk, at.address, at.rt, at.rw) if at else (None,) * 4),
        *(household.print, household.issued, None),
        version,
    )


def _forget(subjects: Sequence[str], write: Writer) -> None:
    """What was told of these subjects is told no more, also what the same batch has just put in."""
    told = _cells(subjects, write)
    for statement in (_forget_person, _forget_household):
        write.many(statement, [(subject,) for subject in subjects])
    figures.forget(subjects, write)
    left = _cells(subjects, write)
    left.subtract(told)
    figures.add(left, write)


def _cells(subjects: Sequence[str], write: Writer) -> Cells:
    """What these residents add to the cells as their rows are now."""
    found: Cells = Counter()
    for subject in subjects:
        for values in write.rows(_resident, (subject,)):
            found.update(figures.cells_of(dict(zip(people.c.keys(), values, strict=True))))
    return found


_one_person = Question(select(people).where(people.c.resident == bindparam("id")))
_one_home = Question(select(_households).where(_households.c.household == bindparam("id")))
_members = Question(select(people).where(people.c.household == bindparam("id")))


def by_id(view: View, resident: str) -> ResidentRow | None:
    """One resident, or None."""
    rows = _one_person.ask(view.connection, id=resident)
    return ResidentRow(*rows[0]) if rows else None


def by_ids(view: View, ids: Sequence[str]) -> dict[str, ResidentRow]:
    """Those of these residents who are known, by id."""
    if not ids:
        return {}
    found = view.connection.execute(select(people).where(people.c.resident.in_(ids)))
    return {row.resident: ResidentRow(*row) for row in found}


def household(view: View, household: str) -> HouseholdRow | None:
    """One household, or None."""
    rows = _one_home.ask(view.connection, id=household)
    return HouseholdRow(*rows[0]) if rows else None


def of_household(view: View, household: str) -> list[ResidentRow]:
    """Its members, the head first, then by relation and age. Who left is in no household."""
    if not household:
        return []
    rows = [ResidentRow(*row) for row in _members.ask(view.connection, id=household)]
    return sorted(rows, key=lambda r: (int(r.relation or 99), str(r.birth_date), r.resident))


def neighbours(view: View, household: str) -> list[str]:
    """Who lives in the same RT as this household, and not in it; nobody when its address is forgotten."""
    here, there = _households.alias("here"), _households.alias("there")
    same = and_(*(there.c[name] == here.c[name] for name in ("village", "rw", "rt")))
    query = (
        select(people.c.resident)
        .select_from(here)
        .join(there, and_(same, there.c.household != here.c.household))
        .join(people, people.c.household == there.c.household)
        .where(here.c.household == household)
        .order_by(people.c.resident)
    )
    return [row.resident for row in view.connection.execute(query)]


def ktp_due(view: View, *, kecamatan: str = "", limit: int = 100) -> list[ResidentRow]:
    """Whose KTP tells the truth no more and must be printed again."""
    query = select(people).where(_due).order_by(people.c.kecamatan, people.c.resident).limit(limit)
    if kecamatan:
        query = query.where(people.c.kecamatan == kecamatan)
    return [ResidentRow(*row) for row in view.connection.execute(query)]


def print_due(view: View, *, kecamatan: str = "", limit: int = 100) -> list[HouseholdRow]:
    """Households whose card has changed since its first version, and whose latest they do not have."""
    order = (_households.c.kecamatan, _households.c.household)
    query = select(_households).where(_changed).order_by(*order).limit(limit)
    if kecamatan:
        query = query.where(_households.c.kecamatan == kecamatan)
    return [HouseholdRow(*row) for row in view.connection.execute(query)]


def page(
    view: View,
    *,
    kecamatan: str | None = None,
    village: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[ResidentRow]:
    """Residents by village, name and id; ``after`` is the id of the last row of the page before."""
    order = (people.c.village, people.c.name, people.c.resident)
    query = select(people).order_by(*order).limit(limit)
    if village:
        query = query.where(people.c.village == village)
    elif kecamatan:
        # Village codes begin with that of their kecamatan: a range of the index, no scan.
        query = query.where(people.c.village.between(f"{kecamatan}.", f"{kecamatan}.9999"))
    last = by_id(view, after) if after else None
    if last:
        query = query.where(_follows(last))
    return [ResidentRow(*row) for row in view.connection.execute(query)]


def _follows(last: ResidentRow) -> ColumnElement[bool]:
    """Beyond ``last`` in the order of the page. Forgotten names come first, and do not compare."""
    c = people.c
    if last.name is not None:
        return tuple_(c.village, c.name, c.resident) > tuple_(last.village, last.name, last.resident)
    return or_(
        c.village > last.village,
        and_(c.village == last.village, or_(c.name.is_not(None), c.resident > last.resident)),
    )


def counts(view: View) -> Counts:
    """How many, in the regency and in each kecamatan."""
    sums = [func.sum(_counts.c[name]) for name in ("residents", "households", "ktp")]
    query = select(_counts.c.kecamatan, *sums).group_by(_counts.c.kecamatan)
    kecamatan = {code: Count(*numbers) for code, *numbers in view.connection.execute(query)}
    total = kecamatan.values()
    return Counts(
        sum(c.residents for c in total),
        sum(c.households for c in total),
        sum(c.ktp for c in total),
        kecamatan,
    )
