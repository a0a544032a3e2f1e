"""The papers of a record: given the facts of papers, then their list; nothing of what stands on them."""

from domain.kernel.events import Personal
from domain.papers.paper import PaperIssued, PaperReplaced, PaperReprinted, PaperRevoked
from projections import papers
from tests.projections.book import MORNING, TODAY, Book, paper
from tests.projections.node import Node


def test_a_paper_is_listed_with_its_record_and_with_everybody_on_it(node: Node, book: Book) -> None:
    book.write("paper-1", paper())
    node.project()
    for record in ("household-1", "resident-1", "resident-2"):
        (row,) = node.ask(papers.of_record, record)
        assert (row.paper, row.kind, row.status, row.copies, row.version) == ("paper-1", "KK", "valid", 1, 1)
    assert node.ask(papers.of_record, "resident-3") == []
    assert (row.issued_at, row.issued_by, row.office) == (MORNING, "dewi", "DISDUKCAPIL")
    assert row.subjects == ("household-1", "resident-1", "resident-2")


def test_a_reprint_is_counted_and_a_revocation_says_why(node: Node, book: Book) -> None:
    book.write("paper-1", paper(), PaperReprinted(TODAY, "lost"))
    node.project()
    book.write("paper-1", PaperReprinted(TODAY, "damaged"), PaperRevoked(TODAY, "court-order"))
    row = node.project().ask(papers.by_id, "paper-1")
    assert (row.copies, row.status, row.reason, row.ended_on) == (3, "revoked", "court-order", TODAY)
    assert row.version == 4


def test_the_newest_stands_first_and_the_older_names_it(node: Node, book: Book) -> None:
    book.write("paper-1", paper())
    book.write("paper-2", paper(edition=2))
    book.write("paper-1", PaperReplaced(TODAY, "paper-2"))
    node.project()
    newest, older = node.ask(papers.of_record, "household-1")
    assert (newest.paper, newest.edition, newest.status) == ("paper-2", 2, "valid")
    assert (older.status, older.replaced_by) == ("replaced", "paper-2")


def test_a_paper_whose_people_are_forgotten_is_listed_all_the_same(node: Node, book: Book) -> None:
    gone: PaperIssued = paper(shares=(Personal("resident-1", None),))
    book.write("paper-1", gone)
    (row,) = node.project().ask(papers.of_record, "resident-1")
    assert row.subjects == ("resident-1",)
