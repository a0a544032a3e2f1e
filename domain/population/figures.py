"""What the registry counts: residents by what they are, and by what brought and took them (Law 24/2013 art. 58).

A figure names nobody, but a small one may point at somebody: what everybody may read is rounded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from domain.kernel.values import Period


class Dimension(StrEnum):
    """By what residents are counted. Those of a code list are named as the element of the person."""

    AGE = "age"
    RELIGION = "religion"
    EDUCATION = "education"
    OCCUPATION = "occupation"
    MARITAL = "marital"
    BLOOD = "blood"
    RELATION = "relation"
    CITIZENSHIP = "citizenship"
    KTP = "ktp"
    KIA = "kia"
    HEADS = "household-head"


CODED = (
    Dimension.RELIGION,
    Dimension.EDUCATION,
    Dimension.OCCUPATION,
    Dimension.MARITAL,
    Dimension.BLOOD,
    Dimension.RELATION,
    Dimension.CITIZENSHIP,
)
"""Dimensions whose categories are the codes of a list."""
WHOLE = tuple(dimension for dimension in Dimension if dimension is not Dimension.HEADS)
"""Dimensions in which everybody has one category: each of them adds up to the population."""
UNKNOWN = ""
"""Category and sex of whoever is forgotten: counted, and nothing else is known."""
SEXES = ("1", "2")
YEARS, OLDEST = 5, 75
"""Years of an age group, and the age from which one group holds all."""


class Kia(StrEnum):
    """Child cards: who is under 17 and never married has one, or should."""

    ISSUED = "issued"
    MISSING = "missing"
    NOT_A_CHILD = "not-a-child"


class Flow(StrEnum):
    """What changes how many live in a village, and the marriages; each belongs to the month in which it happened."""

    BORN = "born"
    DIED = "died"
    ARRIVED = "arrived"
    LEFT = "left"
    MOVED_IN = "moved-in"
    MOVED_OUT = "moved-out"
    ENTERED = "entered"
    MARRIED = "married"
    DIVORCED = "divorced"


BROUGHT: Mapping[str, Flow] = MappingProxyType(
    {"BIRTH": Flow.BORN, "MOVE_IN": Flow.ARRIVED, "FOREIGN_LIMITED": Flow.ARRIVED}
)
"""What a new record is by the civil event that made it; any other one found somebody who lived here (ours)."""


def age_groups() -> tuple[str, ...]:
    """``00-04`` to ``70-74`` and ``75+``: as text they stand in their order."""
    return (*(f"{low:02}-{low + YEARS - 1:02}" for low in range(0, OLDEST, YEARS)), f"{OLDEST}+")


@dataclass(frozen=True, slots=True)
class Rounding:
    """From when on published figures are rounded to the nearest multiple of ``base``, and who said so."""

    base: int
    valid: Period
    source: str

    def __call__(self, count: int) -> int:
        """Each figure by itself, also a sum: what was rounded away cannot be found by subtraction."""
        return (count + self.base // 2) // self.base * self.base


class Disclosure:
    """The dated rule for what anybody may read. Officers read what was counted."""

    def __init__(self, rules: Iterable[Rounding]) -> None:
        self.rules = tuple(rules)

    def on(self, day: date) -> Rounding:
        """The rule of that day; before the first one, the first."""
        return next((rule for rule in self.rules if day in rule.valid), self.rules[0])
