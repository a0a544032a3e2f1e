"""What waits to be settled: an element a row, gone once it is settled, agrees again, or its person is forgotten."""

from dataclasses import replace
from datetime import date

from domain.kernel.events import Personal
from domain.population.comparison import (
    Difference,
    DifferencesAccepted,
    DifferencesDismissed,
    DifferencesFound,
    DifferencesGone,
)
from projections import differences
from projections.differences import ComparisonRow
from tests.projections.book import Book, forget, resident
from tests.projections.node import Node

TODAY = date(2026, 11, 24)
NAME, MOTHER = Difference("name", "Sri", "Sri W."), Difference("mother", "Sumini", "Sumi")


def found(number: int, *told: Difference, village: str = "33.14.10.1003") -> DifferencesFound:
    id_ = f"resident-{number}"
    return DifferencesFound(id_, village, TODAY, "P-1", Personal(id_, told))


def rows(node: Node, **which: str) -> list[ComparisonRow]:
    shown: list[ComparisonRow] = node.project().ask(differences.page, **which)
    return shown


def test_whoever_differs_waits_and_what_is_found_anew_takes_the_place_of_what_was(
    node: Node, book: Book
) -> None:
    book.write("comparison-1", found(1, NAME, MOTHER))
    book.write("comparison-2", found(2, NAME, village="33.14.01.2001"))
    first, second = rows(node)
    assert (first.resident, first.differences, first.version) == ("resident-1", (NAME, MOTHER), 1)
    assert (second.resident, second.message, second.on) == ("resident-2", "P-1", TODAY)
    assert [row.resident for row in rows(node, kecamatan="33.14.01")] == ["resident-2"]
    assert [row.resident for row in rows(node, resident="resident-1")] == ["resident-1"]
    assert node.ask(differences.waiting) == 2
    changed = replace(MOTHER, theirs="Suminah")
    book.write("comparison-1", found(1, changed))
    assert rows(node)[0].differences == (changed,)


def test_what_is_settled_or_agrees_again_waits_no_more(node: Node, book: Book) -> None:
    book.write("comparison-1", found(1, NAME, MOTHER))
    book.write("comparison-2", found(2, NAME))
    book.write("comparison-1", DifferencesDismissed(("name",), TODAY, "dewi", Personal("resident-1", "Akta")))
    first, _ = rows(node)
    assert (first.differences, first.version) == ((MOTHER,), 2)
    book.write("comparison-1", DifferencesAccepted(("mother",), "correction-1", TODAY, "dewi"))
    book.write("comparison-2", DifferencesGone("P-2", TODAY))
    assert rows(node) == []
    assert node.ask(differences.waiting) == 0


def test_nothing_is_left_of_whom_is_forgotten(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1))
    book.write("comparison-1", found(1, NAME))
    book.write("comparison-2", found(2, NAME))
    forget(book, "resident-1")
    assert [row.resident for row in rows(node)] == ["resident-2"]
