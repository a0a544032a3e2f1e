"""Processes of the gap trial: writers who lose races and are refused, readers who follow them."""

from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any, NamedTuple

from adapters.ledger.ledger import Ledger
from domain.kernel.errors import Refused, StoreUnavailable
from tests.acts.people import REGISTRAR, command
from tests.adapters.ledger.shelf import label
from tests.adapters.ledger.writing import submission
from tests.trust import naive
from tests.trust.stores import STORES

LOOK = 0.05
MOST = 50
"""Most facts that a reader asks for at once."""


class Seen(NamedTuple):
    """What a reader saw: how many facts, how many of them not where they had to be, and a digest of all."""

    facts: int
    misplaced: int
    digest: str


def write(kind: str, folder: Path, me: str, threads: int, each: int, seed: int, speaks: Connection) -> None:
    """Threads with ``each`` commands; says how many were accepted and refused."""
    ledger = STORES[kind].open(folder)
    counts = [[0, 0] for _ in range(threads)]
    work = [
        Thread(target=_writer, args=(ledger, f"{me}-{n}", each, Random(f"{seed} {me} {n}"), counts[n]))
        for n in range(threads)
    ]
    for one in work:
        one.start()
    for one in work:
        one.join()
    ledger.close()
    speaks.send((sum(c[0] for c in counts), sum(c[1] for c in counts)))


def _writer(ledger: Ledger, me: str, each: int, chance: Random, counts: list[int]) -> None:
    for n in range(each):
        try:
            _one(ledger, f"{me}-{n}", chance)
            counts[0] += 1
        except StoreUnavailable:  # other processes were quicker, five times in a row
            counts[1] += 1
        except Refused:
            counts[1] += 1


def _one(ledger: Ledger, name: str, chance: Random) -> None:
    """A command; one in ten claims a label that is taken, one in ten races for a stream, one in ten is a batch."""
    match chance.randrange(10):
        case 0:
            acts = [label(f"box-{name}", name), label(f"other-{name}", "everybody's")]
        case 1:
            acts = [label(f"box-{name}", name), label(f"race-{chance.randrange(1000)}", f"raced {name}")]
        case 2:
            ledger.execute_many([submission(f"{name} {line}") for line in "abc"])
            return
        case _:
            acts = [*submission(name).acts]
    ledger.execute(acts, by=REGISTRAR, command_id=command(name))


def read(kind: str, folder: Path, end: Any, seed: int, speaks: Connection) -> None:
    """Follow from the first fact on until ``end`` is told and reached; says what was ``Seen``."""
    ledger, chance = STORES[kind].open(folder), Random(seed)
    speaks.send("ready")
    at, misplaced, digest = 0, 0, sha256()
    while not end.value or at < end.value:
        ledger.wait(at, LOOK)
        for fact in ledger.after(at, chance.randint(1, MOST)):
            misplaced += fact.position != at + 1
            at = fact.position
            digest.update(b"%d %b" % (at, fact.header.command_id.bytes))
    ledger.close()
    speaks.send(Seen(at, misplaced, digest.hexdigest()))


def naive_write(
    kind: str, folder: Path, me: str, threads: int, each: int, sequence: Any, speaks: Connection
) -> None:
    """Writers of the control, with a connection each."""
    naive.write([STORES[kind].naive(folder, sequence) for _ in range(threads)], me, each)
    speaks.send("done")


def naive_read(kind: str, folder: Path, end: Any, sequence: Any, speaks: Connection) -> None:
    """The reader of the control."""
    naive.read(STORES[kind].naive(folder, sequence), end, speaks)
