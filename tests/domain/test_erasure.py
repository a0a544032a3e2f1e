"""The laws of forgetting: one officer records the request, another decides, and nobody is forgotten twice."""

from datetime import date

import pytest

from domain.kernel.events import Personal
from domain.privacy.erasure import (
    ApproveErasure,
    Basis,
    ErasureApproved,
    ErasureRejected,
    ErasureRequested,
    Reason,
    RecordForgotten,
    RejectErasure,
    RequestErasure,
    Stage,
    SubjectForgotten,
    stream,
)
from domain.privacy.erasure import erasure_decider as erasure
from tests.domain.spec import spec

SRI = "resident-1"
TODAY = date(2026, 11, 24)
REQUEST = RequestErasure(SRI, Basis.SUBJECT_REQUEST, "470/12/2026", "dewi", TODAY)
REQUESTED = ErasureRequested(SRI, "subject-request", TODAY, "dewi", Personal(SRI, "470/12/2026"))
APPROVE = ApproveErasure("bagus", TODAY)
APPROVED = ErasureApproved(TODAY, "bagus")
REJECT = RejectErasure("bagus", Reason.STATUTORY_DUTY, TODAY)
REJECTED = ErasureRejected(TODAY, "bagus", "statutory-duty")
FORGOTTEN = SubjectForgotten((SRI, "household-1"))


def test_a_request_names_its_basis_and_keeps_the_letter_with_the_subject() -> None:
    spec(erasure).when(REQUEST).then(REQUESTED)
    assert stream(SRI) == "erasure-resident-1"


@pytest.mark.parametrize("letter", ["", "  ", "x" * 61])
def test_a_request_is_on_paper(letter: str) -> None:
    bare = RequestErasure(SRI, Basis.SUBJECT_REQUEST, letter, "dewi", TODAY)
    spec(erasure).when(bare).rejected("letter-missing-or-too-long", limit=60)


def test_an_open_request_is_not_made_twice() -> None:
    spec(erasure).given(REQUESTED).when(REQUEST).rejected("erasure-already-requested")


def test_a_rejected_request_may_be_made_again() -> None:
    spec(erasure).given(REQUESTED, REJECTED).when(REQUEST).then(REQUESTED)


def test_another_officer_approves() -> None:
    done = spec(erasure).given(REQUESTED).when(APPROVE).then(APPROVED)
    assert (done.state.stage, done.state.decided_by) == (Stage.APPROVED, "bagus")


def test_another_officer_rejects_with_a_reason() -> None:
    done = spec(erasure).given(REQUESTED).when(REJECT).then(REJECTED)
    assert (done.state.stage, done.state.reason) == (Stage.REJECTED, "statutory-duty")


@pytest.mark.parametrize(
    "command", [ApproveErasure("dewi", TODAY), RejectErasure("dewi", Reason.LEGAL_PROCESS, TODAY)]
)
def test_nobody_decides_what_she_recorded(command: ApproveErasure | RejectErasure) -> None:
    spec(erasure).given(REQUESTED).when(command).rejected("second-officer-needed")


@pytest.mark.parametrize("command", [APPROVE, REJECT])
def test_nothing_is_decided_that_was_not_asked(command: ApproveErasure | RejectErasure) -> None:
    spec(erasure).when(command).rejected("erasure-not-requested")
    spec(erasure).given(REQUESTED, REJECTED).when(command).rejected("erasure-not-requested")


def test_the_end_is_told_once_and_only_after_approval() -> None:
    end = RecordForgotten((SRI, "household-1"))
    spec(erasure).when(end).rejected("erasure-not-approved")
    spec(erasure).given(REQUESTED).when(end).rejected("erasure-not-approved")
    spec(erasure).given(REQUESTED, REJECTED).when(end).rejected("erasure-not-approved")
    done = spec(erasure).given(REQUESTED, APPROVED).when(end).then(FORGOTTEN)
    assert done.state.subjects == (SRI, "household-1")
    spec(erasure).given(REQUESTED, APPROVED, FORGOTTEN).when(end).rejected("already-forgotten")


def test_the_end_is_told_of_the_subject_that_was_asked_for() -> None:
    other = RecordForgotten(("resident-2",))
    spec(erasure).given(REQUESTED, APPROVED).when(other).rejected("erasure-not-approved")


@pytest.mark.parametrize("command", [REQUEST, APPROVE, REJECT])
def test_who_is_forgotten_stays_forgotten(command: RequestErasure | ApproveErasure | RejectErasure) -> None:
    for past in ((REQUESTED, APPROVED), (REQUESTED, APPROVED, FORGOTTEN)):
        spec(erasure).given(*past).when(command).rejected("already-forgotten")
