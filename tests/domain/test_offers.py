"""What a page offers is what the rules would let through without a question: the same functions decide both."""

from datetime import date

import pytest

from domain.kernel.errors import Rejected
from domain.population import offers, plausible
from domain.population.resident import IssueKia, RequestKtp, Resident, Standing, resident_decider
from tests.domain.examples import MONDAY, TABLES, register, someone

AGES = TABLES.ages
BORN = [date(MONDAY.year - years, 1, 1) for years in (0, 2, 9, 10, 15, 16, 17, 18, 19, 40)]


def resident(born: date, marital: str, sex: str = "2") -> Resident:
    person = someone(birth_date=born, marital=marital, sex=sex)
    return resident_decider.fold(resident_decider.decide(Resident(), register(person=person, on=MONDAY)))


def whom(state: Resident, standing: Standing = Standing.ALIVE) -> offers.Whom:
    assert state.person
    p = state.person
    return offers.Whom(standing, p.sex, p.birth_date, p.marital, state.ktp(MONDAY))


def lets_through(state: Resident, command: RequestKtp | IssueKia) -> bool:
    try:
        resident_decider.decide(state, command)
    except Rejected:
        return False
    return True


@pytest.mark.parametrize("marital", ["1", "2"])
@pytest.mark.parametrize("born", BORN)
def test_a_card_is_offered_exactly_to_whom_the_rule_gives_it(born: date, marital: str) -> None:
    state = resident(born, marital)
    assert offers.ktp(whom(state)) == lets_through(state, RequestKtp("case-1", MONDAY))
    assert offers.kia(whom(state), MONDAY) == lets_through(state, IssueKia(MONDAY))


@pytest.mark.parametrize("sex", ["1", "2"])
@pytest.mark.parametrize("born", BORN)
def test_an_event_is_offered_exactly_to_whom_it_would_raise_no_flag_of_age(born: date, sex: str) -> None:
    state = resident(born, "1", sex)
    assert state.person
    offered = offers.events(whom(state), MONDAY, AGES)
    flags = {*plausible.of_marriage(state.person, None, MONDAY, AGES)}
    assert ("MARRIAGE" in offered) == ("below-marriage-age" not in flags)
    young = {*plausible.of_parent(state.person, MONDAY, AGES)}
    assert ("BIRTH" in offered) == (not young)
    assert "DEATH" in offered, "whatever her age"


def test_the_age_of_marriage_is_that_of_the_day() -> None:
    born = date(2002, 1, 1)
    assert not AGES.too_young("marriage", "2", born, date(2019, 10, 14))
    assert AGES.too_young("marriage", "2", born, date(2019, 10, 15))
    assert AGES.too_young("marriage", "1", born, date(2019, 10, 14))
    assert not AGES.too_young("eclipse", "1", born, born), "without a row nobody is"


@pytest.mark.parametrize("standing", Standing)
def test_for_who_does_not_live_here_only_what_brings_her_back_is_offered(standing: Standing) -> None:
    offered = offers.events(whom(resident(date(1970, 1, 1), "1"), standing), MONDAY, AGES)
    expected = {
        Standing.MISSING: ("FOUND", "DEATH"),
        Standing.MOVED_OUT: ("MOVE_IN",),
        Standing.ABROAD: ("ABROAD_RETURN",),
        Standing.DEAD: ("CORRECTION",),
        Standing.VOID: (),
    }
    assert offered == expected.get(standing, offered)
