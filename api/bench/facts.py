"""``simpul bench ledger``: the store of facts against raw loops, row by row, on every kind of store."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from api.bench import appending, bulk, library, replaying
from api.bench.measure import Measure
from api.bench.run import measured, show
from api.bench.stage import LONG, NORMAL, QUICK, Scale, Stage
from api.bench.stores import SQLITE, BenchStore

StageRow = Callable[[Stage, Path], Iterable[Measure]]
"""Measures of the store of a stage, in a folder of its own."""

STORES: tuple[BenchStore, ...] = (SQLITE,)
"""A store that is added here gets every row."""

ROWS: tuple[tuple[str, StageRow], ...] = (
    ("callers", appending.callers),
    ("batch", appending.batch),
    ("read-decode", replaying.decode),
    ("read-unseal", replaying.unseal),
    ("import", bulk.importing),
    ("rebuild", bulk.rebuilding),
    ("append-growth", appending.growth),
    ("execute-1-caller", library.one_caller),
    ("execute-32-callers", library.many_callers),
    ("projection", library.projection),
    ("visible", bulk.visible),
    ("memory", bulk.memory),
)


def main(*, quick: bool, long: bool, json: Path | None, only: Sequence[str]) -> int:
    """Exit code 0 when every bar holds."""
    scale = LONG if long else QUICK if quick else NORMAL
    measures = [measure for store in STORES for measure in _measured(store, scale, only)]
    return show(measures, f"  ({scale.name})", json)


def _measured(store: BenchStore, scale: Scale, only: Sequence[str]) -> list[Measure]:
    with TemporaryDirectory(prefix="simpul-bench-") as folder:
        stage = Stage(store, scale, Path(folder))
        stage.must_fit()
        try:
            return measured([(name, partial(row, stage)) for name, row in ROWS if not only or name in only])
        finally:
            stage.close()
