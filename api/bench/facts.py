"""``simpul bench ledger``: the store of facts against raw loops, row by row, on every kind of store."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from api.bench import appending, bulk, library, postgres, replaying
from api.bench.measure import Measure
from api.bench.run import measured, show
from api.bench.stage import LONG, NORMAL, QUICK, Scale, Stage
from api.bench.stores import SQLITE, BenchStore

StageRow = Callable[[Stage, Path], Iterable[Measure]]
"""Measures of the store of a stage, in a folder of its own."""

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
    ("woken", bulk.woken),
    ("memory", bulk.memory),
)

POSTGRES_ROWS: tuple[tuple[str, StageRow], ...] = (
    ("append-one", postgres.append_one),
    ("callers", postgres.callers),
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
    ("woken", bulk.woken),
    ("memory", bulk.memory),
)
"""What is measured of a ledger on PostgreSQL."""


def main(*, quick: bool, long: bool, json: Path | None, only: Sequence[str], url: str | None) -> int:
    """Exit code 0 when every bar holds. ``url``: of a PostgreSQL database in which schemas may be made."""
    scale = LONG if long else QUICK if quick else NORMAL
    measures = _measured(SQLITE, ROWS, scale, only)
    if url:
        with postgres.postgres(url) as store:
            measures += _measured(store, POSTGRES_ROWS, scale, only)
    else:
        measures.append(Measure("postgres", None, "", note="not measured: give the address of a database"))
    return show(measures, f"  ({scale.name})", json)


def _measured(
    store: BenchStore, rows: Sequence[tuple[str, StageRow]], scale: Scale, only: Sequence[str]
) -> list[Measure]:
    with TemporaryDirectory(prefix="simpul-bench-") as folder:
        stage = Stage(store, scale, Path(folder))
        stage.must_fit()
        try:
            return measured([(name, partial(row, stage)) for name, row in rows if not only or name in only])
        finally:
            stage.close()
