"""A node under its readers and clerks: pages, a search and registrations, against bare routes beside it."""

import pickle
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from itertools import islice
from typing import Any

import msgspec

from adapters.ids import new_id
from adapters.people.ndjson import Household
from api.acts.importing import new_household
from api.acts.population import NewHousehold, register_household
from api.bench.bare_server import RECORDS
from api.bench.flight import CALLERS, Flight
from api.bench.material import SEED, people
from api.bench.measure import Measure, Pair, at_least, at_most, interleave, interleave_p95
from api.bench.populated import CONSTANTS, OFFICER, Population
from api.bench.processes import Plain
from api.bench.raw import Record, records
from api.identity import IMPORTER

REQUESTS = 50
"""Of one kind in one round."""
REGISTERED = 320
"""Registrations in one round: every caller has ten."""
SAME = 100
"""Registrations whose records the bare route inserts, again and again."""
BEARER = f"Bearer demo-{OFFICER}"


def pages(at: Population) -> Iterator[Measure]:
    """A person's page and a household's: the reading is on the disk before they are shown."""
    asked = at.known[:CONSTANTS]
    person = [f"/penduduk/{one.resident}" for one in asked]
    household = [f"/keluarga/{one.household}" for one in asked]
    with at.served() as url, at.bare() as bare:
        for name, paths in (("person-page", person), ("household-page", household)):
            pair = _pages(at, url, bare, paths)
            yield at_most(f"{name}-p95", pair.cost, 2.5, pair.times, "x bare")


def _pages(at: Population, url: str, bare: str, paths: list[str]) -> Pair:
    ours, theirs, cookie = Plain(url), Plain(bare), at.cookie
    pair = interleave_p95(
        at.scale.rounds,
        REQUESTS,
        lambda n: ours.ask("GET", paths[n % len(paths)], Cookie=cookie),
        lambda n: theirs.ask("GET", paths[n % len(paths)]),
    )
    ours.close()
    theirs.close()
    return pair


def by_nik(at: Population) -> Iterator[Measure]:
    """From a NIK to what a list shows of her; the search is a reading."""
    bodies = [msgspec.json.encode({"nik": one.nik}) for one in at.known]
    with at.served() as url, at.bare() as bare:
        ours, theirs = Plain(url), Plain(bare)
        json = {"Content_Type": "application/json"}

        def search(n: int) -> bytes:
            body = bodies[n % len(bodies)]
            return ours.ask("POST", "/api/v1/residents/search", body, Authorization=BEARER, **json)

        def select(n: int) -> bytes:
            return theirs.ask("POST", "/nik", bodies[n % len(bodies)], **json)

        pair = interleave_p95(at.scale.rounds, REQUESTS, search, select)
        ours.close()
        theirs.close()
    yield at_most("search-nik-p95", pair.cost, 2.0, pair.times, "x bare")


def registration(at: Population) -> Iterator[Measure]:
    """Households that come to the counter at once: numbers given, decided, sealed, committed and shown."""
    rounds = at.scale.registering
    new = _households(at, SAME + (rounds + 1) * REGISTERED)
    _register_some(at, new[:SAME])
    bodies = [msgspec.json.encode(_body(one)) for one in new[SAME:]]
    with at.served() as url, at.bare() as bare:
        ours, theirs = Flight(url), Flight(bare)
        asked = [
            ours.post("/api/v1/households", body, Authorization=BEARER, Idempotency_Key=str(new_id()))
            for body in bodies
        ]
        plain = [theirs.post("/records", body) for body in bodies]

        def register(n: int) -> int:
            ours.ask(asked[n * REGISTERED : (n + 1) * REGISTERED])
            return REGISTERED

        def insert(n: int) -> int:
            theirs.ask(plain[n * REGISTERED : (n + 1) * REGISTERED])
            return REGISTERED

        pair = interleave(rounds, register, insert)
        ours.close()
        theirs.close()
    note = f"{pair.note('households', 'bare')}, {CALLERS} in flight"
    yield at_least("registration", pair.rate, 0.35, note, "of bare")


def _households(at: Population, count: int) -> list[NewHousehold]:
    """Households without numbers: the regency gives them."""
    with at.hub() as hub:
        found: Iterator[Household] = people(hub.desk, 8 * count, SEED + 1)  # fewer than eight live together
        return [_unnumbered(new_household(one)) for one in islice(found, count)]


def _unnumbered(new: NewHousehold) -> NewHousehold:
    return replace(new, kk=None, registered=None, members=tuple(replace(m, nik=None) for m in new.members))


def _body(new: NewHousehold) -> Mapping[str, Any]:
    return {name: value for name, value in asdict(new).items() if value is not None}


def _register_some(at: Population, new: list[NewHousehold]) -> None:
    """In this process; their records are what the bare route inserts."""
    same: list[list[Record]] = []
    with at.hub() as hub:
        for one in new:
            done = register_household(hub.desk, one, by=IMPORTER, command_id=new_id()).receipt
            same.append(records(hub.ledger, done.first - 1, done.last - done.first + 1))
    (at.folder / RECORDS).write_bytes(pickle.dumps(same))
