"""The laws of the clock and its receipt: the figures follow from the facts, and the code tells nothing."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from adapters.reference import reference
from domain.kernel.segments import Cause
from domain.population.case import (
    Called,
    CardPrinted,
    FileCompleted,
    HandedOver,
    NoShow,
    SuketIssued,
    TicketTaken,
    WaitEnded,
    WaitStarted,
)
from domain.population.clock import always_open, begun, figures, receipt_code, times, typed_code
from tests.domain.examples import MONDAY

CLOSED = reference().opening.closed
THREE_PM = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def minute(n: float) -> datetime:
    return THREE_PM + timedelta(minutes=n)


SEEN = (
    (TicketTaken("KTP", "sri", "KEC-10", 7, MONDAY), minute(0)),
    (Called("3"), minute(10.5)),
    (FileCompleted(), minute(12)),
)
OVERNIGHT = (*SEEN, (CardPrinted(), minute(20 * 60)), (HandedOver(), minute(20 * 60 + 1)))


def test_the_figures_tell_the_queue_and_each_cause() -> None:
    waited = (
        *SEEN,
        (SuketIssued("1", MONDAY), minute(14)),
        (WaitStarted("blank-stock"), minute(14)),
        (WaitEnded(), minute(34)),
        (CardPrinted(), minute(35)),
        (HandedOver(), minute(36)),
    )
    told = figures(times(waited), minute(999), CLOSED)
    assert told.waited == 630
    assert told.seconds == {"office": 4 * 60, "blank-stock": 20 * 60}


def test_a_night_is_not_the_offices_time() -> None:
    told = figures(times(OVERNIGHT), minute(9999), CLOSED)
    # Closed from 16:00 to 7:30; from 15:12 to 16:00 and from 7:30 to 11:01 the office had it in its hands.
    assert told.seconds == {"office": (48 + 211) * 60, "closed-hours": 930 * 60}
    assert figures(times(OVERNIGHT), minute(9999), always_open).seconds == {"office": 1189 * 60}


def test_the_seconds_of_all_causes_are_the_whole_time() -> None:
    told = figures(times(OVERNIGHT), minute(9999), CLOSED)
    assert sum(told.seconds.values()) == (minute(1201) - minute(12)).total_seconds()


def test_before_the_file_is_complete_there_is_nothing_to_tell() -> None:
    told = figures(times(SEEN[:1]), minute(5), CLOSED)
    assert (told.waited, told.segments, told.seconds) == (None, (), {})


def test_an_open_case_is_told_up_to_now() -> None:
    assert figures(times(SEEN), minute(13), CLOSED).seconds == {Cause.OFFICE.value: 60}


def test_who_did_not_come_stops_the_clock() -> None:
    gone = times((*SEEN[:2], (NoShow(), minute(15))))
    assert gone.ended == minute(15)


def test_a_begun_second_counts() -> None:
    assert begun(timedelta(seconds=299, microseconds=1)) == 300


@given(st.text(st.sampled_from("0123456789abcdef"), min_size=32, max_size=32))
def test_a_code_is_twelve_letters_and_digits_however_it_is_typed(tail: str) -> None:
    code = receipt_code(f"case-{tail}")
    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    assert typed_code(code.lower().replace("-", " ")) == code
    assert tail[:6] not in code.lower()


def test_two_cases_have_two_codes() -> None:
    assert len({receipt_code(f"case-{n:032x}") for n in range(2000)}) == 2000
