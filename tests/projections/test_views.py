"""Views: now, at a past position, and what becomes of them when code or ledger change."""

from threading import Barrier

import pytest
from structlog.testing import capture_logs

from adapters.clock import stopwatch
from adapters.reference import reference
from domain.kernel.errors import Unknown
from projections import feeds, residents
from projections.readmodel import ReadModel
from tests.projections.book import KEDEN, Book, resident
from tests.projections.conftest import Open
from tests.projections.node import LONG, Node, counting, rows, running, seen


def people(book: Book, upto: int) -> Book:
    for number in range(1, upto + 1):
        book.write(f"resident-{number}", resident(number))
    return book


def test_a_view_shows_one_moment_whatever_is_projected_meanwhile(node: Node, book: Book) -> None:
    people(book, 1)
    node.project()
    with node.views.now() as view:
        before = residents.counts(view)
        people(book, 1)
        node.project()
        assert residents.counts(view) == before
        assert view.position == 1
    assert node.ask(residents.counts).residents == 2


def test_a_past_view_is_refused_beyond_the_head(node: Node, book: Book) -> None:
    people(book, 2)
    for position in (3, -1):
        with pytest.raises(Unknown, match="unknown-position"), node.views.at(position):
            pass


def test_a_past_view_does_not_need_the_present_one(node: Node, book: Book) -> None:
    people(book, 3)
    with node.views.at(2) as view:
        assert residents.counts(view).residents == 2
    assert node.views.position() == 0


def test_a_past_view_is_kept_for_the_next_question_and_removed_in_the_end(
    open_node: Open, book: Book
) -> None:
    read: list[int] = []
    node = open_node(people(book, 9), [counting(lambda batch: read.append(batch[0].position))])
    for _ in range(3):
        with node.views.at(5) as view:
            assert sum(seen(view).values()) == 5
    assert read == [1, 2, 3, 4, 5], "built once"
    for position in range(9):
        with node.views.at(position):
            pass
    assert len(list(node.path.parent.glob("*.scratch"))) == 4
    node.views.close()
    assert not list(node.path.parent.glob("*.scratch"))


def test_two_who_ask_for_the_same_past_build_it_once(open_node: Open, book: Book) -> None:
    read: list[int] = []
    together = Barrier(2, timeout=LONG)
    node = open_node(people(book, 3), [counting(lambda batch: read.append(batch[0].position))])

    def ask(_: object) -> None:
        together.wait()
        with node.views.at(3) as view:
            assert sum(seen(view).values()) == 3

    with running(ask), running(ask):
        pass
    assert read == [1, 2, 3]


def test_who_waits_is_told_when_the_fact_is_shown(node: Node, book: Book) -> None:
    assert node.views.wait(0, 0.0)
    assert not node.views.wait(1, 0.05)
    with node.projecting():
        people(book, 1)
        assert node.views.wait(1, LONG)


def test_who_waits_takes_the_word_of_the_projector_here_and_looks_when_another_process_projects(
    node: Node, book: Book
) -> None:
    people(book, 1)
    node.views.tell(0)
    node.project()
    assert not node.views.wait(1, 0.05), "nobody has said so"
    node.views.tell(1)
    assert node.views.wait(1, 0.0)
    node.views.tell(0)
    with running(lambda _: node.views.tell(None)):
        assert node.views.wait(1, LONG)


def test_waiting_ends_in_time_although_the_projector_never_rests(node: Node) -> None:
    def wake(stop: object) -> None:
        while not stop.is_set():  # type: ignore[attr-defined]
            node.views.wake()

    begun, waited = stopwatch(), list[float]()

    def wait(_: object) -> None:
        assert not node.views.wait(1, 0.1)
        waited.append(stopwatch() - begun)

    with running(wake), running(wait):
        pass
    assert 0.1 <= waited[0] < LONG / 4


def test_status_tells_how_far_each_model_is(node: Node, book: Book) -> None:
    people(book, 2)
    assert {(s.position, s.lag, s.mode) for s in node.views.status()} == {(0, 2, "running")}
    node.project()
    assert [(s.name, s.lag) for s in node.views.status()] == [(model.name, 0) for model in node.models]


def test_a_restart_goes_on_where_it_ended(open_node: Open, book: Book) -> None:
    node = open_node(people(book, 3), [counting()]).project()
    people(book, 2)
    assert node.reopen().views.position() == 3
    assert sum(node.project().ask(seen).values()) == 5


def test_a_changed_model_is_built_anew_by_itself(open_node: Open, book: Book) -> None:
    node = open_node(people(book, 3), [counting()]).project()
    node.reopen([counting(version=2)])
    assert (node.ask(seen), node.views.position()) == ({}, 0)
    assert sum(node.project().ask(seen).values()) == 3


def test_a_new_model_does_not_disturb_the_others(open_node: Open, book: Book) -> None:
    node = open_node(people(book, 3), [counting()]).project()
    node.reopen([*node.models, residents.read_model(reference().regions)]).project()
    assert node.ask(residents.counts).residents == sum(node.ask(seen).values()) == 3


def test_deleted_views_are_computed_again(open_node: Open, book: Book) -> None:
    node = open_node(people(book, 3)).project()
    before = node.rows()
    node.views.close()
    for file in node.path.parent.glob("views*"):
        file.unlink()
    assert open_node(book, folder=node.path.parent).project().rows() == before


def test_views_of_facts_that_the_ledger_has_not_are_built_anew(open_node: Open, book: Book) -> None:
    node = open_node(people(book, 5), [counting()]).project()
    node.reopen(ledger=people(Book(), 3))
    assert sum(node.project().ask(seen).values()) == 3


def feed(book: Book, version: int = 1, name: str = "Sragen") -> ReadModel:
    """The feed of Home Affairs as a later release may write it."""
    made = feeds.kemendagri_feed(reference().regions, book, lambda change: f'"{name} {change!s}"'.encode())
    return ReadModel(made.name, version, made.tables, made.apply, made.numbers)


def test_a_changed_feed_is_compared_before_it_replaces_the_old_one(open_node: Open, book: Book) -> None:
    node = open_node(people(book, 3), [feed(book)]).project()
    before = node.rows()
    node.reopen([feed(book, version=2)])
    assert (node.status("feed_kemendagri")[0], node.rows()) == ("rebuilding", before), "served meanwhile"
    people(book, 1)
    with node.projecting():
        assert node.views.wait(4, LONG)
    assert node.status("feed_kemendagri") == ("running", 4, None)
    assert node.rows()["feed_kemendagri"][:3] == before["feed_kemendagri"]


def test_a_feed_that_would_say_something_else_stops_and_the_old_one_is_served(
    open_node: Open, book: Book
) -> None:
    node = open_node(people(book, 3), [feed(book), counting()]).project()
    before = node.rows(["feed_kemendagri"])
    node.reopen([feed(book, version=2, name="Solo"), counting()])
    people(book, 1)
    with capture_logs() as logs, node.projecting():
        assert node.views.wait(4, LONG)
    assert node.status("feed_kemendagri") == ("failed", 3, "feed-rebuild-differs")
    assert node.status("seen") == ("running", 4, None)
    assert node.rows(["feed_kemendagri"]) == before
    assert "feed-rebuild-differs" in [log.get("cause") for log in logs]


def test_a_feed_of_facts_that_the_ledger_has_not_stops(open_node: Open, book: Book) -> None:
    node = open_node(people(book, 3), [feed(book)]).project()
    shorter = people(Book(), 2)
    node.reopen([feed(shorter)], shorter)
    with capture_logs():
        node.projector.retry()
    assert node.status("feed_kemendagri") == ("failed", 3, "feed-rebuild-differs")


def test_a_past_view_of_every_model_is_of_its_own_rows(node: Node, book: Book) -> None:
    people(book, 2)
    shown = node.project().rows()
    book.write("resident-9", resident(9, village=KEDEN))
    node.project()
    with node.views.at(2) as view:
        assert rows(view, node.models) == shown
