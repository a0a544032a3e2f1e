"""Who bears a name like this? Words that look like those asked, names made of them, their bearers.

A regency has a million people, some hundred thousand names and far fewer words. Each name, each word and its
letters are kept once, so that a registration under a name that is known already adds a single row.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from domain.population import names
from domain.population.resident import events as life
from domain.population.resident.events import ResidentRegistered
from projections import duplicates
from projections.readmodel import Batch, ReadModel, Writer, by_stream, each, forgotten, upsert

_meta = MetaData()
people = Table(
    "name_index",
    _meta,
    Column("resident", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("birth_date", Date, nullable=False),
    Column("birth_place", String, nullable=False),
    Column("mother", String, nullable=False),
    Column("father", String, nullable=False),
    Column("village", String, nullable=False),
    Column("sex", String, nullable=False),
    Column("void", Boolean, nullable=False),
)
Index("name_index_by_birth", people.c.birth_date)
Index("name_index_by_name", people.c.name)
Index("name_index_by_village", people.c.village, people.c.name)
borne = Table(
    "name_names",
    _meta,
    Column("name", String, primary_key=True),
    Column("bearers", Integer, nullable=False),
    sqlite_with_rowid=False,
)
parts = Table(
    "name_parts",
    _meta,
    Column("word", String, primary_key=True),
    Column("size", Integer, primary_key=True),
    Column("name", String, primary_key=True),
    sqlite_with_rowid=False,
)
"""The names that have a word, the short ones first: ``size`` is how many words a name has."""
spoken = Table(
    "name_words",
    _meta,
    Column("word", String, primary_key=True),
    Column("names", Integer, nullable=False),
    sqlite_with_rowid=False,
)
letters = Table(
    "name_grams",
    _meta,
    Column("gram", String, primary_key=True),
    Column("word", String, primary_key=True),
    sqlite_with_rowid=False,
)
PARENTS = ("mother", "father")
HEARD = frozenset({"name", "birth_place", *PARENTS})
"""Columns that keep what is written as it is heard."""
FACTS = (
    ResidentRegistered,
    life.ElementsChanged,
    life.ParentsLinked,
    life.FiliationReversed,
    life.ResidentPlaced,
    life.RecordVoided,
)

_put = upsert(people)
_row = select(people).where(people.c.resident == bindparam("id"))
_listed = each(bindparam("these", type_=String))
_rows = select(people).where(people.c.resident.in_(select(_listed.c.value)))
_gone = delete(people).where(people.c.resident == bindparam("id"))


class _Counted:
    """A table that counts how often something stands: what comes to nothing leaves it."""

    def __init__(self, table: Table) -> None:
        self._what, self._count = table.c
        self._known = select(self._what).where(self._what.in_(select(_listed.c.value)))
        add = insert(table)
        self._add = add.on_conflict_do_update(
            index_elements=[self._what], set_={self._count.name: self._count + add.excluded[self._count.name]}
        )
        self._drop = delete(table).where(self._what == bindparam("this"), self._count <= literal_column("0"))

    def add(self, changes: Mapping[str, int], write: Writer) -> tuple[set[str], set[str]]:
        """What is counted for the first time, and what no more."""
        changes = {this: by for this, by in changes.items() if by}
        before = self._among(changes, write)
        write.many(self._add, sorted(changes.items()))
        fewer = [(this,) for this, by in changes.items() if by < 0]
        if not fewer:
            return changes.keys() - before, set()
        write.many(self._drop, fewer)
        after = self._among(changes, write)
        return after - before, before - after

    def _among(self, these: Iterable[str], write: Writer) -> set[str]:
        return {this for (this,) in write.rows(self._known, (json.dumps(list(these)),))} if these else set()


_borne, _spoken = _Counted(borne), _Counted(spoken)
_put_part, _put_gram = parts.insert(), letters.insert()
_drop_part = delete(parts).where(*(column == bindparam(column.name) for column in parts.c))
_drop_gram = delete(letters).where(*(column == bindparam(column.name) for column in letters.c))


TABLES = (people, borne, parts, spoken, letters, *duplicates.TABLES)


def read_model() -> ReadModel:
    """The model: names as they are heard. Who is forgotten is in none of its tables."""
    return ReadModel("name_index", 2, TABLES, _apply, forget=_forget)


def _apply(batch: Batch, write: Writer) -> None:
    before: dict[str, dict[str, Any]] = {}
    after: dict[str, dict[str, Any]] = {}
    for stream, facts in by_stream(batch, FACTS).items():
        first = facts[0].event
        if not isinstance(first, ResidentRegistered):
            found = write.rows(_row, (stream,))
            if not found:
                continue
            before[stream] = dict(zip(people.c.keys(), found[0], strict=True))
        row = dict(before.get(stream, {}))
        for fact in facts:
            _follow(row, stream, fact.event)
        if row:
            after[stream] = row
    write.many(_put, [tuple(row.values()) for row in after.values()])
    bearers = Counter(row["name"] for row in after.values())
    bearers.subtract(row["name"] for row in before.values())
    _count(bearers, write)
    duplicates.follow(before, after, lambda ids: _found(ids, write), write)
    duplicates.judge(batch, write)
    _forget(list(forgotten(batch)), write)


def _found(ids: Iterable[str], write: Writer) -> dict[str, dict[str, Any]]:
    rows = write.rows(_rows, (json.dumps(sorted(ids)),)) if ids else []
    return {row[0]: dict(zip(people.c.keys(), row, strict=True)) for row in rows}


def _follow(row: dict[str, Any], stream: str, event: object) -> None:
    match event:
        case ResidentRegistered():
            if p := event.person.value:
                row |= {"resident": stream, "name": names.key(p.name)}
                row |= {"birth_date": p.birth_date.isoformat(), "birth_place": names.key(p.birth_place)}
                row |= {"mother": names.key(p.mother), "father": names.key(p.father)}
                row |= {"village": event.village, "sex": p.sex, "void": False}
        case life.ResidentPlaced(village=village) if row:
            row["village"] = village
        case life.RecordVoided() if row:
            row["void"] = True
        case life.ParentsLinked(kind=kind) if row and kind != "adopted":
            told = event.names.value
            row |= {of: names.key(name) for of in PARENTS if told and (name := getattr(told, of))}
        case life.FiliationReversed(names=told_without) if row and told_without.value:
            row["mother"] = names.key(told_without.value.mother)
            row["father"] = names.key(told_without.value.father)
        case life.ElementsChanged() if row:
            for change in event.changes.value or ():
                if change.element == "birth_date":
                    row["birth_date"] = change.new
                elif change.element == "sex":
                    row["sex"] = change.new
                elif change.element in row.keys() & HEARD:
                    row[change.element] = names.key(change.new)


def _count(bearers: Mapping[str, int], write: Writer) -> None:
    """A name comes with its first bearer and goes with its last, a word with the names that have it."""
    came, went = _borne.add(bearers, write)
    write.many(_put_part, sorted(row for name in came for row in _parts_of(name)))
    write.many(_drop_part, [row for name in went for row in _parts_of(name)])
    words = Counter(word for name in came for word, _, _ in _parts_of(name))
    words.subtract(word for name in went for word, _, _ in _parts_of(name))
    came, went = _spoken.add(words, write)
    write.many(_put_gram, sorted((gram, word) for word in came for gram in names.grams(word)))
    write.many(_drop_gram, [(gram, word) for word in went for gram in names.grams(word)])


def _parts_of(name: str) -> set[tuple[str, int, str]]:
    words = name.split()
    return {(word, len(words), name) for word in words}


def _forget(subjects: Iterable[str], write: Writer) -> None:
    found = _found(subjects, write)
    if found:
        names.forget_words()
    duplicates.leave({id_: duplicates.traits_of(row) for id_, row in found.items()}, write)
    write.many(_gone, [(id_,) for id_ in found])
    _count({name: -n for name, n in Counter(row["name"] for row in found.values()).items()}, write)
