"""A list as of a valid day is the list of the records as they held on that day."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from adapters.reference import reference
from api.facts import deciders
from domain.licensing.application import ApplicationVerified
from domain.population.case import BiometricsRecorded, Called, CardPrinted, FileCompleted, HandedOver
from domain.population.household.events import HouseholdClosed, MemberLeft
from domain.population.resident import KtpIssued, KtpRequested
from domain.population.resident.events import Died
from projections import ktp_queue, residents, where_is_my_permit
from projections.held import Late
from projections.history import history
from projections.readmodel import View
from tests.projections.book import (
    APPROVED,
    MINUTE,
    MORNING,
    SRAGEN_TENGAH,
    TODAY,
    VERIFIED,
    Book,
    forget,
    household,
    resident,
    story,
    submitted,
    ticket,
)
from tests.projections.conftest import Open
from tests.projections.node import TIME, Node, rows

DECIDERS = deciders(reference())
DAY = timedelta(days=1)
BEFORE = TODAY - 3 * DAY
TO_THE_END = (Called("1"), FileCompleted(), BiometricsRecorded(), CardPrinted(), HandedOver())


def village(view: View) -> list[str]:
    return [row.resident for row in residents.page(view, village=SRAGEN_TENGAH)]


def test_a_late_registration_is_in_the_list_of_its_day_as_known_now_and_not_as_known_then(
    node: Node, book: Book
) -> None:
    book.write("resident-1", replace(resident(1), registered_on=BEFORE))
    then = book.head()
    book.write("resident-2", replace(resident(2), registered_on=BEFORE))
    with node.views.at(book.head(), BEFORE) as view:
        assert (village(view), view.position, view.valid) == (["resident-1", "resident-2"], 2, BEFORE)
        assert residents.counts(view).residents == 2
    with node.views.at(then, BEFORE) as view:
        assert village(view) == ["resident-1"]
    with node.views.at(book.head(), BEFORE - DAY) as view:
        assert (village(view), residents.counts(view).residents) == ([], 0)


def test_a_late_card_is_there_from_its_day_also_behind_a_later_request(node: Node, book: Book) -> None:
    book.write("resident-1", replace(resident(1), registered_on=BEFORE - DAY))
    book.write("resident-1", KtpRequested("case-1"), KtpIssued("case-1", BEFORE))
    shown = {}
    for day in (BEFORE - DAY, BEFORE, TODAY):
        with node.views.at(book.head(), day) as view:
            row = residents.by_id(view, "resident-1")
            assert row
            shown[day] = (row.ktp_issued_on, row.open_case, residents.counts(view).ktp)
    assert shown == {
        BEFORE - DAY: (None, None, 0),
        BEFORE: (BEFORE, None, 1),
        TODAY: (BEFORE, "case-1", 1),
    }


def test_what_happened_before_somebody_was_registered_holds_from_her_registration(
    node: Node, book: Book
) -> None:
    book.write("resident-1", resident(1), KtpIssued("case-1", BEFORE - DAY), Died(BEFORE))
    book.write("household-1", household(1, "resident-1"), MemberLeft("resident-1", BEFORE))
    book.write("household-1", HouseholdClosed(BEFORE))
    shown = {}
    for day in (BEFORE, TODAY, TODAY + DAY):
        with node.views.at(book.head(), day) as view:
            row, home = residents.by_id(view, "resident-1"), residents.household(view, "household-1")
            told = state(book, "resident-1", day)
            assert (row is None) == (told is None), "the list and the record tell the same"
            shown[day] = row and home and (row.standing, row.standing_on, home.closed_on, home.members)
            assert (row and row.standing) == (told and told["standing"])
    gone = ("dead", BEFORE, BEFORE, 0)
    assert shown == {BEFORE: None, TODAY: gone, TODAY + DAY: gone}


def test_a_permit_that_was_verified_late_is_complete_from_that_day(node: Node, book: Book) -> None:
    early = ApplicationVerified(("KTP",), TODAY, date(2010, 3, 4))
    book.write("application-1", submitted(1), replace(APPROVED, decided_on=TODAY + DAY), early)
    statuses = {}
    for day in (TODAY - DAY, TODAY, TODAY + DAY):
        with node.views.at(book.head(), day) as view:
            statuses[day] = [row.status for row in where_is_my_permit.page(view)]
    assert statuses == {TODAY - DAY: [], TODAY: ["complete"], TODAY + DAY: ["approved"]}


def test_the_queue_of_a_day_is_who_was_still_waiting_in_the_evening(node: Node, book: Book) -> None:
    book.write("case-1", ticket(1, "resident-1"))
    book.write("case-2", ticket(2, "resident-2"))
    book.write("case-2", *TO_THE_END, at=MORNING + DAY)
    with node.views.at(book.head(), TODAY) as view:
        assert [row.case for row in ktp_queue.queue(view, "KEC-10", TODAY)] == ["case-1", "case-2"]
    with node.views.at(book.head(), TODAY + DAY) as view:
        assert [row.case for row in ktp_queue.queue(view, "KEC-10", TODAY)] == ["case-1"]


def state(book: Book, stream: str, day: date) -> dict[str, Any] | None:
    steps = history(book, DECIDERS, TIME, stream, valid=day)
    return dict(steps[-1].state) if steps else None


@pytest.mark.parametrize("day", [BEFORE, TODAY, TODAY + DAY, TODAY + 2 * DAY])
def test_a_row_of_the_list_is_the_record_of_that_day(node: Node, book: Book, day: date) -> None:
    story(book)
    book.write("application-9", submitted(9), replace(APPROVED, decided_on=TODAY + 2 * DAY), VERIFIED)
    book.write("resident-9", replace(resident(9), registered_on=BEFORE - DAY))
    book.write("resident-9", KtpRequested("case-9"), KtpIssued("case-9", BEFORE))
    streams = {fact.header.stream for fact in book.after(0, book.head())}
    with node.views.at(book.head(), day) as view:
        for stream in streams:
            told = state(book, stream, day)
            match stream.partition("-")[0]:
                case "resident":
                    person = residents.by_id(view, stream)
                    if told and told["village"]:
                        assert person
                        assert told["open_case"] == person.open_case
                        assert told["ktp_issued_on"] == _iso(person.ktp_issued_on)
                    else:
                        assert person is None
                case "application":
                    filed = where_is_my_permit.by_id(view, stream)
                    assert (filed and filed.status) == (told and told["status"])
                case "case":
                    seen = ktp_queue.case(view, stream)
                    assert (seen and seen.step) == (told and told["step"])


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def test_the_list_of_a_day_after_everything_is_the_list_of_now(node: Node, book: Book) -> None:
    """Nothing was told late: what holds in the end is what the ledger tells."""
    story(book)
    models = [model for model in node.models if not model.numbers]
    node.project()
    with node.views.now() as view:
        now = rows(view, models)
    with node.views.at(book.head(), TODAY + 99 * DAY) as view:
        assert rows(view, models) == now


def test_who_is_forgotten_is_forgotten_on_every_day(node: Node, book: Book) -> None:
    """Also where the ledger could still tell."""
    book.write("resident-1", replace(resident(1), registered_on=BEFORE))
    book.write("application-1", submitted(1, submitted_on=BEFORE))
    with node.views.at(book.head(), BEFORE) as view:
        row = residents.by_id(view, "resident-1")
        assert row
        assert row.name
    forget(book, "resident-1")
    with node.views.at(book.head(), BEFORE) as view:
        row, filed = residents.by_id(view, "resident-1"), where_is_my_permit.by_id(view, "application-1")
        assert row
        assert filed
        assert (row.name, row.nik, filed.company) == (None, None, None)


def test_late_records_are_found_however_often_is_asked(book: Book) -> None:
    book.write("resident-1", resident(1))
    late = Late(book, TIME)
    assert late.upto(1) == set()
    book.write("resident-2", resident(2), KtpIssued("case-2", TODAY + DAY))
    assert late.upto(3) == set()
    book.write("resident-1", KtpIssued("case-1", BEFORE))
    book.write("resident-2", KtpRequested("case-3"))
    assert late.upto(4) == {"resident-1"}
    assert late.upto(5) == {"resident-1", "resident-2"}
    assert Late(book, TIME).upto(5) == {"resident-1", "resident-2"}


def test_a_valid_view_is_kept_for_the_next_question(open_node: Open, book: Book) -> None:
    node = open_node(story(book))
    with node.views.at(9, TODAY), node.views.at(9, TODAY), node.views.at(9):
        assert scratches(node) == 2


def test_it_serves_until_something_is_recorded_that_holds_on_its_day(open_node: Open, book: Book) -> None:
    """On a busy day the list of yesterday is not built anew for every fact of today."""
    node = open_node(story(book))

    def shown(position: int) -> tuple[int, int]:
        with node.views.at(position, TODAY) as view:
            return view.position, residents.counts(view).residents

    start = book.head()
    before = shown(start)[1]
    book.write("resident-8", replace(resident(8), registered_on=TODAY + DAY))
    assert shown(start + 1) == (start + 1, before)
    assert scratches(node) == 1
    book.write("resident-9", replace(resident(9), registered_on=BEFORE))
    assert shown(start + 2) == (start + 2, before + 1)
    forget(book, "resident-9")
    shown(book.head())
    assert scratches(node) == 3
    assert shown(start) == (start, before)


def scratches(node: Node) -> int:
    return len(list(node.path.parent.glob("*.scratch")))


def test_what_was_known_at_a_moment_is_a_position(node: Node, book: Book) -> None:
    assert node.views.known(MORNING) == 0
    book.write("resident-1", resident(1), KtpRequested("case-1"), KtpIssued("case-1", TODAY))
    assert [node.views.known(MORNING + n * MINUTE) for n in (-1, 0, 1, 2, 3)] == [0, 1, 2, 3, 3]
    assert node.views.known(MORNING + MINUTE / 2) == 1
