"""The laws of opening hours: nights, weekends and holidays are closed, and what is not known is not."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.opening import Hours, Opening
from domain.kernel.segments import Cause, Segment, Span, Wait, office_time, segments, unattended
from domain.kernel.values import Period
from domain.kernel.working_days import Calendar

JAKARTA = ZoneInfo("Asia/Jakarta")
SINCE = Period(date(2023, 4, 12))
WEEK = tuple(Hours(day, time(7, 30), time(16), SINCE) for day in range(1, 6))
OPENING = Opening(WEEK, Calendar({date(2026, 11, 25): "Libur"}), JAKARTA)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """November 2026: the 23rd is a Monday, the 25th a holiday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=JAKARTA)


def closed(start: datetime, end: datetime) -> list[Span]:
    return list(OPENING.closed(start, end))


def test_within_the_hours_nothing_is_closed() -> None:
    assert closed(at(24, 8), at(24, 16)) == []


def test_a_night_is_closed_from_the_end_of_one_day_to_the_beginning_of_the_next() -> None:
    assert closed(at(23, 15), at(24, 9)) == [(at(23, 16), at(24, 7, 30))]


def test_a_holiday_and_the_nights_around_it_are_one() -> None:
    assert closed(at(24, 15), at(26, 9)) == [(at(24, 16), at(26, 7, 30))]


def test_a_weekend_is_closed() -> None:
    assert closed(at(27, 15), at(30, 8)) == [(at(27, 16), at(30, 7, 30))]


def test_a_part_of_a_night_is_that_part() -> None:
    assert closed(at(23, 20), at(23, 21)) == [(at(23, 20), at(23, 21))]


def test_before_the_table_begins_nothing_is_known_to_be_closed() -> None:
    night = datetime(2010, 6, 7, 23, tzinfo=JAKARTA)
    assert closed(night, night + timedelta(days=30)) == []


def test_the_hours_are_those_of_sragen_whatever_the_clock_of_the_server() -> None:
    assert closed(at(23, 15).astimezone(UTC), at(24, 9).astimezone(UTC)) == [(at(23, 16), at(24, 7, 30))]


MOMENTS = st.integers(0, 60 * 24 * 60).map(
    lambda minutes: datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(st.lists(MOMENTS, min_size=2, max_size=2, unique=True).map(sorted))
def test_closed_spans_lie_within_in_order_and_apart(ends: list[datetime]) -> None:
    start, end = ends
    spans = closed(start, end)
    assert all(start <= opens < closes <= end for opens, closes in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_a_night_in_which_nobody_works_on_a_case_is_not_the_offices() -> None:
    night = unattended([at(23, 15), at(24, 9)], OPENING.closed)
    parts = segments(at(23, 15), at(24, 9), [], night)
    assert parts == (
        Segment(Cause.OFFICE, at(23, 15), at(23, 16)),
        Segment(Cause.CLOSED, at(23, 16), at(24, 7, 30)),
        Segment(Cause.OFFICE, at(24, 7, 30), at(24, 9)),
    )


def test_who_works_at_night_has_opened() -> None:
    late = [at(23, 20), at(23, 20, 4)]
    assert unattended(late, OPENING.closed) == ()
    assert office_time(segments(late[0], late[1], [], unattended(late, OPENING.closed))) == timedelta(
        minutes=4
    )
    until_morning = unattended([*late, at(24, 9)], OPENING.closed)
    assert until_morning == (Wait(Cause.CLOSED, at(23, 20, 4), at(24, 7, 30)),)


def test_who_waits_for_something_else_waits_for_it_at_night_too() -> None:
    night = unattended([at(23, 15), at(24, 9)], OPENING.closed)
    parts = segments(at(23, 15), at(24, 9), [Wait(Cause.BLANK, at(23, 15, 30), at(24, 8))], night)
    assert [(part.cause, part.length) for part in parts] == [
        (Cause.OFFICE, timedelta(minutes=30)),
        (Cause.BLANK, timedelta(hours=16, minutes=30)),
        (Cause.OFFICE, timedelta(hours=1)),
    ]


@given(st.lists(MOMENTS, min_size=2, max_size=6, unique=True).map(sorted))
def test_with_closed_hours_no_time_is_lost_and_none_is_counted_twice(moments: list[datetime]) -> None:
    parts = segments(moments[0], moments[-1], [], unattended(moments, OPENING.closed))
    assert parts[0].start == moments[0]
    assert parts[-1].end == moments[-1]
    assert all(a.end == b.start for a, b in pairwise(parts))
