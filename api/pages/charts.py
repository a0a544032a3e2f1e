"""Charts drawn on the server: the pyramid of ages, and columns by month. No script, and a table beside each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

WIDTH = 480.0
"""Width of every chart; the page scales it, and a phone can still read its text."""
MIDDLE = 52.0
"""Width of the column of age groups between men and women."""
STEP = 22.0
"""Height of an age group."""
HEIGHT = 150.0
"""Height of the tallest column of a month."""


class Band(NamedTuple):
    """An age group of the pyramid: men to the left of the middle, women to the right."""

    group: str
    y: float
    men: int
    women: int
    left: float
    right: float


class Pyramid(NamedTuple):
    bands: tuple[Band, ...]
    width: float
    height: float
    middle: float
    half: float


def pyramid(groups: Sequence[str], men: Mapping[str, int], women: Mapping[str, int]) -> Pyramid:
    """The oldest on top. The widest bar fills its half; without anybody there are no bars."""
    most = max((count for sex in (men, women) for count in sex.values()), default=0) or 1
    half = (WIDTH - MIDDLE) / 2
    bands = tuple(
        Band(
            group,
            row * STEP,
            men.get(group, 0),
            women.get(group, 0),
            half * men.get(group, 0) / most,
            half * women.get(group, 0) / most,
        )
        for row, group in enumerate(reversed(groups))
    )
    return Pyramid(bands, WIDTH, STEP * len(groups), MIDDLE, half)


class Stick(NamedTuple):
    """One column: of which month, of which series, and where it stands."""

    month: str
    series: str
    value: float
    x: float
    y: float
    width: float
    height: float


class Months(NamedTuple):
    """Columns by month; ``top`` is the value of the tallest."""

    sticks: tuple[Stick, ...]
    labels: tuple[tuple[float, str], ...]
    top: float
    width: float
    height: float


EVERY = 3
"""Months between two labels."""


def by_month(months: Sequence[str], series: Mapping[str, Mapping[str, float]], top: float = 0.0) -> Months:
    """A group of columns for each month, one for each series; ``top`` at least that of the scale."""
    most = max([top, *(value for values in series.values() for value in values.values())])
    return Months(
        tuple(_sticks(months, series, most or 1.0)),
        tuple((n * WIDTH / len(months), m) for n, m in enumerate(months) if n % EVERY == 0),
        most,
        WIDTH,
        HEIGHT,
    )


def _sticks(months: Sequence[str], series: Mapping[str, Mapping[str, float]], most: float) -> Iterator[Stick]:
    step = WIDTH / len(months)
    width = step * 0.8 / len(series)
    for n, month in enumerate(months):
        for place, (name, values) in enumerate(series.items()):
            height = HEIGHT * values.get(month, 0) / most
            x = n * step + step * 0.1 + place * width
            yield Stick(month, name, values.get(month, 0), x, HEIGHT - height, width, height)
