"""The laws of protected elements: declared, changed, taken back, and gone with her."""

from datetime import date

from domain.kernel.events import Personal
from domain.population.protected import (
    Disability,
    DisabilityRecorded,
    Protected,
    RecordDisability,
    protected_decider,
)
from tests.domain.spec import forgotten, spec

MONDAY = date(2026, 11, 23)
BLIND, NONE = Disability("2", "2019"), Disability("", "2019")
RECORDED = DisabilityRecorded("resident-1", MONDAY, Personal("resident-1", BLIND))


def record(disability: Disability, *, known: bool = True) -> RecordDisability:
    return RecordDisability("resident-1", disability, MONDAY, known)


def test_what_she_declares_is_recorded_under_her_own_key() -> None:
    spec(protected_decider).when(record(BLIND)).then(RECORDED)
    taken_back = DisabilityRecorded("resident-1", MONDAY, Personal("resident-1", NONE))
    spec(protected_decider).given(RECORDED).when(record(NONE)).then(taken_back)


def test_what_is_so_already_is_no_fact() -> None:
    spec(protected_decider).given(RECORDED).when(record(BLIND)).rejected("nothing-changes")
    spec(protected_decider).when(record(NONE)).rejected("nothing-changes")


def test_of_whom_is_forgotten_nothing_is_recorded_and_nothing_is_left() -> None:
    spec(protected_decider).when(record(BLIND, known=False)).rejected("resident-forgotten")
    assert protected_decider.fold([forgotten(RECORDED)]) == Protected()
