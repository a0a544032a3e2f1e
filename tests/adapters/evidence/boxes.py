"""A node whose ledger is a shelf of boxes, with a notary; filled in one commit per call."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from adapters.evidence.notary import Notary
from adapters.evidence.store import Store, store_at
from adapters.ledger.deciding import Submission
from adapters.ledger.ledger import Ledger
from domain.kernel.decider import act
from domain.kernel.events import Receipt
from tests.acts.people import REGISTRAR, StandingClock, command
from tests.adapters.ledger.shelf import BOX, EVENTS, Give, Label, opened, where

ORIGIN = "test.example/ledger"
TOPICS = EVENTS


def store(folder: Path) -> Store:
    return store_at(where(folder))


def notary(folder: Path) -> Notary:
    """Each call is another process, as far as files can tell."""
    return Notary(store(folder), keys=folder / "keys", folder=folder / "evidence", origin=ORIGIN)


@contextmanager
def ledger(folder: Path, clock: StandingClock | None = None) -> Iterator[Ledger]:
    folder.mkdir(exist_ok=True)
    with closing(opened(folder, clock)) as found:
        yield found


def fill(ledger: Ledger, count: int, name: str = "box") -> None:
    """``count`` facts: two labels and an owner for each box."""
    head = ledger.head()
    submissions = [_submission(f"{name}-{n}") for n in range(head, head + (count + 2) // 3)]
    submissions[-1:] = [_cut(submissions[-1], (count - 1) % 3 + 1)]
    assert all(isinstance(outcome, Receipt) for outcome in ledger.execute_many(submissions))


def _submission(box: str) -> Submission:
    commands = (Label(f"{box} a"), Label(f"{box} b", secret=True), Give(f"owner-{box}", "Sri Wahyuni"))
    return Submission([act(BOX, box, c) for c in commands], REGISTRAR, command(box))


def _cut(submission: Submission, acts: int) -> Submission:
    return Submission(submission.acts[:acts], submission.by, submission.command_id)


def node(folder: Path, sizes: Sequence[int] = (100, 256, 300), unsigned: int = 0) -> Path:
    """A node with a checkpoint at each of these sizes, closed; time passes between its commits."""
    clock = StandingClock()
    with ledger(folder, clock) as found:
        signing = notary(folder)
        for size in sizes:
            while found.head() < size:
                clock.time += timedelta(seconds=1)
                fill(found, min(40, size - found.head()))
            signing.checkpoint()
        if unsigned:
            fill(found, unsigned, "late")
    return folder


Edit = Callable[[sqlite3.Connection], Any]


def edited(folder: Path, edit: Edit) -> None:
    """What somebody does who has the file: the guards are taken off, and put back."""
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        edit(connection)
        for _, statement in guards:
            connection.execute(statement)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
