"""The laws of a watch and of an inquiry: who is named is named once, and nobody looks into herself."""

from datetime import date

import pytest

from domain.access.inquiry import AlarmLookedInto, Finding, LookInto, inquiry_decider
from domain.access.watch import BeginWatch, EndWatch, WatchBegun, Watched, WatchEnded, watch_decider
from tests.domain.spec import spec

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
NAMED = WatchBegun("resident-1", "prominent", "", (), (), MONDAY)
OFFICIAL = WatchBegun("resident-1", "official", "dewi", ("resident-2",), ("resident-3",), MONDAY)
ABOUT_DEWI = LookInto("dewi", "bagus", Finding.EXPLAINED, TUESDAY)


def test_the_prominent_are_named_once_and_may_be_named_again_after_the_end() -> None:
    name = BeginWatch("resident-1", Watched.PROMINENT, MONDAY)
    end = EndWatch("resident-1", Watched.PROMINENT, TUESDAY)
    spec(watch_decider).when(name).then(NAMED)
    spec(watch_decider).given(NAMED).when(name).rejected("already-watched", kind="prominent")
    spec(watch_decider).given(NAMED).when(end).then(WatchEnded("resident-1", "prominent", TUESDAY))
    spec(watch_decider).given(NAMED, WatchEnded("resident-1", "prominent", TUESDAY)).when(name).then(NAMED)


def test_an_official_is_told_once_more_when_she_has_moved() -> None:
    tell = BeginWatch("resident-1", Watched.OFFICIAL, TUESDAY, "dewi", (), ("resident-9",))
    moved = WatchBegun("resident-1", "official", "dewi", (), ("resident-9",), TUESDAY)
    spec(watch_decider).given(OFFICIAL).when(tell).then(moved)
    unnamed = BeginWatch("resident-1", Watched.OFFICIAL, TUESDAY)
    spec(watch_decider).when(unnamed).rejected("watch-names-no-officer")


def test_only_what_is_watched_ends() -> None:
    end = EndWatch("resident-1", Watched.PROMINENT, TUESDAY)
    spec(watch_decider).given(OFFICIAL).when(end).rejected("not-watched", kind="prominent")


def test_another_officer_looks_into_an_alarm() -> None:
    spec(inquiry_decider).when(ABOUT_DEWI).then(AlarmLookedInto("dewi", "bagus", "explained", TUESDAY))
    herself = LookInto("dewi", "dewi", Finding.EXPLAINED, TUESDAY)
    spec(inquiry_decider).when(herself).rejected("another-officer-looks-into-it")


@pytest.mark.parametrize("finding", ["explained", "misuse"])
def test_a_finding_is_final(finding: str) -> None:
    found = AlarmLookedInto("dewi", "bagus", finding, MONDAY)
    spec(inquiry_decider).given(found).when(ABOUT_DEWI).rejected("alarm-already-looked-into", finding=finding)


def test_what_is_unclear_is_looked_into_once_more() -> None:
    unclear = AlarmLookedInto("dewi", "bagus", "unclear", MONDAY)
    found = AlarmLookedInto("dewi", "bagus", "explained", TUESDAY)
    spec(inquiry_decider).given(unclear).when(ABOUT_DEWI).then(found)
