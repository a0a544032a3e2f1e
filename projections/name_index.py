"""Who bears a name like this? Three steps: words that look like those asked, names that have them, their bearers.

A regency has a million people, some hundred thousand names and far fewer words: what is compared letter by
letter is only ever a few hundred of them.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    Executable,
    Index,
    MetaData,
    Select,
    String,
    Table,
    bindparam,
    delete,
    exists,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from domain.population import names
from domain.population.resident import events as life
from domain.population.resident.events import ResidentRegistered
from projections.readmodel import Batch, ReadModel, View, Writer, by_stream, forgotten, upsert

_meta = MetaData()
_people = Table(
    "name_index",
    _meta,
    Column("resident", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("birth_date", Date, nullable=False),
    Column("birth_place", String, nullable=False),
    Column("mother", String, nullable=False),
    Column("village", String, nullable=False),
)
Index("name_index_by_birth", _people.c.birth_date)
Index("name_index_by_village", _people.c.village, _people.c.name)


def _pairs(name: str, *columns: str) -> Table:
    return Table(
        name, _meta, *(Column(c, String, primary_key=True) for c in columns), sqlite_with_rowid=False
    )


_bearers = _pairs("name_bearers", "name", "resident")
_parts = _pairs("name_parts", "word", "name")
_grams = _pairs("name_grams", "gram", "word")
FACTS = (
    ResidentRegistered,
    life.ElementsChanged,
    life.ParentsLinked,
    life.FiliationReversed,
    life.ResidentPlaced,
)

SIMILAR = 12
"""Words that are taken for one asked word."""
LIKE_ENOUGH = 0.5
"""Below it a word is another one."""
SAME_WORDS = 80
"""Words that share most letters with the asked one, to be compared."""
CANDIDATES = 250
"""Names to be compared as a whole."""
CLOSE = 0.62
"""Below it a name is another one."""
WINDOW = timedelta(days=1)
SAME_PLACE = 0.02
"""What the right birth place adds (ours): it decides between equals."""

_put = upsert(_people)
_row = select(_people).where(_people.c.resident == bindparam("id"))
_gone = delete(_people).where(_people.c.resident == bindparam("id"))


def _add(table: Table) -> Executable:
    return insert(table).on_conflict_do_nothing()


_put_bearer, _put_part, _put_gram = _add(_bearers), _add(_parts), _add(_grams)
_drop_bearer = delete(_bearers).where(
    _bearers.c.name == bindparam("n"), _bearers.c.resident == bindparam("id")
)
_drop_part = delete(_parts).where(
    _parts.c.word == bindparam("w"),
    _parts.c.name == bindparam("n"),
    ~exists(select(_bearers.c.name).where(_bearers.c.name == _parts.c.name)),
)
_drop_gram = delete(_grams).where(
    _grams.c.gram == bindparam("g"),
    _grams.c.word == bindparam("w"),
    ~exists(select(_parts.c.word).where(_parts.c.word == _grams.c.word)),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody knows of the person: a name, or a part of it, and perhaps more."""

    name: str
    born: date | None = None
    place: str | None = None
    village: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A resident, and how like she is to what was asked: 1 is equal."""

    resident: str
    score: float


def read_model() -> ReadModel:
    """The model: names as they are heard. Who is forgotten is in none of its tables."""
    return ReadModel("name_index", 1, (_people, _bearers, _parts, _grams), _apply, forget=_forget)


def _apply(batch: Batch, write: Writer) -> None:
    before: dict[str, dict[str, Any]] = {}
    after: dict[str, dict[str, Any]] = {}
    for stream, facts in by_stream(batch, FACTS).items():
        first = facts[0].event
        if not isinstance(first, ResidentRegistered):
            found = write.rows(_row, (stream,))
            if not found:
                continue
            before[stream] = dict(zip(_people.c.keys(), found[0], strict=True))
        row = dict(before.get(stream, {}))
        for fact in facts:
            _follow(row, stream, fact.event)
        if row:
            after[stream] = row
    write.many(_put, [tuple(row.values()) for row in after.values()])
    renamed = [s for s, row in after.items() if before.get(s, {}).get("name") != row["name"]]
    _leave([(before[s]["name"], s) for s in renamed if s in before], write)
    _enter([(after[s]["name"], s) for s in renamed], write)
    _forget(list(forgotten(batch)), write)


def _follow(row: dict[str, Any], stream: str, event: object) -> None:
    match event:
        case ResidentRegistered():
            if p := event.person.value:
                row |= {"resident": stream, "name": names.key(p.name)}
                row |= {"birth_date": p.birth_date.isoformat(), "birth_place": names.key(p.birth_place)}
                row |= {"mother": names.key(p.mother), "village": event.village}
        case life.ResidentPlaced(village=village) if row:
            row["village"] = village
        case life.ParentsLinked(kind=kind) if row and kind != "adopted":
            if (told := event.names.value) and told.mother:
                row["mother"] = names.key(told.mother)
        case life.FiliationReversed(names=told_without) if row and told_without.value:
            row["mother"] = names.key(told_without.value.mother)
        case life.ElementsChanged() if row:
            for change in event.changes.value or ():
                if change.element == "birth_date":
                    row["birth_date"] = change.new
                elif change.element in row.keys() & {"name", "birth_place", "mother"}:
                    row[change.element] = names.key(change.new)


def _enter(bearers: Sequence[tuple[str, str]], write: Writer) -> None:
    write.many(_put_bearer, bearers)
    parts = {(word, name) for name, _ in bearers for word in name.split()}
    write.many(_put_part, sorted(parts))
    write.many(_put_gram, _gram_rows({word for word, _ in parts}))


def _leave(bearers: Sequence[tuple[str, str]], write: Writer) -> None:
    """A name goes with its last bearer, a word with the last name that has it."""
    write.many(_drop_bearer, bearers)
    parts = {(word, name) for name, _ in bearers for word in name.split()}
    write.many(_drop_part, sorted(parts))
    write.many(_drop_gram, _gram_rows({word for word, _ in parts}))


def _gram_rows(words: Iterable[str]) -> list[tuple[str, str]]:
    return sorted((gram, word) for word in words for gram in names.grams(word))


def _forget(subjects: Sequence[str], write: Writer) -> None:
    found = [row for subject in subjects for row in write.rows(_row, (subject,))]
    if found:
        names.forget_words()
    write.many(_gone, [(row[0],) for row in found])
    _leave([(row[1], row[0]) for row in found], write)


def search(view: View, asked: Asked, limit: int = 50) -> list[Hit]:
    """Who is most like this, the best first. Without a name: who was born then, in that village."""
    words = names.words(asked.name)
    if not words and not asked.born:
        return []
    if asked.born or asked.village:
        found = view.connection.execute(_narrow(asked)).all()
        kept = found if asked.born else _with_words(found, _similar(view, words))
        return _ranked(kept, asked, words, limit)
    best = _best_names(view, words)[:limit]
    rows = view.connection.execute(
        select(_people.c.resident, _people.c.name, _people.c.birth_date, _people.c.birth_place)
        .join(_bearers, _bearers.c.resident == _people.c.resident)
        .where(_bearers.c.name.in_(best))
        .limit(20 * limit)
    ).all()
    return _ranked(rows, asked, words, limit)


def _narrow(asked: Asked) -> Select[Any]:
    c = _people.c
    query = select(c.resident, c.name, c.birth_date, c.birth_place)
    if asked.born:
        query = query.where(c.birth_date.between(asked.born - WINDOW, asked.born + WINDOW))
    if asked.village:
        query = query.where(c.village == asked.village)
    return query


def _with_words(rows: Sequence[Any], similar: Sequence[dict[str, float]]) -> list[Any]:
    wanted = {word for words in similar for word in words}
    return [row for row in rows if not wanted.isdisjoint(row.name.split())]


def _similar(view: View, words: Sequence[str]) -> list[dict[str, float]]:
    """For each asked word those that are most like it, and how like."""
    return [_similar_words(view, word) for word in words]


def _similar_words(view: View, word: str) -> dict[str, float]:
    shared = func.count()
    query = (
        select(_grams.c.word)
        .where(_grams.c.gram.in_(sorted(names.grams(word))))
        .group_by(_grams.c.word)
        .order_by(shared.desc(), func.abs(func.length(_grams.c.word) - len(word)), _grams.c.word)
        .limit(SAME_WORDS)
    )
    likes = {found: names.likeness(word, found) for (found,) in view.connection.execute(query)}
    best = sorted(likes, key=lambda found: (-likes[found], found))[:SIMILAR]
    return {found: likes[found] for found in best if likes[found] >= LIKE_ENOUGH}


def _best_names(view: View, words: Sequence[str]) -> list[str]:
    weights: dict[str, float] = {}
    for similar in _similar(view, words):
        for word, like in similar.items():
            weights[word] = max(like, weights.get(word, 0.0))
    asked = func.json_each(json.dumps(weights)).table_valued("key", "value")
    length = len(" ".join(words))
    query = (
        select(_parts.c.name)
        .join(asked, asked.c.key == _parts.c.word)
        .group_by(_parts.c.name)
        .order_by(
            func.sum(asked.c.value).desc(), func.abs(func.length(_parts.c.name) - length), _parts.c.name
        )
        .limit(CANDIDATES)
    )
    scores = {name: names.name_likeness(words, name.split()) for (name,) in view.connection.execute(query)}
    best = sorted(scores, key=lambda name: (-scores[name], name))
    return [name for name in best if scores[name] >= CLOSE]


def _ranked(rows: Sequence[Any], asked: Asked, words: Sequence[str], limit: int) -> list[Hit]:
    scores: dict[str, float] = {
        name: names.name_likeness(words, name.split()) for name in {r.name for r in rows}
    }
    place = names.key(asked.place or "")
    hits = []
    for row in rows:
        score = scores[row.name] if words else 1.0
        if score < CLOSE:
            continue
        if asked.born and row.birth_date != asked.born:
            score -= SAME_PLACE
        if place:
            score += SAME_PLACE * names.likeness(place, row.birth_place)
        hits.append(Hit(row.resident, score))
    return sorted(hits, key=lambda hit: (-hit.score, hit.resident))[:limit]
