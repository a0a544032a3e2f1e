"""The laws of the catalogue: 59 permits and 10 non-permits, each dated and with its source."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from domain.kernel.errors import Malformed
from domain.kernel.values import Period
from domain.licensing.catalogue import Catalogue, PermitType
from domain.population.case import Document
from tests.domain.examples import MONDAY, TABLES

CATALOGUE = TABLES.catalogue
ROWS = tuple(CATALOGUE.rows.values())
SIUP_MIKRO = CATALOGUE.rows["SIUP-MIKRO"]
TO_TRADE = """SIUP-MIKRO SIUP-KECIL SIUP-MENENGAH SIUP-BESAR TDP-PO TDP-BU TDG STPW SIUP-MB IUTM IUPP IUP2T"""


def delegated(year: int) -> set[str]:
    return {row.code for row in ROWS if row.delegated_on(date(year, 6, 7))}


def test_there_are_59_permits_and_10_non_permits() -> None:
    assert Counter(row.category for row in ROWS) == {"izin": 59, "non_izin": 10}


def test_13_permits_were_delegated_in_2009_and_17_in_2010() -> None:
    assert [len(delegated(year)) for year in (2008, 2009, 2010, 2026)] == [0, 13, 17, 17]
    assert delegated(2010) - delegated(2009) == {"KIOS-PASAR", "TDUP-RESTO", "TERNAK", "JAGAL"}


def test_a_delegation_begins_with_its_year() -> None:
    kios = CATALOGUE.rows["KIOS-PASAR"]
    assert not kios.delegated_on(date(2009, 12, 31))
    assert kios.delegated_on(date(2010, 1, 1))


def test_a_delegation_without_a_year_or_a_year_without_delegation_is_none() -> None:
    assert not replace(SIUP_MIKRO, delegated_since=None).delegated_on(MONDAY)
    assert not replace(SIUP_MIKRO, delegated=False).delegated_on(MONDAY)


def test_twelve_types_go_to_the_ministry_of_trade() -> None:
    assert {row.code for row in ROWS if row.to_trade} == set(TO_TRADE.split())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_every_row_says_what_it_is_and_how_sure_it_is(row: PermitType) -> None:
    assert all((row.name_id, row.name_en, row.legal_basis, row.source, row.fee_basis))
    assert row.requirements
    assert row.review_units
    assert len(set(row.requirements)) == len(row.requirements)
    assert 0 <= row.sla_working_days <= 15


@pytest.mark.parametrize(
    ("basis", "awaits"),
    [
        ("none", False),
        ("none stated", False),
        ("none (new); re-registration max Rp100,000", False),
        ("retribusi IMB", True),
        ("pajak reklame", True),
        ("", True),
    ],
)
def test_a_type_with_a_fee_awaits_its_tariff(basis: str, awaits: bool) -> None:
    assert replace(SIUP_MIKRO, fee_basis=basis).awaits_tariff is awaits


def test_a_row_is_found_while_it_holds() -> None:
    dated = Catalogue("1", "", [replace(SIUP_MIKRO, valid=Period(date(2009, 9, 16), date(2010, 6, 7)))])
    assert dated.row("SIUP-MIKRO", date(2009, 9, 16)).code == "SIUP-MIKRO"
    assert dated.row("SIUP-MIKRO", date(2010, 6, 7)).code == "SIUP-MIKRO"
    for day in (date(2009, 9, 15), date(2010, 6, 8)):
        with pytest.raises(Malformed, match="unknown-permit"):
            dated.row("SIUP-MIKRO", day)


@pytest.mark.parametrize("code", ["SIUP", "siup-mikro", "", "SIUP-MIKRO "])
def test_an_unknown_code_is_refused_by_name(code: str) -> None:
    with pytest.raises(Malformed) as refusal:
        CATALOGUE.row(code, MONDAY)
    assert (refusal.value.code, refusal.value.parameters) == ("unknown-permit", {"permit": code})


def test_the_catalogue_tells_its_version_and_where_it_comes_from() -> None:
    assert CATALOGUE.version == "2026.1"
    assert "The list of 2010 was not found" in CATALOGUE.provenance


def test_what_the_population_counter_hands_out_is_in_the_catalogue() -> None:
    """All but the child's card, which is younger than the list of 2010."""
    assert {document.value for document in Document} - CATALOGUE.rows.keys() == {"KIA"}
