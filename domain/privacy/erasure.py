"""An erasure (penghapusan data): a person is forgotten on a lawful request, decided by two officers.

Population records are a statutory duty, so that most requests end in a reasoned rejection. UU 27/2022
art. 8 and 43-44; the request is answered within 3 x 24 hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

from domain.kernel.decider import Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType, Personal

ANSWERED_WITHIN = timedelta(hours=72)
MAX_LETTER = 60


class Stage(StrEnum):
    """How far an erasure has come. A rejected one may be asked for again; a forgotten person stays so."""

    NONE = "none"
    REQUESTED = "requested"
    REJECTED = "rejected"
    APPROVED = "approved"
    FORGOTTEN = "forgotten"


class Basis(StrEnum):
    """Why the law lets a person be forgotten."""

    SUBJECT_REQUEST = "subject-request"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    NO_LONGER_NEEDED = "no-longer-needed"
    RETENTION_OVER = "retention-over"
    UNLAWFUL_PROCESSING = "unlawful-processing"


class Reason(StrEnum):
    """Why a request is rejected."""

    STATUTORY_DUTY = "statutory-duty"
    RETENTION_RUNNING = "retention-running"
    LEGAL_PROCESS = "legal-process"
    IDENTITY_NOT_PROVEN = "identity-not-proven"


@dataclass(frozen=True, slots=True)
class ErasureRequested:
    """Somebody asked, on paper ``letter``, that ``subject`` be forgotten.

    The number of the letter belongs to the subject: it is forgotten with her.
    """

    subject: str
    basis: str
    requested_on: date
    requested_by: str
    letter: Personal[str]


@dataclass(frozen=True, slots=True)
class ErasureApproved:
    """Another officer decided that the subject is forgotten."""

    decided_on: date
    decided_by: str


@dataclass(frozen=True, slots=True)
class ErasureRejected:
    """Another officer decided that the law demands the data; ``reason`` says why."""

    decided_on: date
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class SubjectForgotten:
    """The keys of these data subjects are destroyed: what was sealed with them can never be read again."""

    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequestErasure:
    """Record the request of letter number ``letter`` that ``subject`` be forgotten."""

    subject: str
    basis: Basis
    letter: str
    officer: str
    on: date


@dataclass(frozen=True, slots=True)
class ApproveErasure:
    """Decide that the subject is forgotten; ``officer`` is not the one who recorded the request."""

    officer: str
    on: date


@dataclass(frozen=True, slots=True)
class RejectErasure:
    """Decide that the subject is not forgotten."""

    officer: str
    reason: Reason
    on: date


@dataclass(frozen=True, slots=True)
class RecordForgotten:
    """The keys of ``subjects`` are gone: say so. Never before it is true."""

    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Erasure:
    """What later rules must know. ``subjects`` are those whose keys must stay destroyed."""

    stage: Stage = Stage.NONE
    subject: str = ""
    basis: str = ""
    requested_by: str = ""
    decided_by: str = ""
    reason: str | None = None
    letter: str | None = None
    subjects: tuple[str, ...] = ()


Event = ErasureRequested | ErasureApproved | ErasureRejected | SubjectForgotten
Command = RequestErasure | ApproveErasure | RejectErasure | RecordForgotten


def stream(subject: str) -> str:
    """One stream per subject: nobody is forgotten twice."""
    return f"erasure-{subject}"


def decide(erasure: Erasure, command: Command) -> Sequence[Event]:
    match command:
        case RequestErasure():
            return [_request(erasure, command)]
        case ApproveErasure(officer, on):
            _may_decide(erasure, officer)
            return [ErasureApproved(on, officer)]
        case RejectErasure(officer, reason, on):
            _may_decide(erasure, officer)
            return [ErasureRejected(on, officer, reason.value)]
        case RecordForgotten(subjects):
            if erasure.stage is Stage.FORGOTTEN:
                raise Rejected("already-forgotten")
            if erasure.stage is not Stage.APPROVED or erasure.subject not in subjects:
                raise Rejected("erasure-not-approved")
            return [SubjectForgotten(subjects)]
    assert_never(command)


def _request(erasure: Erasure, new: RequestErasure) -> ErasureRequested:
    if erasure.stage is Stage.REQUESTED:
        raise Rejected("erasure-already-requested")
    _not_forgotten(erasure)
    if not new.letter.strip() or len(new.letter) > MAX_LETTER:
        raise Rejected("letter-missing-or-too-long", limit=MAX_LETTER)
    return ErasureRequested(
        new.subject, new.basis.value, new.on, new.officer, Personal(new.subject, new.letter)
    )


def _may_decide(erasure: Erasure, officer: str) -> None:
    _not_forgotten(erasure)
    if erasure.stage is not Stage.REQUESTED:
        raise Rejected("erasure-not-requested")
    if officer == erasure.requested_by:
        raise Rejected("second-officer-needed")


def _not_forgotten(erasure: Erasure) -> None:
    # Approved is as good as forgotten: the key goes at once, or at the next start.
    if erasure.stage in (Stage.APPROVED, Stage.FORGOTTEN):
        raise Rejected("already-forgotten")


def evolve(erasure: Erasure, event: Event) -> Erasure:
    match event:
        case ErasureRequested(subject, basis, _, officer, letter):
            return Erasure(Stage.REQUESTED, subject, basis, officer, letter=letter.value)
        case ErasureApproved(_, officer):
            return replace(erasure, stage=Stage.APPROVED, decided_by=officer)
        case ErasureRejected(_, officer, reason):
            return replace(erasure, stage=Stage.REJECTED, decided_by=officer, reason=reason)
        case SubjectForgotten(subjects):
            return replace(erasure, stage=Stage.FORGOTTEN, letter=None, subjects=subjects)
    assert_never(event)


erasure_decider = Decider(Erasure(), decide, evolve)

EVENTS = (
    EventType("privacy.erasure-requested", 1, ErasureRequested, valid="requested_on"),
    EventType("privacy.erasure-approved", 1, ErasureApproved, valid="decided_on"),
    EventType("privacy.erasure-rejected", 1, ErasureRejected, valid="decided_on"),
    EventType("privacy.subject-forgotten", 1, SubjectForgotten),
)
