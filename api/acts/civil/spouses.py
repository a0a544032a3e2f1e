"""Who is married to whom: by what was recorded, or as the family card says of those who came with it."""

from api.acts.civil.plan import Plan
from domain.population.codes import Marital
from domain.population.couples import SPOUSES
from domain.population.household import HEAD, Household
from domain.population.resident import Resident


def spouses_of(plan: Plan, id_: str, resident: Resident) -> list[str]:
    """The living residents who are married to her: by their deeds, or as their family card says."""
    known = [m.spouse for m in resident.marriages if m.spouse]
    if not known and resident.household:
        known = _on_card(plan, id_, plan.household(resident.household))
    return [spouse for spouse in known if _married(plan.resident(spouse), id_)]


def _on_card(plan: Plan, id_: str, home: Household) -> list[str]:
    """Households that were registered as they stood name head and spouse, and no deed."""
    relation = {m.resident: m.relation for m in home.members}.get(id_, "")
    if relation == HEAD:
        return [m.resident for m in home.members if m.relation in SPOUSES]
    return [home.head] if relation in SPOUSES and home.head else []


def _married(spouse: Resident, to: str) -> bool:
    if not spouse.counted or not spouse.person or spouse.person.marital != Marital.MARRIED.value:
        return False
    return not spouse.marriages or any(m.spouse == to for m in spouse.marriages)
