"""The tables as they are shipped: counted against the law, and tried on known cases."""

from collections import Counter
from datetime import date

import pytest

from adapters.reference import reference
from domain.kernel.values import Rupiah, Sex
from domain.population.codes import Citizenship, Marital, Relation

REF = reference()
TODAY = date(2026, 6, 30)


def test_the_regency_has_20_kecamatan_and_208_villages() -> None:
    assert len(REF.regions.kecamatan) == 20
    kinds = Counter(v.kind for v in REF.regions.villages.values())
    assert kinds == {"desa": 196, "kelurahan": 12}


def test_a_village_code_says_where_it_lies_and_what_it_is() -> None:
    for village in REF.regions.villages.values():
        assert village.code.startswith(village.kecamatan.code + ".")
        assert village.code[9] == ("2" if village.kind == "desa" else "1")
        assert village.postal_code.startswith("572")
        assert REF.regions.village(village.code, TODAY) is village


def test_twelve_village_names_occur_twice_so_none_is_a_key() -> None:
    names = Counter(v.name for v in REF.regions.villages.values())
    assert sum(n == 2 for n in names.values()) == 12
    assert len({str(v) for v in REF.regions.villages.values()}) == 208


GOLDEN_DEADLINES = (
    (date(2010, 9, 8), 3, date(2010, 9, 16)),
    (date(2010, 6, 30), 15, date(2010, 7, 21)),
    (date(2010, 12, 23), 1, date(2010, 12, 27)),
    (date(2026, 3, 17), 5, date(2026, 3, 31)),
    (date(2026, 12, 23), 3, date(2026, 12, 30)),
)


@pytest.mark.parametrize(("complete", "days", "deadline"), GOLDEN_DEADLINES)
def test_known_deadlines_fall_where_the_joint_decrees_put_them(
    complete: date, days: int, deadline: date
) -> None:
    assert REF.calendar.deadline(complete, days) == deadline


@pytest.mark.parametrize(("year", "days"), [(2010, 17), (2026, 25), (2027, 26)])
def test_a_year_has_as_many_free_days_as_its_decree(year: int, days: int) -> None:
    assert sum(day.year == year for day in REF.calendar.holidays) == days


def test_every_kecamatan_has_its_office_and_the_one_stop_office_its_names() -> None:
    served = {o.kecamatan for o in REF.offices.on(TODAY) if o.kecamatan}
    assert served == set(REF.regions.kecamatan)
    assert REF.offices.office("KEC-10", TODAY).name == "Kecamatan Sragen"
    assert REF.offices.office("DISDUKCAPIL", date(2003, 1, 1)).kecamatan is None
    assert REF.offices.office("BPT", date(2010, 6, 7)).name == "Badan Perijinan Terpadu"
    assert REF.offices.office("BPT", TODAY).name.startswith("Dinas Penanaman Modal")


def test_the_names_of_an_office_follow_each_other_without_gap() -> None:
    for name in REF.offices.all["BPT"][:-1]:
        assert name.valid.end is not None
        assert REF.offices.office("BPT", name.valid.end) is name
        assert REF.offices.office("BPT", date.fromordinal(name.valid.end.toordinal() + 1)) is not name


LISTS = {
    "sex": 2,
    "citizenship": 2,
    "religion": 7,
    "marital": 4,
    "relation": 11,
    "blood": 13,
    "education": 10,
    "disability": 6,
    "occupation": 99,
}


@pytest.mark.parametrize("listing", LISTS)
def test_a_code_list_is_numbered_from_one_without_gap(listing: str) -> None:
    assert [c.code for c in REF.codes.of(listing, TODAY)] == [str(n + 1) for n in range(LISTS[listing])]


def test_no_list_is_there_that_nobody_counted() -> None:
    assert set(REF.codes.lists) == set(LISTS)


def test_the_occupations_of_both_vintages_agree_up_to_88() -> None:
    old, new = (REF.codes.lists["occupation"][vintage] for vintage in ("2010", "2019"))
    assert len(old) == 89
    assert [old[str(n)].name for n in range(1, 89)] == [new[str(n)].name for n in range(1, 89)]
    assert old["89"].name == new["99"].name == "LAINNYA"
    assert new["89"].name == "ANGGOTA LEMBAGA TINGGI LAINNYA"


@pytest.mark.parametrize(
    ("member", "listing", "word"),
    [
        (Sex.FEMALE, "sex", "PEREMPUAN"),
        (Citizenship.INDONESIAN, "citizenship", "WNI"),
        (Marital.NEVER_MARRIED, "marital", "BELUM KAWIN"),
        (Marital.MARRIED, "marital", "KAWIN"),
        (Marital.DIVORCED, "marital", "CERAI HIDUP"),
        (Marital.WIDOWED, "marital", "CERAI MATI"),
        (Relation.HEAD, "relation", "KEPALA KELUARGA"),
        (Relation.WIFE, "relation", "ISTRI"),
        (Relation.CHILD, "relation", "ANAK"),
        (Relation.CHILD_IN_LAW, "relation", "MENANTU"),
        (Relation.GRANDCHILD, "relation", "CUCU"),
        (Relation.PARENT, "relation", "ORANGTUA"),
        (Relation.PARENT_IN_LAW, "relation", "MERTUA"),
        (Relation.OTHER_FAMILY, "relation", "FAMILI LAIN"),
    ],
)
def test_the_words_of_the_rules_are_the_words_of_the_list(
    member: Sex | Citizenship | Marital | Relation, listing: str, word: str
) -> None:
    assert REF.codes.name(listing, member.value, "2019") == word


def test_every_relation_and_marital_status_of_the_rules_is_listed() -> None:
    for words, listing in ((Relation, "relation"), (Marital, "marital"), (Citizenship, "citizenship")):
        assert [w.value for w in words] == [c.code for c in REF.codes.of(listing, TODAY)]


def test_the_catalogue_has_59_permits_and_10_non_permits() -> None:
    kinds = Counter(row.category for row in REF.catalogue.rows.values())
    assert kinds == {"izin": 59, "non_izin": 10}
    assert REF.catalogue.version == "2026.1"
    assert "contoh" in REF.catalogue.provenance


@pytest.mark.parametrize(("day", "permits"), [(date(2008, 6, 7), 0), (date(2009, 6, 7), 13), (TODAY, 17)])
def test_13_permits_were_delegated_in_2009_and_17_since_2010(day: date, permits: int) -> None:
    assert sum(row.delegated_on(day) for row in REF.catalogue.rows.values()) == permits


def test_twelve_types_go_to_the_ministry_of_trade() -> None:
    assert sum(row.to_trade for row in REF.catalogue.rows.values()) == 12
    assert REF.catalogue.row("SIUP-KECIL", TODAY).to_trade


def test_every_service_says_what_it_needs_who_looks_at_it_and_where_it_comes_from() -> None:
    for row in REF.catalogue.rows.values():
        assert row.requirements
        assert all(r == r.strip() != "" for r in (*row.requirements, *row.review_units))
        assert row.review_units
        assert row.sla_working_days >= 0
        assert row.legal_basis
        assert row.source
        assert TODAY in row.valid


@pytest.mark.parametrize(
    ("day", "net_worth", "permit"),
    [
        (date(2008, 6, 7), 200_000_000, "SIUP-KECIL"),
        (date(2008, 6, 7), 200_000_001, "SIUP-MENENGAH"),
        (TODAY, 200_000_001, "SIUP-KECIL"),
        (TODAY, 50_000_000, "SIUP-MIKRO"),
        (TODAY, 50_000_001, "SIUP-KECIL"),
        (TODAY, 500_000_000, "SIUP-KECIL"),
        (TODAY, 500_000_001, "SIUP-MENENGAH"),
        (TODAY, 10_000_000_000, "SIUP-MENENGAH"),
        (TODAY, 10_000_000_001, "SIUP-BESAR"),
    ],
)
def test_the_class_of_a_siup_follows_net_worth_and_day(day: date, net_worth: int, permit: str) -> None:
    assert REF.siup.of(Rupiah(net_worth), day).permit == permit
    assert permit in REF.catalogue.rows


def test_the_tables_are_read_once() -> None:
    assert reference() is REF
