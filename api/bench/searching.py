"""Finding somebody: by her number, by a misspelt name among everybody, before she is registered once more."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import quantiles
from time import perf_counter

from adapters.people.ndjson import Member
from api import alike, finding
from api.acts.importing import import_households
from api.acts.population import resident_with_nik
from api.bench import counting
from api.bench.material import SEED, lines, people, refused
from api.bench.measure import Measure, at_least, reported
from api.bench.reading import project
from api.bench.run import measured, show
from api.bench.stores import SQLITE
from api.identity import IMPORTER
from api.wiring import Hub, open_hub
from domain.population import names
from domain.population.duplicates import traits
from projections import residents
from projections.name_search import Asked
from projections.views import Views

ASKED = 1_000
FIRST = 5
OLD = (("u", "oe"), ("c", "tj"), ("j", "dj"), ("y", "j"))
"""How a name was written before 1972; in this order no letter is replaced twice."""


def by_name(folder: Path, residents_: int) -> Iterator[Measure]:
    """1,000 seeded misspellings and old spellings: is the right person among the first five?"""
    with _filled(folder, residents_) as hub:
        chance = Random(SEED)
        sample = _sample(hub, residents_, chance)
        note = f"{len(sample):,} names among {residents_:,} residents"
        found, times = _asked(hub.views, sample, chance, dated=True)
        yield at_least("misspelt-name", found, 0.95, f"{note}, with the birth date", "found")
        yield reported("misspelt-name-p95", times, "ms", "with the birth date")
        found, times = _asked(hub.views, sample, chance, dated=False)
        yield reported("misspelt-name-alone", found, "found", f"{note}; a name like the right one is a hit")
        yield reported("misspelt-name-alone-p95", times, "ms", "aim 100 ms at 865,417 residents")
        found, times = _newcomers(hub.views, sample, chance)
        yield at_least("duplicate-found", found, 0.95, f"{note}, misspelt anew, the father not told", "found")
        yield reported("duplicate-found-p95", times, "ms", "before each registration")


def by_nik(folder: Path, residents_: int) -> Iterator[Measure]:
    """From the number to the row that a list shows, against one SELECT by a hash."""
    with _filled(folder, residents_) as hub, closing(_bare(folder, hub, residents_)) as raw:
        chance = Random(SEED)
        niks = [member.nik for member in _sample(hub, residents_, chance)]

        def ours(nik: str) -> None:
            resident = resident_with_nik(hub.desk, nik)
            with hub.views.now() as view:
                assert residents.by_id(view, resident)

        def bare(nik: str) -> None:
            mark = sha256(nik.encode()).digest()
            assert raw.execute("SELECT resident FROM bare WHERE nik = ?", (mark,)).fetchone()

        for nik in niks[:50]:
            ours(nik)
            bare(nik)
        mine, theirs = _p95([_timed(ours, nik) for nik in niks]), _p95([_timed(bare, nik) for nik in niks])
    yield reported("search-nik-p95", mine, "ms", f"one SELECT by a hash {theirs:.3f} ms; without HTTP")


Row = Callable[[Path, int], Iterator[Measure]]
"""Measures in a folder of its own, of so many residents."""

ROWS: tuple[tuple[str, Row], ...] = (
    ("search-nik", by_nik),
    ("misspelt-name", by_name),
    ("semester-aggregate", counting.aggregate),
)


def main(*, quick: bool, long: bool, json: Path | None, only: Sequence[str]) -> int:
    """Exit code 0 when every bar holds."""
    size = 865_417 if long else 10_000 if quick else 100_000
    rows = [(name, partial(_sized, row, size)) for name, row in ROWS if not only or name in only]
    return show(measured(rows), f"  ({size:,} residents)", json)


def _sized(row: Row, size: int, folder: Path) -> Iterator[Measure]:
    return row(folder, size)


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


def _filled(folder: Path, residents_: int) -> Hub:
    hub = open_hub(SQLITE.settings(folder))
    source = lines(hub.desk, residents_)
    import_households(hub.desk, hub.ledger, source, "bench", by=IMPORTER, refused=refused)
    project(hub)
    return hub


def _sample(hub: Hub, residents_: int, chance: Random) -> Sequence[Member]:
    everybody = [member for home in people(hub.desk, residents_) for member in home.members]
    return chance.sample(everybody, min(ASKED, len(everybody)))


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
    return hits / len(sample), _p95(times)


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
    return hits / len(sample), _p95(times)


def _bare(folder: Path, hub: Hub, residents_: int) -> sqlite3.Connection:
    raw = sqlite3.connect(folder / "bare.db")
    raw.execute("CREATE TABLE bare (nik BLOB PRIMARY KEY, resident TEXT)")
    everybody = (member for home in people(hub.desk, residents_) for member in home.members)
    raw.executemany(
        "INSERT INTO bare VALUES (?, ?)", ((sha256(m.nik.encode()).digest(), m.nik) for m in everybody)
    )
    raw.commit()
    return raw


def _timed(ask: Callable[[str], None], nik: str) -> float:
    begin = perf_counter()
    ask(nik)
    return (perf_counter() - begin) * 1000


def _p95(times: Sequence[float]) -> float:
    return quantiles(times, n=20)[-1]
