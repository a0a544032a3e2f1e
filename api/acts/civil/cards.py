"""Civil events of the family card and of a resident's own cards."""

from api.acts.civil.asked import (
    Biodata,
    CardChange,
    ElementValue,
    Home,
    KtpReplacement,
    NewAddress,
    NewCard,
    NewHead,
    OfOne,
    Successor,
)
from api.acts.civil.plan import Plan
from api.acts.desk import stream_id
from api.acts.population import CODED, NewTicket, at_path, next_kk, ticket_acts
from domain.kernel.errors import Malformed, Rejected
from domain.kernel.values import Kk
from domain.population.case import Document
from domain.population.household import MoveHousehold, household_decider
from domain.population.household.cards import kecamatan_of
from domain.population.resident import (
    ChangeElements,
    IssueKia,
    NewValue,
    PlaceResident,
    Residence,
    VoidKtp,
)
from domain.population.resident.elements import CHANGEABLE
from domain.population.resident.person import CardLoss

OF_KK = frozenset({"religion", "blood", "education", "occupation", "mother", "father", "birth_place"})
"""What a change of the card may touch; a name, a sex or a birth date need a decision of their own."""


def biodata(plan: Plan, new: Biodata) -> None:
    """Somebody who was never registered joins a household."""
    plan.settle([], Home(new.household), [new.person])


def new_card(plan: Plan, new: NewCard) -> None:
    """Residents found a household of their own; who of them was a head leaves a successor."""
    if new.home.household:
        raise Rejected("home-needed")
    plan.succeed(new.successors)
    plan.settle(new.members, new.home)


def card_change(plan: Plan, new: CardChange) -> None:
    for change in new.changes:
        if change.element not in OF_KK:
            raise Rejected("element-cannot-change", element=change.element)
    change_elements(plan, new.resident, new.changes)


def change_elements(plan: Plan, resident: str, changes: tuple[ElementValue, ...]) -> None:
    """Change elements of a record; her family card must be printed anew."""
    values = tuple(new_value(plan, change) for change in changes)
    plan.give(resident, ChangeElements(resident, values, plan.on, plan.today))
    plan.revise(resident)


def new_value(plan: Plan, change: ElementValue) -> NewValue:
    """With the vintage of its list when the element is a code."""
    if change.element not in CHANGEABLE:
        raise Rejected("element-cannot-change", element=change.element)
    vintage = plan.code_of(change.element, change.value) if change.element in CODED else ""
    return NewValue(change.element, change.value, vintage)


def new_head(plan: Plan, new: NewHead) -> None:
    home = plan.resident(new.resident).household
    if home and plan.household(home).head == new.resident:
        raise Rejected("nothing-changes")
    plan.succeed([Successor(new.resident, new.relations)])


def new_address(plan: Plan, new: NewAddress) -> None:
    """The whole household moves: every member's address changes with it."""
    to = new.address
    if to.household or not to.village or not to.address:
        raise Rejected("home-needed")
    if closed := plan.household(new.household).closed_on:
        raise Rejected("household-closed", on=closed)
    state, village, before = (
        plan.household(new.household),
        plan.village(to.village),
        plan.residence(new.household),
    )
    kk = None
    if kecamatan_of(state.village) != village.kecamatan.code:
        with at_path("kk"):
            kk = Kk(to.kk) if to.kk else next_kk(plan.desk, plan.numbers, village, plan.today, new.household)
    plan.act(
        household_decider,
        new.household,
        MoveHousehold(new.household, village, to.address, to.rt, to.rw, kk, plan.on),
    )
    lives = Residence(kk.number if kk else before.kk, to.address, to.rt, to.rw)
    for m in state.members:
        plan.give(m.resident, PlaceResident(new.household, village.code, m.relation, lives, plan.on))


def first_ktp(plan: Plan, new: OfOne) -> None:
    """Open a counter case with the next ticket of the officer's office: the card is made there."""
    case = stream_id("case", plan.command_id)
    ticket = NewTicket(Document.KTP.value, new.resident)
    plan.name(new.resident)
    plan.also(ticket_acts(plan.desk, ticket, case, plan.office, plan.numbers))


def replace_ktp(plan: Plan, new: KtpReplacement) -> None:
    if new.why not in tuple(CardLoss):
        raise Malformed("unknown-choice", field="why")
    plan.give(new.resident, VoidKtp(CardLoss(new.why), plan.on))


def child_card(plan: Plan, new: OfOne) -> None:
    plan.give(new.resident, IssueKia(plan.on))
