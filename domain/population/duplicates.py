"""Are these two records of one person? How alike they are, and by what they find each other among a million.

Alike is never a refusal: an officer looks at both and decides. Nothing here is compared with everybody, only
with whoever has a trace in common; weights and limits are ours.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from domain.population import names

NAME, BORN, MOTHER, FATHER, PLACE = 0.35, 0.25, 0.20, 0.15, 0.05
"""What each element weighs when it is the same."""
UNTOLD = 0.6
"""What is left of an element that one of the two records does not tell."""
OTHER_SEX = 0.10
"""Taken away: a wrong sex is as possible as a wrong letter."""
ANOTHER_NAME = 0.72
"""A name less like than this is another one, whatever else agrees: twins share everything else."""
ALIKE = 0.84
"""From here on an officer is asked."""
PART = 0.3
"""What a name loses that is wholly a part of the other, for each word in proportion."""
WINDOW = 1
"""Days by which a birth date is misheard."""
NEARLY = 0.75
"""Of a birth date that is a day off, or has day and month changed over."""
MISWRITTEN = 0.6
"""Of a birth date in which one of day, month and year is another."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What tells one person from another: names and places as they are heard, empty when they are not told."""

    name: str
    sex: str
    birth_date: date
    birth_place: str
    mother: str
    father: str


def traits(name: str, sex: str, birth_date: date, birth_place: str, mother: str, father: str) -> Traits:
    """The traits of somebody as she is written."""
    key = names.key
    return Traits(key(name), sex, birth_date, key(birth_place), key(mother), key(father))


def alike(one: Traits, other: Traits) -> float:
    """How alike two people are: 1 when nothing differs, 0 when they bear other names."""
    name = _as_like(one.name, other.name)
    if name < ANOTHER_NAME:
        return 0.0
    score = NAME * name + BORN * born_alike(one.birth_date, other.birth_date)
    score += MOTHER * _told(one.mother, other.mother) + FATHER * _told(one.father, other.father)
    score += PLACE * _told(one.birth_place, other.birth_place)
    return max(0.0, score - (OTHER_SEX if one.sex != other.sex else 0.0))


def may_be_one(one: Traits, other: Traits) -> bool:
    """Whether an officer should look at the two records."""
    return alike(one, other) >= ALIKE


def born_alike(one: date, other: date) -> float:
    """How likely one birth date was written for the other."""
    if one == other:
        return 1.0
    crossed = (one.year, one.month, one.day) == (other.year, other.day, other.month)
    if crossed or abs((one - other).days) <= WINDOW:
        return NEARLY
    same = (one.year == other.year) + (one.month == other.month) + (one.day == other.day)
    return MISWRITTEN if same == 2 else 0.0


def _as_like(one: str, other: str) -> float:
    """A name beside another, whichever of them was asked; words that only one of them has take away."""
    if one == other:
        return 1.0
    short, long = sorted((one.split(), other.split()), key=len)
    if len(short) < len(long):
        return names.name_likeness(short, long) - PART * (len(long) - len(short)) / len(long)
    return (names.name_likeness(short, long) + names.name_likeness(long, short)) / 2


def _told(one: str, other: str) -> float:
    return _as_like(one, other) if one and other else UNTOLD


# -- traces

DAY = 32
"""Bits of a trace below its day."""
NO_DAY = (1 << DAY - 1) - 1
"""Two such numbers and no day make a trace."""


def left(person: Traits) -> set[int]:
    """The traces of a record, as numbers: who has one of those that another seeks may be the same person.

    The birth date with the first and the last word of the name, each as it sounds; of a single one, which a slip
    may change altogether, also with the mother's. And the names of mother and child, whatever the date. A number
    that two share by chance costs one comparison.
    """
    words, mother = person.name.split(), person.mother.split()
    day = person.birth_date.toordinal() << DAY
    found = {day | names.echo(word) for word in (*words[:1], *words[1:][-1:])}
    if len(words) == 1 and mother:
        found.add(day | ~names.echo(mother[0]) & (1 << DAY) - 1)
    if words and mother:
        found.add(~(_one_of(words) << DAY - 1 | _one_of(mother)))
    return found


def sought(traces: Collection[int]) -> set[int]:
    """The traces that another record of her would have, of whom these are left: a birth date may be a day off."""
    days = range(-WINDOW, WINDOW + 1)
    return {trace + (day << DAY) for trace in traces if trace >= 0 for day in days}.union(traces)


def _one_of(words: list[str]) -> int:
    number = 0
    for word in words:
        number = (31 * number + names.echo(word)) & NO_DAY
    return number
