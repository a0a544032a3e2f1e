"""When a counter is open: hours by day of the week, less the days that do not work. Dated, as everything legal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from domain.kernel.segments import Span
from domain.kernel.values import Period
from domain.kernel.working_days import ONE_DAY, Calendar


@dataclass(frozen=True, slots=True)
class Hours:
    """Open from ``opens`` to ``closes`` on this day of the week (1 is Monday)."""

    weekday: int
    opens: time
    closes: time
    valid: Period


@dataclass(frozen=True, slots=True)
class Opening:
    """The table of hours. A day for which it has no row at all is not closed: nothing is known of it."""

    hours: tuple[Hours, ...]
    calendar: Calendar
    zone: tzinfo

    def closed(self, start: datetime, end: datetime) -> Iterator[Span]:
        """The closed spans between two moments; a night and the holiday after it are one."""
        return _joined(self._spans(start, end))

    def _spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        day, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        while day <= last:
            for opens, closes in self._closed(day):
                begin, stop = max(start, opens), min(end, closes)
                if begin < stop:
                    yield begin, stop
            day += ONE_DAY

    def _closed(self, day: date) -> Iterable[Span]:
        known = [hours for hours in self.hours if day in hours.valid]
        if not known:
            return
        at = self._moment(day, time())
        for hours in known:
            if hours.weekday == day.isoweekday() and day not in self.calendar.holidays:
                yield at, self._moment(day, hours.opens)
                at = self._moment(day, hours.closes)
        yield at, self._moment(day + ONE_DAY, time())

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans that touch, as one."""
    held: Span | None = None
    for start, end in spans:
        if held and start <= held[1]:
            held = held[0], end
            continue
        if held:
            yield held
        held = start, end
    if held:
        yield held
