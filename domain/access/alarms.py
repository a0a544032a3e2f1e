"""An alarm: a reading that somebody else should know of. It accuses nobody; it asks for a reason.

Curiosity shows in whose data are opened (of colleagues, of family, of neighbours, of the famous, of oneself), at
which hour, and how many. What is a lot is data with a date, beside this file. Nothing is asked and nothing is
kept here: counted readings go in, alarms come out, the same ones for ever.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from domain.access.reading import Seen
from domain.access.watch import Watched
from domain.kernel.segments import Span
from domain.kernel.values import Period

HOUR = timedelta(hours=1)
LISTED = frozenset({Seen.LIST.value, Seen.SEARCH.value})
"""Many people at once, by a line each; everything else opens what is told of a few."""
Closed = Callable[[datetime, datetime], Iterable[Span]]
"""The closed spans between two moments, as an office keeps them."""


class Alarm(StrEnum):
    """Why a reading is unusual."""

    OWN = "own"
    COLLEAGUE = "colleague"
    FAMILY = "family"
    NEIGHBOUR = "neighbour"
    PROMINENT = "prominent"
    OUTSIDE_HOURS = "outside-hours"
    TOO_MANY = "too-many"
    TOO_MANY_LISTED = "too-many-listed"


@dataclass(frozen=True, slots=True)
class AlarmLimit:
    """From how many on it is an alarm. ``margin``: what around the hours of opening is still work."""

    alarm: Alarm
    at_least: int
    margin: timedelta
    valid: Period
    source: str


@dataclass(frozen=True, slots=True)
class Opened:
    """How often an officer opened what is told of a resident on one day; ``last`` position of these readings."""

    officer: str
    office: str
    resident: str
    day: date
    count: int
    last: int


@dataclass(frozen=True, slots=True)
class Hour:
    """What an officer saw within an hour: records ``opened``, people ``listed`` (in lists and answers)."""

    officer: str
    office: str
    since: datetime
    opened: int
    listed: int
    last: int


@dataclass(frozen=True, slots=True)
class Tie:
    """A resident who is watched on the days of ``valid``; of an ``officer``, with those around her."""

    resident: str
    kind: str
    officer: str
    family: frozenset[str]
    neighbours: frozenset[str]
    valid: Period


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm about an officer, on a day or in the hour that begins ``at``; ``resident``: whose data, if of one."""

    alarm: Alarm
    officer: str
    office: str
    day: date
    at: datetime | None
    resident: str
    count: int
    at_least: int
    last: int

    @property
    def id(self) -> str:
        """The same for ever: it names the day, and hides the rest."""
        hour = self.at.isoformat() if self.at else ""
        told = f"{self.alarm.value} {self.officer} {hour} {self.resident}"
        return f"alarm-{self.day:%Y%m%d}-{blake2b(told.encode(), digest_size=10).hexdigest()}"


class AlarmLimits:
    """The dated list."""

    def __init__(self, rows: Iterable[AlarmLimit]) -> None:
        self.rows = tuple(rows)

    def on(self, day: date) -> Mapping[Alarm, AlarmLimit]:
        return {row.alarm: row for row in self.rows if day in row.valid}


def alarms(
    opened: Iterable[Opened],
    hours: Iterable[Hour],
    ties: Iterable[Tie],
    known: AlarmLimits,
    closed: Closed,
) -> list[Raised]:
    """Every alarm of these readings, that of the newest reading first."""
    found = [*_of_people(opened, [*ties], known), *_of_hours(hours, known, closed)]
    return sorted(found, key=lambda raised: (-raised.last, raised.alarm, raised.resident))


def _of_people(opened: Iterable[Opened], ties: list[Tie], known: AlarmLimits) -> Iterator[Raised]:
    near: dict[tuple[str, date], list[Opened]] = defaultdict(list)
    for one in opened:
        limits = known.on(one.day)
        for alarm in reasons(one, ties):
            if alarm is Alarm.NEIGHBOUR:
                near[one.officer, one.day].append(one)
            elif alarm in limits and one.count >= limits[alarm].at_least:
                yield _raised(alarm, limits, one.day, one, one.count, one.resident)
    for (_, day), them in near.items():
        limits = known.on(day)
        if Alarm.NEIGHBOUR in limits and len(them) >= limits[Alarm.NEIGHBOUR].at_least:
            yield _raised(Alarm.NEIGHBOUR, limits, day, max(them, key=lambda one: one.last), len(them))


def reasons(opened: Opened, ties: Iterable[Tie]) -> list[Alarm]:
    """Why it is unusual that this officer opened what is told of this resident, whatever the count."""
    found: set[Alarm] = set()
    for tie in ties:
        if opened.day not in tie.valid:
            continue
        if opened.resident == tie.resident:
            found.add(_of_watched(opened.officer, tie))
        elif opened.officer == tie.officer and opened.resident in tie.family:
            found.add(Alarm.FAMILY)
        elif opened.officer == tie.officer and opened.resident in tie.neighbours:
            found.add(Alarm.NEIGHBOUR)
    return sorted(found)


def _of_watched(officer: str, tie: Tie) -> Alarm:
    if tie.kind == Watched.PROMINENT:
        return Alarm.PROMINENT
    return Alarm.OWN if officer == tie.officer else Alarm.COLLEAGUE


def _of_hours(hours: Iterable[Hour], known: AlarmLimits, closed: Closed) -> Iterator[Raised]:
    late: dict[tuple[str, date], list[Hour]] = defaultdict(list)
    for hour in hours:
        day = hour.since.date()
        limits = known.on(day)
        for alarm, count in ((Alarm.TOO_MANY, hour.opened), (Alarm.TOO_MANY_LISTED, hour.listed)):
            if alarm in limits and count >= limits[alarm].at_least:
                yield _raised(alarm, limits, day, hour, count, at=hour.since)
        if Alarm.OUTSIDE_HOURS in limits and _outside(hour.since, limits[Alarm.OUTSIDE_HOURS].margin, closed):
            late[hour.officer, day].append(hour)
    for (_, day), them in late.items():
        limits, count = known.on(day), sum(hour.opened + hour.listed for hour in them)
        if count >= limits[Alarm.OUTSIDE_HOURS].at_least:
            yield _raised(Alarm.OUTSIDE_HOURS, limits, day, max(them, key=lambda hour: hour.last), count)


def _outside(since: datetime, margin: timedelta, closed: Closed) -> bool:
    """Whether a whole hour is closed, and as much before and after it as still is work."""
    start, end = since - margin, since + HOUR + margin
    return next(iter(closed(start, end)), None) == (start, end)


def _raised(
    alarm: Alarm,
    limits: Mapping[Alarm, AlarmLimit],
    day: date,
    last: Opened | Hour,
    count: int,
    resident: str = "",
    at: datetime | None = None,
) -> Raised:
    limit = limits[alarm].at_least
    return Raised(alarm, last.officer, last.office, day, at, resident, count, limit, last.last)
