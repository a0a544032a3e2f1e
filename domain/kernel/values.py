"""Values that cannot be wrong: NIK, KK number, rupiah, period.

Sources: Law 23/2006 jo 24/2013; PP 40/2019 art. 30 (a NIK is for life). Mismatches between a NIK and
its record are flags of the decider, not errors: a corrected birth date keeps the NIK.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Self

from domain.kernel.errors import Malformed

FEMALE_DAYS = 40
"""Added to the day of birth in a woman's NIK."""


class Sex(StrEnum):
    """Permendagri 109/2019, F-1.01."""

    MALE = "1"
    FEMALE = "2"


@cache
def _days(yy: int, month: int) -> int:
    # The century is not in the number: a date counts when it exists in 19yy or in 20yy.
    return max(monthrange(1900 + yy, month)[1], monthrange(2000 + yy, month)[1])


def _check(code: str, number: str, female_days: int) -> None:
    if len(number) != 16 or not (number.isascii() and number.isdigit()):
        raise Malformed(code, why="length")
    if "00" in (number[0:2], number[2:4], number[4:6]):
        raise Malformed(code, why="region")
    day, month, yy = int(number[6:8]), int(number[8:10]), int(number[10:12])
    if day > FEMALE_DAYS:
        day -= female_days
    if not (1 <= month <= 12 and 1 <= day <= _days(yy, month)):
        raise Malformed(code, why="date")
    if number[12:] == "0000":
        raise Malformed(code, why="serial")


@dataclass(frozen=True, slots=True, repr=False)
class Nik:
    """16 digits: region of first registration, birth date (day + 40 for women), serial 0001-9999."""

    number: str

    def __post_init__(self) -> None:
        _check("malformed-nik", self.number, FEMALE_DAYS)

    @classmethod
    def of(cls, kecamatan: str, born: date, sex: Sex, serial: int) -> Self:
        """The NIK with this ``serial``; ``kecamatan`` is the dotted code, e.g. ``33.14.10``."""
        return cls(f"{kecamatan.replace('.', '')}{encoded_date(born, sex)}{serial:04d}")

    @property
    def sex(self) -> Sex:
        return Sex.FEMALE if int(self.number[6:8]) > FEMALE_DAYS else Sex.MALE

    @property
    def kecamatan(self) -> str:
        n = self.number
        return f"{n[0:2]}.{n[2:4]}.{n[4:6]}"

    def fits(self, born: date) -> bool:
        return self.number[6:12] == encoded_date(born, self.sex)

    def __repr__(self) -> str:
        return "Nik(***)"

    __str__ = __repr__


def encoded_date(born: date, sex: Sex) -> str:
    """``DDMMYY``, the day raised by 40 for women."""
    day = born.day + (FEMALE_DAYS if sex is Sex.FEMALE else 0)
    return f"{day:02d}{born.month:02d}{born.year % 100:02d}"


@dataclass(frozen=True, slots=True, repr=False)
class Kk:
    """16 digits: region of issue, registration date, serial 0001-9999. Changes with the household."""

    number: str

    def __post_init__(self) -> None:
        _check("malformed-kk", self.number, 0)

    @classmethod
    def of(cls, kecamatan: str, registered: date, serial: int) -> Self:
        return cls(f"{kecamatan.replace('.', '')}{registered:%d%m%y}{serial:04d}")

    def __repr__(self) -> str:
        return "Kk(***)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True, order=True)
class Rupiah:
    """Whole rupiah, never a float."""

    amount: int

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise Malformed("malformed-amount", why="negative")


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` to ``end``, both included; None is open. Everything legal has one."""

    start: date | None = None
    end: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)
