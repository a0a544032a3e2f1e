"""How a row is measured: rounds of ours and of the raw loop in turn, medians, one ratio."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median, quantiles
from time import perf_counter

Loop = Callable[[int], int]
"""Does round ``n`` and returns how many units (events, pages, records) it did."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One row: ``must`` like ``<= 2.5`` or ``>= 0.25``; None where there is no bar. ``value`` is None where
    it could not be measured here, ``ok`` where nothing is decided by it.
    """

    id: str
    value: float | None
    unit: str
    must: str | None = None
    ok: bool | None = None
    note: str = ""

    def ungated(self, why: str) -> "Measure":
        """The same figure, by which nothing is decided here."""
        return replace(self, ok=None, note=f"{self.note}; not gated: {why}")


def at_most(id_: str, value: float, bar: float, note: str = "", unit: str = "x raw") -> Measure:
    """A ratio of costs."""
    return Measure(id_, round(value, 3), unit, f"<= {bar}", value <= bar, note)


def at_least(id_: str, value: float, bar: float, note: str = "", unit: str = "of raw") -> Measure:
    """A ratio of rates."""
    return Measure(id_, round(value, 3), unit, f">= {bar}", value >= bar, note)


def reported(id_: str, value: float, unit: str, note: str = "") -> Measure:
    return Measure(id_, round(value, 3), unit, note=note)


@dataclass(frozen=True, slots=True)
class Pair:
    """Seconds per unit of both loops: the median of rounds, or the 95th percentile of requests."""

    ours: float
    raw: float

    @property
    def cost(self) -> float:
        return self.ours / self.raw

    @property
    def rate(self) -> float:
        return self.raw / self.ours

    @property
    def times(self) -> str:
        return f"p95 {self.ours * 1000:.2f} ms, bare {self.raw * 1000:.2f} ms"

    def note(self, unit: str, other: str = "raw") -> str:
        return f"{1 / self.ours:,.0f} {unit}/s, {other} {1 / self.raw:,.0f}"


def interleave(rounds: int, ours: Loop, raw: Loop) -> Pair:
    """Run both ``rounds`` times in turn, after one round of each to warm up.

    The order changes every round, so that neither always pays for the other's caches. What was made ready
    for the measure is not searched for cycles meanwhile: no hub has it.
    """
    gc.collect()
    gc.freeze()
    try:
        return _interleaved(rounds, ours, raw)
    finally:
        gc.unfreeze()


def _interleaved(rounds: int, ours: Loop, raw: Loop) -> Pair:
    seconds: dict[str, list[float]] = {"ours": [], "raw": []}
    for n in range(rounds + 1):
        order = (("ours", ours), ("raw", raw)) if n % 2 else (("raw", raw), ("ours", ours))
        for name, loop in order:
            begin = perf_counter()
            done = loop(n)
            if n:
                seconds[name].append((perf_counter() - begin) / done)
    return Pair(median(seconds["ours"]), median(seconds["raw"]))


def interleave_p95(
    rounds: int, requests: int, ours: Callable[[int], object], raw: Callable[[int], object]
) -> Pair:
    """The 95th percentile of single requests, asked in rounds of so many in turn; the first round warms up."""
    seconds: dict[str, list[float]] = {"ours": [], "raw": []}

    def timed(name: str, ask: Callable[[int], object]) -> Loop:
        def loop(n: int) -> int:
            for i in range(requests):
                begin = perf_counter()
                ask(n * requests + i)
                if n:
                    seconds[name].append(perf_counter() - begin)
            return requests

        return loop

    interleave(rounds, timed("ours", ours), timed("raw", raw))
    return Pair(p95(seconds["ours"]), p95(seconds["raw"]))


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]
