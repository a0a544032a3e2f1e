"""People as the age pyramid of Sragen has them, and who of them is married to whom."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from adapters.reference import rows
from domain.kernel.values import Sex
from domain.population.codes import Marital, Relation

ADULT = 17
"""Nobody marries before (ours)."""
_STEPS = (20, 25, 30, 50, 60, 65, 70)
"""Ages from which the next share of the tables below holds."""
_MARRIED = {
    Sex.FEMALE: (0.12, 0.53, 0.84, 0.88, 0.82, 0.72, 0.62, 0.38),
    Sex.MALE: (0.01, 0.24, 0.66, 0.89, 0.93, 0.92, 0.90, 0.76),
}
"""Share with a spouse, about the 65 % of adults of the census of 2010 (steps assumed)."""
_ONCE_MARRIED = (0.02, 0.10, 0.30, 0.60, 0.90, 0.95, 0.97, 0.98)
"""Share of those now without a spouse who had one, by the same steps of age (assumed)."""


class Cell(NamedTuple):
    """A part of the pyramid: ages ``low`` to ``high`` (None: open), one sex, a share of all."""

    low: int
    high: int | None
    sex: Sex
    share: float


@dataclass(slots=True, eq=False)
class Person:
    """Someone of a block; ``mother`` and ``father`` are known when they live here."""

    sex: Sex
    age: int
    marital: Marital = Marital.NEVER_MARRIED
    relation: Relation = Relation.OTHER_FAMILY
    mother: "Person | None" = None
    father: "Person | None" = None
    name: str = ""


Couple = tuple[Person, Person]
"""Husband and wife."""


def pyramid() -> Iterator[Cell]:
    """The pyramid of 2010 (see ``age_pyramid.csv``), split by sex."""
    for r in rows("adapters.people", "age_pyramid.csv"):
        low, _, high = r["age_group"].rstrip("+").partition("-")
        share, male = float(r["share_of_population"]), float(r["male_share_in_group"])
        ages = int(low), int(high) if high else None
        yield Cell(*ages, Sex.MALE, share * male)
        yield Cell(*ages, Sex.FEMALE, share * (1 - male))


def people(rng: Random, size: int, cells: Sequence[Cell]) -> list[Person]:
    """``size`` people in the shares of the pyramid, none of them married or related yet."""
    drawn: list[Person] = []
    upto = rng.random()
    for cell in cells:
        before, upto = int(upto), upto + cell.share * size
        drawn += [Person(cell.sex, _age(rng, cell)) for _ in range(int(upto) - before)]
    # Shares are rounded: the block is cut or filled to its size.
    drawn += [Person(Sex.FEMALE, 30) for _ in range(size - len(drawn))]
    return drawn[:size]


def _age(rng: Random, cell: Cell) -> int:
    if cell.high is None:
        return min(cell.low + int(rng.expovariate(1 / 6)), 99)
    return cell.low + int(rng.random() * (cell.high - cell.low + 1))


def _step(age: int) -> int:
    return sum(age >= step for step in _STEPS)


def marry(rng: Random, people: Iterable[Person]) -> tuple[list[Couple], list[Person]]:
    """Couples of about the same rank in age, and all who have no spouse (now)."""
    wed: dict[Sex, list[Person]] = {Sex.MALE: [], Sex.FEMALE: []}
    alone: list[Person] = []
    for person in people:
        marries = person.age >= ADULT and rng.random() < _MARRIED[person.sex][_step(person.age)]
        (wed[person.sex] if marries else alone).append(person)
    pairs = min(len(side) for side in wed.values())
    for side in wed.values():
        rng.shuffle(side)
        alone += side[pairs:]
        del side[pairs:]
        side.sort(key=lambda p: p.age + rng.gauss(0, 2))
        for person in side:
            person.marital = Marital.MARRIED
    for person in alone:
        _once_married(rng, person)
    return list(zip(wed[Sex.MALE], wed[Sex.FEMALE], strict=True)), alone


def _once_married(rng: Random, person: Person) -> None:
    if person.age >= ADULT and rng.random() < _ONCE_MARRIED[_step(person.age)]:
        widowed = rng.random() < (person.age - 20) / 50
        person.marital = Marital.WIDOWED if widowed else Marital.DIVORCED
