"""Who lives here: given facts, then residents, households and counts."""

from datetime import date

from domain.population.resident import KtpIssued, KtpRequested, KtpRequestWithdrawn, KtpState
from projections import residents
from projections.residents import Count
from tests.projections.book import KEDEN, SRAGEN_TENGAH, TODAY, Book, forget, forgotten, household, resident
from tests.projections.node import Node


def names(rows: list[residents.ResidentRow]) -> list[str | None]:
    return [row.name for row in rows]


def test_a_resident_is_shown_as_registered(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1, birth_date=date(1990, 8, 17)))
    sri = node.project().ask(residents.by_id, "resident-1")
    assert (sri.name, sri.nik, sri.birth_date) == ("Sri Wahyuni", "3314105708809001", date(1990, 8, 17))
    assert (sri.village, sri.kecamatan, sri.household) == (SRAGEN_TENGAH, "33.14.10", "household-1")
    assert (sri.registered_on, sri.version, sri.open_case) == (TODAY, 1, None)
    assert node.ask(residents.by_id, "resident-2") is None


def test_an_open_case_is_shown_until_it_ends(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1), KtpRequested("case-1"))
    assert node.project().ask(residents.by_id, "resident-1").open_case == "case-1"
    book.write("resident-1", KtpRequestWithdrawn("case-1"))
    sri = node.project().ask(residents.by_id, "resident-1")
    assert (sri.open_case, sri.version, sri.ktp_issued_on) == (None, 3, None)


def test_an_issued_ktp_is_shown_and_counted(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1), KtpRequested("case-1"), KtpIssued("case-1", TODAY))
    sri = node.project().ask(residents.by_id, "resident-1")
    assert (sri.ktp(TODAY), sri.open_case, sri.version) == (KtpState.ISSUED, None, 3)
    assert node.ask(residents.counts).ktp == 1


def test_the_ktp_state_follows_age_and_marriage(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1, marital="1", birth_date=date(1993, 3, 2)))
    book.write("resident-2", resident(2, marital="2", birth_date=date(1993, 3, 2)))
    unmarried, married = (node.project().ask(residents.by_id, f"resident-{n}") for n in (1, 2))
    assert unmarried.ktp(TODAY) is KtpState.NOT_OBLIGED, "sixteen until tomorrow"
    assert unmarried.ktp(date(2010, 3, 2)) is KtpState.NOT_RECORDED
    assert married.ktp(TODAY) is KtpState.NOT_RECORDED
    assert (unmarried.person_age(TODAY), unmarried.person_age(date(2010, 3, 2))) == (16, 17)


def test_a_household_names_its_head_and_counts_its_members(node: Node, book: Book) -> None:
    book.write("household-1", household(1, "resident-1", "resident-2"))
    home = node.project().ask(residents.household, "household-1")
    assert (home.head, home.members, home.kk) == ("resident-1", 2, "3314100103109001")
    assert (home.address, home.rt, home.rw) == ("Jl. Raya Sukowati 12", "001", "002")
    assert node.ask(residents.household, "household-2") is None


def test_members_are_listed_head_first_then_by_age(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1, "Bayu", relation="4", birth_date=date(2005, 1, 1)))
    book.write("resident-2", resident(2, "Budi", relation="4", birth_date=date(2001, 1, 1)))
    book.write("resident-3", resident(3, "Simbah", relation="10"))
    book.write("resident-4", resident(4, "Sri", relation="1"))
    book.write("resident-5", resident(5, "Asing", home=2))
    found = node.project().ask(residents.of_household, "household-1")
    assert names(found) == ["Sri", "Budi", "Bayu", "Simbah"]


def test_many_are_found_at_once_and_the_unknown_are_left_out(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1, "Sri"))
    book.write("resident-2", resident(2, "Budi"))
    found = node.project().ask(residents.by_ids, ["resident-1", "resident-2", "resident-9"])
    assert {id_: row.name for id_, row in found.items()} == {"resident-1": "Sri", "resident-2": "Budi"}
    assert node.ask(residents.by_ids, []) == {}


def test_pages_cover_everybody_once(node: Node, book: Book) -> None:
    for number, name in enumerate(["Tono", "Ani", "Ani", "Budi", "Citra"], 1):
        book.write(f"resident-{number}", resident(number, name))
    for number in (6, 7):
        book.write(f"resident-{number}", forgotten(number))
    book.write("resident-8", resident(8, "Dewi", village=KEDEN))
    node.project()
    seen: list[str] = []
    while page := node.ask(residents.page, after=seen[-1] if seen else None, limit=2):
        assert len(page) <= 2
        seen.extend(row.resident for row in page)
    assert seen == [f"resident-{n}" for n in (8, 6, 7, 2, 3, 4, 5, 1)]


def test_a_page_is_of_one_kecamatan_or_one_village(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1, "Sri"))
    book.write("resident-2", resident(2, "Budi", village="33.14.10.1001"))
    book.write("resident-3", resident(3, "Dewi", village=KEDEN))
    node.project()
    assert names(node.ask(residents.page, kecamatan="33.14.10")) == ["Budi", "Sri"]
    assert names(node.ask(residents.page, kecamatan="33.14.1")) == [], "a code is not a prefix"
    assert names(node.ask(residents.page, village=KEDEN)) == ["Dewi"]


def test_counts_add_up_to_the_regency(node: Node, book: Book) -> None:
    book.write("household-1", household(1, "resident-1"))
    book.write("resident-1", resident(1), KtpIssued("case-1", TODAY))
    book.write("resident-2", resident(2, village="33.14.10.1001"))
    book.write("household-2", household(2, "resident-3", village=KEDEN))
    book.write("resident-3", resident(3, village=KEDEN))
    total = node.project().ask(residents.counts)
    assert (total.residents, total.households, total.ktp) == (3, 2, 1)
    assert total.kecamatan == {"33.14.10": Count(2, 1, 1), "33.14.01": Count(1, 1, 0)}


def test_nobody_is_counted_before_the_first(node: Node) -> None:
    assert node.ask(residents.counts).residents == 0
    assert node.ask(residents.page) == []


def test_a_forgotten_resident_is_counted_and_has_no_data(node: Node, book: Book) -> None:
    book.write("resident-1", forgotten(1))
    gone = node.project().ask(residents.by_id, "resident-1")
    assert {gone.name, gone.nik, gone.birth_date, gone.mother} == {None}
    assert (gone.ktp(TODAY), gone.person_age(TODAY)) == (KtpState.NOT_OBLIGED, 0)
    assert node.ask(residents.counts).residents == 1


def test_a_village_that_was_abolished_still_has_its_kecamatan(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1, village="33.14.10.2999"))
    assert node.project().ask(residents.by_id, "resident-1").kecamatan == "33.14.10"


def test_forgetting_takes_a_resident_out_of_the_registry_of_names(node: Node, book: Book) -> None:
    book.write("household-1", household(1, "resident-1", "resident-2"))
    book.write("resident-1", resident(1), KtpIssued("case-1", TODAY))
    book.write("resident-2", resident(2, "Budi"))
    forget(book, "resident-1")
    node.project()
    gone, budi = (node.ask(residents.by_id, f"resident-{n}") for n in (1, 2))
    assert {getattr(gone, name) for name in residents.OF_PERSON} == {None}
    assert (gone.ktp(TODAY), gone.version) == (KtpState.ISSUED, 2)
    assert (budi.name, node.ask(residents.household, "household-1").address) == (
        "Budi",
        "Jl. Raya Sukowati 12",
    )
    assert node.ask(residents.counts).residents == 2


def test_a_household_is_forgotten_as_a_subject_of_its_own(node: Node, book: Book) -> None:
    book.write("household-1", household(1, "resident-1"))
    forget(book, "resident-1", "household-1")
    home = node.project().ask(residents.household, "household-1")
    assert {home.kk, home.address, home.rt, home.rw} == {None}
    assert (home.members, home.village) == (1, SRAGEN_TENGAH)
