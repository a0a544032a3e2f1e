"""Who asked to be forgotten: given the facts of erasures, then their list; no name and no number in it."""

from datetime import timedelta

from domain.privacy.erasure import ErasureApproved, ErasureRejected, SubjectForgotten
from projections import erasures
from tests.projections.book import MINUTE, MORNING, TODAY, Book, asked
from tests.projections.node import Node

APPROVED = ErasureApproved(TODAY, "bagus")
REJECTED = ErasureRejected(TODAY, "bagus", "legal-process")


def test_a_request_waits_for_its_answer_within_three_days(node: Node, book: Book) -> None:
    book.write("erasure-resident-1", asked("resident-1"))
    row = node.project().ask(erasures.by_id, "erasure-resident-1")
    assert (row.stage, row.basis, row.resident) == ("requested", "subject-request", "resident-1")
    assert (row.requested_by, row.requested_at, row.due) == ("dewi", MORNING, MORNING + timedelta(hours=72))
    assert (row.decided_by, row.reason, row.forgotten) == (None, None, None)


def test_a_decision_is_shown_with_who_took_it(node: Node, book: Book) -> None:
    book.write("erasure-resident-1", asked("resident-1"), REJECTED)
    row = node.project().ask(erasures.by_id, "erasure-resident-1")
    assert (row.stage, row.reason, row.decided_by) == ("rejected", "legal-process", "bagus")
    assert (row.decided_at, row.version) == (MORNING + MINUTE, 2)


def test_a_request_after_a_rejection_begins_anew(node: Node, book: Book) -> None:
    book.write("erasure-resident-1", asked("resident-1"), REJECTED)
    node.project()
    book.write("erasure-resident-1", asked("resident-1"))
    row = node.project().ask(erasures.by_id, "erasure-resident-1")
    assert (row.stage, row.reason, row.decided_by, row.version) == ("requested", None, None, 3)


def test_the_newest_stand_first_and_a_stage_can_be_chosen(node: Node, book: Book) -> None:
    for number in (1, 2, 3):
        book.write(f"erasure-resident-{number}", asked(f"resident-{number}"))
    book.write("erasure-resident-2", APPROVED)
    node.project()
    assert [row.resident[-1] for row in node.ask(erasures.page)] == ["3", "2", "1"]
    assert [row.resident[-1] for row in node.ask(erasures.page, stage="approved")] == ["2"]
    assert [row.resident[-1] for row in node.ask(erasures.page, limit=1)] == ["3"]


def test_the_position_of_the_last_who_was_forgotten_is_known(node: Node, book: Book) -> None:
    book.write("erasure-resident-1", asked("resident-1"), APPROVED)
    assert node.project().ask(erasures.last_forgotten) == 0
    fact = book.write("erasure-resident-1", SubjectForgotten(("resident-1",)))
    assert node.project().ask(erasures.last_forgotten) == fact.position
    assert node.ask(erasures.by_id, "erasure-resident-1").stage == "forgotten"
