"""How many were served within five minutes: given whole cases, then shares by office, day and cause."""

from datetime import date, datetime, timedelta

from domain.kernel.segments import Cause
from domain.population.case import (
    BiometricsRecorded,
    Called,
    CardPrinted,
    CaseWithdrawn,
    FileCompleted,
    HandedOver,
    TicketTaken,
    WaitEnded,
    WaitStarted,
)
from projections import five_minutes
from projections.five_minutes import Share, Spent, total
from tests.projections.book import MINUTE, MORNING, TODAY, Book
from tests.projections.node import Node

NEXT_DAY = TODAY + timedelta(days=1)


def served(
    book: Book,
    number: int,
    minutes: int,
    *,
    office: str = "KEC-10",
    on: date = TODAY,
    wait: tuple[str, int] | None = None,
    document: str = "KTP",
) -> None:
    """A whole case of ``minutes`` of the office's time, besides ``wait``: a cause and its minutes."""
    case, at = f"case-{number}", MORNING
    book.write(case, TicketTaken(document, f"resident-{number}", office, number, on), at=at)
    book.write(case, Called("1"), FileCompleted(), at=at)
    if wait:
        cause, length = wait
        book.write(case, WaitStarted(cause), at=at)
        at += length * MINUTE
        book.write(case, WaitEnded(), at=at)
    end: datetime = at + minutes * MINUTE
    book.write(case, BiometricsRecorded(), CardPrinted(), HandedOver(), at=end)


def asked(node: Node, start: date = TODAY, end: date = NEXT_DAY, office: str | None = None) -> list[Share]:
    found: list[Share] = node.project().ask(five_minutes.shares, "KTP", start, end, office)
    return found


def test_each_office_and_day_has_its_share(node: Node, book: Book) -> None:
    served(book, 1, 4)
    served(book, 2, 9)
    served(book, 3, 5, office="KEC-01")
    served(book, 4, 6, on=NEXT_DAY)
    assert [(s.on, s.office, s.served, s.within, s.share) for s in asked(node)] == [
        (TODAY, "KEC-01", 1, 1, 1.0),
        (TODAY, "KEC-10", 2, 1, 0.5),
        (NEXT_DAY, "KEC-10", 1, 0, 0.0),
    ]


def test_only_what_was_asked_is_told(node: Node, book: Book) -> None:
    served(book, 1, 4)
    served(book, 2, 4, office="KEC-01")
    served(book, 3, 4, on=NEXT_DAY)
    served(book, 4, 4, document="KK")
    assert [s.office for s in asked(node, office="KEC-01")] == ["KEC-01"]
    assert [s.on for s in asked(node, start=NEXT_DAY)] == [NEXT_DAY]
    assert sum(s.served for s in asked(node)) == 3, "a KK is no KTP"


def test_what_was_not_handed_over_has_no_share(node: Node, book: Book) -> None:
    book.write("case-1", TicketTaken("KTP", "resident-1", "KEC-10", 1, TODAY), Called("1"), FileCompleted())
    book.write("case-1", CaseWithdrawn())
    assert asked(node) == []


def test_each_cause_tells_of_how_many_cases_it_took_how_much(node: Node, book: Book) -> None:
    served(book, 1, 4, wait=("central-system", 10))
    served(book, 2, 8, wait=("central-system", 5))
    served(book, 3, 3)
    (share,) = asked(node)
    assert share.causes[Cause.CENTRAL] == Spent(2, 15 * 60, 1)
    assert share.causes[Cause.OFFICE] == Spent(3, 15 * 60, 2)
    assert share.causes[Cause.BLANK] == Spent(0, 0, 0)


def test_several_days_and_offices_add_up(node: Node, book: Book) -> None:
    served(book, 1, 4, wait=("applicant", 2))
    served(book, 2, 9, on=NEXT_DAY, wait=("applicant", 3))
    whole = total(asked(node), NEXT_DAY)
    assert (whole.served, whole.within, whole.share) == (2, 1, 0.5)
    assert whole.causes[Cause.APPLICANT] == Spent(2, 300, 1)
    assert total([], TODAY).share == 0.0
