"""Working days: Monday to Friday less the dated holidays of the ministers' joint decrees (SKB)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """``holidays`` maps each libur nasional and cuti bersama to its name."""

    holidays: Mapping[date, str] = field(default_factory=lambda: MappingProxyType({}))

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.holidays

    def deadline(self, complete: date, days: int) -> date:
        """The n-th working day after ``complete``, which is day 0; 0 is the same visit."""
        day = complete
        while days > 0:
            day += ONE_DAY
            if self.is_working(day):
                days -= 1
        return day
