"""Javanese names by the years of birth: one word among the old, two or three among the young.

No first and last names: a name is one text. Row order of the table is not frequency, so the names that
the national card counts as most frequent come first and the others in an order drawn once.
"""

from dataclasses import dataclass
from random import Random

from adapters.people.weighted import Weighted, zipf
from adapters.reference import rows
from domain.kernel.values import Sex

PACKAGE = "adapters.people"
COHORTS = ("pre1965", "1965-1984", "1985-1999", "2000+")
MONONYMS = {"pre1965": 0.60, "1965-1984": 0.35, "1985-1999": 0.12, "2000+": 0.03}
"""Share of one-word names (unverified)."""
THREE_WORDS = 0.35
"""Share of three words among the longer names of those born since 2000 (assumed)."""
ORDER = 2010
"""Seed of the order of equally unknown frequencies: the same names are frequent in every run."""
GENDER = {Sex.MALE: "L", Sex.FEMALE: "P"}


def cohort(year: int) -> str:
    return COHORTS[(year >= 1965) + (year >= 1985) + (year >= 2000)]


@dataclass(frozen=True, slots=True)
class _Stock:
    mononyms: float
    given: Weighted[str]
    second: Weighted[str]
    three: float


class Names:
    """Draws a name for a sex and a year of birth."""

    def __init__(self) -> None:
        table = [
            (r["gender"], r["role"], r["birth_cohort"], r["name"])
            for r in rows(PACKAGE, "names_javanese.csv")
        ]
        top = [(r["gender"], r["name"]) for r in rows(PACKAGE, "names_top.csv")]
        self._stocks = {
            (sex, years): _stock(table, [name for g, name in top if g == gender], gender, years)
            for sex, gender in GENDER.items()
            for years in COHORTS
        }

    def draw(self, rng: Random, sex: Sex, year: int) -> str:
        stock = self._stocks[sex, cohort(year)]
        name = stock.given.at(rng.random())
        if " " in name or rng.random() < stock.mononyms:
            return name
        if rng.random() < stock.three:
            name = _join(name, stock.given.at(rng.random()))
        return _join(name, stock.second.at(rng.random()))


def _join(name: str, word: str) -> str:
    return name if word in name.split() else f"{name} {word}"


def _stock(table: list[tuple[str, str, str, str]], top: list[str], gender: str, years: str) -> _Stock:
    given = [name for g, role, c, name in table if (g, role, c) == (gender, "given", years)]
    second = [name for g, role, _, name in table if (g, role) == (gender, "second")]
    # Names counted by the card belong to the middle cohort, whether the table has them there or not.
    first = [n for n in top if n in given or years == "1965-1984"]
    rest = [n for n in given if n not in first]
    Random(f"{ORDER} {gender} {years}").shuffle(rest)  # noqa: S311 - an order of names, not a secret
    three = THREE_WORDS if years == "2000+" else 0.0
    return _Stock(MONONYMS[years], zipf([*first, *rest]), zipf(_second(years, rest, second)), three)


def _second(years: str, given: list[str], second: list[str]) -> list[str]:
    """Modern second words begin with those born in 1965; before, a second given name stood there."""
    if years == "pre1965":
        return given[::-1]
    if years == "1965-1984":
        return [word for pair in zip(second, given, strict=False) for word in pair]
    return second
