"""Ledgers of boxes in a temporary folder; any of them, opened twice, is shared by two processes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.ledger.ledger import Ledger
from tests.acts.people import StandingClock
from tests.adapters.ledger.shelf import opened

Open = Callable[..., Ledger]


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def open_ledger(tmp_path: Path, clock: StandingClock) -> Iterator[Open]:
    """Opens ledgers that are closed after the test."""
    ledgers: list[Ledger] = []

    def open_(folder: Path = tmp_path, **more: Any) -> Ledger:
        ledgers.append(opened(folder, **{"clock": clock} | more))
        return ledgers[-1]

    yield open_
    for ledger in ledgers:
        ledger.close()


@pytest.fixture
def ledger(open_ledger: Open) -> Ledger:
    return open_ledger()
