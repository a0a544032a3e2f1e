"""The laws of a resident: registered once, known by one NIK, given one KTP when it is due."""

from datetime import date

import pytest

from domain.kernel.decider import Claim
from domain.kernel.values import Nik
from domain.population.resident import (
    IssueKtp,
    KtpIssued,
    KtpRequested,
    KtpRequestWithdrawn,
    KtpState,
    NikSource,
    RequestKtp,
    WithdrawKtpRequest,
    age,
    must_have_ktp,
)
from domain.population.resident import resident_decider as resident
from tests.domain.examples import (
    KEDEN,
    MONDAY,
    REGISTER_SRI,
    SRI,
    SRI_NIK,
    SRI_REGISTERED,
    TUESDAY,
    register,
    someone,
)
from tests.domain.spec import forgotten, spec

REQUESTED = KtpRequested("case-1")
ISSUED = KtpIssued("case-1", MONDAY)
BIRTHDAY_17 = date(2007, 8, 17)


def test_a_resident_is_registered_with_everything_her_family_card_prints() -> None:
    state = spec(resident).when(REGISTER_SRI).then(SRI_REGISTERED).state
    assert (state.nik, state.person, state.household) == (SRI_NIK, SRI, "home")


def test_a_resident_is_registered_once() -> None:
    spec(resident).given(SRI_REGISTERED).when(REGISTER_SRI).rejected("resident-already-registered")


def test_who_is_forgotten_is_not_registered_again() -> None:
    spec(resident).given(forgotten(SRI_REGISTERED)).when(REGISTER_SRI).rejected("resident-already-registered")


def test_a_nik_is_given_once() -> None:
    spec(resident).when(REGISTER_SRI).claims(Claim("nik", SRI_NIK, secret=True))


def test_nothing_else_claims_a_nik() -> None:
    assert list(resident.claims(REQUESTED)) == []
    assert list(resident.claims(forgotten(SRI_REGISTERED))) == []


@pytest.mark.parametrize("source", NikSource)
def test_it_is_told_whether_the_regency_or_the_centre_gave_the_nik(source: NikSource) -> None:
    (event,) = spec(resident).when(register(source=source)).events
    assert event == type(SRI_REGISTERED)(
        "home",
        SRI_REGISTERED.village,
        MONDAY,
        source.value,
        False,
        (),
        SRI_REGISTERED.nik,
        SRI_REGISTERED.person,
        SRI_REGISTERED.residence,
    )


def test_an_invented_resident_stays_marked() -> None:
    assert spec(resident).when(register(synthetic=True)).state.synthetic
    assert not spec(resident).when(register(synthetic=False)).state.synthetic


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_is_there_and_has_at_most_60_characters(name: str) -> None:
    command = register(person=someone(name=name))
    spec(resident).when(command).rejected("name-missing-or-too-long", limit=60)


@pytest.mark.parametrize("name", ["Sukarno", "x" * 60])
def test_a_single_name_and_a_name_of_60_characters_are_names(name: str) -> None:
    person = spec(resident).when(register(person=someone(name=name))).state.person
    assert person
    assert person.name == name


def test_nobody_is_born_tomorrow() -> None:
    command = register(person=someone(birth_date=TUESDAY))
    spec(resident).when(command).rejected("birth-in-the-future", on=TUESDAY)


def test_nobody_is_registered_tomorrow() -> None:
    spec(resident).when(register(on=TUESDAY)).rejected("registered-in-the-future", on=TUESDAY)


def test_nobody_is_registered_before_birth() -> None:
    command = register(person=someone(birth_date=TUESDAY), today=TUESDAY)
    spec(resident).when(command).rejected("registered-before-birth", on=MONDAY)


def test_a_child_may_be_registered_on_the_day_of_birth() -> None:
    assert spec(resident).when(register(person=someone(birth_date=MONDAY))).state.registered


def test_a_registration_of_years_ago_may_be_entered_today() -> None:
    assert spec(resident).when(register(on=date(1991, 1, 2))).state.registered


@pytest.mark.parametrize(
    ("changes", "flags"),
    [
        ({}, ()),
        ({"village": KEDEN}, ("nik-region-differs",)),
        ({"person": someone(birth_date=date(1990, 8, 18))}, ("nik-date-differs",)),
        ({"person": someone(sex="1")}, ("nik-sex-differs",)),
        (
            {"village": KEDEN, "person": someone(sex="1", birth_date=date(1980, 1, 1))},
            ("nik-region-differs", "nik-date-differs", "nik-sex-differs"),
        ),
        ({"nik": Nik("3314101708909001")}, ("nik-sex-differs",)),
        ({"nik": Nik("3372025708909001")}, ("nik-region-differs",)),
    ],
)
def test_a_nik_that_differs_from_the_record_is_flagged_and_let_through(
    changes: dict[str, object], flags: tuple[str, ...]
) -> None:
    (event,) = spec(resident).when(register(**changes)).events
    assert getattr(event, "flags") == flags  # noqa: B009


def test_who_has_no_ktp_may_ask_for_one() -> None:
    case = spec(resident).given(SRI_REGISTERED)
    assert case.when(RequestKtp("case-1", MONDAY)).then(REQUESTED).state.open_case == "case-1"


def test_only_a_resident_gets_a_ktp() -> None:
    spec(resident).when(RequestKtp("case-1", MONDAY)).rejected("resident-not-registered")
    spec(resident).given(forgotten(SRI_REGISTERED)).when(RequestKtp("case-1", MONDAY)).rejected(
        "resident-not-registered"
    )


def test_a_ktp_is_due_from_the_17th_birthday() -> None:
    case = spec(resident).given(SRI_REGISTERED)
    case.when(RequestKtp("case-1", date(2007, 8, 16))).rejected("ktp-not-yet-obliged", age=17)
    case.when(RequestKtp("case-1", BIRTHDAY_17)).then(REQUESTED)


@pytest.mark.parametrize("marital", ["2", "3", "4"])
def test_who_is_or_was_married_needs_a_ktp_at_any_age(marital: str) -> None:
    registered = spec(resident).when(register(person=someone(marital=marital))).events
    spec(resident).given(*registered).when(RequestKtp("case-1", date(2005, 1, 1))).then(REQUESTED)


def test_one_ktp_case_at_a_time() -> None:
    case = spec(resident).given(SRI_REGISTERED, REQUESTED)
    case.when(RequestKtp("case-2", MONDAY)).rejected("ktp-already-requested", case="case-1")


def test_a_ktp_is_issued_to_who_asked_for_it() -> None:
    asked = spec(resident).given(SRI_REGISTERED, REQUESTED)
    state = asked.when(IssueKtp("case-1", MONDAY)).then(ISSUED).state
    assert (state.ktp_issued_on, state.open_case) == (MONDAY, None)


@pytest.mark.parametrize("command", [IssueKtp("case-2", MONDAY), WithdrawKtpRequest("case-2")])
def test_another_case_neither_ends_nor_withdraws_the_request(command: IssueKtp | WithdrawKtpRequest) -> None:
    spec(resident).when(command).rejected("ktp-not-requested")
    spec(resident).given(SRI_REGISTERED).when(command).rejected("ktp-not-requested")
    spec(resident).given(SRI_REGISTERED, REQUESTED).when(command).rejected("ktp-not-requested")


def test_the_first_ktp_is_issued_once() -> None:
    has_one = spec(resident).given(SRI_REGISTERED, REQUESTED, ISSUED)
    has_one.when(RequestKtp("case-2", TUESDAY)).rejected("ktp-already-issued", on=MONDAY)
    has_one.when(IssueKtp("case-1", TUESDAY)).rejected("ktp-not-requested")
    has_one.when(WithdrawKtpRequest("case-1")).rejected("ktp-not-requested")


def test_who_left_without_a_card_may_come_again() -> None:
    left = KtpRequestWithdrawn("case-1")
    asked = spec(resident).given(SRI_REGISTERED, REQUESTED)
    asked.when(WithdrawKtpRequest("case-1")).then(left)
    asked.given(left).when(RequestKtp("case-2", TUESDAY)).then(KtpRequested("case-2"))


def test_a_request_of_who_is_forgotten_meanwhile_can_still_end() -> None:
    asked = spec(resident).given(forgotten(SRI_REGISTERED), REQUESTED)
    asked.when(IssueKtp("case-1", MONDAY)).then(ISSUED)
    asked.when(WithdrawKtpRequest("case-1")).then(KtpRequestWithdrawn("case-1"))


def test_the_state_of_the_ktp_is_told_in_the_words_of_the_card_system() -> None:
    registered = spec(resident).given(SRI_REGISTERED)
    assert registered.state.ktp(date(2007, 8, 16)) is KtpState.NOT_OBLIGED
    assert registered.state.ktp(BIRTHDAY_17) is KtpState.NOT_RECORDED
    assert registered.given(REQUESTED, ISSUED).state.ktp(MONDAY) is KtpState.ISSUED
    assert spec(resident).given(forgotten(SRI_REGISTERED)).state.ktp(MONDAY) is KtpState.NOT_OBLIGED


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(1990, 8, 17), date(1990, 8, 17), 0),
        (date(1990, 8, 17), date(2007, 8, 16), 16),
        (date(1990, 8, 17), date(2007, 8, 17), 17),
        (date(1992, 2, 29), date(2009, 2, 28), 16),
        (date(1992, 2, 29), date(2009, 3, 1), 17),
        (date(1992, 12, 31), date(2009, 1, 1), 16),
    ],
)
def test_age_is_counted_in_completed_years(born: date, on: date, years: int) -> None:
    assert age(born, on) == years
    assert must_have_ktp(born, "1", on) is (years >= 17)
