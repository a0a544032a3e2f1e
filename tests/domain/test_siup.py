"""The laws of the trade licence: net worth and day make the class, to the rupiah."""

from datetime import date

import pytest

from domain.kernel.errors import Rejected
from domain.kernel.values import Rupiah
from tests.domain.examples import TABLES

SIUP = TABLES.siup
IN_2005, IN_2010 = date(2005, 6, 7), date(2010, 6, 7)
LAST_OF_2001, FIRST_OF_2009 = date(2009, 9, 15), date(2009, 9, 16)
MILLION, BILLION = 10**6, 10**9

GOLDEN = [
    (0, IN_2005, "SIUP-KECIL", "2001"),
    (200 * MILLION, IN_2005, "SIUP-KECIL", "2001"),
    (200 * MILLION + 1, IN_2005, "SIUP-MENENGAH", "2001"),
    (500 * MILLION, IN_2005, "SIUP-MENENGAH", "2001"),
    (500 * MILLION + 1, IN_2005, "SIUP-BESAR", "2001"),
    (0, IN_2010, "SIUP-MIKRO", "2009"),
    (50 * MILLION, IN_2010, "SIUP-MIKRO", "2009"),
    (50 * MILLION + 1, IN_2010, "SIUP-KECIL", "2009"),
    (200 * MILLION + 1, IN_2010, "SIUP-KECIL", "2009"),
    (500 * MILLION, IN_2010, "SIUP-KECIL", "2009"),
    (500 * MILLION + 1, IN_2010, "SIUP-MENENGAH", "2009"),
    (10 * BILLION, IN_2010, "SIUP-MENENGAH", "2009"),
    (10 * BILLION + 1, IN_2010, "SIUP-BESAR", "2009"),
    (10**18, IN_2010, "SIUP-BESAR", "2009"),
]


@pytest.mark.parametrize(("amount", "on", "permit", "vintage"), GOLDEN)
def test_net_worth_and_day_make_the_class(amount: int, on: date, permit: str, vintage: str) -> None:
    found = SIUP.of(Rupiah(amount), on)
    assert (found.permit, found.vintage) == (permit, vintage)


def test_the_thresholds_change_between_two_days() -> None:
    worth = Rupiah(300 * MILLION)
    assert SIUP.of(worth, LAST_OF_2001).permit == "SIUP-MENENGAH"
    assert SIUP.of(worth, FIRST_OF_2009).permit == "SIUP-KECIL"


@pytest.mark.parametrize("on", [IN_2005, LAST_OF_2001, FIRST_OF_2009, IN_2010, date(2026, 6, 7)])
def test_every_net_worth_has_exactly_one_class_on_every_day(on: date) -> None:
    bounds = {0, *(t.upto for t in SIUP.thresholds if t.upto is not None)}
    for amount in (b + d for b in bounds for d in (0, 1)):
        assert sum(t.covers(Rupiah(amount), on) for t in SIUP.thresholds) == 1, amount


def test_before_the_first_decree_there_is_no_class() -> None:
    with pytest.raises(Rejected, match="no-siup-class-on-this-day") as refusal:
        SIUP.of(Rupiah(1), date(2000, 12, 31))
    assert refusal.value.parameters == {"on": date(2000, 12, 31)}
    assert SIUP.of(Rupiah(1), date(2001, 1, 1)).permit == "SIUP-KECIL"


def test_the_classes_are_four_and_the_licence_for_alcohol_is_none() -> None:
    classes = {row for row in TABLES.catalogue.rows if SIUP.is_class(row)}
    assert classes == {"SIUP-MIKRO", "SIUP-KECIL", "SIUP-MENENGAH", "SIUP-BESAR"}
    assert classes == {t.permit for t in SIUP.thresholds}
    assert "SIUP-MB" in TABLES.catalogue.rows
