"""Civil events: each row of the catalogue has its act here, and nothing else must know them one by one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from api.acts.alike import Unlike, told_apart
from api.acts.civil import asked, cards, corrections, life, marriages, moves, persons
from api.acts.civil.plan import Plan
from api.acts.desk import Desk, Numbers, execute_with_numbers, stream_id
from domain.kernel.decider import Act, act
from domain.kernel.errors import Conflict, Rejected, Unknown
from domain.kernel.events import Actor, Receipt
from domain.population.civil_events import CivilEvent
from domain.population.entry import Detail, Entry, RecordCivilEvent, entry_decider

ATTEMPTS = 5
CORRECTION = "CORRECTION"
DUPLICATE = "DUPLICATE"
MOST_DEEDS = 999_999
SAID = frozenset({"text", "choice", "day"})
"""Kinds of fields that are kept as they were said, with the entry."""

Handler = Callable[[Plan, Any], None]

ACTS: Mapping[str, tuple[type, Handler]] = {
    "BIODATA": (asked.Biodata, cards.biodata),
    "KK_NEW": (asked.NewCard, cards.new_card),
    "KK_CHANGE": (asked.CardChange, cards.card_change),
    "KK_HEAD": (asked.NewHead, cards.new_head),
    "KTP_NEW": (asked.OfOne, cards.first_ktp),
    "KTP_REPLACE": (asked.KtpReplacement, cards.replace_ktp),
    "KIA": (asked.OfOne, cards.child_card),
    "MOVE_OUT": (asked.MoveOut, moves.move_out),
    "MOVE_IN": (asked.MoveIn, moves.move_in),
    "ABROAD_OUT": (asked.AbroadOut, moves.abroad_out),
    "ABROAD_RETURN": (asked.AbroadReturn, moves.abroad_return),
    "FOREIGN_LIMITED": (asked.LimitedStay, moves.limited_stay),
    "FOREIGN_PERMANENT": (asked.PermanentStay, moves.permanent_stay),
    "ADDRESS": (asked.NewAddress, cards.new_address),
    "BIRTH": (asked.Birth, life.birth),
    "STILLBIRTH": (asked.Stillbirth, life.stillbirth),
    "DEATH": (asked.Death, life.death),
    "MARRIAGE": (asked.Marriage, marriages.marriage),
    "MARRIAGE_ANNUL": (asked.MarriageOver, marriages.annulment),
    "DIVORCE": (asked.MarriageOver, marriages.divorce),
    "DIVORCE_ANNUL": (asked.DivorceAnnulled, marriages.divorce_annulled),
    "ACKNOWLEDGE": (asked.Acknowledgement, persons.acknowledgement),
    "LEGITIMISE": (asked.Legitimation, persons.legitimation),
    "ADOPTION": (asked.Adoption, persons.adoption),
    "NAME_CHANGE": (asked.NameChange, persons.name_change),
    "CITIZENSHIP": (asked.CitizenshipChange, persons.citizenship_change),
    "MISSING": (asked.Whereabouts, persons.missing),
    "FOUND": (asked.Whereabouts, persons.found),
    "DUPLICATE": (asked.Duplicate, persons.duplicate),
}
"""Every row but CORRECTION, which waits for another officer."""


@dataclass(frozen=True, slots=True)
class Report:
    """A civil event as a face hands it in. ``what`` is of the class that stands beside ``code`` in ``ACTS``.

    ``reported`` None is today; ``deed`` empty: the regency gives the number, where the event yields one.
    ``unlike``: residents who were shown as alike, and are not whoever enters the registry by it.
    """

    code: str
    what: object
    on: date
    reported: date | None = None
    papers: tuple[str, ...] = ()
    deed: str = ""
    unlike: tuple[Unlike, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """A civil event after the act: its entry in the register."""

    receipt: Receipt
    entry: str
    state: Entry


def record(desk: Desk, new: Report, *, by: Actor, command_id: UUID, seen: int | None = None) -> Recorded:
    """Record a civil event in one append, all or nothing.

    ``seen`` is the version of the resident (field ``resident`` or ``child``) that the clerk saw: when it is no
    longer that, ``Conflict``. Without it, who comes second is decided anew on what is there now.
    """
    row = desk.reference.civil_events.event(new.code)

    def fill(plan: Plan) -> None:
        filling(new.code, new.what)(plan)
        plan.also(told_apart(new.unlike, plan.command_id, by, plan.today))

    return _execute(desk, row, new, fill, by, command_id, new, seen_of(new.what, seen))


def filling(code: str, what: object) -> Callable[[Plan], None]:
    """What the event changes, as a hand on a plan."""
    return lambda plan: ACTS[code][1](plan, what)


def find_same(
    desk: Desk, new: asked.Duplicate, *, by: Actor, command_id: UUID, papers: tuple[str, ...] = ()
) -> Recorded:
    """Record the civil event of a duplicate, unless the pair is decided (``pair-already-decided``)."""
    row = desk.reference.civil_events.event(DUPLICATE)
    report = Report(DUPLICATE, new, desk.today, papers=papers)

    def fill(plan: Plan) -> None:
        persons.duplicate(plan, new, overrule=False)

    return _execute(desk, row, report, fill, by, command_id, ("find-same", report), {})


def approve(
    desk: Desk,
    correction: str,
    approval: corrections.Approval,
    *,
    by: Actor,
    command_id: UUID,
    expected: int | None = None,
) -> Recorded:
    """Approve a correction and carry it out. It must be another officer's (``another-officer-decides``)."""
    row = desk.reference.civil_events.event(CORRECTION)
    report = Report(CORRECTION, None, desk.today, papers=tuple(paper.code for paper in row.papers))
    versions = {} if expected is None else {correction: expected}

    def fill(plan: Plan) -> None:
        corrections.carry_out(plan, correction, approval, by.id)

    request = (correction, "approve", approval)
    return _execute(desk, row, report, fill, by, command_id, request, versions)


def entry_of(desk: Desk, entry: str) -> Entry:
    """``Unknown("unknown-entry")`` when the register has none."""
    state = desk.ledger.load(entry_decider, entry).state
    if not state.code:
        raise Unknown("unknown-entry")
    return state


def seen_of(what: object, version: int | None) -> Mapping[str, int]:
    """The version of whom the event is about, if the clerk says which she saw."""
    principal = str(getattr(what, "resident", "") or getattr(what, "child", ""))
    return {} if version is None else {principal: version}


def _execute(
    desk: Desk,
    row: CivilEvent,
    report: Report,
    fill: Callable[[Plan], None],
    by: Actor,
    command_id: UUID,
    request: object,
    versions: Mapping[str, int],
) -> Recorded:
    def build(numbers: Numbers) -> list[Act]:
        plan = Plan(desk, numbers, command_id, row.code, report.on, by.office, versions)
        return draw(plan, row, report, fill)[1]

    def attempt() -> Receipt:
        return execute_with_numbers(desk, build, by=by, command_id=command_id, request=request)

    receipt = desk.ledger.repeated(command_id, request)
    if receipt is None:
        if desk.companion and row.centre:
            raise Rejected("centre-decides")
        receipt = insisting(attempt, versions)
    id_ = stream_id("entry", command_id)
    return Recorded(receipt, id_, desk.ledger.load(entry_decider, id_, 1).state)


def insisting(attempt: Callable[[], Receipt], versions: Mapping[str, int]) -> Receipt:
    """Somebody came first, and nobody said what she saw: decide on what is there now."""
    for left in reversed(range(ATTEMPTS)):
        try:
            return attempt()
        except Conflict as conflict:
            if not left or conflict.parameters["stream"] in versions:
                raise
    raise AssertionError


def draw(
    plan: Plan, row: CivilEvent, report: Report, fill: Callable[[Plan], None]
) -> tuple[RecordCivilEvent, list[Act]]:
    """The entry, and all acts of the event with the entry's own as the first."""
    fill(plan)
    acts = plan.close()
    entry = _entry(plan, row, report)
    return entry, [act(entry_decider, plan.entry, entry, expected=0), *acts]


def _entry(plan: Plan, row: CivilEvent, new: Report) -> RecordCivilEvent:
    reported = new.reported or plan.today
    late, form = row.late(new.on, reported), row.form(reported)
    if late:
        plan.flag("late-report")
    if row.missing(new.papers, late=late):
        plan.flag("papers-missing")
    said = ((f.name, getattr(new.what, f.name, "")) for f in row.fields if f.kind in SAID)
    return RecordCivilEvent(
        row.code,
        form.code,
        form.vintage,
        new.on,
        reported,
        plan.today,
        tuple(plan.named),
        tuple(dict.fromkeys((*plan.households, *plan.founded))),
        new.papers,
        tuple(plan.flags),
        _deed(plan, row, new.deed),
        tuple(Detail(name, str(value)) for name, value in said if value),
    )


def _deed(plan: Plan, row: CivilEvent, brought: str) -> str:
    """The number of the deed or letter: another office's, or the next of ours for this year (form: ours)."""
    if brought or not row.number:
        return brought
    if plan.deed_needed:
        raise Rejected("deed-number-needed")
    desk, year = plan.desk, plan.today.year
    regency = desk.reference.regions.regency.replace(".", "")

    def deed(number: int) -> str:
        return f"{regency}-{row.number}-{year}-{number:06d}"

    return deed(
        plan.numbers.take(
            f"deeds-{row.number}-{year}",
            plan.entry,
            limit=MOST_DEEDS,
            full="deed-series-full",
            held=lambda n: desk.ledger.holder("deed", deed(n)) is not None,
        )
    )
