"""The laws of one person in two registries: what differs, what is nobody's news, and what does not come back."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from adapters.reference import reference
from domain.kernel.events import Personal
from domain.population.comparison import (
    AcceptDifferences,
    Difference,
    DifferencesAccepted,
    DifferencesDismissed,
    DifferencesFound,
    DifferencesGone,
    DismissDifferences,
    HeldRecord,
    NoteDifferences,
    RecordsCompared,
    TakeMessage,
    compare,
    comparison_decider,
    elements_of,
    message_decider,
    strange,
)
from domain.population.filing import Answer
from domain.population.resident import Person, Residence, Resident, Standing
from tests.domain.spec import spec

TODAY = date(2026, 11, 24)
SRI = "resident-1"
CODES = reference().codes
PERSON = Person(
    *(
        "Sri Wahyuni",
        "2",
        "Sragen",
        date(1990, 8, 17),
        "1",
        "1",
        "13",
        "5",
        "1",
        "1",
        "1",
        "Sumini",
        "Suparman",
    )
)
HOME = Residence("3314101001269001", "Jl. Raya Sukowati 12", "001", "002")
OURS = Resident(
    registered=True, village="33.14.10.1003", nik="3314105708909001", person=PERSON, residence=HOME
)


def held(vintage: str = "2019", **told: str) -> HeldRecord:
    """Sri as the centre holds her: as we do, but for what is told."""
    elements = {**elements_of(OURS), **told}
    return HeldRecord("3314105708909001", TODAY, elements["village"], vintage, True, elements)


def differ(ours: Resident = OURS, vintage: str = "2019", **told: str) -> list[tuple[str, str, str]]:
    return [(one.element, one.ours, one.theirs) for one in compare(ours, held(vintage, **told), CODES)]


def test_whoever_is_the_same_in_both_differs_in_nothing() -> None:
    assert differ() == []


@pytest.mark.parametrize(
    ("element", "theirs"),
    [
        ("name", "Sri Wahyuningsih"),
        ("birth_date", "1990-08-18"),
        ("marital", "2"),
        ("kk", "3314101001269002"),
        ("village", "33.14.10.1004"),
        ("rt", "003"),
        ("occupation", "2"),
        ("occupation", "BUPATI LAMA"),
    ],
)
def test_each_element_that_differs_is_told_with_both_values(element: str, theirs: str) -> None:
    found = compare(OURS, held(**{element: theirs}), CODES)
    assert [(one.element, one.ours, one.theirs) for one in found] == [
        (element, elements_of(OURS)[element], theirs)
    ]


def test_capitals_blanks_and_zeros_are_nobodys_news() -> None:
    assert differ(name="SRI  WAHYUNI", rt="1", rw="02", address="JL. RAYA SUKOWATI 12") == []
    assert differ(kk="0314101001269001") != [], "a zero counts where it is no padding"


def test_an_occupation_is_compared_by_its_word_because_a_code_changes_its_meaning() -> None:
    last = CODES.name("occupation", "89", "2010")
    code = next(c.code for c in CODES.of("occupation", TODAY) if c.name == last)
    ours = replace(OURS, person=replace(PERSON, occupation=code))
    assert code != "89"
    assert differ(ours, "2010", occupation="89") == []
    assert differ(ours, "2019", occupation="89") == [("occupation", code, "89")]


def test_what_the_centre_does_not_say_is_not_compared() -> None:
    silent = HeldRecord("3314105708909001", TODAY, OURS.village, "2019", True, {"name": "Sri Wahyuni"})
    assert compare(OURS, silent, CODES) == ()


def test_who_lives_here_no_more_should_not_be_held_and_her_home_is_not_compared() -> None:
    dead = replace(OURS, standing=Standing.DEAD)
    assert differ(dead, kk="3314101001269002", mother="Sumi") == [
        *[("standing", "dead", ""), ("mother", "Sumini", "Sumi")]
    ]


def test_of_a_stranger_only_that_is_kept_by_which_she_may_be_found() -> None:
    told = [(one.element, one.ours, one.theirs) for one in strange(held())]
    assert told == [
        ("nik", "", "3314105708909001"),
        ("name", "", "Sri Wahyuni"),
        ("birth_date", "", "1990-08-17"),
        ("village", "", "33.14.10.1003"),
    ]


NAME, MOTHER = Difference("name", "Sri", "Sri W."), Difference("mother", "Sumini", "Sumi")


def noted(*differences: Difference, message: str = "P-1", pending: tuple[str, ...] = ()) -> NoteDifferences:
    return NoteDifferences(SRI, SRI, OURS.village, message, TODAY, differences, pending)


def found(*differences: Difference, message: str = "P-1") -> DifferencesFound:
    return DifferencesFound(SRI, OURS.village, TODAY, message, Personal(SRI, differences))


DISMISS = DismissDifferences(("name",), "Akta kelahiran", "dewi", TODAY)
DISMISSED = DifferencesDismissed(("name",), TODAY, "dewi", Personal(SRI, "Akta kelahiran"))
ACCEPT = AcceptDifferences(("name",), "correction-1", "dewi", TODAY)
ACCEPTED = DifferencesAccepted(("name",), "correction-1", TODAY, "dewi")


def test_what_differs_is_a_fact_once_and_no_more_when_it_comes_again() -> None:
    spec(comparison_decider).when(noted()).then()
    spec(comparison_decider).when(noted(NAME)).then(found(NAME))
    spec(comparison_decider).given(found(NAME)).when(noted(NAME, message="P-2")).then()
    again = noted(NAME, MOTHER, message="P-2")
    spec(comparison_decider).given(found(NAME)).when(again).then(found(NAME, MOTHER, message="P-2"))


def test_what_agrees_again_is_gone() -> None:
    gone = DifferencesGone("P-2", TODAY)
    spec(comparison_decider).given(found(NAME)).when(noted(message="P-2")).then(gone)
    spec(comparison_decider).given(found(NAME), gone).when(noted(message="P-3")).then()


def test_what_was_found_right_here_does_not_come_back_for_the_same_values() -> None:
    spec(comparison_decider).given(found(NAME, MOTHER)).when(DISMISS).then(DISMISSED)
    settled = spec(comparison_decider).given(found(NAME), DISMISSED)
    settled.when(noted(NAME, message="P-2")).then()
    other = replace(NAME, theirs="Sri Wulan")
    settled.when(noted(other, message="P-2")).then(found(other, message="P-2"))


def test_what_shall_be_corrected_comes_back_only_when_the_correction_waits_no_more() -> None:
    spec(comparison_decider).given(found(NAME)).when(ACCEPT).then(ACCEPTED)
    settled = spec(comparison_decider).given(found(NAME), ACCEPTED)
    settled.when(noted(NAME, message="P-2", pending=("correction-1",))).then()
    settled.when(noted(NAME, message="P-2")).then(found(NAME, message="P-2"))


@pytest.mark.parametrize("command", [DISMISS, ACCEPT])
def test_only_what_is_open_can_be_settled_and_only_once(command: Any) -> None:
    spec(comparison_decider).when(command).rejected("difference-not-open", elements=["name"])
    settled = spec(comparison_decider).given(found(NAME, MOTHER), DISMISSED)
    settled.when(command).rejected("difference-not-open", elements=["name"])
    nothing = replace(command, elements=())
    spec(comparison_decider).given(found(NAME)).when(nothing).rejected("difference-not-open", elements=[])


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_who_overrules_the_centre_says_why(reason: str) -> None:
    refused = spec(comparison_decider).given(found(NAME)).when(replace(DISMISS, reason=reason))
    refused.rejected("difference-needs-a-reason", limit=200)


def test_nothing_is_open_of_whom_is_forgotten() -> None:
    forgotten = replace(found(NAME), differences=Personal(SRI, None))
    spec(comparison_decider).given(forgotten).when(DISMISS).rejected("difference-not-open", elements=["name"])


def test_a_message_leaves_its_receipt_once() -> None:
    sent = datetime(2026, 11, 24, 6, tzinfo=UTC)
    told = RecordsCompared(Answer("P-1", "PUSAT/1", sent), 3, 1, 1, 1, 0)
    spec(message_decider).when(TakeMessage(told)).then(told)
    spec(message_decider).given(told).when(TakeMessage(told)).then()
