"""The semester aggregate of every village, against one GROUP BY over the same rows."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from api.bench.measure import Measure, at_most, interleave
from api.bench.reading import imported
from api.bench.stores import SQLITE
from domain.population.figures import WHOLE
from projections.semester import semester

ROUNDS = 7
ONE_DIMENSION = (
    "SELECT village, sex, religion, count(*) FROM residents WHERE standing IN ('alive', 'missing') "
    "GROUP BY village, sex, religion"
)


def aggregate(folder: Path, residents: int) -> Iterator[Measure]:
    """Eleven dimensions with their ages and cards of today, where the raw statement counts one."""
    with (
        imported(SQLITE.settings(folder), residents) as hub,
        closing(sqlite3.connect(folder / "views.db")) as raw,
    ):
        today = hub.desk.today

        def ours(_: int) -> int:
            with hub.views.now() as view:
                return sum(f.number for f in semester(view, today) if f.dimension in WHOLE) // len(WHOLE)

        def bare(_: int) -> int:
            return sum(row[3] for row in raw.execute(ONE_DIMENSION).fetchall())

        assert ours(0) == bare(0) == residents
        pair = interleave(ROUNDS, ours, bare)
    note = f"{pair.ours * residents * 1000:.0f} ms, one GROUP BY {pair.raw * residents * 1000:.0f} ms"
    yield at_most("semester-aggregate", pair.cost, 3.0, note)
