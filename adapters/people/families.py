"""Who lives with whom: people drawn from the age pyramid, married, and put together under one roof.

Ages and sexes are those of the pyramid to the last person of a block; families are then fitted to
them, not the other way round, so that both the statistics and the households are plausible.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from adapters.people.persons import Cell, Couple, Person, marry, people
from domain.kernel.values import Sex
from domain.population.codes import Marital, Relation

FAMILY_SIZE = 3.41
"""Persons per family, Central Java 2009 (BKKBN)."""
FEMALE_HEADS = 0.12
"""Share of families headed by a woman, Central Java 2009 (BKKBN)."""
WITH_PARENTS = 0.03
"""Share of couples on the family card of their parents (assumed)."""
ELDER = 45
"""From here on the unmarried live with a child, not with a parent (assumed)."""
GAP = (17, 45)
"""A mother's age at the birth of a child, least and most."""
LARGEST = 7
"""Children of one mother, at most."""
YOUNG_WIFE = 30
ALONE_FROM = 22
"""Nobody heads a household alone before (assumed)."""
VERY_OLD = 78
_CHILDREN = (1, 2, 2, 2, 3, 3, 4)
"""How many children a couple wishes for, each equally likely (assumed)."""


@dataclass(slots=True, eq=False)
class Family:
    """A couple or a lone parent with their children; several may share one roof (``members``)."""

    father: Person
    mother: Person
    members: list[Person]
    room: int
    child_is: Relation = Relation.CHILD

    def admits(self, age: int, room: int) -> bool:
        """No two children within a year of each other, and no more than there is room for."""
        ages = [m.age for m in self.members if m.mother is self.mother]
        return len(ages) < room and all(abs(age - other) > 1 for other in ages)


def households(rng: Random, size: int, cells: Sequence[Cell]) -> list[list[Person]]:
    """``size`` people in households; the head is the first member of each."""
    couples, alone = marry(rng, people(rng, size, cells))
    young, own = _with_parents(rng, couples)
    block = _Block(rng)
    for couple in own:
        block.found(*couple)
    alone = block.settle(alone, max(1, round(size / FAMILY_SIZE)))
    for couple in young:
        block.move_in_with_parents(*couple)
    for person in alone:
        block.place(person)
    return block.roofs


def _with_parents(rng: Random, couples: list[Couple]) -> tuple[list[Couple], list[Couple]]:
    """A few young couples, who stay with parents, and all the others."""
    young = [c for c in couples if c[1].age < YOUNG_WIFE]
    stay = rng.sample(young, min(len(young), round(len(couples) * WITH_PARENTS)))
    staying = {id(wife) for _, wife in stay}
    return stay, [c for c in couples if id(c[1]) not in staying]


class _Block:
    """The roofs of a block, and its families by the age of their mother."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.roofs: list[list[Person]] = []
        self._by_mother: dict[int, list[Family]] = {}
        self._by_age: dict[int, list[tuple[Person, list[Person]]]] = {}

    def found(self, husband: Person, wife: Person) -> None:
        """A couple heads its own household."""
        husband.relation, wife.relation = Relation.HEAD, Relation.WIFE
        self._roof([husband, wife], husband, wife)

    def settle(self, alone: list[Person], heads: int) -> list[Person]:
        """People without a spouse head what is missing to ``heads`` households; the rest is given back."""
        women = int(heads * FEMALE_HEADS + self.rng.random())
        alone = self._found_alone(alone, Sex.FEMALE, women)
        alone = self._found_alone(alone, Sex.MALE, heads - len(self.roofs))
        return alone if self.roofs else self._found_by_need(alone)

    def _found_alone(self, alone: list[Person], sex: Sex, count: int) -> list[Person]:
        """``count`` people without a spouse head a household; those who remain are given back."""
        may = [p for p in alone if p.sex is sex and p.age >= ALONE_FROM]
        # Who was married before and is not yet very old heads a household first.
        may.sort(key=lambda p: (p.marital is Marital.NEVER_MARRIED) + (p.age > VERY_OLD) + self.rng.random())
        heads = may[: max(count, 0)]
        for head in heads:
            self._head_alone(head)
        chosen = set(map(id, heads))
        return [p for p in alone if id(p) not in chosen]

    def _found_by_need(self, alone: list[Person]) -> list[Person]:
        """A block of children only (a handful of people) gets a grown head."""
        head, *rest = sorted(alone, key=lambda p: -p.age)
        head.age = max(head.age, 30)
        self._head_alone(head)
        return rest

    def _head_alone(self, head: Person) -> None:
        head.relation = Relation.HEAD
        gone = Person(Sex.MALE if head.sex is Sex.FEMALE else Sex.FEMALE, head.age)
        father, mother = (head, gone) if head.sex is Sex.MALE else (gone, head)
        self._roof([head], father, mother, lone=head.marital is Marital.NEVER_MARRIED)

    def _roof(self, members: list[Person], father: Person, mother: Person, *, lone: bool = False) -> None:
        self.roofs.append(members)
        if not lone:
            self._family(Family(father, mother, members, self.rng.choice(_CHILDREN)))
        for member in members:
            self._by_age.setdefault(member.age, []).append((member, members))

    def _family(self, family: Family) -> None:
        self._by_mother.setdefault(family.mother.age, []).append(family)

    def move_in_with_parents(self, husband: Person, wife: Person) -> None:
        """A young couple stays on the family card of his or her parents."""
        child, other = (husband, wife) if self.rng.random() < 0.5 else (wife, husband)
        host = self._parents(child.age, LARGEST)
        if host is None or host.child_is is not Relation.CHILD:
            self.found(husband, wife)
            return
        self._born(child, host)
        other.relation = Relation.CHILD_IN_LAW
        host.members.append(other)
        self._family(Family(husband, wife, host.members, self.rng.choice((0, 1, 2)), Relation.GRANDCHILD))

    def place(self, person: Person) -> None:
        """Children go to parents, the old to a child; whom nobody fits lives with other family."""
        if person.age < ELDER:
            # Families that wish for a child come first, then every mother who may have borne this one.
            family = self._parents(person.age) or self._parents(person.age, LARGEST)
            if family is not None:
                self._born(person, family)
                return
        elif person.marital is not Marital.NEVER_MARRIED and self._with_child(person):
            return
        self.rng.choice(self.roofs).append(person)

    def _born(self, child: Person, family: Family) -> None:
        child.relation, child.mother, child.father = family.child_is, family.mother, family.father
        family.members.append(child)

    def _parents(self, age: int, room: int | None = None) -> Family | None:
        least, most = GAP
        wish = min(max(int(self.rng.gauss(27, 5)), least), most)
        for gap in sorted(range(least, most + 1), key=lambda g: abs(g - wish)):
            found = self._one_of(self._by_mother.get(age + gap, ()), age, room)
            if found is not None:
                return found
        return None

    def _one_of(self, families: Sequence[Family], age: int, room: int | None) -> Family | None:
        start = int(self.rng.random() * len(families)) if families else 0
        for i in range(len(families)):
            family = families[(start + i) % len(families)]
            if family.father.age - age >= GAP[0] and family.admits(age, room or family.room):
                return family
        return None

    def _with_child(self, elder: Person) -> bool:
        least, most = GAP
        for gap in self.rng.sample(range(least + 1, most), most - least - 1):
            near = self._by_age.get(elder.age - gap, ())
            for child, members in self.rng.sample(near, min(3, len(near))):
                if self._becomes_parent(elder, child):
                    members.append(elder)
                    return True
        return False

    def _becomes_parent(self, elder: Person, child: Person) -> bool:
        side = "father" if elder.sex is Sex.MALE else "mother"
        if getattr(child, side) is not None:
            return False
        setattr(child, side, elder)
        of_head = child.relation is Relation.HEAD
        elder.relation = Relation.PARENT if of_head else Relation.PARENT_IN_LAW
        return True
