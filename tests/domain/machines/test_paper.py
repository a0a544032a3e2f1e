"""A paper beside a slip on which the registry writes how many copies are out, and how it ended."""

from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from domain.papers.paper import (
    PaperStatus,
    ReplacePaper,
    ReprintPaper,
    ReprintReason,
    RevocationReason,
    RevokePaper,
    paper_decider,
)
from tests.domain.machines.machine import LIMITED, DeciderMachine
from tests.domain.test_paper import ISSUE

DAY = date(2026, 11, 24)


class PaperMachine(DeciderMachine):
    decider = paper_decider

    def __init__(self) -> None:
        super().__init__()
        self.copies = 0
        self.ended = ""

    def _expected(self) -> str | None:
        return None if self.copies and not self.ended else "paper-does-not-hold"

    @rule()
    def issue(self) -> None:
        assert self.give(ISSUE) == ("paper-already-issued" if self.copies else None)
        self.copies = self.copies or 1

    @rule(reason=st.sampled_from(ReprintReason))
    def reprint(self, reason: ReprintReason) -> None:
        expected = self._expected()
        assert self.give(ReprintPaper(reason, DAY)) == expected
        self.copies += expected is None

    @rule()
    def replace(self) -> None:
        expected = self._expected()
        assert self.give(ReplacePaper("paper-2", DAY)) == expected
        self.ended = self.ended or ("" if expected else "replaced")

    @rule(reason=st.sampled_from(RevocationReason))
    def revoke(self, reason: RevocationReason) -> None:
        expected = self._expected()
        assert self.give(RevokePaper(reason, DAY)) == expected
        self.ended = self.ended or ("" if expected else "revoked")

    @invariant()
    def the_paper_is_what_the_slip_says(self) -> None:
        before = PaperStatus.VALID if self.copies else PaperStatus.NONE
        assert self.state.status == (self.ended or before)
        assert self.state.copies == self.copies


TestPaper = PaperMachine.TestCase
TestPaper.settings = LIMITED
