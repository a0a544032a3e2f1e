"""Offices that act: the population office, the one-stop office, the inspectorate, the 20 kecamatan. Names are dated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from domain.kernel.errors import Malformed
from domain.kernel.values import Period


@dataclass(frozen=True, slots=True)
class Office:
    """``code`` stands in permit numbers; ``kecamatan`` is the dotted code for a kecamatan office."""

    code: str
    name: str
    kecamatan: str | None
    valid: Period


class Offices:
    """The dated table of offices: a code outlives its names (BPT 2006, BPTPM 2014, DPMPTSP 2017)."""

    def __init__(self, offices: Iterable[Office]) -> None:
        rows: dict[str, tuple[Office, ...]] = {}
        for office in offices:
            rows[office.code] = (*rows.get(office.code, ()), office)
        self.all: Mapping[str, tuple[Office, ...]] = MappingProxyType(rows)

    def office(self, code: str, on: date) -> Office:
        """The office with its name of that day; ``Malformed("unknown-office")`` when there is none."""
        for office in self.all.get(code, ()):
            if on in office.valid:
                return office
        raise Malformed("unknown-office", office=code)

    def on(self, day: date) -> tuple[Office, ...]:
        """Every office that acts on that day, in the order of the table."""
        return tuple(o for rows in self.all.values() for o in rows if day in o.valid)
