"""The laws of a numbered series: no gap, no double, and an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import Rejected
from domain.kernel.series import Command, Event, NumberSkipped, NumberTaken, SkipNumber, TakeNumber
from domain.kernel.series import series_decider as series

LIMIT = 3


def take(by: str = "a") -> TakeNumber:
    return TakeNumber(by, LIMIT, "nik-series-full")


def run(*commands: Command) -> list[Event]:
    events: list[Event] = []
    for command in commands:
        events += series.decide(series.fold(events), command)
    return events


def test_the_first_number_is_one_and_the_next_is_the_next() -> None:
    assert run(take("a"), take("b")) == [NumberTaken(1, "a"), NumberTaken(2, "b")]


def test_a_number_held_from_outside_is_skipped_and_the_next_is_given() -> None:
    assert run(take("a"), SkipNumber("held"), take("b")) == [
        NumberTaken(1, "a"),
        NumberSkipped(2, "held"),
        NumberTaken(3, "b"),
    ]


def test_a_full_series_gives_nothing_more() -> None:
    assert len(run(take(), take(), take())) == LIMIT
    with pytest.raises(Rejected) as refusal:
        run(take(), take(), take(), take())
    assert (refusal.value.code, refusal.value.parameters) == ("nik-series-full", {"limit": LIMIT})


def test_skipped_numbers_use_up_the_series_too() -> None:
    with pytest.raises(Rejected, match="nik-series-full"):
        run(SkipNumber("x"), SkipNumber("x"), SkipNumber("x"), take())


@given(st.lists(st.booleans(), max_size=30))
def test_the_nth_event_is_number_n(skips: list[bool]) -> None:
    events = run(*(SkipNumber("held") if skip else TakeNumber("a", 99, "full") for skip in skips))
    assert [e.number for e in events] == list(range(1, len(skips) + 1))
