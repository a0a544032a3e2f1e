"""Built anew beside the serving read models, then swapped; nobody sees less than before."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from adapters.reference import reference
from domain.kernel.errors import Rejected, Unknown
from domain.kernel.events import Recorded
from projections import feeds, residents
from projections.readmodel import ReadModel
from tests.projections.book import Book, forget, forgotten, resident
from tests.projections.conftest import Open
from tests.projections.node import LONG, Node, all_models, counting, running, seen

INDEXES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()",
}


def people(book: Book, upto: int, start: int = 1) -> Book:
    for number in range(start, upto + 1):
        book.write(f"resident-{number}", resident(number))
    return book


class Once:
    """Does something when it is first called: what happens in the middle of a rebuild."""

    def __init__(self, do: Callable[[], object]) -> None:
        self._do = do
        self.done = False

    def __call__(self, _: object = None) -> None:
        if not self.done:
            self.done = True
            self._do()


def test_a_rebuild_repairs_what_was_damaged(sragen: Node) -> None:
    right = sragen.rows()
    with sragen.views.store.writing() as write:
        write.many(residents._counts.update().values(residents=99), [(99,)])
    assert sragen.rows() != right
    sragen.views.rebuild(["residents"])
    assert sragen.rows() == right


def test_a_rebuild_of_one_reads_no_other(open_node: Open, book: Book) -> None:
    applied: list[int] = []
    watched = counting(lambda batch: applied.append(batch[0].position))
    node = open_node(people(book, 2), [watched, residents.read_model(reference().regions)]).project()
    applied.clear()
    node.views.rebuild(["residents"])
    assert applied == []
    node.views.rebuild()
    assert applied == [1, 2]


def test_an_unknown_read_model_is_refused(node: Node) -> None:
    with pytest.raises(Unknown, match="unknown-projection"):
        node.views.rebuild(["residents", "ships"])


def test_progress_tells_the_position_up_to_the_head(node: Node, book: Book) -> None:
    people(book, 2500)
    told: list[int] = []
    node.project().views.rebuild(progress=told.append)
    assert told == [1000, 2000, 2500]


def test_a_stopped_rebuild_changes_nothing(open_node: Open, book: Book) -> None:
    node = open_node(people(book, 2500), [counting()]).project()
    before, stop = node.rows(), Event()
    with node.views.store.writing() as write:
        node.models[0].apply(book.after(0, 1), write)  # damage that a rebuild would repair
    damaged = node.rows()
    node.views.rebuild(progress=lambda _: stop.set(), stop=stop)
    assert node.rows() == damaged != before
    assert not list(node.path.parent.glob("*.scratch"))
    node.views.rebuild(stop=Event())
    assert node.rows() == before


def test_the_old_one_serves_while_the_new_one_is_built(open_node: Open, book: Book) -> None:
    shown: list[dict[str, int]] = []
    node = open_node(people(book, 3), [counting()]).project()
    before = node.ask(seen)
    node.views.rebuild(progress=lambda _: shown.append(node.ask(seen)))
    assert shown == [before]


def test_what_was_projected_during_a_rebuild_is_not_lost_from_view(node: Node, book: Book) -> None:
    """Also the feed: it went on being numbered, and those numbers were seen."""
    people(book, 3)
    node.project()

    def meanwhile() -> None:
        people(book, 6, start=4)
        node.project()

    node.views.rebuild(progress=Once(meanwhile))
    assert node.views.position() == 6, "before any projector runs again"
    assert node.ask(residents.counts).residents == 6
    assert node.ask(feeds.head, "kemendagri") == 6
    assert node.rows() == node.project().rows()


def test_a_rebuild_under_live_traffic_ends_with_the_same_rows(open_node: Open, book: Book) -> None:
    node = open_node(people(book, 50))
    lowest = [0]

    def never_back(_: Event) -> None:
        while lowest[0] < 400:
            position = node.views.position()
            assert position >= lowest[0], "a reader is never taken into the past"
            lowest[0] = position

    def write(_: Event) -> None:
        for number in range(51, 401):
            book.write(f"resident-{number}", resident(number))
            node.views.wait(number - 20, LONG)

    with node.projecting(), running(never_back), running(write):
        while node.views.position() < 300:
            node.views.rebuild()
    fresh = open_node(book).project()
    assert node.project().rows() == fresh.rows()
    assert node.ask(feeds.head, "kemendagri") == 400


def test_a_rebuild_of_a_failed_feed_lets_it_run_again(open_node: Open, book: Book) -> None:
    broken = [True]

    def encode(change: object) -> bytes:
        if broken[0]:
            raise ValueError
        return b"{}"

    node = open_node(people(book, 3), [feed(book, encode)]).project()
    stopped = "ValueError at 1 (population.resident-registered)"
    assert node.status("feed_kemendagri") == ("failed", 0, stopped)
    with pytest.raises(Rejected, match="feed-stopped") as refused:
        node.views.rebuild()
    assert refused.value.parameters == {"feed": "feed_kemendagri", "position": 1, "cause": stopped}
    broken[0] = False
    node.views.rebuild()
    assert node.status("feed_kemendagri") == ("running", 3, None)
    assert node.ask(feeds.head, "kemendagri") == 3


def feed(book: Book, encode: feeds.Encode) -> ReadModel:
    return feeds.kemendagri_feed(reference().regions, book, encode)


@pytest.mark.parametrize("when", ["before", "during"])
def test_a_feed_that_would_be_numbered_differently_is_refused(when: str, open_node: Open, book: Book) -> None:
    """Whether the number was given before the rebuild began, or while it ran."""
    suffix = [""]
    model = feed(book, lambda change: f'"{change!s}{suffix[0]}"'.encode())
    node = open_node(people(book, 3), [model]).project()

    def meanwhile() -> None:
        people(book, 4, start=4)
        node.project()
        suffix[0] = "changed"

    if when == "before":
        suffix[0] = "changed"
    with pytest.raises(Rejected, match="feed-rebuild-differs") as refused:
        node.views.rebuild(progress=Once(meanwhile) if when == "during" else lambda _: None)
    assert refused.value.parameters == {
        "feed": "feed_kemendagri",
        "feed_seq": 4 if when == "during" else 1,
    }
    assert node.ask(feeds.head, "kemendagri") == (4 if when == "during" else 3), "nothing was changed"


def test_a_feed_entry_that_vanished_from_the_ledger_is_missed(open_node: Open, book: Book) -> None:
    node = open_node(people(book, 3), [feed(book, lambda change: str(change).encode())]).project()
    with node.views.store.writing() as write:
        write.many(
            feeds.TABLES["kemendagri"].insert(), [(4, 3, "BIODATA", b"", "0", 1, b"", "resident-3", None)]
        )
    with pytest.raises(Rejected, match="feed-rebuild-differs") as refused:
        node.views.rebuild()
    assert refused.value.parameters["feed_seq"] == 4


def test_indexes_are_there_after_a_rebuild(sragen: Node) -> None:
    def indexes() -> set[str]:
        with sragen.views.now() as view:
            found = view.connection.exec_driver_sql(INDEXES[view.connection.dialect.name])
            return {name for (name,) in found}

    before = indexes()
    sragen.views.rebuild()
    wanted = {str(i.name) for m in all_models(sragen.ledger) for t in m.tables for i in t.indexes}
    assert wanted <= indexes() == before


class Forgetful(Book):
    """A book in which resident 2 cannot be read any more once her key is gone."""

    gone = False

    def after(self, position: int, limit: int) -> Sequence[Recorded[Any]]:
        return [self._told(fact) for fact in super().after(position, limit)]

    def _told(self, fact: Recorded[Any]) -> Recorded[Any]:
        return replace(fact, event=forgotten(2)) if self.gone and fact.header.stream == "resident-2" else fact


@pytest.mark.parametrize("told", [False, True], ids=["before it is told", "once it is told"])
def test_a_rebuild_keeps_number_and_hash_of_who_is_forgotten(open_node: Open, told: bool) -> None:
    book = Forgetful()
    node = open_node(people(book, 3)).project()
    hashes = [row[4] for row in node.rows()["feed_kemendagri"]]
    book.gone = True
    if told:
        forget(book, "resident-2")
        node.project()
    shown = node.ask(feeds.page, "kemendagri", 0, 9)
    node.views.rebuild()
    assert [row[4] for row in node.rows()["feed_kemendagri"]] == hashes
    assert (node.ask(feeds.page, "kemendagri", 0, 9) == shown) is told
    assert b"Sri Wahyuni" in node.ask(feeds.page, "kemendagri", 0, 1)[0], "the others are told"
    assert json.loads(node.ask(feeds.page, "kemendagri", 1, 1)[0])["data"]["name"] is None


def test_forgetting_during_a_rebuild_is_not_undone_by_it(node: Node, book: Book) -> None:
    """The scratch was filled from what could still be read."""
    people(book, 3)
    node.project()

    def meanwhile() -> None:
        forget(book, "resident-2", "household-1")
        node.project()

    node.views.rebuild(progress=Once(meanwhile))
    assert node.ask(residents.by_id, "resident-2").name is None
    assert b"3314105708809002" not in b"".join(node.ask(feeds.page, "kemendagri", 0, 9))
