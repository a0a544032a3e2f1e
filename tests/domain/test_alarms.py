"""The laws of alarms: each names its reason, usual work raises none, and the order of readings changes nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.reference import reference
from domain.access.alarms import Alarm, Hour, Opened, Raised, Tie, alarms
from domain.kernel.values import Period

JAKARTA = ZoneInfo("Asia/Jakarta")
TABLES = reference()
TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
SRI, DEWI, HER_SON, NOBODY = "resident-sri", "resident-dewi", "resident-son", "resident-x"
NEXT_DOOR = tuple(f"resident-next-{n}" for n in range(4))
NAMED = Tie(SRI, "prominent", "", frozenset(), frozenset(), Period(None, TUESDAY))
OFFICIAL = Tie(DEWI, "official", "dewi", frozenset({HER_SON}), frozenset(NEXT_DOOR), Period())
NOON = datetime(2026, 11, 24, 12, tzinfo=JAKARTA)


def opened(officer: str, resident: str, day: date = TUESDAY, count: int = 1, last: int = 1) -> Opened:
    return Opened(officer, "DISDUKCAPIL", resident, day, count, last)


def hour(since: datetime, opened: int = 0, listed: int = 0, last: int = 1) -> Hour:
    return Hour("dewi", "DISDUKCAPIL", since, opened, listed, last)


def raised(
    people: Sequence[Opened] = (), hours: Sequence[Hour] = (), ties: Sequence[Tie] = (NAMED, OFFICIAL)
) -> list[Raised]:
    return alarms(people, hours, ties, TABLES.alarms, TABLES.opening.closed)


def why(found: Sequence[Raised]) -> list[tuple[str, str, str]]:
    return [(one.alarm.value, one.officer, one.resident) for one in found]


@pytest.mark.parametrize(
    ("officer", "resident", "reason"),
    [
        ("bagus", SRI, "prominent"),
        ("dewi", SRI, "prominent"),
        ("bagus", DEWI, "colleague"),
        ("dewi", DEWI, "own"),
        ("dewi", HER_SON, "family"),
    ],
)
def test_a_record_that_tempts_raises_an_alarm_with_its_reason(
    officer: str, resident: str, reason: str
) -> None:
    assert why(raised([opened(officer, resident)])) == [(reason, officer, resident)]


@pytest.mark.parametrize(
    ("officer", "resident"), [("bagus", HER_SON), ("dewi", NOBODY), ("bagus", NEXT_DOOR[0])]
)
def test_usual_work_raises_none(officer: str, resident: str) -> None:
    assert raised([opened(officer, resident, count=50)]) == []


def test_a_neighbour_comes_to_the_counter_and_three_in_a_day_are_curiosity() -> None:
    near = [opened("dewi", one, last=n) for n, one in enumerate(NEXT_DOOR, 1)]
    assert raised(near[:2]) == []
    assert raised([*near[:2], opened("dewi", NEXT_DOOR[2], WEDNESDAY)]) == [], "on another day"
    (alarm,) = raised(near)
    assert (alarm.alarm, alarm.count, alarm.at_least, alarm.last) == (Alarm.NEIGHBOUR, 4, 3, 4)


def test_a_watch_tells_of_the_readings_before_it_and_none_after_its_end() -> None:
    before, after = opened("bagus", SRI, date(2023, 1, 2)), opened("bagus", SRI, WEDNESDAY)
    assert [one.day for one in raised([before, after])] == [date(2023, 1, 2)]


@pytest.mark.parametrize(
    ("since", "late"),
    [
        (datetime(2026, 11, 24, 2, tzinfo=JAKARTA), True),
        (datetime(2026, 11, 24, 5, tzinfo=JAKARTA), True),
        (datetime(2026, 11, 24, 6, tzinfo=JAKARTA), False),
        (NOON, False),
        (datetime(2026, 11, 24, 16, tzinfo=JAKARTA), False),
        (datetime(2026, 11, 24, 17, tzinfo=JAKARTA), True),
        (datetime(2026, 11, 22, 12, tzinfo=JAKARTA), True),
        (datetime(2026, 12, 25, 12, tzinfo=JAKARTA), True),
        (datetime(2010, 11, 24, 2, tzinfo=JAKARTA), False),
    ],
    ids=["night", "before", "opening", "noon", "closing", "evening", "Sunday", "Christmas", "hours unknown"],
)
def test_a_reading_while_every_office_is_closed_is_unusual(since: datetime, *, late: bool) -> None:
    found = raised(hours=[hour(since, opened=1)])
    assert [one.alarm for one in found] == ([Alarm.OUTSIDE_HOURS] if late else [])


def test_a_night_of_curiosity_is_one_alarm() -> None:
    night = [hour(NOON.replace(hour=h), opened=2, listed=50, last=h) for h in (1, 2, 3)]
    (alarm,) = raised(hours=night)
    assert (alarm.count, alarm.last, alarm.at) == (156, 3, None)


@pytest.mark.parametrize(
    ("opened", "listed", "reasons"),
    [
        (59, 1999, []),
        (60, 0, ["too-many"]),
        (0, 2000, ["too-many-listed"]),
        (60, 2000, ["too-many", "too-many-listed"]),
    ],
)
def test_more_in_an_hour_than_service_explains(opened: int, listed: int, reasons: list[str]) -> None:
    found = raised(hours=[hour(NOON, opened, listed)])
    assert [one.alarm for one in found] == reasons
    assert {one.at for one in found} <= {NOON}


PEOPLE = st.builds(
    opened,
    st.sampled_from(["dewi", "bagus"]),
    st.sampled_from([SRI, DEWI, HER_SON, NOBODY, *NEXT_DOOR]),
    st.sampled_from([TUESDAY, WEDNESDAY]),
)
HOURS = st.builds(
    lambda ahead, opened, listed: hour(NOON + timedelta(hours=ahead), opened, listed),
    st.integers(-12, 60),
    st.integers(0, 100),
    st.integers(0, 4000),
)


@given(
    st.lists(PEOPLE, max_size=12, unique_by=lambda one: (one.officer, one.resident, one.day)),
    st.lists(HOURS, max_size=12, unique_by=lambda one: one.since),
    st.randoms(use_true_random=False),
)
def test_the_order_of_readings_changes_nothing_and_no_two_alarms_are_called_the_same(
    people: list[Opened], hours: list[Hour], random: Random
) -> None:
    people = [replace(one, last=n) for n, one in enumerate(people, 1)]
    hours = [replace(one, last=n) for n, one in enumerate(hours, 1)]
    found = raised(people, hours)
    random.shuffle(people)
    random.shuffle(hours)
    again = raised(people, hours)
    assert {one.id: one for one in again} == {one.id: one for one in found}
    assert len({one.id for one in found}) == len(found)
    assert all(one.count >= one.at_least for one in found)


def test_the_limits_are_of_the_regency_and_none_is_forgotten() -> None:
    assert set(TABLES.alarms.on(TUESDAY)) == set(Alarm)
    assert all(row.at_least >= 1 and row.source for row in TABLES.alarms.rows)
