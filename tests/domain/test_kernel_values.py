"""The laws of NIK, KK number, rupiah and period."""

from datetime import date

import pytest

from domain.kernel.errors import Malformed
from domain.kernel.values import Kk, Nik, Period, Rupiah, Sex, encoded_date

GOOD = (
    ("3314101708909001", Sex.MALE, "man, 17-08-1990, Kec. Sragen"),
    ("3314105708909001", Sex.FEMALE, "woman of the same day"),
    ("3314102902009001", Sex.MALE, "29 February exists in 2000"),
    ("3314106902009001", Sex.FEMALE, "and for women too"),
    ("3314107112999999", Sex.FEMALE, "31 December, last serial"),
)
BAD = (
    ("3314107208909001", "date", "day 32"),
    ("3314103002909001", "date", "30 February"),
    ("3314102902019001", "date", "29 February exists neither in 1901 nor in 2001"),
    ("3314100008909001", "date", "day 0"),
    ("3314104008909001", "date", "day 40 is neither a man's nor a woman's"),
    ("3314101700909001", "date", "month 0"),
    ("3314101713909001", "date", "month 13"),
    ("3314101708900000", "serial", "serial 0000"),
    ("3314001708909001", "region", "kecamatan 00"),
    ("3300101708909001", "region", "regency 00"),
    ("0014101708909001", "region", "province 00"),
    ("331410170890900", "length", "15 digits"),
    ("33141017089090011", "length", "17 digits"),
    ("33141017O8909001", "length", "a letter"),
    ("٣٣١٤١٠١٧٠٨٩٠٩٠٠١", "length", "digits, but not 0-9"),
    ("", "length", "nothing"),
)


@pytest.mark.parametrize(("number", "sex", "why"), GOOD, ids=[g[2] for g in GOOD])
def test_a_nik_that_can_be_is_taken_and_tells_its_sex(number: str, sex: Sex, why: str) -> None:
    assert Nik(number).sex is sex, why


@pytest.mark.parametrize(("number", "why", "what"), BAD, ids=[b[2] for b in BAD])
def test_a_nik_that_cannot_be_is_refused_at_birth(number: str, why: str, what: str) -> None:
    with pytest.raises(Malformed) as refusal:
        Nik(number)
    assert (refusal.value.code, refusal.value.parameters) == ("malformed-nik", {"why": why}), what


def test_a_refusal_does_not_tell_the_number() -> None:
    with pytest.raises(Malformed) as refusal:
        Nik("331410170890900")
    assert "3314" not in str(refusal.value)
    assert "3314" not in repr(refusal.value)
    assert "3314" not in repr(refusal.value.parameters)


def test_a_nik_hides_in_text() -> None:
    nik = Nik("3314101708909001")
    assert f"{nik} {nik!r} {Kk('3314101708059001')}" == "Nik(***) Nik(***) Kk(***)"


def test_a_nik_is_made_of_kecamatan_date_sex_and_serial() -> None:
    born = date(1990, 8, 17)
    assert Nik.of("33.14.10", born, Sex.MALE, 9001).number == "3314101708909001"
    assert Nik.of("33.14.10", born, Sex.FEMALE, 9001).number == "3314105708909001"
    assert Nik.of("33.14.02", date(2009, 1, 2), Sex.MALE, 1).number == "3314020201090001"


def test_a_nik_fits_its_date_of_birth_in_either_century() -> None:
    nik = Nik("3314105708909001")
    assert nik.fits(date(1990, 8, 17))
    assert not nik.fits(date(1990, 8, 18))
    assert nik.kecamatan == "33.14.10"


def test_women_are_told_by_forty_days() -> None:
    assert encoded_date(date(2001, 12, 31), Sex.FEMALE) == "711201"
    assert encoded_date(date(2001, 12, 31), Sex.MALE) == "311201"


def test_the_date_of_a_kk_has_no_forty_days() -> None:
    assert Kk.of("33.14.10", date(2010, 6, 7), 12).number == "3314100706100012"
    with pytest.raises(Malformed) as refusal:
        Kk("3314104706100012")
    assert (refusal.value.code, refusal.value.parameters["why"]) == ("malformed-kk", "date")


def test_money_is_never_negative() -> None:
    assert Rupiah(0) < Rupiah(1)
    with pytest.raises(Malformed, match="malformed-amount"):
        Rupiah(-1)


@pytest.mark.parametrize(
    ("period", "inside", "outside"),
    [
        (Period(date(2010, 1, 1), date(2010, 12, 31)), date(2010, 1, 1), date(2009, 12, 31)),
        (Period(date(2010, 1, 1), date(2010, 12, 31)), date(2010, 12, 31), date(2011, 1, 1)),
        (Period(None, date(2010, 12, 31)), date(1900, 1, 1), date(2011, 1, 1)),
        (Period(date(2010, 1, 1), None), date(2999, 1, 1), date(2009, 12, 31)),
    ],
)
def test_a_period_holds_both_its_ends_and_an_open_end_is_open(
    period: Period, inside: date, outside: date
) -> None:
    assert inside in period
    assert outside not in period
