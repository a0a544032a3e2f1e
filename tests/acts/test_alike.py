"""Officers say of two records whether they are of one person: before the second is made, or after."""

from dataclasses import replace

import pytest

from api.acts import civil
from api.acts.alike import Unlike, load, tell_apart
from api.acts.civil import asked
from api.acts.population import register_household
from domain.kernel.errors import Refused
from domain.population.pair import Verdict
from domain.population.resident import Standing
from tests.acts.office import ANOTHER, BAYU, JOKO, Office
from tests.acts.people import REGISTRAR, command, household


@pytest.fixture
def office() -> Office:
    return Office()


def same(office: Office, survivor: str, duplicate: str) -> civil.Recorded:
    new = asked.Duplicate(survivor, duplicate, "sidik jari sama")
    return civil.find_same(office.desk, new, by=ANOTHER, command_id=office.next())


def test_a_tick_on_the_form_of_a_birth_tells_the_child_from_whoever_is_like_it(office: Office) -> None:
    birth = asked.Birth(BAYU, office.sri, office.joko)
    done = office.record("BIRTH", birth, unlike=(Unlike(0, office.budi),))
    (bayu,) = [id_ for id_ in done.state.residents if id_ not in {office.sri, office.joko}]
    found = load(office.desk, office.budi, bayu)
    assert (found.verdict, found.decided_by) == (Verdict.DIFFERENT, REGISTRAR.id)
    with pytest.raises(Refused, match="pair-already-decided"):
        same(office, office.budi, bayu)


def test_a_tick_on_a_new_household_is_of_the_member_that_it_names(office: Office) -> None:
    members = household(replace(JOKO, name="Joko S"), replace(JOKO, name="Tono S", relation="4"))
    new = replace(members, unlike=(Unlike(1, office.tono),))
    done = register_household(office.desk, new, by=REGISTRAR, command_id=command("again"))
    first, second = (load(office.desk, id_, office.tono).verdict for id_ in done.residents)
    assert (first, second) == (Verdict.NONE, Verdict.DIFFERENT)
    assert register_household(office.desk, new, by=REGISTRAR, command_id=command("again")).receipt.repeated


def test_of_two_officers_the_second_is_told_who_was_first(office: Office) -> None:
    tell_apart(office.desk, office.joko, office.tono, by=REGISTRAR, command_id=office.next())
    with pytest.raises(Refused) as refused:
        same(office, office.joko, office.tono)
    assert refused.value.parameters["by"] == REGISTRAR.id
    assert office.resident(office.tono).standing is Standing.ALIVE, "nothing of it was recorded"


def test_of_one_person_nobody_makes_two_again(office: Office) -> None:
    same(office, office.joko, office.tono)
    assert office.resident(office.tono).standing is Standing.VOID
    with pytest.raises(Refused) as refused:
        tell_apart(office.desk, office.tono, office.joko, by=REGISTRAR, command_id=office.next())
    assert (refused.value.code, refused.value.parameters["by"]) == ("pair-already-decided", ANOTHER.id)


def test_the_civil_event_itself_overrules_that_two_were_told_apart(office: Office) -> None:
    tell_apart(office.desk, office.joko, office.tono, by=ANOTHER, command_id=office.next())
    office.record("DUPLICATE", asked.Duplicate(office.joko, office.tono, "sidik jari sama"))
    found = load(office.desk, office.joko, office.tono)
    assert (found.verdict, found.decided_by) == (Verdict.SAME, REGISTRAR.id)


def test_nobody_is_told_from_somebody_who_is_not_there(office: Office) -> None:
    with pytest.raises(Refused, match="unknown-resident"):
        tell_apart(office.desk, office.joko, "resident-none", by=REGISTRAR, command_id=office.next())
