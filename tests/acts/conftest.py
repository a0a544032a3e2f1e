"""A desk on a real store in a temporary folder, with a clock that stands until it is moved."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.ledger.ledger import Ledger
from adapters.reference import reference
from api.acts.desk import Desk
from api.facts import EVENTS
from tests.acts.people import StandingClock


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: StandingClock) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path / "ledger.db", keys=tmp_path / "keys", events=EVENTS, clock=clock)
    yield ledger
    ledger.close()


@pytest.fixture
def desk(ledger: Ledger, clock: StandingClock) -> Desk:
    return Desk(ledger, clock, reference(), synthetic=True)
