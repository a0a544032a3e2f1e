"""A reader in another process learns of an append soon: PostgreSQL tells it, on SQLite it looks often."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from threading import Thread

from adapters.clock import stopwatch
from adapters.ledger import postgres, sqlite
from adapters.ledger.ledger import Ledger
from tests.adapters.ledger.shelf import LONG, label, put

ACTS = 20
SOON = postgres.POLL / 4
"""Half of what it takes in the middle to find out by looking once a ``POLL`` of PostgreSQL."""


@contextmanager
def waiting(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.adapters.ledger.waiting", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(LONG)
        assert process.stdout
        process.stdout.close()


def test_another_process_is_woken_soon_by_each_append(ledger: Ledger, home: Path) -> None:
    delays = []
    with waiting(home) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("0 ")
        for n in range(1, ACTS + 1):
            put(ledger, label(f"box-{n}", str(n)))
            committed = stopwatch()
            head, seen = process.stdout.readline().split()
            assert int(head) == n
            delays.append(float(seen) - committed)
    assert median(delays) < SOON, delays


def test_the_bound_tells_hearing_from_looking_rarely_and_looking_is_often_on_sqlite() -> None:
    assert sqlite.POLL <= 0.02 < SOON
    assert SOON < postgres.POLL / 2, "the control: who only looks, in the middle waits half of it"


def test_a_reader_of_the_same_process_is_woken_by_the_append_itself(ledger: Ledger) -> None:
    appended = ledger.recorder.appended
    with appended:  # held until it waits: no append can be missed
        writer = Thread(target=put, args=(ledger, label("box", "one")))
        writer.start()
        assert appended.wait(LONG)
    writer.join()
