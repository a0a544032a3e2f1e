"""The laws of a stock of blanks: the sum is the count, nobody is passed over, and nothing is used twice."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.population.blank_stock import (
    LARGEST,
    AwaitBlank,
    BacklogLeft,
    BlanksCounted,
    BlankSetAside,
    BlanksReceived,
    BlanksSent,
    BlanksSpoiled,
    BlankStock,
    BlankTakenBack,
    BlankUsed,
    CardBacklogged,
    Command,
    CountBlanks,
    Event,
    LeaveBacklog,
    ReceiveBlanks,
    SendBlanks,
    Spoilage,
    SpoilBlanks,
    StockDifferenceFound,
    UseBlank,
)
from domain.population.blank_stock import blank_stock_decider as stock
from tests.domain.examples import MONDAY
from tests.domain.spec import Spec, spec

EIGHT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def at(minute: int) -> datetime:
    return EIGHT + timedelta(minutes=minute)


def received(count: int) -> BlanksReceived:
    return BlanksReceived(count, "KEMENDAGRI", "470/1", MONDAY)


def receive(count: int, on: date = MONDAY) -> ReceiveBlanks:
    return ReceiveBlanks(count, "KEMENDAGRI", "470/1", on)


def holding(count: int) -> Spec[Command, Event, BlankStock]:
    """A stock of ``count`` blanks, kept for some time."""
    first = spec(stock).given(received(count + 1), BlankUsed("case-0"))
    assert first.state.left == count
    return first


EMPTY = holding(0)
BACKLOG = EMPTY.given(
    CardBacklogged("late", at(30)), CardBacklogged("early", at(10)), CardBacklogged("middle", at(20))
)


@pytest.mark.parametrize(
    "command",
    [
        UseBlank("a"),
        AwaitBlank("a", at(0)),
        LeaveBacklog("a"),
        SpoilBlanks(1, Spoilage.MISPRINT, MONDAY),
        SendBlanks(1, "DISDUKCAPIL", "KEC-10", "", MONDAY),
        CountBlanks(0, MONDAY),
    ],
)
def test_stock_is_kept_from_the_first_receipt_on(command: Command) -> None:
    spec(stock).when(command).rejected("stock-not-kept")
    assert not spec(stock).state.kept
    assert spec(stock).when(receive(5)).then(received(5)).state.kept


def test_a_card_takes_one_blank() -> None:
    used = holding(2).when(UseBlank("a")).then(BlankUsed("a"))
    assert (used.state.left, used.state.used) == (1, 2)


def test_the_last_blank_is_used_once() -> None:
    holding(1).given(BlankUsed("a")).when(UseBlank("b")).rejected("no-blank-left", waiting=0)


def test_without_a_blank_a_case_takes_a_place_in_the_backlog() -> None:
    EMPTY.when(AwaitBlank("a", at(1))).then(CardBacklogged("a", at(1)))
    EMPTY.given(CardBacklogged("a", at(1))).when(AwaitBlank("a", at(1))).rejected("already-in-backlog")


def test_nobody_waits_while_a_blank_is_left() -> None:
    holding(3).when(AwaitBlank("a", at(1))).rejected("a-blank-is-left", left=3)


def test_blanks_that_come_are_set_aside_in_the_order_of_the_complete_files() -> None:
    BACKLOG.when(receive(2)).then(received(2), BlankSetAside("early"), BlankSetAside("middle"))


def test_what_is_left_over_lies_free() -> None:
    outcome = BACKLOG.when(receive(5)).then(received(5), *map(BlankSetAside, ("early", "middle", "late")))
    assert (outcome.state.left, outcome.state.free, outcome.state.waiting) == (5, 2, ())


READY = BACKLOG.given(received(1), BlankSetAside("early"))


def test_a_blank_that_is_set_aside_is_for_that_case_alone() -> None:
    READY.when(UseBlank("stranger")).rejected("no-blank-left", waiting=3)
    READY.when(UseBlank("middle")).rejected("case-waits-for-blank")
    READY.when(SendBlanks(1, "DISDUKCAPIL", "KEC-10", "", MONDAY)).rejected("not-enough-blanks", left=0)
    used = READY.when(UseBlank("early")).then(BlankUsed("early"))
    assert (used.state.left, used.state.ready, len(used.state.waiting)) == (0, (), 2)


def test_a_file_that_was_complete_earlier_does_not_take_a_blank_that_is_set_aside() -> None:
    outcome = READY.when(AwaitBlank("first of all", at(0))).then(CardBacklogged("first of all", at(0)))
    assert outcome.state.is_ready("early")
    assert [place.case for place in outcome.state.waiting] == ["first of all", "middle", "late"]


def test_whoever_leaves_makes_room_for_the_next() -> None:
    READY.when(LeaveBacklog("early")).then(BacklogLeft("early"), BlankSetAside("middle"))
    READY.when(LeaveBacklog("middle")).then(BacklogLeft("middle"))
    READY.when(LeaveBacklog("stranger")).rejected("not-in-backlog")


def test_a_spoiled_blank_is_one_less_and_the_last_in_the_row_waits_again() -> None:
    holding(2).when(SpoilBlanks(2, Spoilage.CHIP, MONDAY)).then(BlanksSpoiled(2, "chip-fault", MONDAY))
    both = READY.given(received(1), BlankSetAside("middle"))
    spoiled = both.when(SpoilBlanks(1, Spoilage.MISPRINT, MONDAY))
    spoiled.then(BlanksSpoiled(1, "misprint", MONDAY), BlankTakenBack("middle"))
    assert [place.case for place in spoiled.state.waiting] == ["middle", "late"]
    holding(1).when(SpoilBlanks(2, Spoilage.CHIP, MONDAY)).rejected("not-enough-blanks", left=1)


def test_only_what_is_free_is_sent_on_and_not_to_oneself() -> None:
    send = SendBlanks(2, "DISDUKCAPIL", "KEC-10", "470/7", MONDAY)
    sent = holding(2).when(send).then(BlanksSent(2, "KEC-10", "470/7", MONDAY))
    assert sent.state.left == 0
    holding(1).when(send).rejected("not-enough-blanks", left=1)
    own = SendBlanks(2, "KEC-10", "KEC-10", "470/7", MONDAY)
    holding(2).when(own).rejected("blanks-sent-to-their-own-office")


def test_a_count_that_agrees_finds_no_difference() -> None:
    holding(7).when(CountBlanks(7, MONDAY)).then(BlanksCounted(7, 7, MONDAY))


@pytest.mark.parametrize(("counted", "difference"), [(5, -2), (8, 1), (0, -7)])
def test_a_count_that_differs_is_a_fact_with_a_name_and_holds(counted: int, difference: int) -> None:
    outcome = holding(7).when(CountBlanks(counted, MONDAY))
    outcome.then(BlanksCounted(counted, 7, MONDAY), StockDifferenceFound(difference, MONDAY))
    assert (outcome.state.left, outcome.state.difference) == (counted, difference)


def test_found_blanks_end_waits_and_missing_ones_begin_them_again() -> None:
    BACKLOG.when(CountBlanks(1, MONDAY)).then(
        BlanksCounted(1, 0, MONDAY), StockDifferenceFound(1, MONDAY), BlankSetAside("early")
    )
    READY.when(CountBlanks(0, MONDAY)).then(
        BlanksCounted(0, 1, MONDAY), StockDifferenceFound(-1, MONDAY), BlankTakenBack("early")
    )


@pytest.mark.parametrize("count", [0, -3, LARGEST + 1])
def test_a_number_of_blanks_is_a_count(count: int) -> None:
    spec(stock).when(receive(count)).rejected("malformed-count", least=1, most=LARGEST)
    spoil = SpoilBlanks(count, Spoilage.DAMAGED, MONDAY)
    holding(5).when(spoil).rejected("malformed-count", least=1, most=LARGEST)


def test_a_count_of_nothing_is_a_count() -> None:
    EMPTY.when(CountBlanks(0, MONDAY)).then(BlanksCounted(0, 0, MONDAY))
    EMPTY.when(CountBlanks(-1, MONDAY)).rejected("malformed-count", least=0, most=LARGEST)


def test_a_backlog_as_long_as_that_of_2019_is_worked_off_in_order() -> None:
    """11,361 cards, and 500 blanks every two weeks."""
    waiting: list[Event] = [CardBacklogged(f"case-{n:05}", at(n)) for n in range(11_361)]
    state = stock.fold((received(1), BlankUsed("case-x"), *reversed(waiting)))
    given: list[str] = []
    for _ in range(3):
        events = stock.decide(state, receive(500))
        state = stock.fold(events, state)
        given += [event.case for event in events if isinstance(event, BlankSetAside)]
    assert given == [f"case-{n:05}" for n in range(1500)]
    assert (len(state.ready), len(state.waiting)) == (1500, 11_361 - 1500)
