"""What is possible and odd: each is a flag on the entry, for an officer to look at, and never a refusal."""

from collections.abc import Iterable
from datetime import date, timedelta

from domain.population.ages import MARRIAGE, PARENT, Ages
from domain.population.codes import Marital
from domain.population.resident.person import Person
from domain.population.resident.state import Resident

BETWEEN_BIRTHS = timedelta(days=270)
"""Nine months."""
ONE_BIRTH = timedelta(days=2)
"""Twins may be born on two days."""


def of_birth(born: date, mother: Resident | None, father: Resident | None, ages: Ages) -> Iterable[str]:
    """Two births of one mother within nine months; a parent younger than the child, or nearly."""
    if mother and any(ONE_BIRTH < abs(born - other) < BETWEEN_BIRTHS for other in mother.births):
        yield "births-too-close"
    for parent in (mother, father):
        if parent and parent.person:
            yield from of_parent(parent.person, born, ages)


def of_parent(parent: Person, born: date, ages: Ages) -> Iterable[str]:
    if parent.birth_date >= born:
        yield "parent-younger-than-child"
    elif ages.too_young(PARENT, parent.sex, parent.birth_date, born):
        yield "parent-very-young"


def of_marriage(husband: Person | None, wife: Person | None, on: date, ages: Ages) -> Iterable[str]:
    """A second marriage while the first goes on, who is too young for one, and two who would be of one sex."""
    for person in (husband, wife):
        if person and ages.too_young(MARRIAGE, person.sex, person.birth_date, on):
            yield "below-marriage-age"
        if person and person.marital == Marital.MARRIED.value:
            yield "married-already"
    if husband and wife and husband.sex == wife.sex:
        yield "spouses-of-one-sex"
