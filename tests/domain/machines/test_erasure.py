"""An erasure beside a slip of paper on which the registry writes who asked, who decided, and the end."""

from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from domain.privacy.erasure import (
    ApproveErasure,
    Basis,
    Reason,
    RecordForgotten,
    RejectErasure,
    RequestErasure,
    Stage,
    erasure_decider,
)
from tests.domain.machines.machine import LIMITED, DeciderMachine

DAY = date(2026, 11, 24)
OFFICERS = st.sampled_from(["dewi", "bagus", "ratna"])


class ErasureMachine(DeciderMachine):
    decider = erasure_decider

    def __init__(self) -> None:
        super().__init__()
        self.slip: list[str] = []
        """Who asked, then how it went on; torn up by a rejection."""

    @rule(officer=OFFICERS, basis=st.sampled_from(Basis), letter=st.text(max_size=70))
    def request(self, officer: str, basis: Basis, letter: str) -> None:
        refused = self.give(RequestErasure("resident-1", basis, letter, officer, DAY))
        if self.slip:
            assert refused == ("erasure-already-requested" if len(self.slip) == 1 else "already-forgotten")
        elif not letter.strip() or len(letter) > 60:
            assert refused == "letter-missing-or-too-long"
        else:
            assert refused is None
            self.slip = [officer]

    def _may_decide(self, officer: str) -> str | None:
        if not self.slip:
            return "erasure-not-requested"
        if len(self.slip) > 1:
            return "already-forgotten"
        return "second-officer-needed" if self.slip == [officer] else None

    @rule(officer=OFFICERS)
    def approve(self, officer: str) -> None:
        expected = self._may_decide(officer)
        assert self.give(ApproveErasure(officer, DAY)) == expected
        if expected is None:
            self.slip.append("approved")

    @rule(officer=OFFICERS, reason=st.sampled_from(Reason))
    def reject(self, officer: str, reason: Reason) -> None:
        expected = self._may_decide(officer)
        assert self.give(RejectErasure(officer, reason, DAY)) == expected
        if expected is None:
            self.slip = []

    @rule(more=st.lists(st.just("household-1"), max_size=1))
    def end(self, more: list[str]) -> None:
        refused = self.give(RecordForgotten(("resident-1", *more)))
        expected = {2: None, 3: "already-forgotten"}.get(len(self.slip), "erasure-not-approved")
        assert refused == expected
        if expected is None:
            self.slip.append("forgotten")

    @invariant()
    def the_stage_is_what_the_slip_says(self) -> None:
        after_all = Stage.REJECTED if self.events else Stage.NONE
        stages = [after_all, Stage.REQUESTED, Stage.APPROVED, Stage.FORGOTTEN]
        assert self.state.stage is stages[len(self.slip)]
        assert bool(self.state.subjects) is (len(self.slip) == 3)


TestErasure = ErasureMachine.TestCase
TestErasure.settings = LIMITED
