"""Read models built beside the serving ones, from the first fact on, in a store of their own."""

from collections.abc import Callable, Sequence
from threading import Event
from typing import Any

from domain.kernel.errors import Rejected
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


def build(
    beside: Store,
    models: Sequence[ReadModel],
    ledger: Reader,
    upto: int,
    progress: Progress = silent,
    stop: Event | None = None,
    *,
    indexes: bool = True,
) -> Store:
    """Fill a scratch store from the first fact up to position ``upto``, or until ``stop`` is set."""
    scratch = beside.scratch()
    try:
        begin(scratch, models, indexes=indexes)
        fill(scratch, models, ledger, 0, upto, progress, stop)
    except BaseException:
        scratch.close()
        raise
    return scratch


def begin(store: Store, models: Sequence[ReadModel], *, indexes: bool) -> None:
    """Make the tables of these models, empty."""
    store.create([positions.positions, parked])
    store.create([table for model in models for table in model.tables], indexes=indexes)
    with store.writing() as write:
        for model in models:
            positions.put(write, model, 0)


def fill(
    store: Store,
    models: Sequence[ReadModel],
    ledger: Reader,
    at: int,
    upto: int,
    progress: Progress,
    stop: Event | None,
) -> None:
    """Apply the facts after ``at`` up to ``upto``, one transaction per batch, or until ``stop`` is set."""
    while at < upto and not (stop is not None and stop.is_set()):
        batch = contiguous(ledger.after(at, min(BATCH, upto - at)), at)
        with store.writing() as write:
            for model in models:
                apply(model, batch, write)
        at = batch[-1].position
        progress(at)


def left_off(draft: Store, models: Sequence[ReadModel], head: int) -> int:
    """Where a draft of these models stands; ``Rejected("rebuild-outdated")`` when it is not of them as they are now."""
    draft.create([positions.positions])
    with draft.writing() as write:
        known = positions.of(write)
    wanted = {model.name: positions.digest(model) for model in models}
    at = {place.position for place in known.values()}
    if {name: place.schema for name, place in known.items()} != wanted or len(at) != 1 or max(at) > head:
        raise Rejected("rebuild-outdated")
    return at.pop()


def contiguous(batch: Sequence[Recorded[Any]], after: int) -> Sequence[Recorded[Any]]:
    """The batch, if it goes on where ``after`` ended: a free check that nothing is missing."""
    if not batch:
        raise LedgerSkipped(f"expected position {after + 1}, read nothing")
    for expected, fact in enumerate(batch, after + 1):
        if fact.position != expected:
            raise LedgerSkipped(f"expected position {expected}, read {fact.position}")
    return batch
