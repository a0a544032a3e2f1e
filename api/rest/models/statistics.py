"""Figures over REST: counts of residents, and of what changed them. They name nobody."""

from datetime import date

from pydantic import Field

from api.rest.models.base import Answered
from domain.population.figures import Dimension, Flow


class SemesterRow(Answered):
    """One figure. ``sex`` 1 man, 2 woman, empty: forgotten, as is an empty ``category``."""

    village: str = Field(examples=["33.14.10.1003"])
    dimension: Dimension
    category: str = Field(description="A code of the list of that day, or the category itself.")
    name: str = Field(description="The printed word of the code.")
    sex: str
    count: int


class Semester(Answered):
    """Residents as they stood on ``on``, as known at ledger position ``position``. Figures of zero are absent."""

    on: date
    position: int
    rows: list[SemesterRow]


class MobilityRow(Answered):
    """One figure of the mobility report."""

    month: str = Field(examples=["2026-11"])
    village: str
    kind: Flow
    sex: str
    count: int


class Mobility(Answered):
    """What happened from ``start`` to ``end``, as known at ledger position ``position``."""

    start: date
    end: date
    position: int
    rows: list[MobilityRow]
