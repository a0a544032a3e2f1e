"""The laws of the deadline: completeness is day 0, and only working days count."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.working_days import Calendar

CHRISTMAS = {date(2010, 12, 24): "Cuti Bersama Natal"}
LEBARAN = dict.fromkeys((date(2010, 9, d) for d in (9, 10, 13)), "Idul Fitri")

GOLDEN: tuple[tuple[dict[date, str], date, int, date], ...] = (
    (LEBARAN, date(2010, 9, 8), 3, date(2010, 9, 16)),
    ({}, date(2010, 6, 30), 15, date(2010, 7, 21)),
    (CHRISTMAS, date(2010, 12, 23), 1, date(2010, 12, 27)),
)


@pytest.mark.parametrize(("holidays", "complete", "days", "deadline"), GOLDEN)
def test_a_deadline_is_the_nth_working_day_after_completeness(
    holidays: dict[date, str], complete: date, days: int, deadline: date
) -> None:
    assert Calendar(holidays).deadline(complete, days) == deadline


def test_a_holiday_moves_the_deadline() -> None:
    assert Calendar().deadline(date(2010, 12, 23), 1) == date(2010, 12, 24)
    assert Calendar(CHRISTMAS).deadline(date(2010, 12, 23), 1) == date(2010, 12, 27)


def test_zero_days_is_the_same_visit_even_on_a_holiday() -> None:
    assert Calendar(CHRISTMAS).deadline(date(2010, 12, 24), 0) == date(2010, 12, 24)


def test_nobody_works_on_saturday_sunday_or_a_holiday() -> None:
    calendar = Calendar(CHRISTMAS)
    days = (date(2010, 12, 20) + timedelta(n) for n in range(7))
    assert [calendar.is_working(day) for day in days] == [True] * 4 + [False] * 3


@given(
    start=st.dates(date(2008, 1, 1), date(2027, 12, 31)),
    days=st.integers(1, 40),
    holidays=st.sets(st.dates(date(2008, 1, 1), date(2028, 12, 31)), max_size=30),
)
def test_between_completeness_and_deadline_lie_exactly_the_promised_days(
    start: date, days: int, holidays: set[date]
) -> None:
    calendar = Calendar(dict.fromkeys(holidays, "libur"))
    end = calendar.deadline(start, days)
    after = (start + timedelta(n) for n in range(1, (end - start).days + 1))
    assert calendar.is_working(end)
    assert sum(map(calendar.is_working, after)) == days
