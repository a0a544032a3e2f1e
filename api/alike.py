"""Is somebody who is about to be registered here already? And who may be registered twice?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.acts.civil import asked
from api.acts.population import NewMember
from domain.population.duplicates import Traits, alike, traits
from projections import duplicates, name_index, residents
from projections.duplicates import PairRow
from projections.readmodel import View
from projections.residents import ResidentRow

MODELS = ("residents", "name_index")
SHOWN = 5
"""Residents who are shown for one newcomer."""


@dataclass(frozen=True, slots=True)
class Alike:
    """``resident`` may be the person who is the ``index``-th to enter; ``score`` 1 when nothing differs."""

    index: int
    resident: ResidentRow
    score: float


@dataclass(frozen=True, slots=True)
class Twice:
    """Two residents who may be one."""

    pair: PairRow
    one: ResidentRow
    other: ResidentRow


def of_member(new: NewMember) -> Traits:
    """Somebody who enters the registry, as she is told from others."""
    return traits(new.name, new.sex, new.birth_date, new.birth_place, new.mother, new.father)


def entering(what: object, on: date, view: View) -> list[Traits]:
    """Whoever would enter the registry by this event, in the order in which they do."""
    match what:
        case asked.Birth(newborn=child):
            parents = residents.by_ids(view, [id_ for id_ in (what.mother, what.father) if id_])
            mother = _name(parents, what.mother) or what.mother_name
            father = _name(parents, what.father) or what.father_name
            return [traits(child.name, child.sex, on, child.birth_place, mother, father)]
        case asked.Biodata(person=person) | asked.LimitedStay(person=person):
            return [of_member(person)]
        case asked.MoveIn(newcomers=newcomers):
            return [*map(of_member, newcomers)]
    return []


def _name(known: Mapping[str, ResidentRow], id_: str) -> str:
    return (known[id_].name or "") if id_ in known else ""


def candidates(view: View, people: Iterable[Traits]) -> list[Alike]:
    """Residents who may be one of these people, the most alike first for each."""
    found = [
        (index, candidate)
        for index, person in enumerate(people)
        for candidate in duplicates.candidates(view, name_index.people, person)[:SHOWN]
    ]
    rows = residents.by_ids(view, [candidate.resident for _, candidate in found])
    return [
        Alike(index, rows[candidate.resident], candidate.score)
        for index, candidate in found
        if candidate.resident in rows
    ]


def waiting(view: View, *, kecamatan: str | None = None, resident: str | None = None) -> list[Twice]:
    """Pairs that nobody has decided, the most alike first."""
    pairs = duplicates.page(view, name_index.people, kecamatan=kecamatan, resident=resident)
    return _with_rows(view, pairs)


def _with_rows(view: View, pairs: Sequence[PairRow]) -> list[Twice]:
    rows = residents.by_ids(view, [id_ for pair in pairs for id_ in (pair.one, pair.other)])
    return [
        Twice(pair, rows[pair.one], rows[pair.other])
        for pair in pairs
        if rows.keys() >= {pair.one, pair.other}
    ]


def likeness(one: ResidentRow, other: ResidentRow) -> float | None:
    """How alike two residents are; None when one is forgotten."""
    first, second = _of_row(one), _of_row(other)
    return alike(first, second) if first and second else None


def _of_row(row: ResidentRow) -> Traits | None:
    if not row.name or not row.birth_date:
        return None
    more = (row.birth_place or "", row.mother or "", row.father or "")
    return traits(row.name, row.sex or "", row.birth_date, *more)
