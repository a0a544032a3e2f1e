"""Whose time it was: one pure function that cuts a case into segments.

The promise of a case counts the office's segments alone. Published, so that anybody recomputes the
figure that a page shows from the events of the case.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise


class Cause(StrEnum):
    """For whom a case waits."""

    OFFICE = "office"
    APPLICANT = "applicant"
    CENTRAL = "central-system"
    BLANK = "blank-stock"
    CLOSED = "closed-hours"


@dataclass(frozen=True, slots=True)
class Wait:
    """From ``start`` until ``end`` (None: still waiting) for ``cause``."""

    cause: Cause
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    cause: Cause
    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


Span = tuple[datetime, datetime]
Closed = Callable[[datetime, datetime], Iterable[Span]]
"""The parts of the time between two moments in which an office is closed, in order."""


def segments(
    start: datetime, end: datetime, waits: Iterable[Wait], closed: Iterable[Wait] = ()
) -> tuple[Segment, ...]:
    """The time from ``start`` to ``end`` without gap or overlap; what is nobody else's is the office's.

    Waits are given in order of their start; one that begins inside another yields to the earlier.
    ``closed`` (see ``unattended``) takes only from what would be the office's: who waits for something else
    goes on waiting for it while the office is closed.
    """
    parts = _cut(start, end, waits)
    nights = tuple(closed)
    return tuple(
        piece
        for part in parts
        for piece in (_cut(part.start, part.end, nights) if part.cause is Cause.OFFICE else (part,))
    )


def unattended(moments: Sequence[datetime], closed: Closed) -> tuple[Wait, ...]:
    """The closed hours in which nobody worked on the case; ``moments`` are its facts, in order.

    Whoever acts outside the hours has opened: between two facts of one night the office was there.
    """
    return tuple(
        Wait(Cause.CLOSED, start, end)
        for before, after in pairwise(moments)
        for start, end in closed(before, after)
        if (start, end) != (before, after)
    )


def _cut(start: datetime, end: datetime, waits: Iterable[Wait]) -> tuple[Segment, ...]:
    parts: list[Segment] = []
    at = start
    for wait in waits:
        begin = min(max(wait.start, at), end)
        stop = min(wait.end or end, end)
        if stop <= begin:
            continue
        if begin > at:
            parts.append(Segment(Cause.OFFICE, at, begin))
        parts.append(Segment(wait.cause, begin, stop))
        at = stop
    if at < end:
        parts.append(Segment(Cause.OFFICE, at, end))
    return tuple(parts)


def by_cause(parts: Iterable[Segment]) -> dict[Cause, timedelta]:
    """How long each cause took; a cause without time is absent."""
    total: dict[Cause, timedelta] = {}
    for part in parts:
        total[part.cause] = total.get(part.cause, timedelta()) + part.length
    return total


def office_time(parts: Iterable[Segment]) -> timedelta:
    """What the office answers for: the figure behind "a KTP in five minutes"."""
    return sum((p.length for p in parts if p.cause is Cause.OFFICE), timedelta())
