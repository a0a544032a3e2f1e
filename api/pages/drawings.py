"""Pictures drawn on the server: the 20 kecamatan as tiles, and the clock of a case as a bar."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from domain.kernel.segments import Cause, Segment
from domain.population.clock import KTP_PROMISE
from projections.five_minutes import Share, total

LEVELS = 5
BAR = 1000.0
"""Width of the bar's drawing; the page scales it."""


class Place(NamedTuple):
    """Where a kecamatan stands in the grid: 4 rows of 7, roughly as on the map (our arrangement)."""

    code: str
    name: str
    short: str
    row: int
    column: int


class Tile(NamedTuple):
    place: Place
    value: int
    level: int


@cache
def places() -> tuple[Place, ...]:
    with files("api.pages").joinpath("kecamatan_tiles.csv").open(encoding="utf-8") as table:
        rows = csv.DictReader(table)
        return tuple(Place(r["code"], r["name"], r["short"], int(r["row"]), int(r["col"])) for r in rows)


def tiles(values: Mapping[str, int]) -> list[Tile]:
    """A tile per kecamatan; the level 0-4 grows with the value between the smallest and the largest."""
    all_ = [values.get(place.code, 0) for place in places()]
    low, span = min(all_), max(all_) - min(all_)
    return [
        Tile(place, value, (value - low) * (LEVELS - 1) // span if span else 0)
        for place, value in zip(places(), all_, strict=True)
    ]


class Piece(NamedTuple):
    """A part of the bar: whose time it was, and where it is drawn."""

    cause: str
    x: float
    width: float
    length: timedelta
    start: datetime
    end: datetime


class Bar(NamedTuple):
    """The whole time of a case; ``promise`` is where five minutes without waits would end."""

    pieces: tuple[Piece, ...]
    promise: float
    width: float


def clock_bar(parts: Sequence[Segment], promise: timedelta = KTP_PROMISE) -> Bar:
    """The segments of a case to scale; the bar is never shorter than the promise."""
    total = sum((part.length for part in parts), timedelta())
    scale = BAR / max(total, promise).total_seconds()
    pieces: list[Piece] = []
    x = 0.0
    for part in parts:
        width = part.length.total_seconds() * scale
        pieces.append(Piece(part.cause.value, x, width, part.length, part.start, part.end))
        x += width
    return Bar(tuple(pieces), promise.total_seconds() * scale, BAR)


class Column(NamedTuple):
    """A day and its share under five minutes as a column; a day without one leaves a gap."""

    on: date
    x: float
    width: float
    height: float
    share: Share


HEIGHT = 120.0


def day_columns(rows: Sequence[Share], start: date, end: date) -> list[Column]:
    """Every day on which something was handed over, where it stands between ``start`` and ``end``."""
    days: dict[date, list[Share]] = {}
    for row in rows:
        days.setdefault(row.on, []).append(row)
    step = BAR / ((end - start).days + 1)
    made = {on: total(shares, on) for on, shares in days.items()}
    return [
        Column(on, (on - start).days * step, max(step - 2, 1), share.share * HEIGHT, share)
        for on, share in sorted(made.items())
    ]


class Part(NamedTuple):
    """A cause as a part of the whole time."""

    cause: str
    x: float
    width: float
    seconds: int
    share: float


def cause_bar(seconds: Mapping[Cause, int]) -> list[Part]:
    """Whose time it was, as one bar; a cause without time is absent."""
    whole, x, parts = sum(seconds.values()), 0.0, list[Part]()
    for cause, spent in seconds.items():
        if spent:
            parts.append(Part(cause.value, x, BAR * spent / whole, spent, spent / whole))
            x += parts[-1].width
    return parts
