"""People who do not exist: plausible households for the 208 villages, the same for the same seed.

Everything is drawn from one ``random.Random(seed)``, block by block, so that memory does not grow with
the number of residents. Every number stands in the reserved serials and every line says ``synthetic``.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from random import Random
from typing import BinaryIO

from adapters.people import families, ndjson, places, traits
from adapters.people.names import Names
from adapters.people.numbers import Numbers
from adapters.people.persons import Person, pyramid
from adapters.reference import Reference
from domain.kernel.values import Sex
from domain.population.codes import Citizenship, Relation

BLOCK = 4000
"""People married and housed together: enough that everybody finds a family."""
YEAR = 365.2425
FIRST_CARD = date(2003, 1, 1)
"""The regency's population system began in 2003: no family card of it is older."""
ADULT = timedelta(days=18 * YEAR)


def households(residents: int, seed: int, reference: Reference, today: date) -> Iterator[ndjson.Household]:
    """Households of exactly ``residents`` people as they are on ``today``."""
    rng = Random(seed)  # noqa: S311 - people of a known seed, not secrets
    census = _Census(rng, seed, reference, today)
    cells = tuple(pyramid())
    for size in _blocks(residents):
        block = families.households(rng, size, cells)
        rng.shuffle(block)
        for members in block:
            yield census.household(members)


def write(
    stream: BinaryIO, lines: Iterable[ndjson.Household], tick: Callable[[int], object] | None = None
) -> int:
    """Write households as lines; ``tick`` is told the people of each. Gives back how many people."""
    people = 0
    for household in lines:
        stream.write(ndjson.encode(household))
        people += len(household.members)
        if tick is not None:
            tick(len(household.members))
    return people


def _blocks(residents: int) -> Iterator[int]:
    if residents < 1:
        return
    count = max(1, round(residents / BLOCK))
    for i in range(count):
        yield residents * (i + 1) // count - residents * i // count


class _Census:
    """Gives people of a block their names, numbers, dates and homes."""

    def __init__(self, rng: Random, seed: int, reference: Reference, today: date) -> None:
        self.rng = rng
        self.seed = seed
        self.today = today
        self.names = Names()
        self.places = places.Places(rng, reference.regions, today)
        self.numbers = Numbers(self.places.kecamatan)
        self.count = 0

    def household(self, people: list[Person]) -> ndjson.Household:
        self.count += 1
        village = self.places.village()
        kecamatan = [self.places.first_registered(self.rng, village, p.age) for p in people]
        religion = traits.RELIGION.at(self.rng.random())
        members = tuple(self._member(p, k, religion) for p, k in zip(people, kecamatan, strict=True))
        registered = self._registered(members)
        home = places.address(self.rng, village)
        return ndjson.Household(
            ref=f"synthetic-{self.seed}-{self.count}",
            kk=self.numbers.kk(village.kecamatan.code, registered),
            registered=registered,
            village=village.code,
            address=home.text,
            rt=home.rt,
            rw=home.rw,
            synthetic=True,
            members=members,
        )

    def _member(self, person: Person, kecamatan: str, religion: str) -> ndjson.Member:
        rng = self.rng
        born = self._born(person.age)
        work = traits.occupation(rng, person.sex, person.age, person.marital)
        return ndjson.Member(
            nik=self.numbers.nik(kecamatan, born, person.sex),
            name=self._name(person),
            sex=person.sex.value,
            birth_place=traits.BIRTH_PLACE.at(rng.random()),
            birth_date=born,
            religion=religion,
            marital=person.marital.value,
            blood=traits.BLOOD.at(rng.random()),
            education=traits.education(rng, born.year, person.age, work),
            occupation=work,
            relation=person.relation.value,
            citizenship=Citizenship.INDONESIAN.value,
            mother=self._name(person.mother or Person(Sex.FEMALE, person.age + 26)),
            father=self._name(person.father or Person(Sex.MALE, person.age + 29)),
        )

    def _name(self, person: Person) -> str:
        # Drawn when first needed: a father who is gone has one name for all his children.
        person.name = person.name or self.names.draw(self.rng, person.sex, self.today.year - person.age)
        return person.name

    def _born(self, age: int) -> date:
        return self.today - timedelta(days=int(age * YEAR) + int(self.rng.random() * YEAR))

    def _registered(self, members: tuple[ndjson.Member, ...]) -> date:
        """The day of the card: the head is grown, and everybody on it has been born."""
        head = next(m for m in members if m.relation == Relation.HEAD)
        born = max(m.birth_date for m in members)
        first = min(max(FIRST_CARD, head.birth_date + ADULT, born), self.today)
        return first + timedelta(days=int(self.rng.random() * ((self.today - first).days + 1)))
