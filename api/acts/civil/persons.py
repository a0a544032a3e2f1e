"""Events of a person alone: filiation, name, citizenship, whereabouts, and a record that stands twice."""

from api.acts.civil.asked import (
    Acknowledgement,
    Adoption,
    CitizenshipChange,
    Duplicate,
    ElementValue,
    Home,
    Legitimation,
    NameChange,
    Related,
    Whereabouts,
)
from api.acts.civil.cards import change_elements
from api.acts.civil.leaving import gone
from api.acts.civil.life import record_child
from api.acts.civil.plan import Plan
from domain.kernel.errors import Rejected
from domain.population import plausible
from domain.population.case import Withdrawal
from domain.population.codes import Relation
from domain.population.pair import FindSame, pair_decider, pair_id
from domain.population.resident import LinkParents, ReportFound, ReportMissing, VoidRecord
from domain.population.resident.person import Filiation, Parents, Voiding


def acknowledgement(plan: Plan, new: Acknowledgement) -> None:
    """The father is linked; nobody moves."""
    if not new.father and not new.father_name:
        raise Rejected("parent-needed")
    _link(plan, new.child, Filiation.ACKNOWLEDGED, "", new.father, Parents("", new.father_name))


def legitimation(plan: Plan, new: Legitimation) -> None:
    """The child becomes one of the couple."""
    if not (new.mother or new.mother_name or new.father or new.father_name):
        raise Rejected("parent-needed")
    names = Parents(new.mother_name, new.father_name)
    _link(plan, new.child, Filiation.LEGITIMISED, new.mother, new.father, names)


def adoption(plan: Plan, new: Adoption) -> None:
    """Parents are added, those by birth stay on record; the child joins the adopters' card."""
    if not new.mother and not new.father:
        raise Rejected("parent-needed")
    _link(plan, new.child, Filiation.ADOPTED, new.mother, new.father, Parents("", ""))
    adopters = (plan.resident(id_).household for id_ in (new.mother, new.father) if id_)
    home = new.household or next((found for found in adopters if found), "")
    if not home:
        raise Rejected("household-of-the-child-needed")
    plan.succeed(new.successors)
    if plan.resident(new.child).household != home:
        plan.settle([Related(new.child, Relation.CHILD.value)], Home(home))


def _link(plan: Plan, child: str, kind: Filiation, mother: str, father: str, names: Parents) -> None:
    born = plan.person(child).birth_date
    for parent in (mother, father):
        if parent:
            for flag in plausible.of_parent(plan.person(parent), born, plan.desk.reference.ages):
                plan.flag(flag)
    told = Parents(
        names.mother or (plan.person(mother).name if mother else ""),
        names.father or (plan.person(father).name if father else ""),
    )
    plan.give(child, LinkParents(child, kind, mother, father, told, plan.on))
    plan.revise(child)
    if kind is not Filiation.ADOPTED:
        record_child(plan, child, born, *(p for p in (mother, father) if not _knows(plan, child, p)))


def _knows(plan: Plan, child: str, parent: str) -> bool:
    """Whether the child was linked to this parent before: it is not born twice."""
    known = plan.resident(child)
    return parent in {known.mother, known.father}


def name_change(plan: Plan, new: NameChange) -> None:
    change_elements(plan, new.resident, (ElementValue("name", new.name),))


def citizenship_change(plan: Plan, new: CitizenshipChange) -> None:
    """The NIK is kept either way."""
    change_elements(plan, new.resident, (ElementValue("citizenship", new.citizenship),))


def missing(plan: Plan, new: Whereabouts) -> None:
    plan.resident(new.resident)
    plan.give(new.resident, ReportMissing(plan.on))


def found(plan: Plan, new: Whereabouts) -> None:
    plan.resident(new.resident)
    plan.give(new.resident, ReportFound(plan.on))


def duplicate(plan: Plan, new: Duplicate, *, overrule: bool = True) -> None:
    """The survivor keeps the NIK; the other record leaves its household, and its cards are void.

    ``overrule``: also when an officer told the two apart before.
    """
    if new.resident == new.duplicate:
        raise Rejected("two-people-needed")
    plan.resident(new.resident)
    plan.touch(new.resident)
    plan.leave(new.duplicate)
    plan.succeed(new.successors)
    gone(plan, new.duplicate, VoidRecord(Voiding.DUPLICATE, new.resident, plan.on), Withdrawal.VOID)
    found = FindSame(new.resident, new.duplicate, plan.numbers.by.id, plan.today, overrule)
    plan.act(pair_decider, pair_id(new.resident, new.duplicate), found)
