"""Finding somebody by a misspelt name among everybody, and before she is registered once more."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from time import perf_counter

from adapters.people.ndjson import Member
from api import alike, finding
from api.bench.material import SEED
from api.bench.measure import Measure, at_least, p95, reported
from api.bench.populated import Population
from domain.population import names
from domain.population.duplicates import traits
from projections.name_search import Asked
from projections.views import Views

FIRST = 5
OLD = (("u", "oe"), ("c", "tj"), ("j", "dj"), ("y", "j"))
"""How a name was written before 1972; in this order no letter is replaced twice."""


def by_name(at: Population) -> Iterator[Measure]:
    """1,000 seeded misspellings and old spellings: is the right person among the first five?"""
    with at.hub() as hub:
        chance = Random(SEED)
        sample = at.members(hub.desk)
        note = f"{len(sample):,} names among {at.scale.residents:,} residents"
        found, times = _asked(hub.views, sample, chance, dated=True)
        yield at_least("misspelt-name", found, 0.95, f"{note}, with the birth date", "found")
        yield reported("misspelt-name-p95", times, "ms", "with the birth date")
        found, times = _asked(hub.views, sample, chance, dated=False)
        yield reported("misspelt-name-alone", found, "found", f"{note}; a name like the right one is a hit")
        yield reported("misspelt-name-alone-p95", times, "ms", "aim 100 ms at 865,417 residents")
        found, times = _newcomers(hub.views, sample, chance)
        yield at_least("duplicate-found", found, 0.95, f"{note}, misspelt anew, the father not told", "found")
        yield reported("duplicate-found-p95", times, "ms", "before each registration")


def misspelt(name: str, chance: Random) -> str:
    """The name in the old spelling, or with one slip of the pen: a letter lost, doubled, or changed."""
    if chance.random() < 0.5:
        old = name.lower()
        for new, before in reversed(OLD):
            old = old.replace(new, before)
        return old
    at = chance.randrange(1, max(2, len(name)))
    slips = (
        name[:at] + name[at + 1 :],
        name[:at] + name[at : at + 1] * 2 + name[at + 1 :],
        name[:at] + chance.choice("aeioutnrs") + name[at + 1 :],
        name[: at - 1] + name[at : at + 1] + name[at - 1 : at] + name[at + 1 :],
    )
    return chance.choice(slips)


def _asked(views: Views, sample: Sequence[Member], chance: Random, *, dated: bool) -> tuple[float, float]:
    """The share that was found among the first five, and the 95th percentile of the time in ms."""
    hits, times = 0, []
    for member in sample:
        asked = Asked(misspelt(member.name, chance))
        if dated:
            asked = replace(asked, born=member.birth_date)
        begin = perf_counter()
        with views.now() as view:
            rows = finding.named(view, asked, 50)
        times.append((perf_counter() - begin) * 1000)
        first = rows[:FIRST]
        if dated:
            hits += any(row.nik == member.nik for row in first)
        else:
            hits += any(names.key(row.name or "") == names.key(member.name) for row in first)
    return hits / len(sample), p95(times)


def _newcomers(views: Views, sample: Sequence[Member], chance: Random) -> tuple[float, float]:
    """People who are registered already come once more: the share that is known again, and the time."""
    hits, times = 0, []
    for m in sample:
        person = traits(misspelt(m.name, chance), m.sex, m.birth_date, m.birth_place, m.mother, "")
        begin = perf_counter()
        with views.now() as view:
            found = alike.candidates(view, [person])
        times.append((perf_counter() - begin) * 1000)
        hits += any(row.resident.nik == m.nik for row in found)
    return hits / len(sample), p95(times)
