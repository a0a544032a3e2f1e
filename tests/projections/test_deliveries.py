"""What a ministry has acknowledged: given its receipts, then how far it is."""

from projections import deliveries
from tests.projections.book import MINUTE, MORNING, Book, receipt
from tests.projections.node import Node


def test_nothing_is_delivered_before_the_first_receipt(node: Node) -> None:
    assert node.ask(deliveries.delivered, "kemendagri") == 0
    assert node.ask(deliveries.recent, "kemendagri") == []


def test_the_last_receipt_tells_how_far_a_ministry_is(node: Node, book: Book) -> None:
    book.write("delivery-kemendagri", receipt(1, 25), receipt(26, 40))
    book.write("delivery-kemendag", receipt(1, 3, "kemendag"))
    node.project()
    assert node.ask(deliveries.delivered, "kemendagri") == 40
    assert node.ask(deliveries.delivered, "kemendag") == 3


def test_receipts_are_shown_newest_first(node: Node, book: Book) -> None:
    for first in range(1, 10, 3):
        book.write("delivery-kemendagri", receipt(first, first + 2))
    found = node.project().ask(deliveries.recent, "kemendagri", limit=2)
    assert [(a.from_seq, a.to_seq, a.receipt) for a in found] == [(7, 9, "TRM-9"), (4, 6, "TRM-6")]
    assert found[0].at == MORNING + 2 * MINUTE
    assert found[0].sha256 == "0" * 64
