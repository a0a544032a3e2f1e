"""Where is my permit: given the facts of applications, then what officer and public see."""

from dataclasses import fields, replace
from datetime import date

import pytest

from domain.kernel.events import Personal
from domain.licensing.application import ApplicationRefused
from domain.population.resident.events import DeathReversed, Died
from projections import where_is_my_permit as permits
from projections.where_is_my_permit import ApplicationRow, PublicRow, PublicStep
from tests.projections.book import (
    APPROVED,
    MINUTE,
    MORNING,
    REFUSED,
    TODAY,
    VERIFIED,
    Book,
    forget,
    issued,
    submitted,
)
from tests.projections.node import Node

THURSDAY = date(2010, 3, 4)


def ids(rows: list[ApplicationRow]) -> list[str]:
    return [row.application for row in rows]


def test_an_application_is_shown_as_filed(node: Node, book: Book) -> None:
    book.write("application-1", submitted(1))
    row = node.project().ask(permits.by_id, "application-1")
    assert (row.status, row.permit, row.office, row.submitted_on) == ("submitted", "SIUP-KECIL", "BPT", TODAY)
    assert (row.applicant, row.applicant_name, row.company) == ("resident-1", "Sri Wahyuni", "Toko Sri")
    assert (row.deadline, row.number, row.version) == (None, None, 1)
    assert node.ask(permits.by_id, "application-9") is None


def test_every_step_is_kept_with_its_time(node: Node, book: Book) -> None:
    book.write("application-1", submitted(1), VERIFIED, APPROVED, issued(7))
    row = node.project().ask(permits.by_id, "application-1")
    reached = ("submitted", "complete", "approved", "issued")
    assert row.steps == tuple(PublicStep(s, MORNING + n * MINUTE) for n, s in enumerate(reached))
    assert (row.complete_on, row.deadline, row.decided_on) == (TODAY, THURSDAY, date(2010, 3, 2))
    assert (row.number, row.issued_on, row.version) == ("0007/SIUP-KECIL/BPT/2010", date(2010, 3, 2), 4)


def test_a_type_with_a_fee_waits_for_its_tariff(node: Node, book: Book) -> None:
    book.write("application-1", submitted(1, permit="IMB"), VERIFIED, type(APPROVED)(TODAY, True))
    row = node.project().ask(permits.by_id, "application-1")
    assert (row.status, row.number) == ("approved-awaiting-tariff", None)


def test_a_refusal_tells_its_reason(node: Node, book: Book) -> None:
    book.write("application-1", submitted(1), VERIFIED, REFUSED)
    row = node.project().ask(permits.by_id, "application-1")
    assert (row.status, row.reason, row.issued_on) == ("refused", "lokasi tidak sesuai", None)


def test_the_tracking_code_may_be_written_as_one_likes(node: Node, book: Book) -> None:
    book.write("application-1", submitted(1, tracking="K7QF-2M9X-P4TD"))
    node.project()
    for code in ("K7QF-2M9X-P4TD", "k7qf2m9xp4td", " k7qf 2m9x-p4td "):
        assert node.ask(permits.by_tracking, code).application == "application-1"
    for code in ("", "K7QF-2M9X-P4T", "%"):
        assert node.ask(permits.by_tracking, code) is None


def test_the_public_sees_no_person_and_no_enterprise(node: Node, book: Book) -> None:
    book.write("application-1", submitted(1), VERIFIED)
    shown = node.project().ask(permits.public, "SRGN-0000-0001")
    assert (shown.permit, shown.status, shown.office, shown.deadline) == (
        "SIUP-KECIL",
        "complete",
        "BPT",
        THURSDAY,
    )
    assert [step.status for step in shown.steps] == ["submitted", "complete"]
    personal = {"applicant", "applicant_name", "company", "application", "village"}
    assert personal.isdisjoint(field.name for field in fields(PublicRow))
    for secret in ("Sri Wahyuni", "Toko Sri", "resident-1"):
        assert secret not in repr(shown)
        assert secret in repr(node.ask(permits.by_id, "application-1"))
    assert node.ask(permits.public, "SRGN-0000-0009") is None


def test_pages_cover_every_application_once_newest_first(node: Node, book: Book) -> None:
    days = [date(2010, 3, 1), date(2010, 3, 3), date(2010, 3, 2), date(2010, 3, 3), date(2010, 2, 27)]
    for number, day in enumerate(days, 1):
        book.write(f"application-{number}", submitted(number, submitted_on=day))
    node.project()
    seen: list[str] = []
    while page := node.ask(permits.page, after=seen[-1] if seen else None, limit=2):
        seen.extend(ids(page))
    assert seen == [f"application-{n}" for n in (4, 2, 3, 1, 5)]


def test_a_page_is_of_one_status_and_one_office(node: Node, book: Book) -> None:
    book.write("application-1", submitted(1))
    book.write("application-2", submitted(2), VERIFIED)
    book.write("application-3", submitted(3, office="KEC-10"))
    node.project()
    assert ids(node.ask(permits.page, status="submitted")) == ["application-3", "application-1"]
    assert ids(node.ask(permits.page, status="submitted", office="BPT")) == ["application-1"]
    assert node.ask(permits.page, office="KEC-01") == []


def test_applications_are_counted_by_status(node: Node, book: Book) -> None:
    book.write("application-1", submitted(1))
    book.write("application-2", submitted(2))
    book.write("application-3", submitted(3, office="KEC-10"), VERIFIED)
    assert node.project().ask(permits.counts) == {"submitted": 2, "complete": 1}
    assert node.ask(permits.counts, "KEC-10") == {"complete": 1}


def test_a_forgotten_applicant_keeps_her_permit_without_her_name(node: Node, book: Book) -> None:
    book.write("application-1", submitted(1, business=Personal("resident-1", None)), VERIFIED)
    row = node.project().ask(permits.by_id, "application-1")
    assert (row.applicant_name, row.company, row.status) == (None, None, "complete")


OLD = replace(REFUSED, reason=Personal("", "lokasi tidak sesuai"))
"""As it is read when it was written in clear, of no subject."""


@pytest.mark.parametrize("refused", [REFUSED, OLD], ids=["sealed", "in clear"])
def test_the_reason_of_a_refusal_is_forgotten_with_the_applicant(
    node: Node, book: Book, refused: ApplicationRefused
) -> None:
    book.write("application-1", submitted(1), VERIFIED, refused)
    assert node.project().ask(permits.public, "SRGN-0000-0001").reason == "lokasi tidak sesuai"
    forget(book, "resident-1")
    assert node.project().ask(permits.public, "SRGN-0000-0001").reason is None


def test_a_reason_that_can_still_be_read_is_not_told_of_who_is_forgotten(node: Node, book: Book) -> None:
    """Also in the past, where nobody has been forgotten yet: her name cannot be read there either."""
    gone = submitted(1, business=Personal("resident-1", None))
    book.write("application-1", gone, VERIFIED, OLD)
    with node.views.at(book.head()) as view:
        row = permits.by_id(view, "application-1")
        assert row
        assert (row.status, row.reason) == ("refused", None)


def test_forgetting_the_applicant_reaches_all_her_applications(node: Node, book: Book) -> None:
    book.write("application-1", submitted(1), VERIFIED)
    book.write("application-2", submitted(2))
    book.write("application-3", submitted(3, "resident-2"))
    forget(book, "resident-1")
    book.write("application-1", APPROVED, issued(1))
    node.project()
    told = [node.ask(permits.by_id, f"application-{n}") for n in (1, 2, 3)]
    assert [(row.applicant_name, row.company) for row in told[:2]] == [(None, None)] * 2
    assert told[2].company == "Toko Sri", "the control: another applicant"
    assert (told[0].status, told[0].number) == ("issued", "0001/SIUP-KECIL/BPT/2010")


def test_the_death_of_an_applicant_flags_what_is_open_whichever_is_told_first(node: Node, book: Book) -> None:
    book.write("application-1", submitted(1))
    book.write("application-2", submitted(2), VERIFIED, REFUSED)
    assert node.project().ask(permits.by_id, "application-1").applicant_died_on is None
    book.write("resident-1", Died(THURSDAY))
    book.write("application-3", submitted(3))
    book.write("application-4", submitted(4, "resident-4"))
    rows = node.project().ask(permits.page)
    flagged = {row.application: row.applicant_died_on for row in rows if row.applicant_died_on}
    assert flagged == {"application-1": THURSDAY, "application-3": THURSDAY}


def test_a_death_that_is_annulled_flags_nothing(node: Node, book: Book) -> None:
    book.write("application-1", submitted(1))
    book.write("resident-1", Died(THURSDAY))
    book.write("resident-1", DeathReversed("entry-1", THURSDAY))
    assert node.project().ask(permits.by_id, "application-1").applicant_died_on is None
