"""The laws of a household: one head, everybody once, one KK number."""

from dataclasses import replace

import pytest

from domain.kernel.decider import Claim
from domain.kernel.values import Kk
from domain.population.household import Member, RegisterHousehold
from domain.population.household import household_decider as household
from tests.domain.examples import HOME_REGISTERED, MONDAY, SRAGEN_TENGAH, SRI_KK, SRI_LIVES
from tests.domain.spec import forgotten, spec

SRI_AND_BUDI = (Member("sri", "1"), Member("budi", "4"))
REGISTER = RegisterHousehold(
    "home", Kk(SRI_KK), SRAGEN_TENGAH, "Jl. Raya Sukowati 12", "001", "002", SRI_AND_BUDI, MONDAY
)


def members(*relations: str) -> RegisterHousehold:
    return replace(REGISTER, members=tuple(Member(f"r{i}", code) for i, code in enumerate(relations)))


def test_a_household_is_registered_with_its_members_and_its_place() -> None:
    state = spec(household).when(REGISTER).then(HOME_REGISTERED).state
    assert (state.members, state.village, state.residence) == (SRI_AND_BUDI, SRAGEN_TENGAH.code, SRI_LIVES)


def test_a_household_is_registered_once() -> None:
    spec(household).given(HOME_REGISTERED).when(REGISTER).rejected("household-already-registered")
    spec(household).given(forgotten(HOME_REGISTERED)).when(REGISTER).rejected("household-already-registered")


@pytest.mark.parametrize("relations", [(), ("4",), ("2", "3", "4"), ("1", "1"), ("1", "4", "1")])
def test_a_household_has_exactly_one_head(relations: tuple[str, ...]) -> None:
    spec(household).when(members(*relations)).rejected("household-needs-one-head")


@pytest.mark.parametrize("relations", [("1",), ("4", "1"), ("1", "3", "4", "4", "11")])
def test_the_head_may_be_alone_or_stand_anywhere_in_the_list(relations: tuple[str, ...]) -> None:
    assert spec(household).when(members(*relations)).state.head == f"r{relations.index('1')}"


def test_nobody_is_listed_twice() -> None:
    twice = replace(REGISTER, members=(*SRI_AND_BUDI, Member("budi", "9")))
    spec(household).when(twice).rejected("member-listed-twice")


def test_a_kk_number_is_given_once() -> None:
    spec(household).when(REGISTER).claims(Claim("kk", SRI_KK, secret=True))


def test_a_forgotten_household_claims_nothing_and_keeps_its_members() -> None:
    assert list(household.claims(forgotten(HOME_REGISTERED))) == []
    state = spec(household).given(forgotten(HOME_REGISTERED)).state
    assert (state.residence, state.head) == (None, "sri")


def test_before_registration_nobody_is_head() -> None:
    assert spec(household).state.head is None


def test_an_invented_household_stays_marked() -> None:
    (event,) = spec(household).when(replace(REGISTER, synthetic=True)).events
    assert event == replace(HOME_REGISTERED, synthetic=True)
