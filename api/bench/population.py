"""``simpul bench population``: the registry under those who ask it and add to it, imported once for all rows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from api.bench import counting, papers, searching, serving
from api.bench.measure import Measure
from api.bench.populated import LONG, NORMAL, QUICK, Population
from api.bench.run import measured, show

Row = Callable[[Population], Iterator[Measure]]
"""Measures over a registry that the rows share; what a row adds to it, later ones find."""

ROWS: tuple[tuple[str, Row], ...] = (
    ("pages", serving.pages),
    ("search-nik", serving.by_nik),
    ("misspelt-name", searching.by_name),
    ("semester-aggregate", counting.aggregate),
    ("kk-pdf", papers.family_cards),
    ("registration", serving.registration),
)


def main(*, quick: bool, long: bool, json: Path | None, only: Sequence[str]) -> int:
    """Exit code 0 when every bar holds."""
    scale = LONG if long else QUICK if quick else NORMAL
    with (
        TemporaryDirectory(prefix="simpul-bench-") as folder,
        closing(Population(scale, Path(folder))) as at,
    ):
        rows = [(name, partial(_row, row, at)) for name, row in ROWS if not only or name in only]
        measures = measured(rows)
    return show(measures, f"  ({scale.name}: {scale.residents:,} residents)", json)


def _row(row: Row, at: Population, _: Path) -> Iterable[Measure]:
    return row(at)
