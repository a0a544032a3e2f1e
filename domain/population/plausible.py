"""What is possible and odd: each is a flag on the entry, for an officer to look at, and never a refusal."""

from collections.abc import Iterable
from datetime import date, timedelta

from domain.population.codes import Marital
from domain.population.resident.person import Person
from domain.population.resident.state import Resident

BETWEEN_BIRTHS = timedelta(days=270)
"""Nine months."""
ONE_BIRTH = timedelta(days=2)
"""Twins may be born on two days."""
YOUNGEST_PARENT = 10
"""Years (ours)."""


def of_birth(born: date, mother: Resident | None, father: Resident | None) -> Iterable[str]:
    """Two births of one mother within nine months; a parent younger than the child, or nearly."""
    if mother and any(ONE_BIRTH < abs(born - other) < BETWEEN_BIRTHS for other in mother.births):
        yield "births-too-close"
    for parent in (mother, father):
        if parent and parent.person:
            yield from of_parent(parent.person, born)


def of_parent(parent: Person, born: date) -> Iterable[str]:
    if parent.birth_date >= born:
        yield "parent-younger-than-child"
    elif born.year - parent.birth_date.year < YOUNGEST_PARENT:
        yield "parent-very-young"


def of_marriage(husband: Person | None, wife: Person | None) -> Iterable[str]:
    """A second marriage while the first goes on, and two who would be of one sex."""
    for person in (husband, wife):
        if person and person.marital == Marital.MARRIED.value:
            yield "married-already"
    if husband and wife and husband.sex == wife.sex:
        yield "spouses-of-one-sex"
