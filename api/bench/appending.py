"""Appends of decided, sealed, hashed events with claim and command row, against the raw loop."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from random import Random
from time import perf_counter

from eventsourcing.persistence import StoredEvent

from adapters.ledger.ledger import Ledger
from adapters.ledger.store import ClaimRow, CommandRow
from api.bench.material import SEED
from api.bench.measure import Measure, at_least, at_most, interleave, reported
from api.bench.raw import bare
from api.bench.stage import Ready, Stage

CALLERS = 64
SLOW = 0.0003
"""Seconds of an fsync, from which on sharing commits is gated: a faster disk has nothing to share."""
EACH = 8
"""Appends of each caller in one round."""
ALONE = 100
"""Commits of the raw writer in one round."""
SIZE = 1000
GROWN_BATCH = 100
GROWN_ROUNDS = 50


def callers(stage: Stage, folder: Path) -> Iterator[Measure]:
    """64 callers, one event each time, against one raw writer that commits each event."""
    rounds = stage.scale.rounds
    ready = list(stage.ready((rounds + 1) * CALLERS * EACH))
    alone = bare([one.event for one in ready[:ALONE]])

    with (
        closing(stage.open(folder)) as ledger,
        closing(stage.store.raw(folder)) as raw,
        ThreadPoolExecutor(CALLERS) as pool,
    ):

        def append(part: Sequence[Ready]) -> None:
            for event, claim, command in part:
                ledger.recorder.insert_events([event], claims=[claim], commands=[command])

        def ours(n: int) -> int:
            mine = ready[n * CALLERS * EACH : (n + 1) * CALLERS * EACH]
            list(pool.map(append, [mine[i::CALLERS] for i in range(CALLERS)]))
            return len(mine)

        pair = interleave(rounds, ours, lambda _: sum(raw.append([record]) for record in alone))
    assert stage.store.disk is not None
    seconds = stage.store.disk(folder)
    note = f"{pair.note('appends')}, fsync {seconds * 1000:.2f} ms"
    measured = at_least(f"{stage.store.name}-{CALLERS}-callers", pair.rate, 2.5, note)
    yield measured if seconds >= SLOW else measured.ungated("the disk is too fast for a bar")
    yield reported(f"{stage.store.name}-fsync", seconds * 1000, "ms")


def batch(stage: Stage, folder: Path) -> Iterator[Measure]:
    """1,000 events in one append, against one raw multi-row insert."""
    rounds = min(stage.scale.rounds, len(stage.events) // SIZE - 1)
    ready = list(stage.ready((rounds + 1) * SIZE))
    parts = [ready[n * SIZE : (n + 1) * SIZE] for n in range(rounds + 1)]
    same = [bare([one.event for one in part]) for part in parts]

    with closing(stage.open(folder)) as ledger, closing(stage.store.raw(folder)) as raw:

        def ours(n: int) -> int:
            part = parts[n]
            command = CommandRow(part[0].command.id, b"bench", 0, SIZE)
            ledger.recorder.insert_events(
                [one.event for one in part], claims=[one.claim for one in part], commands=[command]
            )
            return SIZE

        pair = interleave(rounds, ours, lambda n: raw.append(same[n]))
    yield at_least(f"{stage.store.name}-batch-1000", pair.rate, 0.3, pair.note("events"))


def growth(stage: Stage, folder: Path) -> Iterator[Measure]:
    """Appending to a large ledger against appending to a small one; both are filled with ready rows."""
    begin, least, fact = perf_counter(), stage.scale.small, stage.events[-1]
    for size in (stage.scale.grown, least):
        stage.store.fill(folder / str(size), size, fact)
    filled = perf_counter() - begin
    with (
        closing(stage.open(folder / str(stage.scale.grown))) as grown,
        closing(stage.open(folder / str(least))) as other,
    ):
        large, small = _batches(grown, fact), _batches(other, fact)
        pair = interleave(GROWN_ROUNDS, lambda _: next(large), lambda _: next(small))
    note = f"{pair.note('events', f'at {least:,}')}, at {stage.scale.grown:,} facts, filled in {filled:.0f} s"
    yield at_most(f"{stage.store.name}-append-growth", pair.cost, 1.15, note, "x small")


def _batches(ledger: Ledger, fact: StoredEvent) -> Iterator[int]:
    """Appends of a batch to streams and claims that fall anywhere between those that are there."""
    chance = Random(SEED)
    while True:
        marks = [f"{chance.getrandbits(63):016x}" for _ in range(GROWN_BATCH)]
        events = [StoredEvent(f"filled-{mark}", 1, fact.topic, fact.state) for mark in marks]
        claims = [ClaimRow("bench", mark.encode(), f"filled-{mark}") for mark in marks]
        command = CommandRow(marks[0].encode(), sha256(fact.state).digest(), 0, GROWN_BATCH)
        ledger.recorder.insert_events(events, claims=claims, commands=[command])
        yield GROWN_BATCH
