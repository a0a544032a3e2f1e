"""A numbered series: a stream whose n-th event is number n, so there is no gap and no double.

Used for NIK, KK numbers, queue tickets and permit numbers. A number that an outside claim already
holds is skipped by an event of its own, so that the next one can be given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from domain.kernel.decider import Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType


@dataclass(frozen=True, slots=True)
class NumberTaken:
    """Number ``number`` of the series now belongs to stream ``used_by``."""

    number: int
    used_by: str


@dataclass(frozen=True, slots=True)
class NumberSkipped:
    """Number ``number`` is held from outside (``why``) and will never be given."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class TakeNumber:
    """Take the next number, at most ``limit``; ``full`` is the code when there is none left."""

    used_by: str
    limit: int
    full: str


@dataclass(frozen=True, slots=True)
class SkipNumber:
    """Give up the next number, because something outside holds it."""

    why: str


@dataclass(frozen=True, slots=True)
class Series:
    """The last number given or skipped; 0 before the first."""

    last: int = 0


Event = NumberTaken | NumberSkipped
Command = TakeNumber | SkipNumber


def decide(series: Series, command: Command) -> Sequence[Event]:
    number = series.last + 1
    match command:
        case TakeNumber(used_by, limit, full):
            if number > limit:
                raise Rejected(full, limit=limit)
            return [NumberTaken(number, used_by)]
        case SkipNumber(why):
            return [NumberSkipped(number, why)]
    assert_never(command)


def evolve(_: Series, event: Event) -> Series:
    return Series(event.number)


series_decider = Decider(Series(), decide, evolve, remembered=True)

EVENTS = (
    EventType("kernel.number-taken", 1, NumberTaken),
    EventType("kernel.number-skipped", 1, NumberSkipped),
)
