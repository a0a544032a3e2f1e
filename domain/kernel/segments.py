"""Whose time it was: one pure function that cuts a case into segments.

The promise of a case counts the office's segments alone. Published, so that anybody recomputes the
figure that a page shows from the events of the case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


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


def segments(start: datetime, end: datetime, waits: Iterable[Wait]) -> tuple[Segment, ...]:
    """The time from ``start`` to ``end`` without gap or overlap; what is nobody else's is the office's.

    Waits are given in order of their start; one that begins inside another yields to the earlier.
    """
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


def office_time(parts: Iterable[Segment]) -> timedelta:
    """What the office answers for: the figure behind "a KTP in five minutes"."""
    return sum((p.length for p in parts if p.cause is Cause.OFFICE), timedelta())
