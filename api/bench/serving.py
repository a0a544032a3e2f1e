"""A node under its readers and clerks: pages, a search and registrations, against bare routes beside it."""

import pickle
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from itertools import islice
from typing import Any

import msgspec

from adapters.ids import new_id
from adapters.people.ndjson import Household
from api.acts.importing import new_household
from api.acts.population import NewHousehold, register_household
from api.bench.flight import CALLERS, Flight
from api.bench.material import SEED, people
from api.bench.measure import Measure, Pair, at_least, at_most, interleave, interleave_p95, reported
from api.bench.populated import CONSTANTS, OFFICER, Population
from api.bench.processes import Plain
from api.bench.raw import Record, records
from api.identity import IMPORTER

SAME = 100
"""Registrations whose records the bare route inserts, again and again."""
BEARER = f"Bearer demo-{OFFICER}"
SEARCH = "/api/v1/residents/search"
JSON = {"Content_Type": "application/json"}


def pages(at: Population) -> Iterator[Measure]:
    """A person's page and a household's: the reading is on the disk before they are shown."""
    asked = at.known[:CONSTANTS]
    _searched(at, at.scale.before)
    for name, paths in (
        ("person-page", [f"/penduduk/{one.resident}" for one in asked]),
        ("household-page", [f"/keluarga/{one.household}" for one in asked]),
    ):
        pair = _pages(at, paths)
        yield at_most(f"{name}-p95", pair.cost, 2.5, pair.times, "x bare")


def _pages(at: Population, paths: list[str]) -> Pair:
    with closing(Plain(at.served)) as ours, closing(Plain(at.bare)) as bare:
        return interleave_p95(
            at.scale.rounds,
            at.scale.requests,
            lambda n: ours.ask("GET", paths[n % len(paths)], Cookie=at.cookie),
            lambda n: bare.ask("GET", paths[n % len(paths)]),
        )


def by_nik(at: Population) -> Iterator[Measure]:
    """From a NIK to what a list shows of her; the search is a reading."""
    bodies = _numbers(at)
    _searched(at, at.scale.before)
    with closing(Plain(at.served)) as ours, closing(Plain(at.bare)) as bare:
        pair = interleave_p95(
            at.scale.rounds,
            at.scale.requests,
            lambda n: ours.ask("POST", SEARCH, bodies[n % len(bodies)], Authorization=BEARER, **JSON),
            lambda n: bare.ask("POST", "/nik", bodies[n % len(bodies)], **JSON),
        )
    yield at_most("search-nik-p95", pair.cost, 2.0, pair.times, "x bare")


def _numbers(at: Population) -> list[bytes]:
    return [msgspec.json.encode({"nik": one.nik}) for one in at.known]


def _searched(at: Population, times: int) -> None:
    """So many readings: until its write-ahead log is as long as it gets, every commit makes a file longer."""
    bodies = _numbers(at)
    with closing(Plain(at.served)) as client:
        for n in range(times):
            client.ask("POST", SEARCH, bodies[n % len(bodies)], Authorization=BEARER, **JSON)


def registration(at: Population) -> Iterator[Measure]:
    """Households that come to the counter at once: numbers given, decided, sealed, committed and shown."""
    families = _households(at, 2 * (SAME + (at.scale.rounds + 1) * at.scale.registered))
    half = len(families) // 2
    alone = [replace(one, members=one.members[:1]) for one in families[:half]]
    pair = _registered(at, "alone", alone)
    yield at_least("registration", pair.rate, 0.35, _note(pair, "residents"), "of bare")
    pair = _registered(at, "family", families[half:])
    note = f"{_note(pair, 'families')}, 3.4 people each"
    yield reported("registration-family", pair.rate, "of bare", note)


def _note(pair: Pair, unit: str) -> str:
    return f"{pair.note(unit, 'bare')}, {CALLERS} in flight"


def _registered(at: Population, kind: str, new: Sequence[NewHousehold]) -> Pair:
    _register_some(at, kind, new[:SAME])
    bodies = [msgspec.json.encode(_body(one)) for one in new[SAME:]]
    with closing(Flight(at.served)) as ours, closing(Flight(at.bare)) as bare:
        asked = [
            ours.post("/api/v1/households", body, Authorization=BEARER, Idempotency_Key=str(new_id()))
            for body in bodies
        ]
        plain = [bare.post(f"/households/{kind}", body) for body in bodies]

        each = at.scale.registered

        def register(n: int) -> int:
            ours.ask(asked[n * each : (n + 1) * each])
            return each

        def insert(n: int) -> int:
            bare.ask(plain[n * each : (n + 1) * each])
            return each

        return interleave(at.scale.rounds, register, insert)


def _households(at: Population, count: int) -> list[NewHousehold]:
    """Households without numbers: the regency gives them."""
    with at.hub() as hub:
        found: Iterator[Household] = people(hub.desk, 8 * count, SEED + 1)  # fewer than eight live together
        return [_unnumbered(new_household(one)) for one in islice(found, count)]


def _unnumbered(new: NewHousehold) -> NewHousehold:
    return replace(new, kk=None, registered=None, members=tuple(replace(m, nik=None) for m in new.members))


def _body(new: NewHousehold) -> Mapping[str, Any]:
    return {name: value for name, value in asdict(new).items() if value is not None and name != "unlike"}


def _register_some(at: Population, kind: str, new: Sequence[NewHousehold]) -> None:
    """In this process; their records are what the bare route inserts."""
    same: list[list[Record]] = []
    with at.hub() as hub:
        for one in new:
            done = register_household(hub.desk, one, by=IMPORTER, command_id=new_id()).receipt
            same.append(records(hub.ledger, done.first - 1, done.last - done.first + 1))
    (at.folder / kind).write_bytes(pickle.dumps(same))
