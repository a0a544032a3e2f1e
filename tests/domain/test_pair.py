"""The laws of a pair: it is decided once, and who comes second is told who was first."""

from datetime import date

from domain.population.pair import (
    FindDifferent,
    FindSame,
    PairFoundDifferent,
    PairFoundSame,
    pair_decider,
    pair_id,
)
from tests.domain.spec import spec

ONE, OTHER = "resident-1", "resident-2"
TODAY = date(2026, 11, 24)
SAME = FindSame(OTHER, ONE, "dewi", TODAY)
FOUND_SAME = PairFoundSame(OTHER, ONE, TODAY, "dewi")
DIFFERENT = FindDifferent(OTHER, ONE, "bagus", TODAY)
FOUND_DIFFERENT = PairFoundDifferent(ONE, OTHER, TODAY, "bagus")


def test_a_pair_is_one_whoever_is_named_first() -> None:
    assert pair_id(ONE, OTHER) == pair_id(OTHER, ONE) != pair_id(ONE, "resident-3")
    spec(pair_decider).when(SAME).then(FOUND_SAME)
    spec(pair_decider).when(DIFFERENT).then(FOUND_DIFFERENT)


def test_who_decides_second_is_told_who_was_first() -> None:
    first = {"by": "bagus", "on": TODAY, "verdict": "different"}
    spec(pair_decider).given(FOUND_DIFFERENT).when(SAME).rejected("pair-already-decided", **first)
    spec(pair_decider).given(FOUND_DIFFERENT).when(DIFFERENT).rejected("pair-already-decided", **first)
    first = {"by": "dewi", "on": TODAY, "verdict": "same"}
    spec(pair_decider).given(FOUND_SAME).when(DIFFERENT).rejected("pair-already-decided", **first)


def test_only_the_civil_event_overrules_that_two_were_told_apart_and_nothing_that_they_are_one() -> None:
    again = FindSame(OTHER, ONE, "dewi", TODAY, overrule=True)
    spec(pair_decider).given(FOUND_DIFFERENT).when(again).then(FOUND_SAME)
    first = {"by": "dewi", "on": TODAY, "verdict": "same"}
    spec(pair_decider).given(FOUND_SAME).when(again).rejected("pair-already-decided", **first)


def test_nobody_is_a_pair_with_herself() -> None:
    spec(pair_decider).when(FindDifferent(ONE, ONE, "dewi", TODAY)).rejected("two-people-needed")
    spec(pair_decider).when(FindSame(ONE, ONE, "dewi", TODAY)).rejected("two-people-needed")
