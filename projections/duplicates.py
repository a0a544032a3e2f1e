"""Which records may be of one person? Pairs that are alike, found as each of the two is recorded.

A part of the index of names: whoever is registered leaves a few traces, and is compared with those who left the
same. Nobody is compared with everybody.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    MetaData,
    String,
    Table,
    bindparam,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from domain.population.duplicates import ALIKE, Traits, alike, left, sought
from domain.population.pair import PairFoundDifferent, PairFoundSame
from projections.readmodel import Batch, View, Writer, each, upsert

MOST = 100
"""Pairs on one list."""
CROWD = 50
"""Bearers of a trace from which on it tells nobody from another: records that were made up, or copied a thousand times.
Each would be a pair with each.
"""
_meta = MetaData()
_traces = Table(
    "duplicate_traces",
    _meta,
    Column("trace", BigInteger, primary_key=True),
    Column("resident", String, primary_key=True),
    sqlite_with_rowid=False,
)
_pairs = Table(
    "duplicate_pairs",
    _meta,
    Column("one", String, primary_key=True),
    Column("other", String, primary_key=True),
    Column("score", Float, nullable=False),
    sqlite_with_rowid=False,
)
Index("duplicate_pairs_by_other", _pairs.c.other)
Index("duplicate_pairs_by_score", _pairs.c.score)
_judged = Table(
    "duplicate_judged",
    _meta,
    Column("one", String, primary_key=True),
    Column("other", String, primary_key=True),
    sqlite_with_rowid=False,
)
"""Pairs that an officer has decided: they wait for nobody, whatever changes."""
TABLES = (_traces, _pairs, _judged)

_listed = each(bindparam("these", type_=String))
_numbers = select(cast(_listed.c.value, BigInteger))
_bearers = (
    select(_traces.c.trace, func.count()).where(_traces.c.trace.in_(_numbers)).group_by(_traces.c.trace)
)
_met = select(_traces.c.trace, _traces.c.resident).where(_traces.c.trace.in_(_numbers))
_put_trace = insert(_traces).on_conflict_do_nothing()
_put_pair = upsert(_pairs)
_put_judged = insert(_judged).on_conflict_do_nothing()
_drop_trace = delete(_traces).where(_traces.c.trace == bindparam("t"), _traces.c.resident == bindparam("id"))
_drop_one = delete(_pairs).where(_pairs.c.one == bindparam("id"))
_drop_other = delete(_pairs).where(_pairs.c.other == bindparam("id"))

Row = Mapping[str, Any]
"""Somebody in the index of names; ``void`` when her record does not count any more."""


class Find(Protocol):
    """Looks the rows of residents up."""

    def __call__(self, ids: Iterable[str]) -> Mapping[str, Row]: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A resident who may be the same person, and how alike: 1 when nothing differs."""

    resident: str
    score: float


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two residents who may be one, and how alike: 1 when nothing differs."""

    one: str
    other: str
    score: float


def traits_of(row: Row) -> Traits:
    born = row["birth_date"]
    return Traits(
        row["name"],
        row["sex"],
        born if isinstance(born, date) else date.fromisoformat(born),
        row["birth_place"],
        row["mother"],
        row["father"],
    )


def follow(before: Mapping[str, Row], after: Mapping[str, Row], find: Find, write: Writer) -> None:
    """Pairs of everybody who is new, or is told otherwise than before."""
    known = {id_: _counting(row) for id_, row in before.items()}
    now = {id_: _counting(row) for id_, row in after.items()}
    changed = [id_ for id_ in now if id_ not in known or known[id_] != now[id_]]
    leave({id_: person for id_ in changed if (person := known.get(id_))}, write)
    here = {id_: person for id_ in changed if (person := now[id_])}
    traces = {id_: left(person) for id_, person in here.items()}
    met = _meet(traces, write)
    write.many(_put_trace, sorted((trace, id_) for id_, own in traces.items() for trace in own))
    others = find({id_ for pair in met for id_ in pair if id_ not in here})
    here |= {id_: person for id_, row in others.items() if (person := _counting(row))}
    scored = ((*pair, alike(here[pair[0]], here[pair[1]])) for pair in met if here.keys() >= {*pair})
    write.many(_put_pair, sorted(row for row in scored if row[2] >= ALIKE))


def _meet(traces: Mapping[str, Collection[int]], write: Writer) -> set[tuple[str, str]]:
    """Pairs of those who left these traces, with each other and with whoever was there before.

    Who leaves a trace that ``CROWD`` others have is met by nobody for its sake, however the facts are cut.
    """
    seekers: dict[int, list[str]] = {}
    for id_, own in traces.items():
        for trace in sought(own):
            seekers.setdefault(trace, []).append(id_)
    if not seekers:
        return set()
    bearers = Counter(dict(write.rows(_bearers, (json.dumps([*seekers]),))))
    there = write.rows(_met, (json.dumps([trace for trace in seekers if bearers[trace] < CROWD]),))
    together: set[tuple[int, str]] = set()
    for id_, own in traces.items():
        for trace in seekers.keys() & own:
            if bearers[trace] < CROWD:
                together.add((trace, id_))
            bearers[trace] += 1
    met = (
        (a, b)
        for trace, b in chain(there, together)
        for a in seekers[trace]
        if a != b and (trace, a) in together
    )
    return {(min(pair), max(pair)) for pair in met}


def _counting(row: Row) -> Traits | None:
    return None if row["void"] else traits_of(row)


def leave(people: Mapping[str, Traits], write: Writer) -> None:
    """Nobody finds them any more."""
    write.many(_drop_trace, [(trace, id_) for id_, who in people.items() for trace in left(who)])
    for drop in (_drop_one, _drop_other):
        write.many(drop, [(id_,) for id_ in people])


def judge(batch: Batch, write: Writer) -> None:
    """What was decided does not come back."""
    decided = []
    for fact in batch:
        match fact.event:
            case PairFoundSame(one, other) | PairFoundDifferent(one, other):
                decided.append((min(one, other), max(one, other)))
    write.many(_put_judged, decided)


# -- queries


def page(
    view: View, people: Table, *, kecamatan: str | None = None, resident: str | None = None
) -> Sequence[PairRow]:
    """Pairs that wait for a decision, the most alike first, at most 100; of one kecamatan or resident, if asked."""
    query = (
        select(_pairs)
        .where(~exists().where(_judged.c.one == _pairs.c.one, _judged.c.other == _pairs.c.other))
        .order_by(_pairs.c.score.desc(), _pairs.c.one, _pairs.c.other)
        .limit(MOST)
    )
    if resident:
        query = query.where(or_(_pairs.c.one == resident, _pairs.c.other == resident))
    if kecamatan:
        there = exists().where(
            or_(people.c.resident == _pairs.c.one, people.c.resident == _pairs.c.other),
            people.c.village.startswith(f"{kecamatan}.", autoescape=True),
        )
        query = query.where(there)
    return [PairRow(*row) for row in view.connection.execute(query)]


def candidates(view: View, people: Table, person: Traits) -> Sequence[Candidate]:
    """Residents who may be the person that is about to be registered, the most alike first."""
    traces = sought(left(person))
    crowds = {
        trace
        for trace, bearers in view.connection.execute(_bearers, {"these": json.dumps(sorted(traces))})
        if bearers > CROWD
    }
    met = view.connection.execute(_met, {"these": json.dumps(sorted(traces - crowds))})
    ids = {row.resident for row in met}
    rows = view.connection.execute(
        select(people).where(people.c.resident.in_(select(_listed.c.value))),
        {"these": json.dumps(sorted(ids))},
    )
    scored = [Candidate(row.resident, alike(person, traits_of(dict(row._mapping)))) for row in rows]
    return sorted((c for c in scored if c.score >= ALIKE), key=lambda c: (-c.score, c.resident))
