"""Ministries, a feed, a ledger and a clock for the tests of couriers; simulators as real processes."""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any, NoReturn, TypeVar
from uuid import UUID

import httpx
import msgspec

from domain.exchange.change import LicenceChange, PopulationChange
from domain.kernel.decider import Act, Decider
from domain.kernel.errors import Conflict
from domain.kernel.events import Actor, Receipt, Recorded
from domain.kernel.ports import BadRecord, Entry, Loaded, NotSent

S = TypeVar("S")

SRI = PopulationChange(
    kind="BIODATA",
    effective=date(2026, 11, 24),
    resident="resident-01",
    nik="3314105708909001",
    kk="3314102411269001",
    name="Sri Wahyuni",
    sex="2",
    birth_place="Sragen",
    birth_date=date(1990, 8, 17),
    religion="1",
    marital="1",
    blood="13",
    education="5",
    occupation="1",
    relation="1",
    citizenship="1",
    mother="Sumini",
    father="Suparman",
    address="Jl. Raya Sukowati 12",
    rt="001",
    rw="002",
    village="33.14.10.1003",
    village_name="Sragen Tengah",
    kecamatan_name="Sragen",
    postal_code="57211",
    ktp="BELUM REKAM",
    synthetic=True,
)
FORGOTTEN = replace(
    SRI,
    nik=None,
    kk=None,
    name=None,
    sex=None,
    birth_place=None,
    birth_date=None,
    religion=None,
    marital=None,
    blood=None,
    education=None,
    occupation=None,
    relation=None,
    citizenship=None,
    mother=None,
    father=None,
    address=None,
    rt=None,
    rw=None,
)
TOKO_SRI = LicenceChange(
    kind="NEW",
    effective=date(2026, 11, 24),
    application="application-01",
    permit="SIUP-KECIL",
    catalogue="2026.1",
    number="0001/SIUP-KECIL/BPT/2026",
    siup_class="SIUP-KECIL",
    threshold_vintage="2009",
    company='Toko "Sri" & Anak <Sragen>',
    legal_form="PO",
    npwp="",
    kbli="47112",
    kbli_vintage="2020",
    net_worth=300_000_000,
    village="33.14.10.1003",
    kecamatan="33.14.10",
    office="BPT",
    valid_until=None,
    decree="",
    synthetic=True,
)


@cache
def entry(feed_seq: int, change: PopulationChange | LicenceChange, position: int | None = None) -> Entry:
    """As a feed hands it out: the record as plain values, dates as text."""
    record = msgspec.to_builtins(asdict(change))
    mark = sha256(msgspec.json.encode(record)).hexdigest()
    return Entry(feed_seq, position or 10 * feed_seq, change.kind, record, mark)


def entries(change: PopulationChange | LicenceChange, first: int, last: int) -> list[Entry]:
    return [entry(seq, change) for seq in range(first, last + 1)]


MOST_WAITS = 200_000
"""More than any test needs: what hangs in real time fails in a few seconds of this."""


class FakeClock:
    """Time passes only while somebody waits, ``speed`` times as fast; ``then`` follows every wait."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self.time = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # noon in Sragen, a Tuesday
        self.then: Callable[[], None] = lambda: None
        self.waits = 0

    def now(self) -> datetime:
        return self.time

    def wait(self, seconds: float, stop: Event) -> bool:
        self.waits += 1
        assert self.waits < MOST_WAITS, "somebody waits for what never comes"
        self.time += timedelta(seconds=seconds * self.speed)
        self.then()
        return stop.is_set()


class FakeFeed:
    """Entries 1 to ``last``, all alike; who waits for more sets ``drained``."""

    def __init__(self, last: int, change: PopulationChange | LicenceChange = SRI) -> None:
        self.last = last
        self.change = change
        self.drained = Event()

    def head(self) -> int:
        return self.last

    def entries(self, after: int, limit: int) -> Sequence[Entry]:
        return entries(self.change, after + 1, min(self.last, after + limit))

    def wait(self, after: int, timeout: float) -> bool:
        self.drained.set()
        return self.last > after


class FakeMinistry:
    """Takes what comes in order and once; before that, the problems of ``script``, one per push.

    A problem alone: nothing was applied. ``(True, problem)``: applied, and then the problem.
    ``bad`` are the records it refuses.
    """

    name = "kemenfake"
    batch = 10

    def __init__(self, *script: Exception | tuple[bool, Exception], bad: Iterable[int] = ()) -> None:
        self.script = list(script)
        self.bad = set(bad)
        self.accepted: list[int] = []
        self.pushes: list[tuple[int, ...]] = []
        self.closed = False

    def deliver(self, entries: Sequence[Entry]) -> str:
        self.pushes.append(tuple(entry.feed_seq for entry in entries))
        applied, problem = self._next()
        if problem and not applied:
            raise problem
        for entry in entries:
            if entry.feed_seq in self.bad:
                raise BadRecord("refused", entry.feed_seq)
        self._apply(entries)
        if problem:
            raise problem
        return self.receipt(entries[-1].feed_seq)

    def _next(self) -> tuple[bool, Exception | None]:
        match self.script.pop(0) if self.script else None:
            case (applied, problem):
                return applied, problem
            case problem:
                return False, problem

    def _apply(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if entry.feed_seq > len(self.accepted):
                assert entry.feed_seq == len(self.accepted) + 1, "a record was skipped"
                self.accepted.append(entry.feed_seq)

    def receipt(self, feed_seq: int) -> str:
        return f"receipt-{feed_seq}"

    def received(self, feed_seq: int) -> str | None:
        return self.receipt(feed_seq) if feed_seq <= len(self.accepted) else None

    def close(self) -> None:
        self.closed = True


class AwayUntil(FakeMinistry):
    """Not reached before ``back`` by ``clock``."""

    batch = 500

    def __init__(self, clock: FakeClock, back: datetime) -> None:
        super().__init__()
        self._clock = clock
        self._back = back

    def deliver(self, entries: Sequence[Entry]) -> str:
        if self._clock.now() < self._back:
            raise NotSent("no-connection")
        return super().deliver(entries)


class FakeLedger:
    """Streams in memory, with real deciders and expected versions. ``troubles`` are raised first."""

    def __init__(self, *troubles: BaseException) -> None:
        self.troubles = list(troubles)
        self.streams: dict[str, list[Any]] = {}
        self.commands: list[UUID] = []
        self.before: Callable[[], None] = lambda: None

    def execute(
        self,
        acts: Sequence[Act],
        *,
        by: Actor,
        command_id: UUID,
        cause: int | None = None,
        request: object = None,
    ) -> Receipt:
        self.before()
        if self.troubles:
            raise self.troubles.pop(0)
        (act,) = acts
        events = self.streams.setdefault(act.stream, [])
        if act.expected != len(events):
            raise Conflict(act.stream, expected=act.expected or 0, actual=len(events), event="", by="")
        events += act.decider.decide(act.decider.fold(events), act.command)
        self.commands.append(command_id)
        return Receipt(len(events), len(events))

    def load(self, decider: Decider[Any, Any, S], stream: str, version: int | None = None) -> Loaded[S]:
        events = self.streams.get(stream, [])[:version]
        return Loaded(decider.fold(events), len(events))

    def head(self) -> int:
        return sum(map(len, self.streams.values()))

    def after(self, position: int, limit: int) -> NoReturn:
        raise AssertionError("a courier reads its feed, not the ledger")

    def stream(self, stream: str, *, after: int = 0, upto: int | None = None) -> Sequence[Recorded[Any]]:
        raise AssertionError("a courier folds its stream")

    def wait(self, position: int, timeout: float) -> NoReturn:
        raise AssertionError("a courier waits for its feed")

    def repeated(self, command_id: UUID, request: object) -> Receipt | None:
        raise AssertionError("a courier does not ask")

    def holder(self, kind: str, key: str) -> str | None:
        raise AssertionError("a courier claims nothing")

    def blind(self, purpose: str, value: str) -> str:
        raise AssertionError("a courier has no secrets")


class Simulated:
    """A simulated ministry in its own process; the port stays the same over restarts."""

    def __init__(self, name: str, data: Path, *options: str) -> None:
        self._command = [sys.executable, "-m", f"adapters.{name}.simulator", "--data", str(data), *options]
        self._port = "0"
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [*self._command, "--port", self._port], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()
        self._port = self.url.rsplit(":", 1)[1]
        self.http = httpx.Client(base_url=self.url)

    def kill(self) -> None:
        """kill -9: nothing is tidied up."""
        assert self.process
        self.process.kill()
        self.wait()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        assert self.process
        self.process.terminate()
        return self.wait()

    def wait(self) -> int:
        assert self.process
        assert self.process.stdout
        self.http.close()
        code = self.process.wait(timeout=10)
        self.process.stdout.close()
        return code

    def behave(self, **behaviour: object) -> None:
        self.http.put("/_simulator/behaviour", json=behaviour).raise_for_status()

    def records(self, after: int = 0) -> list[dict[str, Any]]:
        answer = self.http.get("/_simulator/records", params={"after": after, "limit": 1000})
        found: list[dict[str, Any]] = answer.raise_for_status().json()
        return found

    def last(self) -> int:
        return int(self.http.get("/healthz").raise_for_status().json()["last"])

    def holds(self, last: int) -> bool:
        """Whether it has 1 to ``last``, each once, in order."""
        return [record["feed_seq"] for record in self.records()] == list(range(1, last + 1))


@contextmanager
def simulated(name: str, data: Path, *options: str) -> Iterator[Simulated]:
    ministry = Simulated(name, data, *options)
    ministry.start()
    try:
        yield ministry
    finally:
        if ministry.process and ministry.process.poll() is None:
            ministry.stop()
