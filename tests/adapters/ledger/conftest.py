"""Ledgers of boxes in a temporary folder, on each store; any of them, opened twice, is shared by two processes."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.ledger.ledger import Ledger
from tests.acts.people import StandingClock
from tests.adapters.ledger.shelf import ADDRESS, opened
from tests.postgres import Database

Open = Callable[..., Ledger]
Place = Callable[[Path], Path]


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> str:
    """Which store the ledgers of a test are on."""
    name: str = request.param
    return name


@pytest.fixture
def place(store: str, request: pytest.FixtureRequest) -> Place:
    """Makes a folder the home of a ledger on the store of the test."""

    def place_(folder: Path) -> Path:
        if store == "postgres" and not (folder / ADDRESS).exists():
            server: Database = request.getfixturevalue("database_server")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ADDRESS).write_text(server.url())
        return folder

    return place_


@pytest.fixture
def home(tmp_path: Path, place: Place) -> Path:
    """The folder of the ledger, before anybody opens it."""
    return place(tmp_path)


@pytest.fixture
def open_ledger(tmp_path: Path, clock: StandingClock, place: Place) -> Iterator[Open]:
    """Opens ledgers that are closed after the test."""
    ledgers: list[Ledger] = []

    def open_(folder: Path = tmp_path, **more: Any) -> Ledger:
        ledgers.append(opened(place(folder), **{"clock": clock} | more))
        return ledgers[-1]

    yield open_
    for ledger in ledgers:
        ledger.close()


@pytest.fixture
def ledger(open_ledger: Open) -> Ledger:
    return open_ledger()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)
