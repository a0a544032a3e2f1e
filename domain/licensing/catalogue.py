"""The catalogue of services: 59 permits (izin) and 10 non-permits (non-izin), as dated data.

A new permit type is one row of ``permit_types.csv``; form, tracking page, clock, fee and feed derive
from it. An application keeps the version under which it was filed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from domain.kernel.errors import Malformed
from domain.kernel.values import Period


@dataclass(frozen=True, slots=True)
class PermitType:
    """One service. ``sla_working_days`` 0 is the same visit; ``source`` says how sure a row is."""

    code: str
    name_id: str
    name_en: str
    category: str
    delegated: bool
    delegated_since: int | None
    sla_working_days: int
    fee_basis: str
    requirements: tuple[str, ...]
    review_units: tuple[str, ...]
    to_trade: bool
    legal_basis: str
    source: str
    valid: Period

    @property
    def awaits_tariff(self) -> bool:
        """No amount enters except through a dated tariff: without one the permit is not issued."""
        return not self.fee_basis.startswith("none")

    def delegated_on(self, day: date) -> bool:
        """Whether a kecamatan may act on it that day (13 types since 2009, 17 since 2010)."""
        return self.delegated and self.delegated_since is not None and day.year >= self.delegated_since


class Catalogue:
    """One version of the table, with where it comes from."""

    def __init__(self, version: str, provenance: str, rows: Iterable[PermitType]) -> None:
        self.version = version
        self.provenance = provenance
        self.rows: Mapping[str, PermitType] = MappingProxyType({row.code: row for row in rows})

    def row(self, code: str, on: date) -> PermitType:
        """``Malformed("unknown-permit")`` when there is no such type on that day."""
        row = self.rows.get(code)
        if row is None or on not in row.valid:
            raise Malformed("unknown-permit", permit=code)
        return row
