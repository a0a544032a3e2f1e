"""Who is most like what somebody heard? What is compared letter by letter is only ever a few hundred words and names.

First the names that can be made of words like those asked, each looked up as a whole; only where these have too
few bearers, the longer names that have the rarest of the words.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import heappop, heappush
from itertools import islice, permutations
from typing import Any

from sqlalchemy import Select, String, bindparam, func, select

from domain.population import names
from projections.name_index import borne, letters, parts, people, spoken
from projections.readmodel import View, each

SIMILAR = 12
"""Words that are taken for one asked word."""
LIKE_ENOUGH = 0.5
"""Below it a word is another one."""
SAME_WORDS = 80
"""Words that share most letters with the asked one, to be compared."""
MADE = 200
"""Names made of such words in the order that was asked."""
TURNED = 30
"""The likeliest of them also in every other order; and as many with one word left out."""
LONGEST = 4
"""Words of a name that are put together; of the next ones the name is only found by its parts."""
READ = 1_000
"""Names of one word that are looked through for the others."""
CANDIDATES = 120
"""Names to be compared as a whole."""
CLOSE = 0.62
"""Below it a name is another one."""
WINDOW = timedelta(days=1)
SAME_PLACE = 0.02
"""What the right birth place adds (ours): it decides between equals."""
MANY = 20
"""Times as many bearers as are wanted are read, to choose among them by place."""

Similar = Mapping[str, float]
_c = people.c
_found = select(_c.resident, _c.name, _c.birth_date, _c.birth_place)


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


def search(view: View, asked: Asked, limit: int = 50) -> list[Hit]:
    """Who is most like this, the best first. Without a name: who was born then, in that village."""
    words = names.words(asked.name)
    if not words and not asked.born:
        return []
    if asked.born or asked.village:
        found = view.connection.execute(_narrow(asked)).all()
        kept = found if asked.born else _with_words(found, [_similar(view, word) for word in words])
        return _ranked(kept, asked, words, limit)
    return _ranked(_bearers(view, _best_names(view, words, limit), asked, limit), asked, words, limit)


def _narrow(asked: Asked) -> Select[Any]:
    query = _found
    if asked.born:
        query = query.where(_c.birth_date.between(asked.born - WINDOW, asked.born + WINDOW))
    if asked.village:
        query = query.where(_c.village == asked.village)
    return query


def _with_words(rows: Sequence[Any], similar: Sequence[Similar]) -> list[Any]:
    wanted = {word for words in similar for word in words}
    return [row for row in rows if not wanted.isdisjoint(row.name.split())]


# -- words

_shared = func.count()
_grams = each(bindparam("grams", type_=String))
_alike = (
    select(letters.c.word)
    .where(letters.c.gram.in_(select(_grams.c.value)))
    .group_by(letters.c.word)
    .order_by(_shared.desc(), func.abs(func.length(letters.c.word) - bindparam("length")), letters.c.word)
    .limit(SAME_WORDS)
)


def _similar(view: View, word: str) -> Similar:
    """The words that are most like this one, and how like."""
    asked = {"grams": json.dumps(sorted(names.grams(word))), "length": len(word)}
    likes = {found: names.likeness(word, found) for (found,) in view.connection.execute(_alike, asked)}
    best = sorted(likes, key=lambda found: (-likes[found], found))[:SIMILAR]
    return {found: likes[found] for found in best if likes[found] >= LIKE_ENOUGH}


# -- names


def _best_names(view: View, words: Sequence[str], limit: int) -> list[tuple[str, int]]:
    """The names most like the asked one with how many bear each, the best first, until there are enough."""
    similar = [_similar(view, word) for word in words]
    found = _known(view, {*_made(words, similar), *_otherwise(words)})
    scores = {name: names.name_likeness(words, name.split()) for name in found}
    # A name that has other words besides is less like it than the best of these could be.
    longer = sum(max(s.values(), default=0.0) for s in similar) / len(words) - names.SURPLUS
    if sum(found[name] for name in scores if scores[name] >= longer) < limit:
        more = _known(view, _having(view, words, similar) - found.keys())
        scores |= {name: names.name_likeness(words, name.split()) for name in more}
        found |= more
    best = sorted((name for name in scores if scores[name] >= CLOSE), key=lambda name: (-scores[name], name))
    return [(name, found[name]) for name in best]


_these = each(bindparam("these", type_=String))
_borne = select(borne.c.name, borne.c.bearers).where(borne.c.name.in_(select(_these.c.value)))


def _known(view: View, made: Iterable[str]) -> dict[str, int]:
    """Those of these names that somebody bears, and how many do."""
    return dict(map(tuple, view.connection.execute(_borne, {"these": json.dumps(sorted(made))})))


def _made(words: Sequence[str], similar: Sequence[Similar]) -> Iterator[str]:
    """Names of as many such words as were asked, in any order, and of one less."""
    if len(words) > LONGEST:
        return
    for n, chosen in enumerate(islice(_likeliest(similar), MADE)):
        orders = permutations(chosen) if n < TURNED else (chosen,)
        yield from (" ".join(order) for order in orders)
    for i in range(len(words) if len(words) > 1 else 0):
        fewer = [*similar[:i], *similar[i + 1 :]]
        yield from (" ".join(chosen) for chosen in islice(_likeliest(fewer), TURNED))


def _likeliest(choices: Sequence[Similar]) -> Iterator[tuple[str, ...]]:
    """One of each choice, the likeliest together first."""
    ordered = [sorted(choice, key=lambda word: (-choice[word], word)) for choice in choices]
    if not all(ordered):
        return
    first = (0,) * len(ordered)
    heap, seen = [(0.0, first)], {first}
    while heap:
        _, at = heappop(heap)
        yield tuple(words[i] for words, i in zip(ordered, at, strict=True))
        for k, i in enumerate(at):
            following = (*at[:k], i + 1, *at[k + 1 :])
            if i + 1 < len(ordered[k]) and following not in seen:
                seen.add(following)
                likes = zip(choices, ordered, following, strict=True)
                heappush(heap, (-sum(choice[words[j]] for choice, words, j in likes), following))


def _otherwise(words: Sequence[str]) -> Iterator[str]:
    """The same letters, otherwise divided into words."""
    whole = "".join(words)
    yield whole
    if len(words) == 1:
        yield from (f"{whole[:i]} {whole[i:]}" for i in range(1, len(whole)))


_counted = select(spoken.c.word, spoken.c.names).where(spoken.c.word.in_(select(_these.c.value)))
_of_word = (
    select(parts.c.name)
    .where(parts.c.word == bindparam("this"), parts.c.size >= bindparam("least"))
    .order_by(parts.c.size)
    .limit(READ)
)


def _having(view: View, words: Sequence[str], similar: Sequence[Similar]) -> set[str]:
    """Names that have a word like the rarest of those asked, and most of the others."""
    every = json.dumps(sorted({word for choice in similar for word in choice}))
    counts = dict(map(tuple, view.connection.execute(_counted, {"these": every})))
    choices = [choice for choice in similar if choice]
    if not choices:
        return set()
    rarest = min(choices, key=lambda choice: sum(counts[word] for word in choice))
    asked = [{"this": word, "least": len(words)} for word in rarest]
    having = {name for one in asked for (name,) in view.connection.execute(_of_word, one)}
    weights: dict[str, float] = {}
    for choice in similar:
        for word, like in choice.items():
            weights[word] = max(like, weights.get(word, 0.0))
    length = len(" ".join(words))

    def unlike(name: str) -> tuple[float, int, str]:
        return -sum(weights.get(word, 0.0) for word in name.split()), abs(len(name) - length), name

    return set(sorted(having, key=unlike)[:CANDIDATES])


# -- bearers

_of_names = _found.where(_c.name.in_(select(_these.c.value))).limit(bindparam("most"))
_of_place = _of_names.order_by((_c.birth_place == bindparam("place")).desc())


def _bearers(view: View, best: Sequence[tuple[str, int]], asked: Asked, limit: int) -> Sequence[Any]:
    """The bearers of the best names, of each only as many as are wanted."""
    if asked.place:
        wanted = {"these": json.dumps([name for name, _ in best[:limit]]), "most": MANY * limit}
        return view.connection.execute(_of_place, wanted | {"place": names.key(asked.place)}).all()
    whole, left = 0, limit
    while whole < len(best) and best[whole][1] <= left:
        left -= best[whole][1]
        whole += 1
    groups = [[name for name, _ in best[:whole]], [name for name, _ in best[whole : whole + 1]]]
    return [
        row
        for group in groups
        if group
        for row in view.connection.execute(_of_names, {"these": json.dumps(group), "most": limit})
    ]


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
