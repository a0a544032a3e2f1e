"""Filling a scratch store with read models from the facts of the ledger, in batches."""

from collections.abc import Callable, Sequence
from threading import Event
from typing import Any

from domain.kernel.events import Recorded
from domain.kernel.ports import Reader
from projections import positions
from projections.parking import apply, parked
from projections.readmodel import ReadModel, Store

BATCH = 1000
"""Facts in one transaction."""

Progress = Callable[[int], None]


class LedgerSkipped(Exception):
    """The ledger gave positions with a hole: damage, and a reason to stop."""


def silent(_: int) -> None:
    """Progress that nobody watches."""


def begin(scratch: Store, models: Sequence[ReadModel], *, indexes: bool = True) -> None:
    """Make the tables of these models; indexes may wait until the rows are there."""
    scratch.create([positions.positions, parked])
    scratch.create([table for model in models for table in model.tables], indexes=indexes)
    with scratch.writing() as write:
        for model in models:
            positions.put(write, model, 0)


def fill(
    scratch: Store,
    models: Sequence[ReadModel],
    ledger: Reader,
    at: int,
    upto: int,
    progress: Progress = silent,
    stop: Event | None = None,
) -> None:
    """Bring all of these models from position ``at`` to ``upto``, or until ``stop`` is set."""
    while at < upto and not (stop is not None and stop.is_set()):
        batch = contiguous(ledger.after(at, min(BATCH, upto - at)), at)
        with scratch.writing() as write:
            for model in models:
                apply(model, batch, write)
        at = batch[-1].position
        progress(at)


def contiguous(batch: Sequence[Recorded[Any]], after: int) -> Sequence[Recorded[Any]]:
    """The batch, if it goes on where ``after`` ended: a free check that nothing is missing."""
    if not batch:
        raise LedgerSkipped(f"expected position {after + 1}, read nothing")
    for expected, fact in enumerate(batch, after + 1):
        if fact.position != expected:
            raise LedgerSkipped(f"expected position {expected}, read {fact.position}")
    return batch
