"""A counter case beside a model that knows the order of steps as one line of text per document."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from domain.kernel.segments import Cause
from domain.population.case import (
    Call,
    CallAgain,
    Command,
    CompleteFile,
    Document,
    EndWait,
    GiveSuket,
    HandOver,
    MarkNoShow,
    PrintCard,
    RecordBiometrics,
    StartWait,
    TakeBlank,
    TakeTicket,
    WaitForBlank,
    WithdrawCase,
    case_decider,
)
from tests.domain.examples import MONDAY
from tests.domain.machines.machine import LIMITED, DeciderMachine

STEPS: dict[str, Command] = {
    "call": Call("3"),
    "complete": CompleteFile(),
    "record": RecordBiometrics(),
    "print": PrintCard(),
    "hand-over": HandOver(),
}


class CaseMachine(DeciderMachine):
    decider = case_decider

    def __init__(self) -> None:
        super().__init__()
        self.left: list[str] | None = None
        """The steps that are left; None before the ticket."""
        self.gone = False
        self.waits: Cause | None = None
        self.suket = False

    @property
    def closed(self) -> str | None:
        if self.left is None:
            return "case-not-open"
        return "case-already-ended" if self.gone or not self.left else None

    @rule(document=st.sampled_from(Document))
    def take_ticket(self, document: Document) -> None:
        refused = self.give(TakeTicket(document, "sri", "DISDUKCAPIL", 1, MONDAY))
        assert refused == (None if self.left is None else "case-already-open")
        if self.left is None:
            way = (
                "call complete record print hand-over"
                if document == "KTP"
                else "call complete print hand-over"
            )
            self.left = way.split()

    @rule(step=st.sampled_from(tuple(STEPS)))
    def take_any_step(self, step: str) -> None:
        refused = self.give(STEPS[step])
        assert refused == (self.closed or self.out_of_turn(step))
        if refused is None and self.left:
            self.left.pop(0)

    @rule(steps=st.integers(1, 6))
    def go_on(self, steps: int) -> None:
        """The next steps, each in its turn: so that cases also come to their end."""
        for _ in range(steps):
            if self.left is None:
                self.take_ticket(Document.KTP)
            elif self.waits:
                self.end_wait()
            elif self.left and not self.gone:
                self.take_any_step(self.left[0])

    def out_of_turn(self, step: str) -> str | None:
        if self.waits:
            return "case-is-waiting"
        return None if self.left and self.left[0] == step else "wrong-order-of-steps"

    @rule(cause=st.sampled_from(Cause))
    def start_wait(self, cause: Cause) -> None:
        refused = self.give(StartWait(cause))
        assert refused == (self.closed or ("already-waiting" if self.waits else None))
        if refused is None:
            self.waits = cause

    @rule()
    def end_wait(self) -> None:
        refused = self.give(EndWait())
        if self.waits is Cause.BLANK and self.suket:
            assert refused == "blank-wait-follows-stock"
            return
        assert refused == (None if self.waits else "not-waiting")
        self.waits = None

    @rule(ends=st.integers(0, 4))
    def call_again_or_give_up(self, ends: int) -> None:
        refused = self.give(CallAgain("3") if ends else MarkNoShow())
        called = self.left is not None and self.left[:1] == ["complete"]
        elsewhere = "case-is-waiting" if self.waits else None if called else "wrong-order-of-steps"
        assert refused == (self.closed or elsewhere)
        if refused is None and not ends:
            self.gone = True

    @rule()
    def give_suket(self) -> None:
        refused = self.give(GiveSuket("0001/SUKET/KEC-10/2010", MONDAY))
        if self.state.document is not Document.KTP:
            assert refused == "suket-only-for-ktp"
        else:
            assert refused == (self.closed or self.out_of_turn("print"))
        if refused is None:
            self.waits, self.suket = Cause.BLANK, True

    @rule(comes=st.booleans())
    def blank_comes_or_goes(self, comes: bool) -> None:
        if self.left is None or self.gone or not self.left:
            return
        assert self.give(TakeBlank() if comes else WaitForBlank()) is None
        if comes:
            self.waits = None if self.waits is Cause.BLANK else self.waits
        else:
            self.waits = Cause.BLANK

    @rule(sure=st.integers(0, 9))
    def withdraw(self, sure: int) -> None:
        if sure == 0:
            refused = self.give(WithdrawCase())
            assert refused == self.closed
            if refused is None:
                self.gone, self.waits = True, None

    @invariant()
    def the_case_is_as_the_model(self) -> None:
        assert self.state.waiting is self.waits
        assert self.state.ended == (self.left is not None and self.closed is not None)
        assert (self.state.next is None) == (self.closed is not None)


TestCase = CaseMachine.TestCase
TestCase.settings = LIMITED
