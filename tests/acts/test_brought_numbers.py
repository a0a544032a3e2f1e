"""KK numbers and NIKs that an event brings from elsewhere: taken as they are, once, and told where they do not fit."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from api.acts.civil import asked
from domain.kernel.errors import Refused
from tests.acts.civil_rows import UNTIL, away, guest_of, related
from tests.acts.office import BAYU, ELSEWHERE, IN_KEDEN, STRANGER, Office

OURS = "3314012411269000"
"""The next number that the regency would give in the kecamatan of Keden today."""
BROUGHT = "3372022411261234"
"""Of another regency."""
AT = replace(ELSEWHERE, kk=BROUGHT)
Event = Callable[[Office, str | None], tuple[str, object]]


def leave(office: Office, kk: str | None) -> tuple[str, object]:
    return "DEATH", asked.Death(office.joko, successors=(asked.Successor(office.sri, kk=kk),))


def out(office: Office, kk: str | None) -> tuple[str, object]:
    heirs = (asked.Successor(office.sri, kk=kk),)
    return "MOVE_OUT", asked.MoveOut((office.joko,), "between-provinces", "Jakarta", successors=heirs)


def back(office: Office, kk: str | None) -> tuple[str, object]:
    away(office)
    return "MOVE_IN", asked.MoveIn(replace(ELSEWHERE, kk=kk), "Jakarta", "1/2026", related(office.tono))


def over(office: Office, kk: str | None) -> tuple[str, object]:
    home = replace(ELSEWHERE, kk=kk)
    return "DIVORCE", asked.MarriageOver("1/2026", office.joko, office.sri, related(office.sri), home)


def stays(office: Office, kk: str | None) -> tuple[str, object]:
    home = replace(ELSEWHERE, kk=kk)
    return "FOREIGN_PERMANENT", asked.PermanentStay(guest_of(office), "ITAP-1", UNTIL, home, "1")


EVENTS: dict[str, Event] = {
    "KK_NEW": lambda o, kk: ("KK_NEW", asked.NewCard(related(o.budi), replace(ELSEWHERE, kk=kk))),
    "DEATH": leave,
    "MOVE_OUT": out,
    "MOVE_IN": back,
    "ADDRESS": lambda o, kk: ("ADDRESS", asked.NewAddress(o.home, replace(IN_KEDEN, kk=kk))),
    "DIVORCE": over,
    "FOREIGN_PERMANENT": stays,
}
"""Every event after which a card has a number that it had not before."""


@pytest.fixture
def office() -> Office:
    return Office()


def numbers(office: Office) -> list[str]:
    homes = (stream for stream in office.ledger.streams if stream.startswith("household-"))
    states = (office.household(home) for home in homes)
    return [state.residence.kk for state in states if state.residence]


def refused(office: Office, code: str, what: object) -> Refused:
    head = office.ledger.head()
    with pytest.raises(Refused) as refusal:
        office.record(code, what)
    assert office.ledger.head() == head, "all or nothing"
    return refusal.value


@pytest.mark.parametrize("name", EVENTS)
def test_a_number_that_is_brought_is_the_number_of_the_card_and_is_used_once(
    office: Office, name: str
) -> None:
    office.record(*EVENTS[name](office, BROUGHT))
    assert numbers(office).count(BROUGHT) == 1
    assert office.ledger.holder("kk", BROUGHT)
    again = asked.NewCard(related(office.sri if name != "DIVORCE" else office.budi), AT)
    heirs = replace(again, successors=(asked.Successor(office.budi),))
    assert refused(office, "KK_NEW", heirs).code == "kk-already-registered"


@pytest.mark.parametrize("name", EVENTS)
def test_a_number_that_cannot_be_one_is_told_at_its_place(office: Office, name: str) -> None:
    code, what = EVENTS[name](office, "33720224")
    wrong = refused(office, code, what)
    assert (wrong.code, wrong.parameters["path"]) == ("malformed-kk", "kk")


@pytest.mark.parametrize("name", EVENTS)
def test_without_one_the_regency_gives_the_next_that_nobody_brought(office: Office, name: str) -> None:
    before = {*numbers(office)}
    office.record(*EVENTS[name](office, None))
    (given,) = {*numbers(office)} - before
    assert given[:4] == "3314"


def test_the_number_that_would_be_given_next_may_be_brought_and_is_skipped_then(office: Office) -> None:
    office.record("ADDRESS", asked.NewAddress(office.home, replace(IN_KEDEN, kk=OURS)))
    office.record("KK_NEW", asked.NewCard(related(office.budi), IN_KEDEN))
    assert {OURS, "3314012411269001"} <= {*numbers(office)}


def test_two_cards_of_one_event_do_not_bring_one_number(office: Office) -> None:
    split = asked.NewCard(related(office.joko), AT, (asked.Successor(office.sri, kk=BROUGHT),))
    assert refused(office, "KK_NEW", split).code == "kk-already-registered"


def test_a_brought_number_and_a_given_one_of_one_event_differ(office: Office) -> None:
    tomorrow = f"331410{office.desk.today:%d%m%y}"
    next_here = max(number for number in numbers(office) if number.startswith(tomorrow))
    brought = str(int(next_here) + 1)
    split = asked.NewCard(
        related(office.joko), replace(ELSEWHERE, kk=brought), (asked.Successor(office.sri),)
    )
    office.record("KK_NEW", split)
    assert numbers(office).count(brought) == 1
    assert str(int(brought) + 1) in numbers(office)


def test_a_child_brings_the_nik_that_another_office_gave(office: Office) -> None:
    born = asked.Birth(replace(BAYU, nik="3372022011261234"), mother=office.sri)
    child = office.record("BIRTH", born).state.residents[0]
    assert office.resident(child).nik == "3372022011261234"
    assert refused(office, "BIRTH", born).code == "nik-already-registered"
    wrong = refused(office, "BIRTH", replace(born, newborn=replace(BAYU, nik="33720220")))
    assert (wrong.code, wrong.parameters["path"]) == ("malformed-nik", "persons[0]")


def test_two_newcomers_do_not_bring_one_nik(office: Office) -> None:
    pair = (STRANGER, replace(STRANGER, relation="11"))
    move = asked.MoveIn(ELSEWHERE, "Solo", "1/2026", newcomers=pair)
    assert refused(office, "MOVE_IN", move).code == "nik-already-registered"
