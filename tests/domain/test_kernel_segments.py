"""The laws of "whose time it was": nothing is lost, nothing is counted twice, the rest is the office's."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.segments import Cause, Segment, Wait, office_time, segments

NINE = datetime(2010, 6, 7, 9, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def test_without_a_wait_all_time_is_the_offices() -> None:
    assert segments(at(0), at(5), []) == (Segment(Cause.OFFICE, at(0), at(5)),)


def test_a_wait_is_not_the_offices_time() -> None:
    parts = segments(at(0), at(10), [Wait(Cause.BLANK, at(2), at(8))])
    assert [p.cause for p in parts] == [Cause.OFFICE, Cause.BLANK, Cause.OFFICE]
    assert office_time(parts) == timedelta(minutes=4)


def test_a_wait_that_has_not_ended_lasts_until_the_end() -> None:
    parts = segments(at(0), at(10), [Wait(Cause.CENTRAL, at(3))])
    assert parts[-1] == Segment(Cause.CENTRAL, at(3), at(10))
    assert office_time(parts) == timedelta(minutes=3)


def test_of_two_waits_at_once_the_earlier_one_counts() -> None:
    waits = [Wait(Cause.CENTRAL, at(1), at(6)), Wait(Cause.APPLICANT, at(2), at(8))]
    parts = segments(at(0), at(10), waits)
    assert [(p.cause, p.length.seconds // 60) for p in parts] == [
        (Cause.OFFICE, 1),
        (Cause.CENTRAL, 5),
        (Cause.APPLICANT, 2),
        (Cause.OFFICE, 2),
    ]


def test_a_wait_inside_another_adds_nothing() -> None:
    outer, inner = Wait(Cause.CENTRAL, at(1), at(9)), Wait(Cause.BLANK, at(2), at(3))
    assert segments(at(0), at(10), [outer, inner]) == segments(at(0), at(10), [outer])


def test_waits_outside_the_case_do_not_count() -> None:
    waits = [Wait(Cause.CLOSED, at(-9), at(-1)), Wait(Cause.CLOSED, at(11), at(20))]
    assert office_time(segments(at(0), at(10), waits)) == timedelta(minutes=10)


def test_a_case_of_no_length_has_no_segments() -> None:
    assert segments(at(0), at(0), [Wait(Cause.CENTRAL, at(0))]) == ()


minutes = st.integers(-5, 65)
waits_of = st.lists(
    st.builds(
        lambda cause, start, length: Wait(cause, at(start), None if length is None else at(start + length)),
        st.sampled_from([c for c in Cause if c is not Cause.OFFICE]),
        minutes,
        st.none() | st.integers(0, 30),
    ),
    max_size=6,
).map(lambda waits: sorted(waits, key=lambda w: w.start))


@given(waits=waits_of, length=st.integers(1, 60))
def test_segments_fill_the_case_without_gap_or_overlap(waits: list[Wait], length: int) -> None:
    parts = segments(at(0), at(length), waits)
    assert parts[0].start == at(0)
    assert parts[-1].end == at(length)
    assert all(a.end == b.start for a, b in pairwise(parts))
    assert all(p.length > timedelta() for p in parts)


@given(waits=waits_of, minute=st.integers(0, 59))
def test_a_minute_in_which_somebody_waits_is_never_the_offices(waits: list[Wait], minute: int) -> None:
    moment = at(minute + 0.5)
    part = next(p for p in segments(at(0), at(60), waits) if p.start <= moment < p.end)
    waiting = any(w.start <= moment and (w.end is None or moment < w.end) for w in waits)
    assert (part.cause is not Cause.OFFICE) == waiting
