"""The printed names of codes: villages, offices, permits, the words of the family card."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from adapters.reference import Reference
from domain.kernel.errors import Malformed
from domain.kernel.offices import Office
from domain.kernel.regions import Kecamatan, Village
from domain.licensing.catalogue import PermitType
from domain.population.codes import Code

POPULATION_OFFICE = "DISDUKCAPIL"
WORD = re.compile(r"[A-Z]+")
SHORT = frozenset(
    {"A", "AB", "B", "O", "I", "II", "III", "IV", "BPK", "BUMD", "BUMN", "DPD", "DPRD", "PNS", "POLRI"}
    | {"RI", "SD", "SLTA", "SLTP", "TNI", "WNA", "WNI"}
)
"""Words of the code lists that stay in capitals."""


def printed(name: str) -> str:
    """A word of the code lists, which are all capitals, as a person writes it: ``SLTA/sederajat``."""
    lower = WORD.sub(lambda word: word[0] if word[0] in SHORT else word[0].lower(), name)
    return lower[:1].upper() + lower[1:]


@dataclass(frozen=True)
class Names:
    """Names as they were on ``on``. A code that no table has is shown as it stands."""

    reference: Reference
    on: date

    def village(self, code: str) -> str:
        """Its "desa, kecamatan": twelve village names occur twice."""
        found = self.reference.regions.villages.get(code)
        return str(found) if found else code

    def kecamatan(self, code: str) -> str:
        found = self.reference.regions.kecamatan.get(code)
        return found.name if found else code

    def office(self, code: str) -> str:
        try:
            return self.reference.offices.office(code, self.on).name
        except Malformed:
            return code

    @cached_property
    def counters(self) -> list[Office]:
        """The offices of today with a counter of population: the population office, then the kecamatan."""
        there = self.reference.offices.on(self.on)
        return [office for office in there if office.kecamatan or office.code == POPULATION_OFFICE]

    def permit(self, code: str, language: str) -> str:
        row = self.reference.catalogue.rows.get(code)
        if row is None:
            return code
        return row.name_en if language == "en" else row.name_id

    def civil_event(self, code: str, language: str) -> str:
        row = self.reference.civil_events.rows.get(code)
        if row is None:
            return code
        return row.english if language == "en" else row.indonesia

    def purpose(self, code: str, language: str) -> str:
        row = self.reference.purposes.rows.get(code)
        if row is None:
            return code
        return row.name_en if language == "en" else row.name_id

    def word(self, listing: str, code: str, vintage: str) -> str:
        return printed(self.reference.codes.name(listing, code, vintage))

    def choices(self, listing: str) -> tuple[Code, ...]:
        return self.reference.codes.of(listing, self.on)

    def coded(self, listing: str) -> list[tuple[str, str]]:
        """The choices of a form field that holds a code."""
        return [(code.code, printed(code.name)) for code in self.choices(listing)]

    @property
    def kecamatan_choices(self) -> list[tuple[str, str]]:
        return [(kecamatan.code, kecamatan.name) for kecamatan, _ in self.villages]

    def village_choices(self, kecamatan: str) -> list[tuple[str, str]]:
        return [(village.code, village.name) for village in self.of_kecamatan(kecamatan)]

    @cached_property
    def villages(self) -> list[tuple[Kecamatan, list[Village]]]:
        """The villages of today by kecamatan, both in the order of their names."""
        regions = self.reference.regions
        return [
            (kecamatan, self.of_kecamatan(kecamatan.code))
            for kecamatan in sorted(regions.kecamatan.values(), key=lambda k: k.name)
        ]

    def of_kecamatan(self, code: str) -> list[Village]:
        all_: Iterable[Village] = self.reference.regions.villages.values()
        here = (v for v in all_ if v.kecamatan.code == code and self.on in v.valid)
        return sorted(here, key=lambda v: v.name)

    @cached_property
    def permits(self) -> list[tuple[str, list[PermitType]]]:
        """The services of today by category: permits, then non-permits."""
        rows = [row for row in self.reference.catalogue.rows.values() if self.on in row.valid]
        return [(c, [row for row in rows if row.category == c]) for c in ("izin", "non_izin")]
