"""A rebuild that was stopped goes on from where it was: stopped by hand, interrupted, or killed."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from adapters.reference import reference
from domain.kernel.errors import Rejected
from projections import feeds
from projections.building import LedgerSkipped
from projections.readmodel import Batch, ReadModel, Writer
from projections.scrubber import Scrubber
from tests.projections.book import Book, forget, resident
from tests.projections.conftest import Open
from tests.projections.halting import book as long_book
from tests.projections.node import Node, counting, seen
from tests.projections.test_rebuild import people

HALF = {"resident-0": 1250, "resident-1": 1250}


def left(folder: Path) -> list[Path]:
    return list(folder.glob("*.unfinished"))


class Stopped:
    """Rebuilds a node that is stopped after its first batch, and notes which facts are applied."""

    def __init__(self, open_node: Open, book: Book) -> None:
        self.applied: list[int] = []
        self.node = open_node(book, [self.model()])
        stop = Event()
        assert not self.node.views.rebuild(progress=lambda _: stop.set(), stop=stop)
        self.applied.clear()

    def model(self, version: int = 1) -> ReadModel:
        return counting(lambda batch: self.applied.append(batch[0].position), version)

    def again(self, *, from_start: bool = False) -> int:
        """Rebuild to the end; the position it went on from."""
        begun: list[int] = []
        assert self.node.views.rebuild(begun=begun.append, from_start=from_start)
        assert left(self.node.path.parent) == []
        return begun[0]


@pytest.fixture
def stopped(open_node: Open) -> Stopped:
    return Stopped(open_node, long_book())


def test_what_was_stopped_goes_on_and_ends_as_if_it_had_not(stopped: Stopped) -> None:
    assert left(stopped.node.path.parent)
    assert stopped.node.ask(seen) == {}, "nothing is shown of it"
    assert stopped.again() == 1000
    assert stopped.applied == list(range(1001, 2501)), "each once"
    assert stopped.node.ask(seen) == HALF


def test_it_goes_on_after_a_restart_also_when_the_ledger_has_grown(stopped: Stopped) -> None:
    ledger = stopped.node.ledger
    assert isinstance(ledger, Book)
    ledger.write("resident-9", resident(9))
    stopped.node.reopen()
    assert stopped.again() == 1000
    assert stopped.node.ask(seen) == HALF | {"resident-9": 1}


def test_it_begins_anew_when_asked(stopped: Stopped) -> None:
    assert stopped.again(from_start=True) == 0
    assert stopped.applied == list(range(1, 2501))
    assert stopped.node.ask(seen) == HALF


def test_what_another_version_built_is_dropped(stopped: Stopped) -> None:
    stopped.node.reopen([stopped.model(version=2)])
    assert stopped.again() == 0
    assert stopped.node.ask(seen) == HALF


def test_what_was_built_of_other_models_is_dropped(open_node: Open, book: Book) -> None:
    node = open_node(book)
    book.write("resident-1", resident(1))
    stop = Event()
    node.views.rebuild(progress=lambda _: stop.set(), stop=stop)
    begun: list[int] = []
    node.views.rebuild(["residents"], begun=begun.append)
    assert begun == [0]
    assert left(node.path.parent) == []


def test_what_was_built_of_a_longer_ledger_is_dropped(stopped: Stopped) -> None:
    short = Book()
    short.write("resident-1", resident(1))
    stopped.node.reopen(ledger=short)
    assert stopped.again() == 0
    assert stopped.node.ask(seen) == {"resident-1": 1}


def test_what_another_start_of_the_machine_left_is_dropped(stopped: Stopped) -> None:
    """It was never synced: what a power cut has torn does not always show."""
    (made,) = left(stopped.node.path.parent)
    made.rename(made.with_name("views-of-another-boot-" + made.name.rpartition("-")[2]))
    assert stopped.again() == 0
    assert stopped.node.ask(seen) == HALF


def test_what_is_damaged_is_dropped(stopped: Stopped) -> None:
    (made,) = left(stopped.node.path.parent)
    made.write_bytes(b"not a database, but long enough to look like one" * 100)
    assert stopped.again() == 0
    assert stopped.node.ask(seen) == HALF


def test_a_feed_that_is_renewed_when_its_node_stops_goes_on_at_the_next_start(open_node: Open) -> None:
    stop, version = Event(), 1
    book = people(Book(), 1500)

    def feed() -> ReadModel:
        made = feeds.kemendagri_feed(reference().regions, book, lambda change: str(change).encode())

        def apply(batch: Batch, write: Writer) -> None:
            made.apply(batch, write)
            stop.set()

        return ReadModel(made.name, version, made.tables, apply, made.numbers)

    node = open_node(book, [feed()]).project()
    version = 2
    stop.clear()
    node.reopen([feed()]).projector.retry(stop)
    assert node.status("feed_kemendagri")[0] == "rebuilding"
    assert left(node.path.parent)
    node.projector.retry()
    assert node.status("feed_kemendagri") == ("running", 1500, None)


def interrupted(batch: Batch) -> None:
    if batch[0].position == 1500:
        raise KeyboardInterrupt


def test_ctrl_c_keeps_whole_batches(open_node: Open) -> None:
    node = open_node(long_book(), [counting(interrupted)])
    with pytest.raises(KeyboardInterrupt):
        node.views.rebuild()
    node.reopen([counting()])
    begun: list[int] = []
    node.views.rebuild(begun=begun.append)
    assert (begun, node.ask(seen)) == ([1000], HALF)


def test_a_killed_process_leaves_whole_batches(open_node: Open, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.projections.halting", str(tmp_path)]
    assert subprocess.run(command, check=False, timeout=60).returncode == -9
    assert left(tmp_path)
    node = open_node(long_book(), [counting()], folder=tmp_path)
    begun: list[int] = []
    node.views.rebuild(begun=begun.append)
    assert (begun, node.ask(seen)) == ([1000], HALF)
    assert left(tmp_path) == []


def test_what_fails_is_not_kept(open_node: Open) -> None:
    """It might fail for ever: a feed that stops, a ledger with a hole."""

    def fails(batch: Batch) -> None:
        if batch[0].position == 1500:
            raise ValueError

    node = open_node(long_book(), [counting(fails, numbered=True)])
    with pytest.raises(Rejected, match="feed-stopped"):
        node.views.rebuild()
    assert left(node.path.parent) == []
    node = open_node(torn := long_book(), [counting()])
    torn.lose(1500)
    with pytest.raises(LedgerSkipped):
        node.views.rebuild()
    assert left(node.path.parent) == []


def test_two_at_once_do_not_get_in_each_others_way(open_node: Open) -> None:
    """The second has a scratch of its own, and leaves none."""
    node = open_node(long_book(), [counting()])
    begun: list[int] = []

    def meanwhile(position: int) -> None:
        if position == 1000:
            other = Node(node.path.parent, node.ledger, [counting()])
            assert not other.views.store.drop_unfinished()
            other.views.rebuild(begun=begun.append, from_start=True)
            assert other.ask(seen) == HALF
            other.views.close()

    node.views.rebuild(progress=meanwhile)
    assert (begun, node.ask(seen)) == ([0], HALF)
    assert list(node.path.parent.glob("views-*")) == []


def stopped_after(node: Node, do: Callable[[], object]) -> None:
    stop = Event()

    def stopping(_: int) -> None:
        do()
        stop.set()

    node.views.rebuild(progress=stopping, stop=stop)


def test_nothing_of_who_is_forgotten_stays_in_it(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1, "Wagiyem Kenari"))
    node.project()
    scrubber = Scrubber(node.views)

    def forgotten_meanwhile() -> None:
        forget(book, "resident-1")
        node.project()
        assert not scrubber.step(), "somebody builds: it is owed"

    stopped_after(node, forgotten_meanwhile)
    (made,) = left(node.path.parent)
    assert b"Wagiyem Kenari" in made.read_bytes(), "the control"
    assert scrubber.step()
    assert left(node.path.parent) == []


def test_an_unfinished_rebuild_goes_when_nobody_was_forgotten_only_by_the_next_one(
    node: Node, book: Book
) -> None:
    book.write("resident-1", resident(1))
    node.project()
    stopped_after(node, lambda: None)
    assert Scrubber(node.views).step()
    assert left(node.path.parent)
    node.views.rebuild()
    assert list(node.path.parent.glob("views-*")) == []
