"""How many blanks are left and who waits: given the facts of a stock, then its book and its backlog."""

from domain.population.blank_stock import (
    BacklogLeft,
    BlanksCounted,
    BlankSetAside,
    BlanksReceived,
    BlanksSent,
    BlanksSpoiled,
    BlankTakenBack,
    BlankUsed,
    CardBacklogged,
    StockDifferenceFound,
)
from projections import blank_stock
from projections.blank_stock import StockRow
from tests.projections.book import MINUTE, MORNING, TODAY, Book
from tests.projections.node import Node

OFFICE, STOCK = "KEC-10", "blanks-KEC-10"
TEN = BlanksReceived(10, "KEMENDAGRI", "470/1", TODAY)


def test_the_stock_of_an_office_is_the_sum_of_its_movements(node: Node, book: Book) -> None:
    book.write(STOCK, TEN, BlankUsed("case-1"), BlanksSpoiled(2, "misprint", TODAY))
    book.write(STOCK, BlanksSent(3, "KEC-01", "470/2", TODAY))
    row = node.project().ask(blank_stock.of_office, OFFICE)
    assert row == StockRow(OFFICE, 10, 1, 2, 3, 0, None, 4, 0, 0)
    assert row.left == 4
    assert node.ask(blank_stock.of_office, "KEC-01") is None, "its own book tells what arrived there"


def test_a_difference_is_in_the_sum_so_that_the_count_holds(node: Node, book: Book) -> None:
    book.write(STOCK, TEN, BlanksCounted(8, 10, TODAY), StockDifferenceFound(-2, TODAY))
    row = node.project().ask(blank_stock.of_office, OFFICE)
    assert (row.left, row.difference, row.counted_on) == (8, -2, TODAY)


def test_every_office_that_keeps_stock_is_listed(node: Node, book: Book) -> None:
    book.write("blanks-KEC-10", TEN)
    book.write("blanks-DISDUKCAPIL", TEN)
    assert [row.office for row in node.project().ask(blank_stock.stocks)] == ["DISDUKCAPIL", "KEC-10"]


def test_the_backlog_stands_in_the_order_of_the_complete_files(node: Node, book: Book) -> None:
    late, early = MORNING + 9 * MINUTE, MORNING
    book.write(STOCK, TEN, CardBacklogged("case-late", late), CardBacklogged("case-early", early))
    rows = node.project().ask(blank_stock.backlog, OFFICE)
    assert [(row.case, row.complete) for row in rows] == [("case-early", early), ("case-late", late)]
    assert node.ask(blank_stock.of_office, OFFICE).waiting == 2


def test_a_place_tells_since_when_and_until_when_it_waited(node: Node, book: Book) -> None:
    book.write(STOCK, TEN, CardBacklogged("case-1", MORNING), BlankSetAside("case-1"))
    (row,) = node.project().ask(blank_stock.backlog, OFFICE)
    assert node.ask(blank_stock.ready, OFFICE) == {"case-1"}
    assert (row.state, row.since, row.until) == ("ready", MORNING + MINUTE, MORNING + 2 * MINUTE)
    book.write(STOCK, BlankTakenBack("case-1"))
    (row,) = node.project().ask(blank_stock.backlog, OFFICE)
    assert (row.state, row.until) == ("waiting", None)
    assert node.ask(blank_stock.ready, OFFICE) == frozenset()


def test_whoever_has_the_card_or_left_is_in_the_backlog_no_more(node: Node, book: Book) -> None:
    book.write(STOCK, TEN, CardBacklogged("case-1", MORNING), CardBacklogged("case-2", MORNING))
    book.write(STOCK, BlankSetAside("case-1"), BlankUsed("case-1"), BacklogLeft("case-2"))
    assert node.project().ask(blank_stock.backlog, OFFICE) == []
    assert node.ask(blank_stock.of_office, OFFICE).ready == 0


def test_the_book_tells_its_lines_newest_first_and_no_single_card(node: Node, book: Book) -> None:
    book.write(STOCK, TEN, BlankUsed("case-1"), BlanksSpoiled(2, "chip-fault", TODAY))
    lines = node.project().ask(blank_stock.lines, OFFICE)
    assert [(line.line, line.count, line.other) for line in lines] == [
        ("spoiled", 2, "chip-fault"),
        ("received", 10, "KEMENDAGRI"),
    ]
    assert len(node.ask(blank_stock.lines, OFFICE, limit=1)) == 1
