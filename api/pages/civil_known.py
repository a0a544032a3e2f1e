"""Whom the form of a civil event offers: those who were named, and who lives with them or is kin."""

from collections.abc import Iterable
from dataclasses import dataclass

from api.pages.civil_form import Answers
from api.pages.forms import Posted
from domain.population.civil_events import CivilEvent
from domain.population.codes import Marital, Relation
from projections import residents
from projections.readmodel import View
from projections.residents import HouseholdRow, ResidentRow

MAN = "1"
COUPLED = frozenset({Relation.HEAD, Relation.HUSBAND, Relation.WIFE})
COUPLE = ("husband", "wife")
PARENTS = ("father", "mother")
FIRST = {"religion": "1", "blood": "13", "relation": "4", "citizenship": "1", "birth_place": "Sragen"}
"""What a form of birth says before anybody has written on it."""


@dataclass(frozen=True, slots=True)
class Known:
    """People by id, and the households they live in."""

    people: dict[str, ResidentRow]
    households: dict[str, HouseholdRow]

    def of(self, household: str) -> list[ResidentRow]:
        return [row for row in self.people.values() if row.household == household]


def known(view: View, ids: Iterable[str], households: Iterable[str] = ()) -> Known:
    """Those named, their spouses and parents, and everybody who lives with one of them."""
    named = residents.by_ids(view, list(dict.fromkeys(ids)))
    kin = [k for row in named.values() for k in (*row.spouses.split(), row.mother_id, row.father_id) if k]
    named |= residents.by_ids(view, [id_ for id_ in kin if id_ not in named])
    homes: dict[str, HouseholdRow] = {}
    people: dict[str, ResidentRow] = {}
    for id_ in dict.fromkeys((*(row.household for row in named.values()), *households)):
        home = residents.household(view, id_) if id_ else None
        if home:
            homes[id_] = home
            people |= {row.resident: row for row in residents.of_household(view, id_)}
    return Known(people | {id_: row for id_, row in named.items() if id_ not in people}, homes)


def named_in(answers: Answers) -> list[str]:
    """Every resident whom the form names, by choice or by NIK."""
    chosen = [value for values in answers.posted.lists.values() for value in values]
    return [*(value for value in chosen if value.startswith("resident-")), *answers.named]


def partner(view: View, resident: ResidentRow) -> str:
    """Her spouse; one that came with the household is told by the card alone: its head's husband or wife."""
    if recorded := resident.spouses.split():
        return recorded[0]
    if resident.marital != Marital.MARRIED or resident.relation not in COUPLED:
        return ""
    card = residents.of_household(view, resident.household)
    others = [r.resident for r in card if r.relation in COUPLED and r.resident != resident.resident]
    return others[0] if len(others) == 1 else ""


def first(row: CivilEvent, resident: ResidentRow | None, spouse: str, today: str) -> Posted:
    """The form before anybody has written on it, about ``resident`` if the clerk came from her page."""
    values = {f"newborn-{name}": value for name, value in FIRST.items()}
    values |= {f"person-{name}": value for name, value in FIRST.items()}
    if row.group != "penting":
        values["on"] = today
    if resident is None:
        return Posted(values, {})
    me = resident.resident
    values |= {"resident": me, "child": me, "household": resident.household, "residents": me}
    names = {f.name for f in row.fields}
    if names.issuperset(PARENTS) and "child" in names:
        values |= {"father": resident.father_id, "mother": resident.mother_id}
    elif "child" not in names:
        values |= _pair(COUPLE, resident, spouse) | _pair(PARENTS, resident, spouse)
    return Posted(values, {"residents": [me]})


def _pair(names: tuple[str, str], resident: ResidentRow, spouse: str) -> dict[str, str]:
    """He and she: the resident on her side, her spouse on the other."""
    pair = (resident.resident, spouse) if resident.sex == MAN else (spouse, resident.resident)
    return dict(zip(names, pair, strict=True))
