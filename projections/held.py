"""Lists as of a valid day: what held by then, and of each record in the order in which it came to hold.

A list is built in the order of the ledger, because records need no order among each other. Only records
that were told late, a fact behind one that holds from a later day, are sorted: they are looked for once.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from threading import Lock
from typing import Any

from domain.kernel.events import Recorded
from domain.kernel.ports import Reader
from domain.kernel.valid import ValidTime
from projections.building import BATCH, contiguous
from projections.parking import apply
from projections.readmodel import Batch, ReadModel, Store, forgotten

REMEMBERED = 100_000
"""Records whose last day is kept while the ledger is read; that of another is looked up."""


def known(ledger: Reader, moment: datetime) -> int:
    """The last position that was committed by ``moment``; 0 when none was."""
    positions = range(1, ledger.head() + 1)
    return bisect_right(positions, moment, key=lambda at: ledger.after(at - 1, 1)[0].committed_at)


def pages(ledger: Reader, after: int, upto: int) -> Iterator[Batch]:
    """The facts that follow ``after`` up to ``upto``, batch by batch."""
    while after < upto:
        batch = contiguous(ledger.after(after, min(BATCH, upto - after)), after)
        after = batch[-1].position
        yield batch


def holds_more(ledger: Reader, time: ValidTime, after: int, upto: int, day: date) -> bool:
    """Whether what follows ``after`` changes what is shown of ``day``."""
    return any(
        forgotten(facts) or any(time.day(fact) <= day for fact in facts)
        for facts in pages(ledger, after, upto)
    )


class Late:
    """The records of which something was told late. It is found once and followed from there."""

    def __init__(self, ledger: Reader, time: ValidTime) -> None:
        self._ledger = ledger
        self._time = time
        self._at = 0
        self._streams: set[str] = set()
        self._lock = Lock()

    def upto(self, position: int) -> frozenset[str]:
        """Those of the facts up to ``position``; perhaps with some that only later ones make late."""
        with self._lock:
            last: dict[str, date] = {}
            for batch in pages(self._ledger, self._at, position):
                for fact in batch:
                    self._see(fact, last)
                self._at = batch[-1].position
                if len(last) > REMEMBERED:
                    last.clear()
            return frozenset(self._streams)

    def _see(self, fact: Recorded[Any], last: dict[str, date]) -> None:
        stream, day = fact.header.stream, self._time.day(fact)
        before = last.get(stream) or self._before(fact)
        if before and day < before:
            self._streams.add(stream)
        last[stream] = max(day, before or day)

    def _before(self, fact: Recorded[Any]) -> date | None:
        if fact.header.version == 1:
            return None
        earlier = self._ledger.stream(fact.header.stream, upto=fact.header.version - 1)
        return max(map(self._time.day, earlier))


class Held:
    """The facts up to position ``upto`` that hold on ``day``, in an order in which a list can be built."""

    def __init__(self, ledger: Reader, time: ValidTime, late: frozenset[str], upto: int, day: date) -> None:
        self._ledger = ledger
        self._time = time
        self._late = late
        self._upto = upto
        self._day = day
        self._forgotten: set[str] = set()

    def fill(self, scratch: Store, models: Sequence[ReadModel]) -> None:
        """Build ``models`` from them. Who is forgotten is forgotten on every day."""
        for batch in self._batches():
            with scratch.writing() as write:
                for model in models:
                    apply(model, batch, write)
        with scratch.writing() as write:
            for model in models:
                model.forget(sorted(self._forgotten), write)

    def _batches(self) -> Iterator[Batch]:
        for facts in pages(self._ledger, 0, self._upto):
            self._forgotten |= forgotten(facts).keys()
            if held := [fact for fact in facts if self._holds(fact)]:
                yield held
        for stream in sorted(self._late):
            told = [fact for fact in self._ledger.stream(stream) if fact.position <= self._upto]
            if held := self._time.until(told, self._day):
                yield held

    def _holds(self, fact: Recorded[Any]) -> bool:
        return fact.header.stream not in self._late and self._time.day(fact) <= self._day
