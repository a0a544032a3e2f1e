"""What the centre holds otherwise than this registry, and nobody has settled: an element a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Column, Date, Index, Integer, MetaData, String, Table, bindparam, delete, func, select

from domain.population.comparison import (
    Difference,
    DifferencesAccepted,
    DifferencesDismissed,
    DifferencesFound,
    DifferencesGone,
)
from projections.readmodel import Batch, ReadModel, View, Writer, forgotten, upsert

MOST = 100
_differences = Table(
    "differences",
    MetaData(),
    Column("comparison", String, primary_key=True),
    Column("element", String, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("resident", String, nullable=False),
    Column("subject", String, nullable=False, index=True),
    Column("village", String, nullable=False),
    Column("on", Date, nullable=False),
    Column("message", String, nullable=False),
    Column("ours", String, nullable=False),
    Column("theirs", String, nullable=False),
    Column("ours_vintage", String, nullable=False),
    Column("theirs_vintage", String, nullable=False),
    Column("version", Integer, nullable=False),
)
Index("differences_by_village", _differences.c.village)
_put = upsert(_differences)
_clear = delete(_differences).where(_differences.c.comparison == bindparam("id"))
_settle = delete(_differences).where(
    _differences.c.comparison == bindparam("id"), _differences.c.element == bindparam("what")
)
_seen = (
    _differences.update().where(_differences.c.comparison == bindparam("id")).values(version=bindparam("now"))
)
_forget = delete(_differences).where(_differences.c.subject == bindparam("id"))


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One person in two registries; ``resident`` is empty for a NIK that nobody has here."""

    comparison: str
    resident: str
    village: str
    on: date
    message: str
    version: int
    differences: tuple[Difference, ...]


def read_model() -> ReadModel:
    return ReadModel("differences", 1, (_differences,), _apply)


def _apply(batch: Batch, write: Writer) -> None:
    for fact in batch:
        id_, version = fact.header.stream, fact.header.version
        match fact.event:
            case DifferencesFound() as found:
                write.many(_clear, [(id_,)])
                write.many(_put, _rows(id_, found, version))
            case DifferencesGone():
                write.many(_clear, [(id_,)])
            case DifferencesDismissed(elements) | DifferencesAccepted(elements):
                write.many(_settle, [(id_, element) for element in elements])
                write.many(_seen, [(version, id_)])
    write.many(_forget, [(subject,) for subject in forgotten(batch)])


def _rows(id_: str, found: DifferencesFound, version: int) -> list[tuple[Any, ...]]:
    where = (found.resident, found.differences.subject, found.village, found.on.isoformat(), found.message)
    return [
        (
            *(id_, one.element, number, *where),
            *(one.ours, one.theirs, one.ours_vintage, one.theirs_vintage, version),
        )
        for number, one in enumerate(found.differences.value or ())
    ]


def page(view: View, *, kecamatan: str = "", resident: str = "") -> Sequence[ComparisonRow]:
    """At most 100 people of whom something differs, those who wait longest first."""
    c = _differences.c
    first = select(c.comparison).group_by(c.comparison).order_by(func.min(c.on), c.comparison).limit(MOST)
    if kecamatan:
        first = first.where(c.village.startswith(f"{kecamatan}.", autoescape=True))
    if resident:
        first = first.where(c.resident == resident)
    chosen = [row.comparison for row in view.connection.execute(first)]
    query = select(_differences).where(c.comparison.in_(chosen)).order_by(c.on, c.comparison, c.number)
    found = view.connection.execute(query).all()
    return [_read(list(rows)) for _, rows in groupby(found, key=lambda row: row.comparison)]


def waiting(view: View) -> int:
    """Of how many people something differs."""
    query = select(func.count(_differences.c.comparison.distinct()))
    return view.connection.execute(query).scalar() or 0


def _read(rows: Sequence[Any]) -> ComparisonRow:
    row = rows[0]
    differences = tuple(
        Difference(one.element, one.ours, one.theirs, one.ours_vintage, one.theirs_vintage) for one in rows
    )
    return ComparisonRow(
        row.comparison, row.resident, row.village, row.on, row.message, row.version, differences
    )
