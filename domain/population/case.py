"""A counter case: one visit for one document, from the queue ticket to the hand-over.

Its clock stands in ``clock.py``. A KTP that finds no blank gives a *suket*, a certificate that holds in its
place, and waits until the stock of the office (``blank_stock.py``) has set a blank aside.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, assert_never

from domain.kernel.decider import Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType
from domain.kernel.segments import Cause


class Document(StrEnum):
    """What the population counter hands out: codes of the service catalogue."""

    KTP = "KTP"
    KK = "KK"
    KIA = "KIA"
    BIRTH = "AKTA-LAHIR"
    DEATH = "AKTA-MATI"
    MARRIAGE = "AKTA-KAWIN"
    DIVORCE = "AKTA-CERAI"
    MOVE = "PINDAH"


class Step(StrEnum):
    """How far a case has come: the last thing that happened at the counter."""

    NONE = "none"
    WAITING = "ticket-taken"
    CALLED = "called"
    COMPLETE = "file-completed"
    RECORDED = "biometrics-recorded"
    PRINTED = "card-printed"
    HANDED_OVER = "handed-over"
    WITHDRAWN = "withdrawn"
    NO_SHOW = "no-show"


class Withdrawal(StrEnum):
    """Why a case ended without a document: the applicant left, or is no resident of this regency any more."""

    APPLICANT = "applicant"
    DEAD = "dead"
    MOVED_OUT = "moved-out"
    ABROAD = "abroad"
    VOID = "void"


COUNTER = (Step.WAITING, Step.CALLED, Step.COMPLETE, Step.PRINTED, Step.HANDED_OVER)
WITH_BIOMETRICS = (*COUNTER[:3], Step.RECORDED, *COUNTER[3:])
ENDED = (Step.HANDED_OVER, Step.WITHDRAWN, Step.NO_SHOW)


def steps(document: Document) -> tuple[Step, ...]:
    """The order of steps; only a KTP needs biometrics."""
    return WITH_BIOMETRICS if document is Document.KTP else COUNTER


@dataclass(frozen=True, slots=True)
class TicketTaken:
    """Queue number ``ticket`` of ``office`` on day ``on``, for one document of one resident."""

    document: str
    resident: str
    office: str
    ticket: int
    on: date


@dataclass(frozen=True, slots=True)
class Called:
    """The applicant stands at ``counter``."""

    counter: str


@dataclass(frozen=True, slots=True)
class CalledAgain:
    """Nobody had come to ``counter`` yet."""

    counter: str


@dataclass(frozen=True, slots=True)
class NoShow:
    """Nobody came when the ticket was called."""


@dataclass(frozen=True, slots=True)
class FileCompleted:
    """The file is complete and right: the promise starts here."""


@dataclass(frozen=True, slots=True)
class BiometricsRecorded:
    """Photo, fingerprints, iris and signature are recorded; they stay in the national system."""


@dataclass(frozen=True, slots=True)
class CardPrinted:
    """The document is printed."""


@dataclass(frozen=True, slots=True)
class SuketIssued:
    """There was no blank: certificate ``number`` holds in place of the card until it is printed."""

    number: str
    on: date


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The applicant has the document: the promise ends here."""


@dataclass(frozen=True, slots=True)
class WaitStarted:
    """From now on the time is not the office's but that of ``cause``."""

    cause: str


@dataclass(frozen=True, slots=True)
class WaitEnded:
    """The office's time runs again."""


@dataclass(frozen=True, slots=True)
class CaseWithdrawn:
    """The case ended without a document: ``reason`` is a code of ``Withdrawal``."""

    reason: str = Withdrawal.APPLICANT.value


@dataclass(frozen=True, slots=True)
class TakeTicket:
    """Open the case with queue number ``ticket``, the next of ``office`` on day ``on``."""

    document: Document
    resident: str
    office: str
    ticket: int
    on: date


@dataclass(frozen=True, slots=True)
class Call:
    """Call the applicant to ``counter``."""

    counter: str


@dataclass(frozen=True, slots=True)
class CallAgain:
    """Call once more to ``counter``: nobody has come."""

    counter: str


@dataclass(frozen=True, slots=True)
class MarkNoShow:
    """Nobody comes: the ticket is over, the next may be called."""


@dataclass(frozen=True, slots=True)
class CompleteFile:
    """The clerk has found the file complete and right."""


@dataclass(frozen=True, slots=True)
class RecordBiometrics:
    """Photo, fingerprints, iris and signature are taken; a KTP only."""


@dataclass(frozen=True, slots=True)
class PrintCard:
    """The document comes out of the printer."""


@dataclass(frozen=True, slots=True)
class GiveSuket:
    """The card should be printed and no blank is left: give certificate ``number``, and wait for a blank."""

    number: str
    on: date


@dataclass(frozen=True, slots=True)
class TakeBlank:
    """A blank is set aside for the case: it waits no more."""


@dataclass(frozen=True, slots=True)
class WaitForBlank:
    """The blank that was set aside is gone: the case waits again."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Give the document to the applicant: the last step."""


@dataclass(frozen=True, slots=True)
class StartWait:
    """The office cannot go on, because of ``cause``. ``stock``: the office keeps its blank stock."""

    cause: Cause
    stock: bool = False


@dataclass(frozen=True, slots=True)
class EndWait:
    """The office can go on."""


@dataclass(frozen=True, slots=True)
class WithdrawCase:
    """The case ends without a document."""

    reason: Withdrawal = Withdrawal.APPLICANT


@dataclass(frozen=True, slots=True)
class Case:
    """What later rules must know. ``waiting`` names for whom the case waits now, if for anybody."""

    step: Step = Step.NONE
    document: Document = Document.KTP
    resident: str = ""
    office: str = ""
    ticket: int = 0
    waiting: Cause | None = None
    suket: str = ""

    @property
    def ended(self) -> bool:
        return self.step in ENDED

    @property
    def next(self) -> Step | None:
        """The step that must come now; None when there is none."""
        order = steps(self.document)
        if self.step not in order or self.ended:
            return None
        return order[order.index(self.step) + 1]


Event = (
    TicketTaken
    | Called
    | CalledAgain
    | NoShow
    | FileCompleted
    | BiometricsRecorded
    | SuketIssued
    | CardPrinted
    | HandedOver
    | WaitStarted
    | WaitEnded
    | CaseWithdrawn
)
Command = (
    TakeTicket
    | Call
    | CallAgain
    | MarkNoShow
    | CompleteFile
    | RecordBiometrics
    | GiveSuket
    | TakeBlank
    | WaitForBlank
    | PrintCard
    | HandOver
    | StartWait
    | EndWait
    | WithdrawCase
)


def decide(case: Case, command: Command) -> Sequence[Event]:
    match command:
        case TakeTicket(document, resident, office, ticket, on):
            if case.step is not Step.NONE:
                raise Rejected("case-already-open")
            return [TicketTaken(document.value, resident, office, ticket, on)]
        case Call(counter):
            return _advance(case, Step.CALLED, Called(counter))
        case CallAgain(counter):
            return _while_called(case, "call-again", CalledAgain(counter))
        case MarkNoShow():
            return _while_called(case, "no-show", NoShow())
        case CompleteFile():
            return _advance(case, Step.COMPLETE, FileCompleted())
        case RecordBiometrics():
            return _advance(case, Step.RECORDED, BiometricsRecorded())
        case GiveSuket(number, on):
            if case.document is not Document.KTP:
                raise Rejected("suket-only-for-ktp")
            return [*_advance(case, Step.PRINTED, SuketIssued(number, on)), WaitStarted(Cause.BLANK.value)]
        case TakeBlank():
            return [WaitEnded()] if case.waiting is Cause.BLANK else []
        case WaitForBlank():
            return _wait_for_blank(case)
        case PrintCard():
            return _advance(case, Step.PRINTED, CardPrinted())
        case HandOver():
            return _advance(case, Step.HANDED_OVER, HandedOver())
        case StartWait(cause, stock):
            _is_open(case)
            if cause is Cause.BLANK and stock:
                raise Rejected("blank-wait-follows-stock")
            if case.waiting:
                raise Rejected("already-waiting", cause=case.waiting.value)
            return [WaitStarted(cause.value)]
        case EndWait():
            if not case.waiting:
                raise Rejected("not-waiting")
            if case.waiting is Cause.BLANK and case.suket:
                raise Rejected("blank-wait-follows-stock")
            return [WaitEnded()]
        case WithdrawCase(reason):
            _is_open(case)
            return [CaseWithdrawn(reason.value)]
    assert_never(command)


def suket_number(serial: int, office: str, year: int) -> str:
    """Our number of a suket: series, office, year (ours)."""
    return f"{serial:04d}/SUKET/{office}/{year}"


def _is_open(case: Case) -> None:
    if case.step is Step.NONE:
        raise Rejected("case-not-open")
    if case.ended:
        raise Rejected("case-already-ended", step=case.step.value)


def _advance(case: Case, step: Step, event: Event) -> Sequence[Event]:
    _is_open(case)
    if case.waiting:
        raise Rejected("case-is-waiting", cause=case.waiting.value)
    if step is not case.next:
        raise Rejected("wrong-order-of-steps", asked=step.value, next=str(case.next))
    return [event]


def _while_called(case: Case, asked: str, event: Event) -> Sequence[Event]:
    _is_open(case)
    if case.waiting:
        raise Rejected("case-is-waiting", cause=case.waiting.value)
    if case.step is not Step.CALLED:
        raise Rejected("wrong-order-of-steps", asked=asked, next=str(case.next))
    return [event]


def _wait_for_blank(case: Case) -> Sequence[Event]:
    """Whatever it waits for now, it is the blank that is missing."""
    if case.ended or case.waiting is Cause.BLANK:
        return []
    ended = [WaitEnded()] if case.waiting else []
    return [*ended, WaitStarted(Cause.BLANK.value)]


def evolve(case: Case, event: Event) -> Case:
    match event:
        case TicketTaken(document, resident, office, ticket, _):
            return Case(Step.WAITING, Document(document), resident, office, ticket)
        case Called():
            return replace(case, step=Step.CALLED)
        case CalledAgain():
            return case
        case NoShow():
            return replace(case, step=Step.NO_SHOW)
        case FileCompleted():
            return replace(case, step=Step.COMPLETE)
        case BiometricsRecorded():
            return replace(case, step=Step.RECORDED)
        case SuketIssued(number):
            return replace(case, suket=number)
        case CardPrinted():
            return replace(case, step=Step.PRINTED)
        case HandedOver():
            return replace(case, step=Step.HANDED_OVER)
        case WaitStarted(cause):
            return replace(case, waiting=Cause(cause))
        case WaitEnded():
            return replace(case, waiting=None)
        case CaseWithdrawn():
            return replace(case, step=Step.WITHDRAWN, waiting=None)
    assert_never(event)


def _withdrawn_to_2(values: dict[str, Any]) -> dict[str, Any]:
    # Version 1 was recorded only when the applicant left.
    return {**values, "reason": Withdrawal.APPLICANT.value}


case_decider = Decider(Case(), decide, evolve)

EVENTS = (
    EventType("population.ticket-taken", 1, TicketTaken, valid="on"),
    EventType("population.called", 1, Called),
    EventType("population.called-again", 1, CalledAgain),
    EventType("population.no-show", 1, NoShow),
    EventType("population.file-completed", 1, FileCompleted),
    EventType("population.biometrics-recorded", 1, BiometricsRecorded),
    EventType("population.suket-issued", 1, SuketIssued, valid="on"),
    EventType("population.card-printed", 1, CardPrinted),
    EventType("population.handed-over", 1, HandedOver),
    EventType("population.wait-started", 1, WaitStarted),
    EventType("population.wait-ended", 1, WaitEnded),
    EventType("population.case-withdrawn", 2, CaseWithdrawn, upcasters=(_withdrawn_to_2,)),
)
