"""Deeds of acknowledgement, legitimation and adoption that are annulled: a reversing fact names the original."""

from datetime import date
from typing import Any

import pytest

from api.acts import civil
from api.acts.civil import asked, corrections
from domain.kernel.errors import Refused
from domain.population.resident.events import ChildReversed, FiliationReversed
from tests.acts.civil_rows import ROWS
from tests.acts.office import ANOTHER, BAYU, Office
from tests.acts.people import REGISTRAR


@pytest.fixture
def office() -> Office:
    return Office()


def annul(office: Office, entry: str, child: str, approval: corrections.Approval | None = None) -> None:
    wanted = asked.CorrectionWanted(child, "akta keliru", entry=entry)
    asked_for = corrections.request(office.desk, wanted, by=REGISTRAR, command_id=office.next())
    civil.approve(
        office.desk,
        asked_for.correction,
        approval or corrections.Approval(),
        by=ANOTHER,
        command_id=office.next(),
    )


def parents(office: Office, child: str) -> tuple[Any, ...]:
    state = office.resident(child)
    assert state.person
    return state.mother, state.father, state.adopters, state.person.mother, state.person.father


@pytest.mark.parametrize("code", corrections.OF_FILIATION)
def test_without_the_deed_the_child_has_the_parents_that_it_had(office: Office, code: str) -> None:
    office.record("LEGITIMISE", asked.Legitimation(office.budi, mother=office.sri))
    before = parents(office, office.budi)
    entry = office.record(code, ROWS[code][1](office)).entry
    assert parents(office, office.budi) != before
    annul(office, entry, office.budi)
    assert parents(office, office.budi) == before
    originals = [
        fact.event.original
        for fact in office.ledger.stream(office.budi)
        if isinstance(fact.event, FiliationReversed)
    ]
    assert originals == [entry]
    assert civil.entry_of(office.desk, entry).annulled_on == office.desk.today
    with pytest.raises(Refused, match="already-annulled"):
        annul(office, entry, office.budi)


def test_what_a_later_deed_or_a_correction_says_of_the_parents_holds_on(office: Office) -> None:
    first = office.record("ACKNOWLEDGE", asked.Acknowledgement(office.budi, office.tono)).entry
    office.record("LEGITIMISE", asked.Legitimation(office.budi, office.sri, office.joko))
    change = asked.CardChange(office.budi, (asked.ElementValue("father", "Joko Susilo"),))
    office.record("KK_CHANGE", change)
    annul(office, first, office.budi)
    assert parents(office, office.budi)[:2] == (office.sri, office.joko)
    assert parents(office, office.budi)[4] == "Joko Susilo"


def test_of_two_annulled_deeds_neither_comes_back(office: Office) -> None:
    before = parents(office, office.budi)
    first = office.record("ACKNOWLEDGE", asked.Acknowledgement(office.budi, office.tono)).entry
    second = office.record("LEGITIMISE", asked.Legitimation(office.budi, office.sri, office.joko)).entry
    annul(office, first, office.budi)
    annul(office, second, office.budi)
    assert parents(office, office.budi) == before


def test_a_child_whose_adoption_is_annulled_may_go_back_to_its_household(office: Office) -> None:
    adopted = asked.Adoption(office.budi, "4/2026", father=office.tono)
    entry = office.record("ADOPTION", adopted).entry
    assert office.resident(office.budi).household == office.alone
    annul(office, entry, office.budi, corrections.Approval(asked.Home(office.home), "4"))
    assert office.resident(office.budi).household == office.home
    assert office.relations(office.home)[office.budi] == "4"
    assert office.resident(office.budi).adopters == ()


@pytest.mark.parametrize("code", ["ACKNOWLEDGE", "LEGITIMISE"])
def test_without_the_deed_the_parent_has_no_such_child(office: Office, code: str) -> None:
    entry = office.record(code, ROWS[code][1](office)).entry
    (parent,) = [id_ for id_ in (office.tono, office.joko, office.sri) if office.resident(id_).children][:1]
    annul(office, entry, office.budi)
    assert office.resident(parent).births == ()
    (fact,) = [f.event for f in office.ledger.stream(parent) if isinstance(f.event, ChildReversed)]
    assert (fact.child, fact.original) == (office.budi, entry)


def test_a_parent_whom_another_deed_names_too_keeps_the_child(office: Office) -> None:
    first = office.record("ACKNOWLEDGE", asked.Acknowledgement(office.budi, office.tono)).entry
    second = office.record("LEGITIMISE", asked.Legitimation(office.budi, office.sri, office.tono)).entry
    born = office.resident(office.tono).births
    annul(office, first, office.budi)
    assert office.resident(office.tono).births == born != ()
    annul(office, second, office.budi)
    assert office.resident(office.tono).births == office.resident(office.sri).births == ()


def test_a_birth_that_is_annulled_is_no_birth_of_the_mother_and_flags_no_later_one(office: Office) -> None:
    done = office.record("BIRTH", asked.Birth(BAYU, mother=office.sri, father=office.joko), date(2026, 6, 1))
    annul(office, done.entry, done.state.residents[0])
    assert office.resident(office.sri).births == office.resident(office.joko).births == ()
    again = office.record("BIRTH", asked.Birth(BAYU, mother=office.sri, father=office.joko))
    assert "births-too-close" not in again.state.flags
