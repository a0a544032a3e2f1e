"""Corrections: asked for by one officer, decided by another, carried out in the same append."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from api.acts.civil.annulling import annul, childless
from api.acts.civil.asked import CorrectionApproved, CorrectionWanted, Home, Related
from api.acts.civil.cards import new_value
from api.acts.civil.leaving import gone
from api.acts.civil.plan import Plan
from api.acts.desk import Desk, Numbers, stream_id
from domain.kernel.decider import Act, act
from domain.kernel.errors import Rejected, Unknown
from domain.kernel.events import Actor, Receipt
from domain.kernel.ports import Loaded
from domain.papers.paper import RevocationReason
from domain.population.case import Withdrawal
from domain.population.correction import (
    ApproveCorrection,
    Correction,
    CorrectionStage,
    RejectCorrection,
    RequestCorrection,
    correction_decider,
)
from domain.population.entry import Entry, entry_decider
from domain.population.resident import (
    ChangeElements,
    NewValue,
    RestoreMarriage,
    ReverseDeath,
    ReverseFiliation,
    VoidRecord,
    resident_decider,
)
from domain.population.resident.elements import differences
from domain.population.resident.events import (
    CivilEventNoted,
    ElementsChanged,
    FiliationReversed,
    ParentsLinked,
)
from domain.population.resident.person import Change, Parents, Voiding

OF_ELEMENTS = ("NAME_CHANGE", "CITIZENSHIP")
"""Events whose reversal gives the elements their old values again."""
OF_FILIATION = ("ACKNOWLEDGE", "LEGITIMISE", "ADOPTION")
"""Events whose reversal leaves the child with the parents that all other facts tell."""
ANNULLED_HERE = ("DEATH", "BIRTH", "STILLBIRTH", *OF_FILIATION, *OF_ELEMENTS)
"""Other deeds are undone by an event of their own, e.g. DIVORCE_ANNUL."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Where somebody lives whose death is annulled, and what she is to the head there.

    A child whose adoption is annulled may stay where it is.
    """

    home: Home | None = None
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction after an act; ``entry`` is the register entry that carried it out, once approved."""

    receipt: Receipt
    correction: str
    entry: str = ""


def request(desk: Desk, new: CorrectionWanted, *, by: Actor, command_id: UUID) -> Corrected:
    """Ask for it. Nothing changes before another officer decides; the difference is kept as it was seen."""
    id_ = stream_id("correction", command_id)
    receipt = desk.ledger.repeated(command_id, new)
    if receipt is None:
        acts = [asking(desk, new, by, command_id)]
        receipt = desk.ledger.execute(acts, by=by, command_id=command_id, request=new)
    return Corrected(receipt, id_)


def asking(desk: Desk, new: CorrectionWanted, by: Actor, command_id: UUID) -> Act:
    """The request as a part of another act too; its stream is named by the command."""
    plan = _plan(desk, Numbers(desk, by, command_id), command_id, desk.today, by)
    values = [new_value(plan, change) for change in new.changes]
    changes = tuple(differences(plan.resident(new.resident), values, desk.today)) if values else ()
    if new.entry:
        _annullable(desk, new.entry, new.resident)
    wanted = RequestCorrection(new.resident, new.entry, changes, new.reason, by.id, desk.today)
    return act(correction_decider, stream_id("correction", command_id), wanted, 0)


def load(desk: Desk, correction: str) -> Loaded[Correction]:
    """The correction as it stands; ``Unknown("unknown-correction")``."""
    loaded = desk.ledger.load(correction_decider, correction)
    if loaded.state.stage is CorrectionStage.NONE:
        raise Unknown("unknown-correction")
    return loaded


def reject(
    desk: Desk, correction: str, reason: str, *, by: Actor, command_id: UUID, expected: int | None = None
) -> Corrected:
    """Nothing is changed."""
    load(desk, correction)
    asked = (correction, "reject", reason)
    command = RejectCorrection(by.id, reason, desk.today)
    receipt = desk.ledger.repeated(command_id, asked) or desk.ledger.execute(
        [act(correction_decider, correction, command, expected)],
        by=by,
        command_id=command_id,
        request=asked,
    )
    return Corrected(receipt, correction)


def approved(plan: Plan, new: CorrectionApproved) -> None:
    """As it was approved when it was filed for the centre."""
    carry_out(plan, new.correction, Approval(new.home, new.relation), new.by)


def carry_out(plan: Plan, correction: str, approval: Approval, by: str) -> None:
    """Approve, and change the record or reverse the deed in the same moment."""
    state = load(plan.desk, correction).state
    command = ApproveCorrection(by, plan.today)
    correction_decider.decide(state, command)  # who may not decide learns that first
    plan.act(correction_decider, correction, command)
    if state.changes:
        _must_still_be(plan, state.resident, state.changes)
        _apply(plan, state.resident, state.changes)
    if state.entry:
        entry = _annullable(plan.desk, state.entry, state.resident)
        annul(plan, state.entry, RevocationReason.WRONG_DATA, correction)
        _reverse(plan, state, entry, approval)
    plan.name(state.resident)


def _plan(desk: Desk, numbers: Numbers, command_id: UUID, on: date, by: Actor) -> Plan:
    return Plan(desk, numbers, command_id, "CORRECTION", on, by.office, {})


def _must_still_be(plan: Plan, resident: str, changes: tuple[Change, ...]) -> None:
    """Between request and approval nobody has changed the same element."""
    person = plan.person(resident)
    for change in changes:
        if str(getattr(person, change.element)) != change.old:
            raise Rejected("changed-since-requested", element=change.element)


def _apply(plan: Plan, resident: str, changes: tuple[Change, ...]) -> None:
    values = tuple(NewValue(c.element, c.new, c.vintage) for c in changes)
    plan.give(resident, ChangeElements(resident, values, plan.on, plan.today))
    plan.revise(resident)


def _annullable(desk: Desk, entry: str, resident: str) -> Entry:
    state = desk.ledger.load(entry_decider, entry).state
    if not state.code or resident not in state.residents[:1]:
        raise Unknown("unknown-entry")
    if state.code not in ANNULLED_HERE:
        raise Rejected("annulled-by-its-own-event", event=state.code)
    if state.annulled_on:
        raise Rejected("already-annulled", on=state.annulled_on)
    return state


def _reverse(plan: Plan, correction: Correction, entry: Entry, approval: Approval) -> None:
    resident, original = correction.resident, correction.entry
    match entry.code:
        case "DEATH":
            plan.give(resident, ReverseDeath(original, plan.on))
            _widow_no_more(plan, resident, entry)
            if approval.home is None:
                raise Rejected("home-needed")
            plan.settle([Related(resident, approval.relation)], approval.home)
        case "BIRTH":
            plan.leave(resident)
            gone(plan, resident, VoidRecord(Voiding.BIRTH_ANNULLED, original, plan.on), Withdrawal.VOID)
            childless(plan, resident, original)
        case "STILLBIRTH":
            plan.name(resident)
        case code if code in OF_FILIATION:
            without = _filiation_without(plan, resident, original)
            plan.give(resident, without)
            childless(plan, resident, original, (without.mother, without.father))
            plan.revise(resident)
            if approval.home is not None:
                plan.settle([Related(resident, approval.relation)], approval.home)
        case _:
            undone = tuple(
                Change(c.element, c.new, c.old, c.vintage) for c in _changes(plan.desk, resident, original)
            )
            _must_still_be(plan, resident, undone)
            _apply(plan, resident, undone)


def _filiation_without(plan: Plan, resident: str, entry: str) -> ReverseFiliation:
    """Her parents as they would be told if this deed, and those that were annulled before, had never been."""
    facts = plan.desk.ledger.stream(resident)
    annulled = {entry} | {fact.event.original for fact in facts if isinstance(fact.event, FiliationReversed)}
    commands = {
        fact.header.command_id
        for fact in facts
        if isinstance(fact.event, CivilEventNoted) and fact.event.entry in annulled
    }
    state = resident_decider.fold(
        fact.event
        for fact in facts
        if not isinstance(fact.event, FiliationReversed)
        and not (isinstance(fact.event, ParentsLinked) and fact.header.command_id in commands)
    )
    names = Parents(state.person.mother, state.person.father) if state.person else Parents("", "")
    return ReverseFiliation(resident, entry, state.mother, state.father, state.adopters, names, plan.on)


def _widow_no_more(plan: Plan, resident: str, entry: Entry) -> None:
    for other in entry.residents[1:]:
        state = plan.resident(other)
        if state.counted and any(m.spouse == resident for m in state.ended):
            if state.marriages:
                plan.flag("married-already")
            plan.give(other, RestoreMarriage(resident, plan.on))
            plan.revise(other)


def _changes(desk: Desk, resident: str, entry: str) -> Iterator[Change]:
    """What the event of that entry changed in the record."""
    pending: tuple[Change, ...] = ()
    for fact in desk.ledger.stream(resident):
        if isinstance(fact.event, ElementsChanged):
            pending = fact.event.changes.value or ()
        elif isinstance(fact.event, CivilEventNoted):
            if fact.event.entry == entry:
                yield from pending
            pending = ()
