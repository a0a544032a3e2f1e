"""Two records of one person are alike however she is written; two people are not, however near they are."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.population.duplicates import Traits, alike, born_alike, left, may_be_one, sought, traits

BORN = date(1965, 8, 3)
SUHARTO = traits("Suharto", "1", BORN, "Sragen", "Sukirah", "Kertosudiro")
SRI = traits("Sri Wahyuni", "2", BORN, "Sragen", "Sumini", "Suparman")


def find_each_other(one: Traits, other: Traits) -> bool:
    return not left(one).isdisjoint(sought(left(other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SUHARTO, traits("H. Soeharto", "1", BORN, "Sragen", "Soekirah", "Kertosoediro")),
        (SUHARTO, replace(SUHARTO, name="suhato")),
        (SUHARTO, replace(SUHARTO, birth_date=BORN + timedelta(1))),
        (SUHARTO, replace(SUHARTO, birth_date=date(1965, 3, 8))),
        (SUHARTO, replace(SUHARTO, birth_date=date(1956, 8, 3))),
        (SUHARTO, replace(SUHARTO, mother="", father="")),
        (SUHARTO, replace(SUHARTO, birth_place="surakarta", sex="2")),
        (SRI, replace(SRI, name="sri wahyuningsih")),
        (SRI, replace(SRI, name="wahyuni sri", father="")),
        (SRI, replace(SRI, name="wahyuni")),
        (SRI, replace(SRI, mother="suminah", father="")),
    ],
)
def test_one_person_written_twice_is_found(one: Traits, other: Traits) -> None:
    assert may_be_one(one, other)
    assert find_each_other(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SRI, replace(SRI, name="tri wulandari")),
        (SRI, replace(SRI, mother="wagiyem", father="karto")),
        (SRI, replace(SRI, birth_date=date(1970, 1, 2))),
        (SRI, replace(SRI, birth_date=date(1965, 8, 20), mother="wagiyem", father="")),
        (SUHARTO, replace(SUHARTO, name="sumiati", sex="2")),
        (replace(SUHARTO, name="budi santoso"), replace(SUHARTO, name="bunga santoso")),
        (SUHARTO, replace(SUHARTO, mother="", father="", birth_date=BORN + timedelta(2))),
    ],
)
def test_two_people_are_two_though_they_share_much(one: Traits, other: Traits) -> None:
    assert not may_be_one(one, other)


def test_a_birth_date_is_misheard_miswritten_or_another() -> None:
    others = (BORN, BORN + timedelta(1), date(1965, 3, 8), date(1965, 8, 30), date(1966, 9, 3))
    assert [born_alike(BORN, other) for other in others] == [1.0, 0.75, 0.75, 0.6, 0.0]


NAMES = st.sampled_from(["sri wahyuni", "sri", "wahyuni", "suharto", "suhato", "sumini", "budi santoso", ""])
DATES = st.integers(0, 400).map(lambda days: date(1980, 1, 1) + timedelta(days))
PEOPLE = st.builds(Traits, NAMES, st.sampled_from("12"), DATES, st.sampled_from(["sragen", ""]), NAMES, NAMES)


@given(PEOPLE, PEOPLE)
def test_whoever_is_compared_first_they_are_equally_alike_and_find_each_other(
    one: Traits, other: Traits
) -> None:
    assert alike(one, other) == pytest.approx(alike(other, one))
    assert 0.0 <= alike(one, other) <= 1.0
    assert find_each_other(one, other) == find_each_other(other, one)


@given(PEOPLE)
def test_nobody_is_more_like_somebody_than_she_is_like_herself(person: Traits) -> None:
    if person.name and person.mother and person.father and person.birth_place:
        assert alike(person, person) == pytest.approx(1.0)
    assert find_each_other(person, person) == bool(person.name)


@given(PEOPLE)
def test_what_is_not_told_never_makes_people_more_alike(person: Traits) -> None:
    untold = (replace(person, mother=""), replace(person, father=""), replace(person, birth_place=""))
    assert max(alike(person, other) for other in untold) <= alike(person, person) + 1e-9


@given(PEOPLE, DATES)
def test_who_is_alike_with_the_same_birth_date_or_parents_has_a_trace_in_common(
    person: Traits, born: date
) -> None:
    """However her birth date was written: by it, or by the names of mother and child."""
    other = replace(person, birth_date=born)
    near = abs((born - person.birth_date).days) <= 1
    if person.name and (near or person.mother):
        assert find_each_other(person, other)
