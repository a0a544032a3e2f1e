"""Who waits at the counter: given the facts of cases, then the queue and its clock."""

from datetime import date, datetime, timedelta

import pytest

from domain.kernel.segments import Cause
from domain.population.case import (
    BiometricsRecorded,
    Called,
    CalledAgain,
    CardPrinted,
    CaseWithdrawn,
    FileCompleted,
    HandedOver,
    NoShow,
    SuketIssued,
    TicketTaken,
    WaitEnded,
    WaitStarted,
)
from domain.population.clock import receipt_code
from projections import ktp_queue
from projections.ktp_queue import CaseRow, DayFigures
from tests.projections.book import MINUTE, MORNING, TODAY, Book, ticket
from tests.projections.node import Node

SECOND = timedelta(seconds=1)


def served(
    book: Book, case: str, number: int, spent: timedelta, *, start: datetime = MORNING, document: str = "KTP"
) -> None:
    """A whole case whose office time is ``spent``."""
    taken = ticket(number, f"resident-{number}")
    book.write(case, type(taken)(document, taken.resident, taken.office, number, TODAY), at=start)
    book.write(case, Called("1"), FileCompleted(), at=start)
    book.write(case, BiometricsRecorded(), CardPrinted(), HandedOver(), at=start + spent)


def tickets(rows: list[CaseRow]) -> list[int]:
    return [row.ticket for row in rows]


def test_a_case_shows_its_step_and_its_version(node: Node, book: Book) -> None:
    book.write("case-1", ticket(1, "resident-1"), Called("1"))
    row = node.project().ask(ktp_queue.case, "case-1")
    assert (row.step, row.version, row.resident, row.document) == ("called", 2, "resident-1", "KTP")
    assert (row.times.taken, row.times.called) == (MORNING, MORNING + MINUTE)
    assert node.ask(ktp_queue.case, "case-9") is None


def test_a_wait_is_shown_with_its_cause_until_it_ends(node: Node, book: Book) -> None:
    book.write("case-1", ticket(1, "resident-1"), Called("1"), FileCompleted(), WaitStarted("blank-stock"))
    assert node.project().ask(ktp_queue.case, "case-1").waiting == "blank-stock"
    book.write("case-1", WaitEnded())
    row = node.project().ask(ktp_queue.case, "case-1")
    assert row.waiting is None
    assert [(w.cause, w.start, w.end) for w in row.times.waits] == [
        (Cause.BLANK, MORNING + 3 * MINUTE, MORNING + 4 * MINUTE)
    ]


def test_the_clock_is_the_one_of_the_rules(node: Node, book: Book) -> None:
    book.write("case-1", ticket(1, "resident-1"), Called("1"), FileCompleted())
    book.write("case-1", WaitStarted("central-system"), WaitEnded(), BiometricsRecorded(), CardPrinted())
    open_ = node.project().ask(ktp_queue.case, "case-1")
    assert open_.office_seconds is None, "not final before the hand-over"
    assert open_.times.office_time(MORNING + 10 * MINUTE) == 7 * MINUTE
    book.write("case-1", HandedOver())
    assert node.project().ask(ktp_queue.case, "case-1").office_seconds == 4 * 60


@pytest.mark.parametrize(
    ("spent", "seconds", "kept"),
    [
        (300 * SECOND, 300, 1),
        (timedelta(seconds=300, microseconds=1), 301, 0),
        (timedelta(seconds=299, milliseconds=400), 300, 1),
    ],
)
def test_five_minutes_are_five_minutes(
    node: Node, book: Book, spent: timedelta, seconds: int, kept: int
) -> None:
    served(book, "case-1", 1, spent)
    assert node.project().ask(ktp_queue.case, "case-1").office_seconds == seconds
    assert node.ask(ktp_queue.day, TODAY).within_promise == kept


def test_the_queue_is_of_one_office_and_day_in_the_order_of_tickets(node: Node, book: Book) -> None:
    book.write("case-b", ticket(2, "resident-2"))
    book.write("case-a", ticket(1, "resident-1"))
    book.write("case-c", ticket(3, "resident-3", office="KEC-01"))
    book.write("case-d", ticket(4, "resident-4", on=date(2010, 3, 2)))
    assert tickets(node.project().ask(ktp_queue.queue, "KEC-10", TODAY)) == [1, 2]
    assert tickets(node.ask(ktp_queue.queue, "KEC-01", TODAY)) == [3]
    assert tickets(node.ask(ktp_queue.queue, "KEC-10", date(2010, 3, 2))) == [4]


def test_the_queue_of_one_service_holds_that_service_alone(node: Node, book: Book) -> None:
    book.write("case-1", ticket(1, "resident-1"))
    book.write("case-2", TicketTaken("KK", "resident-2", "KEC-10", 2, TODAY))
    assert tickets(node.project().ask(ktp_queue.queue, "KEC-10", TODAY, "KK")) == [2]
    assert tickets(node.ask(ktp_queue.queue, "KEC-10", TODAY)) == [1, 2]


def test_each_window_shows_whom_it_called_last_while_she_is_served(node: Node, book: Book) -> None:
    for number in (1, 2, 3, 4):
        book.write(f"case-{number}", ticket(number, f"resident-{number}"))
    book.write("case-1", Called("1"))
    book.write("case-2", Called("2"))
    book.write("case-3", Called("1"))
    shown = node.project().ask(ktp_queue.calls, "KEC-10", TODAY)
    assert [(row.counter, row.ticket) for row in shown] == [("1", 3), ("2", 2)]
    book.write("case-2", CalledAgain("2"))
    assert tickets(node.project().ask(ktp_queue.calls, "KEC-10", TODAY)) == [2, 3]
    book.write("case-3", NoShow())
    assert tickets(node.project().ask(ktp_queue.calls, "KEC-10", TODAY)) == [2]
    assert node.ask(ktp_queue.calls, "KEC-01", TODAY) == []
    book.write("case-2", FileCompleted(), BiometricsRecorded(), SuketIssued("0001", TODAY))
    book.write("case-2", WaitStarted("blank-stock"))
    assert node.project().ask(ktp_queue.calls, "KEC-10", TODAY) == [], "she has gone home with her suket"


def test_a_case_is_found_by_the_code_of_its_receipt(node: Node, book: Book) -> None:
    book.write("case-1", ticket(1, "resident-1"))
    assert node.project().ask(ktp_queue.by_code, receipt_code("case-1")).case == "case-1"
    assert node.ask(ktp_queue.by_code, "AAAA-AAAA-AAAA") is None


def test_the_seconds_of_each_cause_are_kept_when_the_document_is_handed_over(node: Node, book: Book) -> None:
    book.write("case-1", ticket(1, "resident-1"), Called("1"), FileCompleted(), BiometricsRecorded())
    book.write("case-1", SuketIssued("0001", TODAY), WaitStarted("blank-stock"))
    row = node.project().ask(ktp_queue.case, "case-1")
    assert (row.suket, row.waiting, row.blank_seconds) == ("0001", "blank-stock", None)
    book.write("case-1", WaitEnded(), CardPrinted(), HandedOver())
    row = node.project().ask(ktp_queue.case, "case-1")
    assert (row.office_seconds, row.blank_seconds, row.central_seconds) == (5 * 60, 60, 0)


def test_who_was_served_or_left_is_recent_and_no_longer_in_the_queue(node: Node, book: Book) -> None:
    served(book, "case-1", 1, MINUTE)
    book.write("case-2", ticket(2, "resident-2"), CaseWithdrawn())
    book.write("case-3", ticket(3, "resident-3"))
    assert tickets(node.project().ask(ktp_queue.queue, "KEC-10", TODAY)) == [3]
    assert tickets(node.ask(ktp_queue.recent, "KEC-10")) == [2, 1]
    assert tickets(node.ask(ktp_queue.recent, "KEC-10", limit=1)) == [2]
    assert node.ask(ktp_queue.recent, "KEC-01") == []


def test_the_figures_of_a_day_count_ktp_alone(node: Node, book: Book) -> None:
    served(book, "case-1", 1, 2 * MINUTE)
    served(book, "case-2", 2, 4 * MINUTE)
    served(book, "case-3", 3, 9 * MINUTE)
    served(book, "case-4", 4, MINUTE, document="KK")
    book.write("case-5", ticket(5, "resident-5"))
    book.write("case-6", ticket(6, "resident-6", office="KEC-01"), CaseWithdrawn())
    assert node.project().ask(ktp_queue.day, TODAY) == DayFigures(5, 1, 3, 2, 240)
    assert node.ask(ktp_queue.day, TODAY, "KEC-01") == DayFigures(1, 0, 0, 0, None)
    assert node.ask(ktp_queue.day, date(2010, 3, 2)) == DayFigures(0, 0, 0, 0, None)
