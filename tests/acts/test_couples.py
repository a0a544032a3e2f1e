"""Couples who came with their household are married to each other, though nobody recorded their wedding."""

from dataclasses import replace
from typing import Any

import pytest

from api.acts.civil import asked
from domain.kernel.errors import Refused
from domain.population.couples import couples
from domain.population.resident import CivilEventNoted, Resident, ResidentRegistered
from domain.population.resident.state import evolve
from tests.acts.civil_rows import related
from tests.acts.office import ELSEWHERE, JOKO, STRANGER, WIFE, Office
from tests.acts.people import REGISTRAR


@pytest.fixture
def office() -> Office:
    return Office()


def refused(office: Office, code: str, what: object) -> str:
    head = office.ledger.head()
    with pytest.raises(Refused) as refusal:
        office.record(code, what)
    assert office.ledger.head() == head, "all or nothing"
    return refusal.value.code


def over(office: Office, husband: str = "", wife: str = "", *leaves: str) -> asked.MarriageOver:
    members = tuple(one for id_ in leaves for one in related(id_))
    heirs = (asked.Successor(office.sri),) if office.joko in leaves else ()
    return asked.MarriageOver("1/2026", husband, wife, members, ELSEWHERE if leaves else None, heirs)


def before_version_3(office: Office) -> None:
    """As their facts load that were recorded when no spouse was named."""
    for id_ in (office.joko, office.sri):
        first: Any = office.ledger.stream(id_)[0]
        assert isinstance(first.event, ResidentRegistered)
        office.ledger.streams[id_][0] = replace(first, event=replace(first.event, spouse=""))
        # Whatever is appended makes the ledger fold the stream anew.
        noted = CivilEventNoted("BIODATA", "entry-none", JOKO.birth_date)
        office.ledger.append(id_, noted, REGISTRAR, office.next())


def test_head_and_wife_of_one_card_are_married_to_each_other(office: Office) -> None:
    assert [m.spouse for m in office.resident(office.joko).marriages] == [office.sri]
    assert [m.spouse for m in office.resident(office.sri).marriages] == [office.joko]
    assert office.resident(office.budi).marriages == ()
    assert office.resident(office.tono).marriages == ()


@pytest.mark.parametrize(
    ("members", "pairs"),
    [
        ([("a", "1", "2"), ("b", "3", "2"), ("c", "4", "2")], {"a": "b", "b": "a"}),
        ([("a", "1", "2"), ("b", "2", "2")], {"a": "b", "b": "a"}),
        ([("a", "1", "2"), ("b", "3", "3")], {}),
        ([("a", "1", "1"), ("b", "3", "2")], {}),
        ([("a", "1", "2"), ("b", "3", "2"), ("c", "3", "2")], {}),
        ([("a", "1", "2"), ("b", "4", "2"), ("c", "5", "2")], {}),
    ],
)
def test_a_card_names_a_couple_where_nobody_can_doubt_it(
    members: list[tuple[str, str, str]], pairs: dict[str, str]
) -> None:
    assert couples(members) == pairs


@pytest.mark.parametrize("code", ["DIVORCE", "MARRIAGE_ANNUL"])
@pytest.mark.parametrize("old", [False, True])
def test_who_divorces_one_of_them_divorces_both_and_says_who_leaves(
    office: Office, code: str, old: bool
) -> None:
    if old:
        before_version_3(office)
    assert refused(office, code, over(office, office.joko)) == "leaving-spouse-needed"
    assert refused(office, code, over(office, "", office.sri)) == "leaving-spouse-needed"
    office.record(code, over(office, office.joko, "", office.sri))
    after = "3" if code == "DIVORCE" else "1"
    assert office.marital(office.joko, office.sri) == [after, after]
    assert office.resident(office.sri).household != office.home


@pytest.mark.parametrize("old", [False, True])
def test_nobody_is_divorced_from_another_than_the_card_says(office: Office, old: bool) -> None:
    if old:
        before_version_3(office)
    _, (yanti,) = office.family(replace(STRANGER, nik=None, name="Yanti", marital="2"))
    other = over(office, office.joko, yanti, office.joko)
    assert refused(office, "DIVORCE", other) == "not-married-to-each-other"


def test_a_couple_is_one_when_it_is_parted_by_a_move(office: Office) -> None:
    office.record("MOVE_OUT", asked.MoveOut((office.sri,), "between-provinces", "Jakarta"))
    office.record("DIVORCE", over(office, office.joko))
    assert office.marital(office.joko, office.sri) == ["3", "2"], "she is told when she comes back"
    back = asked.MoveIn(ELSEWHERE, "Jakarta", "1/2026", related(office.sri))
    office.record("MOVE_IN", back)
    assert office.marital(office.joko, office.sri) == ["3", "3"]


def test_who_annuls_the_divorce_of_one_restores_the_marriage_of_both(office: Office) -> None:
    office.record("DIVORCE", over(office, office.joko, office.sri, office.sri))
    office.record("DIVORCE_ANNUL", asked.DivorceAnnulled("3/2026", wife=office.sri))
    assert office.marital(office.joko, office.sri) == ["2", "2"]
    assert [m.spouse for m in office.resident(office.joko).marriages] == [office.sri]


def test_a_couple_that_arrives_together_is_one(office: Office) -> None:
    pair = (replace(JOKO, nik="3372020101881234"), replace(WIFE, nik="3372025708901234"))
    move = asked.MoveIn(ELSEWHERE, "Solo", "1/2026", newcomers=pair)
    one, other = office.record("MOVE_IN", move).state.residents
    assert [m.spouse for id_ in (one, other) for m in office.resident(id_).marriages] == [other, one]


def test_with_two_wives_on_the_card_it_is_asked_which(office: Office) -> None:
    home, (agus, *wives) = office.family(JOKO, WIFE, replace(WIFE, name="Yanti"))
    assert refused(office, "DIVORCE", over(office, agus)) == "spouse-needed"
    office.record("DIVORCE", over(office, agus, wives[1], wives[1]))
    assert office.resident(wives[0]).household == home
    assert evolve(Resident(), office.ledger.stream(agus)[0].event).marriages == ()
