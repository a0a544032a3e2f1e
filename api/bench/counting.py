"""The semester aggregate of every village, against one GROUP BY over the same rows."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from api.bench.measure import Measure, at_most, interleave
from api.bench.populated import Population
from domain.population.figures import WHOLE
from projections.semester import semester

ROUNDS = 7
ONE_DIMENSION = (
    "SELECT village, sex, religion, count(*) FROM residents WHERE standing IN ('alive', 'missing') "
    "GROUP BY village, sex, religion"
)


def aggregate(at: Population) -> Iterator[Measure]:
    """Eleven dimensions with their ages and cards of today, where the raw statement counts one."""
    with at.hub() as hub, closing(sqlite3.connect(at.data / "views.db")) as raw:
        today = hub.desk.today

        def ours(_: int) -> int:
            with hub.views.now() as view:
                return sum(f.number for f in semester(view, today) if f.dimension in WHOLE) // len(WHOLE)

        def bare(_: int) -> int:
            return sum(row[3] for row in raw.execute(ONE_DIMENSION).fetchall())

        residents = ours(0)
        assert residents == bare(0) >= at.scale.residents
        pair = interleave(ROUNDS, ours, bare)
    note = f"{pair.ours * residents * 1000:.0f} ms, one GROUP BY {pair.raw * residents * 1000:.0f} ms"
    yield at_most("semester-aggregate", pair.cost, 3.0, note)
