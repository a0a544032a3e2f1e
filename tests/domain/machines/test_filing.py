"""A file beside a tray: it lies in it until the centre has said one thing, once."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from domain.kernel.events import Personal
from domain.population.filing import (
    Answer,
    EventFiled,
    FileEvent,
    FilingStage,
    GrantFiling,
    NumberAsked,
    RefuseFiling,
    filing_decider,
)
from tests.domain.machines.machine import LIMITED, DeciderMachine

DAY = date(2026, 11, 20)
ANSWER = Answer("PUSAT-1", "R-1", datetime(2026, 11, 24, tzinfo=UTC))
STREAMS = ("resident-1", "household-1")
FILED = EventFiled(
    "BIRTH",
    "F-2.01",
    "2019",
    DAY,
    DAY,
    "entry-1",
    "",
    ("resident-1",),
    ("household-1",),
    (),
    tuple(NumberAsked("nik", stream, "33.14.10") for stream in STREAMS),
    True,
    Personal("resident-1", ""),
    Personal("resident-1", "{}"),
    (Personal("resident-1", "{}"),),
)


class FilingMachine(DeciderMachine):
    decider = filing_decider

    def __init__(self) -> None:
        super().__init__()
        self.tray = FilingStage.NONE

    @rule()
    def file(self) -> None:
        refused = self.give(FileEvent(FILED))
        assert refused == (None if self.tray is FilingStage.NONE else "filing-already-there")
        if refused is None:
            self.tray = FilingStage.WAITING

    @rule(given=st.sets(st.sampled_from((*STREAMS, "resident-9"))))
    def grant(self, given: set[str]) -> None:
        refused = self.give(GrantFiling(ANSWER, tuple(given)))
        if self.tray is not FilingStage.WAITING:
            assert refused == "filing-already-answered"
        elif not given.issuperset(STREAMS):
            assert refused == "central-number-missing"
        elif given != {*STREAMS}:
            assert refused == "central-number-not-asked"
        else:
            assert refused is None
            self.tray = FilingStage.GRANTED

    @rule(reason=st.text(max_size=600))
    def refuse(self, reason: str) -> None:
        refused = self.give(RefuseFiling(ANSWER, reason))
        if self.tray is not FilingStage.WAITING:
            assert refused == "filing-already-answered"
        elif not reason.strip() or len(reason) > 500:
            assert refused == "central-reason-needed"
        else:
            assert refused is None
            self.tray = FilingStage.REFUSED

    @invariant()
    def the_stage_is_that_of_the_tray(self) -> None:
        assert self.state.stage is self.tray
        assert bool(self.state.answer) is (self.tray in {FilingStage.GRANTED, FilingStage.REFUSED})


TestFiling = FilingMachine.TestCase
TestFiling.settings = LIMITED
