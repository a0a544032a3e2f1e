"""A correction: one officer asks for it, another one approves or rejects it. Both values stay on record.

The NIK is never re-issued, whatever is corrected (PP 40/2019 art. 30).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from domain.kernel.decider import Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType, Personal
from domain.population.resident.person import Change

MAX_REASON = 200


class CorrectionStage(StrEnum):
    """How far a correction has come."""

    NONE = "none"
    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class CorrectionRequested:
    """Officer ``asked_by`` asks that elements of ``resident`` be corrected, or that deed ``entry`` be annulled."""

    resident: str
    entry: str
    on: date
    asked_by: str
    changes: Personal[tuple[Change, ...]]
    reason: Personal[str]


@dataclass(frozen=True, slots=True)
class CorrectionApproved:
    """Another officer has approved it: it was carried out in the same moment."""

    on: date
    decided_by: str


@dataclass(frozen=True, slots=True)
class CorrectionRejected:
    """Another officer has rejected it: nothing was changed."""

    on: date
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class RequestCorrection:
    """Ask for a correction, with the difference as it was seen."""

    resident: str
    entry: str
    changes: tuple[Change, ...]
    reason: str
    asked_by: str
    on: date


@dataclass(frozen=True, slots=True)
class ApproveCorrection:
    """Approve it."""

    decided_by: str
    on: date


@dataclass(frozen=True, slots=True)
class RejectCorrection:
    """Reject it, and say why."""

    decided_by: str
    reason: str
    on: date


@dataclass(frozen=True, slots=True)
class Correction:
    """What later rules must know; ``changes`` is None once the resident is forgotten."""

    stage: CorrectionStage = CorrectionStage.NONE
    resident: str = ""
    entry: str = ""
    asked_by: str = ""
    asked_on: date | None = None
    changes: tuple[Change, ...] | None = None


Event = CorrectionRequested | CorrectionApproved | CorrectionRejected
Command = RequestCorrection | ApproveCorrection | RejectCorrection


def decide(correction: Correction, command: Command) -> Sequence[Event]:
    match command:
        case RequestCorrection(resident, entry, changes, reason, asked_by, on):
            if correction.stage is not CorrectionStage.NONE:
                raise Rejected("correction-already-requested")
            _must_have_a_reason(reason)
            if not changes and not entry:
                raise Rejected("nothing-changes")
            return [
                CorrectionRequested(
                    resident, entry, on, asked_by, Personal(resident, changes), Personal(resident, reason)
                )
            ]
        case ApproveCorrection(decided_by, on):
            _may_decide(correction, decided_by)
            return [CorrectionApproved(on, decided_by)]
        case RejectCorrection(decided_by, reason, on):
            _may_decide(correction, decided_by)
            _must_have_a_reason(reason)
            return [CorrectionRejected(on, decided_by, reason)]
    assert_never(command)


def _must_have_a_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > MAX_REASON:
        raise Rejected("correction-needs-a-reason", limit=MAX_REASON)


def _may_decide(correction: Correction, officer: str) -> None:
    if correction.stage is not CorrectionStage.REQUESTED:
        raise Rejected("correction-not-open", stage=correction.stage.value)
    if officer == correction.asked_by:
        raise Rejected("another-officer-decides")


def evolve(correction: Correction, event: Event) -> Correction:
    match event:
        case CorrectionRequested(resident, entry, on, asked_by, changes, _):
            return Correction(CorrectionStage.REQUESTED, resident, entry, asked_by, on, changes.value)
        case CorrectionApproved():
            return replace(correction, stage=CorrectionStage.APPROVED)
        case CorrectionRejected():
            return replace(correction, stage=CorrectionStage.REJECTED)
    assert_never(event)


correction_decider = Decider(Correction(), decide, evolve)

EVENTS = (
    EventType("population.correction-requested", 1, CorrectionRequested, valid="on"),
    EventType("population.correction-approved", 1, CorrectionApproved, valid="on"),
    EventType("population.correction-rejected", 1, CorrectionRejected, valid="on"),
)
