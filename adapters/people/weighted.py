"""Things that are not equally frequent: names, occupations, villages."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """``at(u)`` is the thing whose share of 0..1 holds ``u``; weights need not sum to 1."""

    def __init__(self, pairs: Iterable[tuple[T, float]]) -> None:
        things = tuple(pairs)
        self.things = tuple(thing for thing, _ in things)
        sums = tuple(accumulate(weight for _, weight in things))
        # The last bound is left out: rounding must not leave a gap just below 1.
        self._bounds = tuple(s / sums[-1] for s in sums[:-1])

    def at(self, u: float) -> T:
        return self.things[bisect_right(self._bounds, u)]


def zipf(things: Iterable[T], exponent: float = 0.7) -> Weighted[T]:
    """The n-th thing is n ** -exponent as frequent as the first."""
    return Weighted((thing, rank**-exponent) for rank, thing in enumerate(things, 1))
