"""``simpul bench`` and ``simpul bench ledger``: print a table, write JSON, fail when a bar is missed."""

import os
import platform
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from rich.console import Console
from rich.table import Table

from api.bench import deliveries, feeds, ledger, reading
from api.bench.measure import Measure

Row = Callable[[Path, bool], Iterable[Measure]]
"""Measures in a folder of its own; True is quick."""

ROWS: tuple[tuple[str, Row], ...] = (
    ("append-one", ledger.append_one),
    ("append-batch-1000", ledger.append_batch),
    ("import-100k", ledger.import_households_row),
    ("rebuild-all", reading.rebuild_all),
    ("feed-pages", feeds.pages),
    ("deliver-kemendag", deliveries.kemendag),
    ("deliver-kemendagri", deliveries.kemendagri),
    ("issue-to-ministry", deliveries.issue_to_ministry),
)


def main(*, quick: bool, json: Path | None, only: Sequence[str]) -> int:
    """Exit code 0 when every bar holds."""
    rows = [(name, partial(_sized, row, quick)) for name, row in ROWS if not only or name in only]
    return show(measured(rows), "  (quick)" if quick else "", json)


def _sized(row: Row, quick: bool, folder: Path) -> Iterable[Measure]:
    return row(folder, quick)


def measured(rows: Iterable[tuple[str, Callable[[Path], Iterable[Measure]]]]) -> list[Measure]:
    """Every row in a folder of its own, removed afterwards."""
    console = Console()
    measures: list[Measure] = []
    for name, row in rows:
        with console.status(name), TemporaryDirectory(prefix="simpul-bench-") as folder:
            measures.extend(row(Path(folder)))
    return measures


def show(measures: Sequence[Measure], remark: str, json: Path | None) -> int:
    """Print a table, write JSON; exit code 0 when every bar holds."""
    console = Console()
    console.print(_table(measures))
    console.print(f"{_machine()}{remark}", highlight=False)
    if json:
        json.write_bytes(msgspec.json.format(msgspec.json.encode({"measures": measures}), indent=2))
    return 0 if all(measure.ok is not False for measure in measures) else 1


def _table(measures: Iterable[Measure]) -> Table:
    table = Table("measure", "value", "unit", "must", "", "detail")
    for m in measures:
        verdict = {True: "[green]ok[/green]", False: "[red]missed[/red]", None: ""}[m.ok]
        value = "-" if m.value is None else f"{m.value:,.3f}"
        table.add_row(m.id, value, m.unit, m.must or "", verdict, m.note)
    return table


def _machine() -> str:
    load = os.getloadavg()[0]
    return (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{os.cpu_count()} cores, load {load:.1f}"
    )
