"""Reading facts: against a scan of their bytes, and sealed ones against those in clear."""

from collections.abc import Iterator
from pathlib import Path

from adapters.ledger.ledger import Ledger
from api.bench.measure import Measure, at_least, interleave
from api.bench.stage import Stage

PAGE = 50
"""Facts that are read at once: what they take fits into a processor's cache. Of 1,000 each takes twice the time."""


def replay(ledger: Ledger) -> int:
    """Read, unseal and decode every fact; how many."""
    at = 0
    while batch := ledger.after(at, PAGE):
        at = batch[-1].position
    return at


def decode(stage: Stage, _: Path) -> Iterator[Measure]:
    """Read and decode facts in clear, against a scan of the same rows."""
    ledger, folder = stage.clear, stage.clear_folder
    pair = interleave(stage.scale.rounds, lambda _: replay(ledger), lambda _: stage.store.scan(folder))
    yield at_least(f"{stage.store.name}-read-decode", pair.rate, 0.3, pair.note("facts"))


def unseal(stage: Stage, _: Path) -> Iterator[Measure]:
    """Read, unseal and decode facts of distinct subjects, against the same facts in clear."""
    sealed, clear = stage.sealed, stage.clear
    pair = interleave(stage.scale.rounds, lambda _: replay(sealed), lambda _: replay(clear))
    note = pair.note("facts", "in clear")
    yield at_least(f"{stage.store.name}-read-unseal", pair.rate, 0.15, note, "of clear")
