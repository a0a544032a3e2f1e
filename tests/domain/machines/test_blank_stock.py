"""A stock of blanks beside a shelf, a line of people, and blanks with names on them."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from domain.population.blank_stock import (
    AwaitBlank,
    BlankSetAside,
    BlankStock,
    CountBlanks,
    LeaveBacklog,
    ReceiveBlanks,
    SendBlanks,
    Spoilage,
    SpoilBlanks,
    UseBlank,
    blank_stock_decider,
)
from tests.domain.examples import MONDAY
from tests.domain.machines.machine import LIMITED, DeciderMachine

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
CASES = st.integers(1, 8)
COUNTS = st.integers(0, 4)


class BlankStockMachine(DeciderMachine):
    decider = blank_stock_decider

    def __init__(self) -> None:
        super().__init__()
        self.shelf: int | None = None
        """Blanks that lie there; None before the first came."""
        self.named: list[int] = []
        """Cases whose blank is set aside, and those that wait: a case is the minute of its complete file."""
        self.line: list[int] = []

    def settle(self) -> None:
        assert self.shelf is not None
        while len(self.named) > self.shelf:
            self.line.append(max(self.named))
            self.named.remove(max(self.named))
        while self.line and len(self.named) < self.shelf:
            self.named.append(min(self.line))
            self.line.remove(min(self.line))

    @rule(count=COUNTS)
    def receive(self, count: int) -> None:
        refused = self.give(ReceiveBlanks(count, "KEMENDAGRI", "", MONDAY))
        assert refused == (None if count else "malformed-count")
        if refused is None:
            self.shelf = (self.shelf or 0) + count
            self.settle()

    @rule(minute=CASES)
    def use(self, minute: int) -> None:
        refused = self.give(UseBlank(f"case-{minute}"))
        if self.shelf is None:
            assert refused == "stock-not-kept"
        elif minute in self.line:
            assert refused == "case-waits-for-blank"
        elif minute not in self.named and self.shelf == len(self.named):
            assert refused == "no-blank-left"
        else:
            assert refused is None
            self.shelf -= 1
            self.named = [other for other in self.named if other != minute]

    @rule(minute=CASES)
    def wait(self, minute: int) -> None:
        refused = self.give(AwaitBlank(f"case-{minute}", NOON + timedelta(minutes=minute)))
        if self.shelf is None:
            assert refused == "stock-not-kept"
        elif minute in (*self.line, *self.named):
            assert refused == "already-in-backlog"
        elif self.shelf > len(self.named):
            assert refused == "a-blank-is-left"
        else:
            assert refused is None
            self.line.append(minute)

    @rule(minute=CASES)
    def leave(self, minute: int) -> None:
        refused = self.give(LeaveBacklog(f"case-{minute}"))
        known = minute in (*self.line, *self.named)
        assert refused == ("stock-not-kept" if self.shelf is None else None if known else "not-in-backlog")
        if refused is None:
            self.line = [other for other in self.line if other != minute]
            self.named = [other for other in self.named if other != minute]
            self.settle()

    @rule(count=COUNTS, sending=st.booleans())
    def take_away(self, count: int, sending: bool) -> None:
        send = SendBlanks(count, "DISDUKCAPIL", "KEC-10", "", MONDAY)
        refused = self.give(send if sending else SpoilBlanks(count, Spoilage.DAMAGED, MONDAY))
        if self.shelf is None:
            assert refused == "stock-not-kept"
        elif not count:
            assert refused == "malformed-count"
        elif count > self.shelf - (len(self.named) if sending else 0):
            assert refused == "not-enough-blanks"
        else:
            assert refused is None
            self.shelf -= count
            self.settle()

    @rule(count=COUNTS)
    def count(self, count: int) -> None:
        refused = self.give(CountBlanks(count, MONDAY))
        assert refused == ("stock-not-kept" if self.shelf is None else None)
        if refused is None:
            self.shelf = count
            self.settle()

    @invariant()
    def the_sum_of_the_movements_is_what_lies_there(self) -> None:
        state: BlankStock = self.state
        assert state.left == (self.shelf or 0) >= len(state.ready)
        assert state.received - state.used - state.spoiled - state.sent + state.difference == state.left

    @invariant()
    def the_line_is_as_it_stands(self) -> None:
        state: BlankStock = self.state
        assert [place.case for place in state.waiting] == [f"case-{m}" for m in sorted(self.line)]
        assert [place.case for place in state.ready] == [f"case-{m}" for m in sorted(self.named)]

    @invariant()
    def nobody_waits_beside_a_free_blank(self) -> None:
        assert not (self.state.free and self.state.waiting)

    @invariant()
    def whoever_has_a_blank_got_it_once_more_than_it_was_taken(self) -> None:
        given = [event.case for event in self.events if isinstance(event, BlankSetAside)]
        assert {place.case for place in self.state.ready} <= set(given)


TestBlankStock = BlankStockMachine.TestCase
TestBlankStock.settings = LIMITED
