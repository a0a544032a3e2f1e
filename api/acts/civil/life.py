"""Birth, stillbirth and death."""

from datetime import date

from api.acts.civil.asked import Birth, Death, Home, Newborn, Stillbirth
from api.acts.civil.leaving import gone
from api.acts.civil.plan import Plan
from api.acts.civil.spouses import spouses_of
from api.acts.population import NewMember
from domain.kernel.errors import Rejected
from domain.population import plausible
from domain.population.case import Withdrawal
from domain.population.codes import Marital
from domain.population.resident import EndMarriage, LinkParents, RecordChild, RecordDeath
from domain.population.resident.guards import must_live_here
from domain.population.resident.person import Filiation, MarriageEnd, Parents

NO_SCHOOL, NO_WORK = "1", "1"
"""TIDAK/BELUM SEKOLAH, BELUM/TIDAK BEKERJA."""


def birth(plan: Plan, new: Birth) -> None:
    """A child enters the registry, on its parents' card."""
    mother = plan.resident(new.mother) if new.mother else None
    father = plan.resident(new.father) if new.father else None
    home = new.household or (mother.household if mother else "") or (father.household if father else "")
    if not home:
        raise Rejected("household-of-the-child-needed")
    names = Parents(new.mother_name or _name(plan, new.mother), new.father_name or _name(plan, new.father))
    for flag in plausible.of_birth(plan.on, mother, father, plan.desk.reference.ages):
        plan.flag(flag)
    plan.settle([], Home(home), [_member(new.newborn, plan.on, names)])
    (child,) = plan.touched
    link = LinkParents(child, Filiation.BIRTH, new.mother, new.father, names, plan.on)
    plan.give(child, link)
    record_child(plan, child, plan.on, new.mother, new.father)


def _name(plan: Plan, resident: str) -> str:
    return plan.person(resident).name if resident else ""


def _member(new: Newborn, born: date, names: Parents) -> NewMember:
    return NewMember(
        new.nik,
        new.name,
        new.sex,
        new.birth_place,
        born,
        new.religion,
        Marital.NEVER_MARRIED.value,
        new.blood,
        NO_SCHOOL,
        NO_WORK,
        new.relation,
        new.citizenship,
        names.mother,
        names.father,
    )


def record_child(plan: Plan, child: str, born: date, *parents: str) -> None:
    """Each parent's record knows the child; nothing else of it changes, and no ministry is told."""
    for parent in parents:
        if parent:
            plan.name(parent)
            plan.tell(parent, RecordChild(child, born, plan.on))


def stillbirth(plan: Plan, new: Stillbirth) -> None:
    """No person and no NIK: an entry, and a count."""
    must_live_here(plan.resident(new.mother))
    plan.name(new.mother)


def death(plan: Plan, new: Death) -> None:
    """The spouse is widowed, the card void; who headed a household leaves a successor."""
    dead = plan.resident(new.resident)
    if dead.open_case:
        plan.flag("open-case")
    plan.succeed(new.successors)
    plan.leave(new.resident)
    spouses = spouses_of(plan, new.resident, dead)
    gone(plan, new.resident, RecordDeath(plan.on), Withdrawal.DEAD)
    for spouse in spouses:
        plan.give(spouse, EndMarriage(new.resident, MarriageEnd.DEATH, plan.on))
        plan.revise(spouse)
