"""Serials 9000-9999 of NIK and KK: reserved for people who do not exist.

A NIK that looks real may belong to somebody. The reserved range leaves 1,000 numbers for each
kecamatan, encoded date and sex, counted in arrays of a few megabytes.
"""

from array import array
from datetime import date

from domain.kernel.errors import Rejected
from domain.kernel.values import Kk, Nik, Sex

FIRST = 9000
LAST = 9999
_DAYS = 100 * 12 * 31
"""Encoded dates: two digits of the year, month and day. The century is not in the number."""


class Serials:
    """One counter per series; ``series`` is below the ``count`` given."""

    def __init__(self, count: int) -> None:
        self._used = array("H", bytes(2 * count))

    def next(self, series: int, full: str) -> int:
        """The next reserved serial; ``Rejected(full)`` after the thousandth."""
        used = self._used[series]
        if used > LAST - FIRST:
            raise Rejected(full, limit=LAST - FIRST + 1)
        self._used[series] = used + 1
        return FIRST + used


class Numbers:
    """NIK and KK numbers of the synthetic people of some kecamatan (dotted codes)."""

    def __init__(self, kecamatan: tuple[str, ...]) -> None:
        self._first = {code: i * _DAYS for i, code in enumerate(kecamatan)}
        self._nik = {sex: Serials(len(kecamatan) * _DAYS) for sex in Sex}
        self._kk = Serials(len(kecamatan) * _DAYS)

    def nik(self, kecamatan: str, born: date, sex: Sex) -> str:
        serial = self._nik[sex].next(self._first[kecamatan] + _encoded(born), "nik-series-full")
        return Nik.of(kecamatan, born, sex, serial).number

    def kk(self, kecamatan: str, registered: date) -> str:
        serial = self._kk.next(self._first[kecamatan] + _encoded(registered), "kk-series-full")
        return Kk.of(kecamatan, registered, serial).number


def _encoded(day: date) -> int:
    return ((day.year % 100) * 12 + day.month - 1) * 31 + day.day - 1
