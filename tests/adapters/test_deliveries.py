"""From a courier to a ministry's disk: in order and once, through everything that goes wrong on the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from adapters.clock import SystemClock
from adapters.courier import Backoff, Courier
from adapters.kemendag.client import Kemendag
from adapters.kemendagri.client import Kemendagri
from domain.exchange.change import LicenceChange, PopulationChange
from domain.exchange.delivery import stream
from domain.kernel.events import Actor
from domain.kernel.ports import Ministry
from tests.adapters.ministry_fakes import SRI, TOKO_SRI, FakeFeed, FakeLedger, Simulated, simulated

SYSTEM = Actor("simpul", "system", "SIMPUL", "delivery", "courier")
RECORDS = 60
BATCH = 5
CHANGES: dict[str, PopulationChange | LicenceChange] = {"kemendag": TOKO_SRI, "kemendagri": SRI}


def made(name: str, url: str) -> Ministry:
    if name == "kemendag":
        return Kemendag(url, timeout=0.5, batch=BATCH)
    return Kemendagri(url, user_id="sragen", password="demo", ip_user="127.0.0.1", timeout=0.5, batch=BATCH)


@contextmanager
def on_the_way(courier: Courier) -> Iterator[None]:
    """The courier in a thread of its own."""
    stop = Event()
    thread = Thread(target=courier.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
        courier.close()


def courier_to(ministry: Simulated, name: str, ledger: FakeLedger, feed: FakeFeed) -> Courier:
    patience = Backoff(first=0.01, most=0.1, least=0.001)
    return Courier(made(name, ministry.url), feed, ledger, SystemClock(), by=SYSTEM, backoff=patience)


def acknowledged(ledger: FakeLedger, name: str) -> list[int]:
    events = ledger.streams[stream(name)]
    return [seq for event in events for seq in range(event.from_seq, event.to_seq + 1)]


@pytest.mark.parametrize("name", ["kemendag", "kemendagri"])
def test_a_faulty_ministry_has_everything_once_and_in_order(name: str, tmp_path: Path) -> None:
    feed, ledger = FakeFeed(RECORDS, CHANGES[name]), FakeLedger()
    with simulated(name, tmp_path) as ministry:
        ministry.behave(fail_503=2, fail_500=2, drop=2, apply_then_timeout=2, truncate=3)
        with on_the_way(courier_to(ministry, name, ledger, feed)):
            assert feed.drained.wait(20)
        left = ministry.http.get("/_simulator/behaviour").json()
        assert not any(left[what] for what in ("fail_503", "fail_500", "drop", "truncate")), (
            "all of it happened"
        )
        assert ministry.holds(RECORDS)
    assert acknowledged(ledger, name) == list(range(1, RECORDS + 1))


@pytest.mark.parametrize("name", ["kemendag", "kemendagri"])
def test_kills_of_either_side_lose_nothing_and_double_nothing(name: str, tmp_path: Path) -> None:
    feed, ledger = FakeFeed(RECORDS, CHANGES[name]), FakeLedger()
    with simulated(name, tmp_path) as ministry:
        half_way = Event()

        def look() -> None:
            if len(ledger.commands) * BATCH >= RECORDS / 3:
                half_way.set()

        ledger.before = look
        with on_the_way(courier_to(ministry, name, ledger, feed)):
            assert half_way.wait(10)
            ministry.kill()
            ministry.start()
        # The hub has gone too: all that is left of it is its ledger.
        with on_the_way(courier_to(ministry, name, ledger, feed)):
            assert feed.drained.wait(20)
        assert ministry.holds(RECORDS)
    assert acknowledged(ledger, name) == list(range(1, RECORDS + 1))
