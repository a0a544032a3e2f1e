"""The clock of a case, computed anew from a bundle alone: no store, no key, no network.

The bundle is checked first, all of it: figures of facts that are not the signed ones would prove nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from adapters.evidence.bundle import Bundled
from adapters.evidence.simpul_verify import Bundle, check
from adapters.evidence.store import StoredFact
from adapters.ledger.mapper import Mapper
from domain.kernel.errors import Refused, Unknown
from domain.kernel.events import EventType
from domain.kernel.segments import Closed
from domain.population.clock import CaseClock, case_clock, receipt_code, typed_code

CASES = "case-"


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The clock, the positions of the facts it was computed from, and the root they are proved by."""

    clock: CaseClock
    positions: tuple[int, ...]
    facts: int
    root: str
    vkey: str


def recompute(
    file: Path, code: str, *, events: Iterable[EventType], closed: Closed, vkey: str | None = None
) -> Recomputed:
    """The clock of the case whose receipt bears ``code``.

    Refused: ``bundle-does-not-hold`` (with the first check that fails, and where), ``unknown-receipt``.
    """
    report = check(file, vkey=vkey)
    if report.failures:
        first = report.failures[0]
        raise Refused("bundle-does-not-hold", check=first.check, where=first.where)
    facts = list(_of_the_case(Bundled(Bundle(file)).facts(), typed_code(code)))
    if not facts:
        raise Unknown("unknown-receipt")
    clock = case_clock(facts[0].stream, _read(facts, Mapper(events)), closed)
    return Recomputed(clock, tuple(f.position for f in facts), report.facts, report.root, report.vkey)


def _of_the_case(facts: Iterable[StoredFact], code: str) -> Iterator[StoredFact]:
    found: str | None = None
    for fact in facts:
        if fact.stream == found:
            yield fact
        elif found is None and fact.stream.startswith(CASES) and receipt_code(fact.stream) == code:
            found = fact.stream
            yield fact


def _read(facts: Iterable[StoredFact], mapper: Mapper) -> Iterator[tuple[Any, datetime]]:
    for fact in facts:
        header, event = mapper.read(fact.topic, fact.record)
        yield event, header.recorded_at
