"""The mobility report: who was born and died, came and went, married and parted, by month, village and sex.

A flow belongs to the month in which it happened, whenever it was recorded: the report of a month as known at
its end and as known now differ by what was reported late, annulled or corrected since.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from domain.population.figures import Flow
from projections.population_figures import PENDING, flows
from projections.readmodel import View
from projections.semester import within


class Moved(NamedTuple):
    """How many residents of one sex in a village had this flow in a month (``2026-11``)."""

    month: str
    village: str
    kind: str
    sex: str
    number: int


def mobility(view: View, start: date, end: date, region: str = "") -> list[Moved]:
    """Every figure that is not zero, from ``start`` to ``end``, both included; by month, village and kind."""
    c = flows.c
    keys = (func.substr(c.on, 1, 7).label("month"), c.village, c.kind, c.sex)
    query = (
        select(*keys, func.count())
        .where(c.on.between(start, end), c.village != PENDING, c.kind != PENDING)
        .group_by(*keys)
        .order_by(*keys)
    )
    asked = query.where(within(c.village, region)) if region else query
    return [Moved(*row) for row in view.connection.execute(asked)]


def by_month(rows: Iterable[Moved]) -> dict[str, dict[Flow, int]]:
    """Of all villages and both sexes; every kind in every month that has any."""
    found: dict[str, dict[Flow, int]] = {}
    for row in rows:
        month = found.setdefault(row.month, dict.fromkeys(Flow, 0))
        month[Flow(row.kind)] += row.number
    return found
