"""Civil events in companion mode: the office takes the file in, the centre decides, its answer carries it out.

Nothing here knows an event by its name: what is filed is the form as the catalogue has it, and what the answer
does is what the same event does where the regency decides, with the centre's numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid5

from api.acts import civil
from api.acts.alike import told_apart
from api.acts.civil import (
    ACTS,
    CORRECTION,
    Handler,
    Recorded,
    Report,
    asked,
    corrections,
    draw,
    insisting,
    record,
    seen_of,
)
from api.acts.civil.corrections import Approval, load
from api.acts.civil.plan import Plan
from api.acts.civil.sheets import put_together, taken_apart
from api.acts.desk import Central, Desk, Numbers, execute_with_numbers, stream_id
from api.acts.rehearsal import rehearse
from domain.kernel.decider import Act, act
from domain.kernel.errors import Rejected, Unknown
from domain.kernel.events import Actor, Header, Personal, Receipt
from domain.kernel.segments import Cause
from domain.population.case import CompleteFile, EndWait, StartWait, Step, case_decider
from domain.population.entry import RecordCivilEvent
from domain.population.filing import (
    Answer,
    EventFiled,
    FileEvent,
    Filing,
    GrantFiling,
    RefuseFiling,
    filing_decider,
)

MESSAGES = UUID("0a8f3a52-6b0e-5d2c-9d8b-5f1f5b1c7e21")
"""Names the command of a message by the sender's own id."""


ON_FILE: Mapping[str, tuple[type, Handler]] = {
    **ACTS,
    CORRECTION: (asked.CorrectionApproved, corrections.approved),
}
"""What a file may hold; a correction goes to the centre once another officer has approved it."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A civil event that waits for the centre, or waited."""

    receipt: Receipt
    filing: str
    state: Filing


@dataclass(frozen=True, slots=True)
class CentralAnswer:
    """An answer as a face hands it in. ``numbers`` by stream; ``reason`` when it is not ``granted``."""

    message: str
    receipt: str
    sent: datetime
    filing: str
    granted: bool
    numbers: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


def report(
    desk: Desk, new: Report, *, by: Actor, command_id: UUID, seen: int | None = None, case: str = ""
) -> Recorded | Filed:
    """Record a civil event, or file it for the centre where the centre decides.

    ``case`` is the counter case that waits for it, if one does: its clock counts the wait as the centre's.
    """
    if not _by_the_centre(desk, new.code, command_id, new):
        return record(desk, new, by=by, command_id=command_id, seen=seen)
    request = (new, case) if case else new
    return _file(desk, new, case, by, command_id, request, seen_of(new.what, seen))


def approve(
    desk: Desk,
    correction: str,
    approval: Approval,
    *,
    by: Actor,
    command_id: UUID,
    expected: int | None = None,
) -> Recorded | Filed:
    """Approve a correction: it is carried out, or filed for the centre, whose answer carries it out."""
    if not _by_the_centre(desk, CORRECTION, command_id, (correction, "approve", approval)):
        return civil.approve(desk, correction, approval, by=by, command_id=command_id, expected=expected)
    load(desk, correction)
    what = asked.CorrectionApproved(correction, by.id, approval.home, approval.relation)
    row = desk.reference.civil_events.event(CORRECTION)
    new = Report(CORRECTION, what, desk.today, papers=tuple(paper.code for paper in row.papers))
    versions = {} if expected is None else {correction: expected}
    request = (correction, "approve", approval)
    return _file(desk, new, "", by, command_id, request, versions)


def _by_the_centre(desk: Desk, code: str, command_id: UUID, request: object) -> bool:
    """Whether this act is filed. What was done in one mode stays so when the mode has changed since."""
    if desk.ledger.load(filing_decider, stream_id("filing", command_id)).version:
        return True
    centre = desk.companion and desk.reference.civil_events.event(code).centre
    return centre and desk.ledger.repeated(command_id, request) is None


def _file(
    desk: Desk,
    new: Report,
    case: str,
    by: Actor,
    command_id: UUID,
    request: object,
    versions: Mapping[str, int],
) -> Filed:
    id_ = stream_id("filing", command_id)
    receipt = desk.ledger.repeated(command_id, request)
    if receipt is None:
        filed = _filed(desk, new, case, by, command_id, versions)
        acts = [
            act(filing_decider, id_, FileEvent(filed), expected=0),
            *told_apart(new.unlike, command_id, by, desk.today),
            *_waiting(desk, case),
        ]
        receipt = desk.ledger.execute(acts, by=by, command_id=command_id, request=request)
    return Filed(receipt, id_, desk.ledger.load(filing_decider, id_, 1).state)


def _filed(
    desk: Desk, new: Report, case: str, by: Actor, command_id: UUID, versions: Mapping[str, int]
) -> EventFiled:
    """What the office would refuse it refuses now, while the applicant stands there."""
    row = desk.reference.civil_events.event(new.code)
    numbers = Numbers(desk, by, command_id, Central())
    new = replace(new, reported=new.reported or desk.today)
    plan = Plan(desk, numbers, command_id, row.code, new.on, by.office, versions)
    entry, acts = draw(plan, row, new, _filling(new.code, new.what))
    rehearse(desk.ledger, acts, numbers.stand_ins)
    return _taken_in(plan, new, entry, case, command_id)


def _taken_in(plan: Plan, new: Report, entry: RecordCivilEvent, case: str, command_id: UUID) -> EventFiled:
    form, persons = taken_apart(new.what)
    subject = entry.residents[0]
    return EventFiled(
        new.code,
        entry.form,
        entry.vintage,
        entry.on,
        entry.reported_on,
        plan.entry,
        case,
        entry.residents,
        entry.households,
        new.papers,
        tuple(plan.numbers.asked.values()),
        plan.desk.synthetic,
        Personal(subject, new.deed),
        Personal(subject, form),
        tuple(
            Personal(stream_id("resident", command_id, str(index)), sheet)
            for index, sheet in enumerate(persons)
        ),
    )


def _waiting(desk: Desk, case: str) -> list[Act]:
    """The file of this counter case is complete, and what it waits for now is the centre."""
    if not case:
        return []
    state = desk.ledger.load(case_decider, case).state
    if state.step is Step.NONE:
        raise Unknown("unknown-case")
    complete = [act(case_decider, case, CompleteFile())] if state.next is Step.COMPLETE else []
    return [*complete, act(case_decider, case, StartWait(Cause.CENTRAL))]


def answer(desk: Desk, new: CentralAnswer, *, by: Actor) -> Filed:
    """Take the centre's answer in: carry the event out with its numbers, or keep its refusal.

    The command id is made of the sender's message id, so that a message that comes again changes nothing.
    Raises ``Refused``, also when the event cannot be any more, e.g. because somebody has died since.
    """
    command_id = uuid5(MESSAGES, f"{by.id}/{new.message}")
    receipt = desk.ledger.repeated(command_id, new) or _take_in(desk, new, by, command_id)
    return Filed(receipt, new.filing, desk.ledger.load(filing_decider, new.filing).state)


def _take_in(desk: Desk, new: CentralAnswer, by: Actor, command_id: UUID) -> Receipt:
    facts = desk.ledger.stream(new.filing, upto=1)
    if not facts or not isinstance(facts[0].event, EventFiled):
        raise Unknown("unknown-filing")
    filed, header = facts[0].event, facts[0].header
    said = Answer(new.message, new.receipt, new.sent)
    if not new.granted:
        refuse = act(filing_decider, new.filing, RefuseFiling(said, new.reason))
        acts = [refuse, *_over(desk, filed.case)]
        return desk.ledger.execute(acts, by=by, command_id=command_id, request=new)
    grant = GrantFiling(said, tuple(new.numbers))
    filing_decider.decide(desk.ledger.load(filing_decider, new.filing).state, grant)

    def build(numbers: Numbers) -> list[Act]:
        acts = _carried_out(desk, filed, header, numbers)
        if {*numbers.asked} != {*new.numbers}:
            raise Rejected("changed-since-filed")
        return [act(filing_decider, new.filing, grant), *acts, *_over(desk, filed.case)]

    def attempt() -> Receipt:
        central = Central(new.numbers)
        return execute_with_numbers(desk, build, by=by, command_id=command_id, request=new, central=central)

    return insisting(attempt, {})


def _carried_out(desk: Desk, filed: EventFiled, header: Header, numbers: Numbers) -> list[Act]:
    """The event under the ids that were named when it was filed, at the office that filed it."""
    persons = [person.value for person in filed.persons]
    what: object = put_together(ON_FILE[filed.code][0], filed.file.value, persons)
    new = Report(filed.code, what, filed.on, filed.reported_on, filed.papers, filed.deed.value or "")
    plan = Plan(desk, numbers, header.command_id, filed.code, filed.on, header.office, {})
    row = desk.reference.civil_events.event(filed.code)
    return draw(plan, row, new, _filling(filed.code, what))[1]


def _filling(code: str, what: object) -> Callable[[Plan], None]:
    return lambda plan: ON_FILE[code][1](plan, what)


def _over(desk: Desk, case: str) -> list[Act]:
    """The counter case goes on, if it still waits for the centre."""
    if not case:
        return []
    loaded = desk.ledger.load(case_decider, case)
    if loaded.state.ended or loaded.state.waiting is not Cause.CENTRAL:
        return []
    return [act(case_decider, case, EndWait(), expected=loaded.version)]
