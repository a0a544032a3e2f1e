"""The laws of papers: issued once, reprinted with a reason while it holds, replaced or revoked for good."""

from datetime import date

import pytest

from domain.kernel.events import Personal
from domain.papers.paper import (
    Command,
    IssuePaper,
    PaperIssued,
    PaperKind,
    PaperReplaced,
    PaperReprinted,
    PaperRevoked,
    PaperStatus,
    ReplacePaper,
    ReprintPaper,
    ReprintReason,
    RevocationReason,
    RevokePaper,
    Share,
    editions,
)
from domain.papers.paper import paper_decider as paper
from tests.domain.spec import spec

TODAY = date(2026, 11, 24)
HOME, SRI = "household-1", "resident-1"
ISSUE = IssuePaper(
    kind=PaperKind.FAMILY_CARD,
    about=HOME,
    number="",
    edition=1,
    on=TODAY,
    until=None,
    template=1,
    key="9F2C11AB",
    digest="00" * 16,
    pdf="11" * 32,
    synthetic=True,
    shares=(Share(HOME, "aa"), Share(SRI, "bb")),
)
ISSUED = PaperIssued(
    kind="KK",
    about=HOME,
    number="",
    edition=1,
    issued_on=TODAY,
    until=None,
    template=1,
    key="9F2C11AB",
    digest="00" * 16,
    pdf="11" * 32,
    synthetic=True,
    shares=(Personal(HOME, "aa"), Personal(SRI, "bb")),
)
REPRINT = ReprintPaper(ReprintReason.DAMAGED, TODAY)
REPRINTED = PaperReprinted(TODAY, "damaged")
REPLACE = ReplacePaper("paper-2", TODAY)
REPLACED = PaperReplaced(TODAY, "paper-2")
REVOKE = RevokePaper(RevocationReason.WRONG_DATA, TODAY)
REVOKED = PaperRevoked(TODAY, "wrong-data")


def test_a_paper_names_its_people_and_gives_each_a_share_of_its_key() -> None:
    done = spec(paper).when(ISSUE).then(ISSUED)
    assert (done.state.status, done.state.subjects) == (PaperStatus.VALID, (HOME, SRI))


def test_a_paper_is_issued_once() -> None:
    spec(paper).given(ISSUED).when(ISSUE).rejected("paper-already-issued")
    spec(paper).given(ISSUED, REVOKED).when(ISSUE).rejected("paper-already-issued")


def test_a_reprint_has_a_reason_and_is_counted() -> None:
    done = spec(paper).given(ISSUED, REPRINTED).when(REPRINT).then(REPRINTED)
    assert (done.state.copies, done.state.status) == (3, PaperStatus.VALID)


def test_a_newer_paper_takes_its_place() -> None:
    done = spec(paper).given(ISSUED).when(REPLACE).then(REPLACED)
    assert (done.state.status, done.state.replaced_by, done.state.ended_on) == (
        PaperStatus.REPLACED,
        "paper-2",
        TODAY,
    )


def test_a_revoked_paper_says_why() -> None:
    done = spec(paper).given(ISSUED).when(REVOKE).then(REVOKED)
    assert (done.state.status, done.state.reason) == (PaperStatus.REVOKED, "wrong-data")


@pytest.mark.parametrize("command", [REPRINT, REPLACE, REVOKE])
def test_what_does_not_hold_is_neither_reprinted_nor_replaced_nor_revoked(command: Command) -> None:
    spec(paper).when(command).rejected("paper-does-not-hold", status="none")
    spec(paper).given(ISSUED, REPLACED).when(command).rejected("paper-does-not-hold", status="replaced")
    spec(paper).given(ISSUED, REVOKED).when(command).rejected("paper-does-not-hold", status="revoked")


def test_the_papers_of_a_kind_about_a_record_are_counted_together() -> None:
    assert editions(PaperKind.FAMILY_CARD, HOME) == "series-KK-household-1"
