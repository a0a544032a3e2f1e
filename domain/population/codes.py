"""The words of the family card: sex, religion, marital status and the rest, as dated code lists.

Source: Permendagri 109/2019, form F-1.01, see ``codes.csv``. A fact keeps code and vintage, because a
code may change its meaning: occupation 89 was LAINNYA in the list of 89 and is a member of a high
state body in the list of 99, where LAINNYA is 99.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from domain.kernel.errors import Malformed


class Marital(StrEnum):
    """Status perkawinan."""

    NEVER_MARRIED = "1"
    MARRIED = "2"
    DIVORCED = "3"
    WIDOWED = "4"


class Relation(StrEnum):
    """Hubungan keluarga: what a member is to the head of the household."""

    HEAD = "1"
    HUSBAND = "2"
    WIFE = "3"
    CHILD = "4"
    CHILD_IN_LAW = "5"
    GRANDCHILD = "6"
    PARENT = "7"
    PARENT_IN_LAW = "8"
    OTHER_FAMILY = "9"
    HELPER = "10"
    OTHER = "11"


class Citizenship(StrEnum):
    """Kewarganegaraan."""

    INDONESIAN = "1"
    FOREIGN = "2"


@dataclass(frozen=True, slots=True)
class Code:
    """One row: ``vintage`` is the year from which the list it stands in holds, e.g. ``2019``."""

    listing: str
    vintage: str
    code: str
    name: str
    law: str


class Codes:
    """Every list in every vintage."""

    def __init__(self, rows: Iterable[Code]) -> None:
        lists: dict[str, dict[str, dict[str, Code]]] = {}
        for row in rows:
            lists.setdefault(row.listing, {}).setdefault(row.vintage, {})[row.code] = row
        self.lists: Mapping[str, Mapping[str, Mapping[str, Code]]] = MappingProxyType(lists)
        self._known: dict[date, Mapping[str, frozenset[str]]] = {}

    def vintage(self, listing: str, on: date) -> str:
        """The vintage in use on that day: a list holds from 1 January of its year (ours).

        Before the first known vintage, the first: older lists were not found.
        """
        known = sorted(self.lists[listing])
        return max((v for v in known if int(v) <= on.year), default=known[0])

    def known(self, on: date) -> Mapping[str, frozenset[str]]:
        """The codes of every list on that day, for those who check many."""
        if on not in self._known:
            self._known[on] = {
                listing: frozenset(vintages[self.vintage(listing, on)])
                for listing, vintages in self.lists.items()
            }
        return self._known[on]

    def check(self, listing: str, code: str, on: date) -> str:
        """The vintage that has ``code`` on that day, to be kept with it.

        ``Malformed("unknown-code", list=...)`` when there is none. The code itself is not told: what
        stands in a wrong column may be a NIK.
        """
        vintage = self.vintage(listing, on)
        if code not in self.lists[listing][vintage]:
            raise Malformed("unknown-code", list=listing, vintage=vintage)
        return vintage

    def name(self, listing: str, code: str, vintage: str) -> str:
        """The printed word, e.g. ``KEPALA KELUARGA``. A code that no list has is printed as it stands.

        A list that did not change in a year has no vintage of that year: the one before holds.
        """
        rows = self.lists[listing][self.vintage(listing, date(int(vintage), 12, 31))]
        return rows[code].name if code in rows else code

    def of(self, listing: str, on: date) -> tuple[Code, ...]:
        """The rows of a list on that day, in the order of the law: the choices of a form."""
        return tuple(self.lists[listing][self.vintage(listing, on)].values())
