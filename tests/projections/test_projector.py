"""The projector's laws: in order, once, each model for itself, one process at a time."""

from contextlib import ExitStack
from datetime import timedelta
from threading import Event

import pytest
from structlog.testing import capture_logs

from adapters.reference import reference
from domain.kernel.errors import StoreUnavailable
from projections import residents
from projections.building import BATCH, LedgerSkipped
from projections.parking import apply
from projections.projector import MEASURED, Paces, Projector
from projections.readmodel import Batch
from tests.projections.book import Book, resident
from tests.projections.conftest import Open
from tests.projections.node import LONG, Node, WatchedClock, counting, running, seen


class Crash(BaseException):
    """The process dies here."""


class At:
    """Fails at one position, while it is armed; remembers the batches that it saw."""

    def __init__(self, position: int, error: BaseException) -> None:
        self.position, self.error = position, error
        self.armed = True

    def __call__(self, batch: Batch) -> None:
        if self.armed and any(fact.position == self.position for fact in batch):
            raise self.error


def filled(book: Book, facts: int, streams: int = 7) -> Book:
    for n in range(facts):
        book.write(f"resident-{n % streams}", resident(n))
    return book


def total(node: Node) -> int:
    return sum(node.ask(seen).values())


def test_every_fact_is_applied_once(open_node: Open, book: Book) -> None:
    node = open_node(filled(book, BATCH + 5), [counting()])
    assert node.projector.step()
    assert total(node) == BATCH, "one batch at a time"
    assert node.project().views.position() == total(node) == BATCH + 5
    assert not node.projector.step(), "nothing is left"


def test_a_position_is_committed_with_its_rows_or_not_at_all(open_node: Open, book: Book) -> None:
    crash = At(3, Crash())
    node = open_node(filled(book, 5), [counting(crash)])
    with pytest.raises(Crash):
        node.projector.step()
    node.reopen()
    assert (total(node), node.views.position()) == (0, 0)
    crash.armed = False
    assert total(node.project()) == 5


def test_control_rows_without_their_position_would_be_counted_twice(open_node: Open, book: Book) -> None:
    node = open_node(filled(book, 5), [counting()])
    with node.views.store.writing() as write:
        node.models[0].apply(book.after(0, 5), write)  # committed, and then the process died
    assert total(node.project()) == 10


def test_a_failing_feed_stands_before_the_fact_and_the_others_go_on(open_node: Open, book: Book) -> None:
    poison = At(4, ValueError("3314105708909001"))
    healthy = residents.read_model(reference().regions)
    node = open_node(filled(book, 9), [counting(poison, numbered=True), healthy])
    with capture_logs() as logs:
        node.project()
    assert node.status("seen") == ("failed", 3, "ValueError at 4 (population.resident-registered)")
    assert node.status("residents") == ("running", 9, None)
    assert total(node) == 3, "what came before it is shown"
    assert node.views.position() == 9, "nobody waits for a model that failed"
    assert [log["event"] for log in logs] == ["projection-failed"]
    assert "3314105708909001" not in repr(logs)


def test_a_failed_feed_is_tried_again_when_a_projector_starts(open_node: Open, book: Book) -> None:
    poison = At(4, ValueError())
    node = open_node(filled(book, 9), [counting(poison, numbered=True)]).project()
    assert node.status("seen")[0] == "failed"
    assert node.reopen().status("seen")[0] == "failed", "to look at it is not to try it"
    poison.armed = False
    with node.projecting():
        assert node.views.wait(9, LONG)
    assert (node.status("seen"), total(node)) == (("running", 9, None), 9)


def test_a_full_disk_is_no_fault_of_a_model(open_node: Open, book: Book) -> None:
    full = At(2, StoreUnavailable("store-full"))
    node = open_node(filled(book, 3), [counting(full)])
    with pytest.raises(StoreUnavailable, match="store-full"):
        node.projector.step()
    assert node.status("seen") == ("running", 0, None)
    full.armed = False
    assert total(node.project()) == 3


def test_a_hole_in_the_ledger_stops_everything(open_node: Open, book: Book) -> None:
    filled(book, 5).lose(3)
    node = open_node(book, [counting()])
    with pytest.raises(LedgerSkipped, match="expected position 3, read 4"):
        node.projector.step()
    assert total(node) == 0


def test_a_model_that_is_behind_gets_only_what_it_lacks(open_node: Open, book: Book) -> None:
    node = open_node(filled(book, 6), [counting(), residents.read_model(reference().regions)])
    with node.views.store.writing() as write:
        apply(node.models[0], book.after(0, 4), write)
    node.project()
    assert total(node) == 6
    assert [status.lag for status in node.views.status()] == [0, 0]


def test_a_running_projector_follows_what_is_written(open_node: Open, book: Book) -> None:
    node = open_node(book, [counting()])
    with node.projecting():
        for n in range(1, 6):
            book.write("resident-1", resident(n))
            assert node.views.wait(n, LONG)
            assert total(node) == n


def test_when_every_model_has_failed_the_projector_rests(open_node: Open, book: Book) -> None:
    clock = WatchedClock()
    node = open_node(filled(book, 2), [counting(At(1, ValueError()), numbered=True)])
    with capture_logs(), running(Projector(node.views, clock).run):
        assert clock.waited.wait(LONG), "it waits on the clock, and does not spin"
    assert node.status("seen")[0] == "failed"


def test_one_process_projects_and_the_next_takes_over(open_node: Open, book: Book) -> None:
    first = open_node(book, [counting()])
    second = open_node(book, [counting()], folder=first.path.parent)
    clock = WatchedClock()
    with ExitStack() as both:
        leader = both.enter_context(ExitStack())
        leader.enter_context(first.projecting())
        book.write("resident-1", resident(1))
        assert first.views.wait(1, LONG)
        both.enter_context(running(Projector(second.views, clock).run))
        assert clock.waited.wait(LONG), "the second waits"
        assert second.views.wait(1, LONG), "and sees what the first projects"
        leader.close()
        book.write("resident-1", resident(1))
        assert second.views.wait(2, LONG), "and takes over"
    assert total(second) == 2


def test_stopping_is_quick_when_there_is_nothing_to_do(open_node: Open, book: Book) -> None:
    node = open_node(book, [counting()])
    stop = Event()
    stop.set()
    node.projector.run(stop)
    assert node.views.position() == 0


def test_the_rate_is_that_of_the_last_batches(open_node: Open, book: Book) -> None:
    paces = Paces()
    assert paces.measured({"seen": 100, "others": 10}, timedelta(seconds=1)) == {"seen": 100, "others": 10}
    assert paces.measured({"seen": 500}, timedelta(seconds=1)) == {"seen": 300}
    for _ in range(MEASURED):
        last = paces.measured({"seen": 7}, timedelta(seconds=0.5))
    assert last == {"seen": 14}, "what is long ago does not count"
    assert Paces().measured({"seen": 7}, timedelta(0)) == {}, "a clock that stood tells nothing"
    node = open_node(filled(book, 50), [counting()])
    assert [status.rate for status in node.views.status()] == [None]
    (rate,) = [status.rate for status in node.project().views.status()]
    assert rate is not None
    assert rate > 0
    assert [status.rate for status in node.reopen().views.status()] == [rate], "another process sees it too"
