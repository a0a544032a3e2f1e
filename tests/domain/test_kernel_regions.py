"""The laws of regions and offices: everything has its dates, and unknown codes are refused."""

from datetime import date

import pytest

from domain.kernel.errors import Malformed
from domain.kernel.offices import Office, Offices
from domain.kernel.regions import Kecamatan, Regions, Village
from domain.kernel.values import Period

GEMOLONG = Kecamatan("33.14.13", "Gemolong", Period())
WAS_DESA = Village("33.14.13.2009", "Gemolong", "desa", GEMOLONG, "57274", Period(None, date(2005, 12, 31)))
IS_KELURAHAN = Village("33.14.13.1009", "Gemolong", "kelurahan", GEMOLONG, "57274", Period(date(2006, 1, 1)))
REGIONS = Regions([GEMOLONG], [WAS_DESA, IS_KELURAHAN])

BPT = Office("BPT", "Badan Perijinan Terpadu", None, Period(date(2006, 1, 1), date(2013, 12, 31)))
BPTPM = Office("BPT", "Badan Perijinan dan Penanaman Modal", None, Period(date(2014, 1, 1)))
KEC = Office("KEC-13", "Kecamatan Gemolong", "33.14.13", Period())
OFFICES = Offices([BPT, BPTPM, KEC])


def test_a_desa_that_became_a_kelurahan_is_each_in_its_time() -> None:
    assert REGIONS.village("33.14.13.2009", date(2005, 12, 31)) is WAS_DESA
    assert REGIONS.village("33.14.13.1009", date(2006, 1, 1)) is IS_KELURAHAN


@pytest.mark.parametrize(
    ("code", "on"),
    [
        ("33.14.13.2009", date(2006, 1, 1)),
        ("33.14.13.1009", date(2005, 12, 31)),
        ("33.14.99.2001", date(2010, 1, 1)),
        ("3314131009", date(2010, 1, 1)),
        ("", date(2010, 1, 1)),
    ],
)
def test_a_village_that_is_not_there_that_day_is_refused(code: str, on: date) -> None:
    with pytest.raises(Malformed) as refusal:
        REGIONS.village(code, on)
    assert (refusal.value.code, refusal.value.parameters) == ("unknown-village", {"village": code})


def test_a_village_is_shown_with_its_kecamatan() -> None:
    assert str(IS_KELURAHAN) == "Gemolong, Gemolong"


def test_an_office_bears_the_name_of_the_day() -> None:
    assert OFFICES.office("BPT", date(2013, 12, 31)) is BPT
    assert OFFICES.office("BPT", date(2014, 1, 1)) is BPTPM


@pytest.mark.parametrize(("code", "on"), [("BPT", date(2005, 12, 31)), ("DINAS", date(2010, 1, 1))])
def test_an_office_that_is_not_there_that_day_is_refused(code: str, on: date) -> None:
    with pytest.raises(Malformed) as refusal:
        OFFICES.office(code, on)
    assert (refusal.value.code, refusal.value.parameters) == ("unknown-office", {"office": code})


def test_each_office_stands_once_in_the_list_of_a_day() -> None:
    assert OFFICES.on(date(2005, 1, 1)) == (KEC,)
    assert OFFICES.on(date(2020, 1, 1)) == (BPTPM, KEC)
