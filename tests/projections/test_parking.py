"""A poisonous fact parks its stream; nothing else is kept from view, and nothing is lost."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.views import SqliteViews
from domain.kernel.errors import StoreUnavailable, Unknown
from domain.kernel.events import Recorded
from projections import parking, residents
from projections.parking import apply
from projections.readmodel import Batch, ReadModel, Writer
from tests.domain.spec import forgotten as nameless
from tests.projections.book import Book, forgotten, resident, story
from tests.projections.conftest import Open
from tests.projections.node import Node, all_models, counting, rows, seen

PARKING = [model.name for model in all_models(Book()) if not model.numbers]
SECRET = "3314105708909001"


class Poison:
    """Fails at these positions, with personal data in what it raises."""

    def __init__(self, *positions: int, error: Callable[[str], BaseException] = ValueError) -> None:
        self.positions = set(positions)
        self.error = error

    def __call__(self, batch: Batch) -> None:
        if any(fact.position in self.positions for fact in batch):
            raise self.error(SECRET)


def filled(book: Book, facts: int, streams: int = 3) -> Book:
    for n in range(facts):
        book.write(f"resident-{n % streams}", resident(n))
    return book


def lot(node: Node) -> list[tuple[str, int, str]]:
    return [(fact.stream, fact.position, fact.cause) for fact in node.views.parked()]


def test_a_stream_is_parked_from_its_poisonous_fact_on_and_the_rest_goes_on(
    open_node: Open, book: Book
) -> None:
    node = open_node(filled(book, 12), [counting(Poison(5))])
    with capture_logs() as logs:
        node.project()
    why = "ValueError at 5 (population.resident-registered)"
    assert lot(node) == [("resident-1", 5, why), ("resident-1", 8, why), ("resident-1", 11, why)]
    assert node.ask(seen) == {"resident-0": 4, "resident-1": 1, "resident-2": 4}
    assert node.status("seen") == ("running", 12, None)
    assert [(s.parked, s.lag) for s in node.views.status()] == [(3, 0)]
    assert SECRET not in repr(logs) + repr(lot(node))
    assert [log["cause"] for log in logs] == [why]


def test_what_follows_later_waits_behind_it(open_node: Open, book: Book) -> None:
    node = open_node(filled(book, 3), [counting(Poison(2))]).project()
    filled(book, 3)
    assert [position for _, position, _ in lot(node.reopen().project())] == [2, 5]


def test_a_feed_never_parks(open_node: Open, book: Book) -> None:
    node = open_node(filled(book, 6), [counting(Poison(5), numbered=True)]).project()
    assert (lot(node), node.status("seen")[:2]) == ([], ("failed", 4))


def test_parked_facts_are_committed_with_the_position_or_not_at_all(open_node: Open, book: Book) -> None:
    poison = Poison(2)
    node = open_node(filled(book, 3), [counting(poison)])

    def fall() -> None:
        with node.views.store.writing() as write:
            apply(node.models[0], book.after(0, 3), write)
            assert len(write.rows(parking.parked.select())) == 1, "parked within"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fall()
    assert (lot(node), node.views.position(), node.ask(seen)) == ([], 0, {})


def test_what_is_mended_is_released_in_order_and_shows_what_was_never_parked(
    open_node: Open, book: Book
) -> None:
    poison = Poison(5, 6)
    node = open_node(filled(book, 12), [counting(poison)]).project()
    poison.positions.clear()
    assert node.views.release("seen") == (2, 0)
    assert (lot(node), node.rows()) == ([], open_node(book, [counting()]).project().rows())
    filled(book, 3)
    assert sum(node.project().ask(seen).values()) == 15, "and it follows the ledger again"


def test_a_stream_is_released_whole_or_waits_on_with_its_new_cause(open_node: Open, book: Book) -> None:
    poison = Poison(5, 6)
    node = open_node(filled(book, 12), [counting(poison)]).project()
    before = node.ask(seen)
    poison.positions = {11}
    assert node.views.release("seen") == (1, 1)
    why = "ValueError at 11 (population.resident-registered)"
    assert lot(node) == [("resident-1", 5, why), ("resident-1", 8, why), ("resident-1", 11, why)]
    assert node.ask(seen) == before | {"resident-2": 4}


def test_only_a_known_read_model_is_released(node: Node) -> None:
    with pytest.raises(Unknown, match="unknown-projection"):
        node.views.release("ships")


@pytest.mark.parametrize("error", [StoreUnavailable, OSError, MemoryError])
def test_trouble_of_the_store_parks_nothing(error: type[Exception], open_node: Open, book: Book) -> None:
    poison = Poison(2, error=error)
    node = open_node(filled(book, 3), [counting(poison)])
    with pytest.raises(error):
        node.projector.step()
    assert (lot(node), node.views.position()) == ([], 0)
    poison.positions.clear()
    assert sum(node.project().ask(seen).values()) == 3


class SmallDisk(SqliteViews):
    """A store whose disk is full once ``full`` is called."""

    def full(self) -> None:
        self._writer.execute("PRAGMA max_page_count=1")

    def room(self) -> None:
        self._writer.execute("PRAGMA max_page_count=1000000")


def test_a_disk_that_fills_under_a_handler_parks_nothing(open_node: Open, book: Book) -> None:
    book = filled(book, 3000, streams=3000)
    node = open_node(book, [counting()], store=SmallDisk)
    disk = node.views.store
    assert isinstance(disk, SmallDisk)
    disk.full()
    with pytest.raises(StoreUnavailable, match="store-full"):
        node.project()
    disk.room()
    assert lot(node) == []
    assert (sum(node.project().ask(seen).values()), lot(node)) == (3000, [])


def test_a_row_that_a_table_refuses_is_the_handlers_fault(open_node: Open, book: Book) -> None:
    """Control for the full disk: the same driver, the other kind of error."""
    model = counting()

    def twice(batch: Batch, write: Writer) -> None:
        model.apply(batch, write)
        if batch[-1].position == 2:
            write.many(model.tables[0].insert(), [(batch[-1].header.stream, 1)])

    node = open_node(filled(book, 3), [ReadModel("seen", 1, model.tables, twice)])
    with node.views.store.writing() as write:
        apply(node.models[0], book.after(0, 2), write)
    ((_, position, cause),) = lot(node)
    assert position == 2
    assert cause.split()[0] in {"IntegrityError", "UniqueViolation"}, "as the driver of either store says it"


def test_a_rebuild_begins_with_an_empty_lot_and_parks_by_the_same_rule(open_node: Open, book: Book) -> None:
    poison = Poison(2, 3)
    node = open_node(filled(book, 6), [counting(poison)]).project()
    assert [position for _, position, _ in lot(node)] == [2, 3, 5, 6]
    poison.positions = {6}
    node.views.rebuild()
    assert [position for _, position, _ in lot(node)] == [6]
    poison.positions = set()
    node.views.rebuild()
    assert (lot(node), sum(node.ask(seen).values())) == ([], 6)


def test_a_new_version_forgets_what_the_old_one_parked(open_node: Open, book: Book) -> None:
    node = open_node(filled(book, 6), [counting(Poison(2))]).project()
    assert lot(node)
    assert lot(node.reopen([counting(version=2)])) == []
    assert sum(node.project().ask(seen).values()) == 6


def test_one_read_model_parks_for_itself(open_node: Open, book: Book) -> None:
    node = open_node(filled(book, 3), [counting(Poison(2)), *all_models(book)]).project()
    with node.views.now() as view:
        assert (parking.count(view, "seen"), parking.count(view, "residents")) == (1, 0)
        assert parking.count(view, "residents", "seen") == 1
    assert node.ask(residents.counts).residents == 3


def test_a_past_view_tells_what_it_lacks(open_node: Open, book: Book) -> None:
    node = open_node(filled(book, 6), [counting(Poison(2))])
    with node.views.at(4) as view:
        assert (parking.count(view, "seen"), sum(seen(view).values())) == (1, 3)


def told_later(fact: Recorded[Any]) -> Recorded[Any]:
    """As the ledger gives it once the story's last resident is forgotten."""
    match fact.header.stream:
        case "resident-4":
            return replace(fact, event=forgotten(4, home=4))
        case "correction-4" | "filing-4":
            return replace(fact, event=nameless(fact.event))
    return fact


@pytest.mark.parametrize("name", PARKING)
def test_when_a_stream_is_taken_in_does_not_matter(name: str, open_node: Open) -> None:
    """What parking asks of a handler: every stream of the story once as the last of all."""
    book = story(Book())
    whole = open_node(book).project().rows([name])
    facts = book.after(0, book.head())
    for stream in {fact.header.stream for fact in facts}:
        late = open_node(book)
        (model,) = (m for m in late.models if m.name == name)
        others = [fact for fact in facts if fact.header.stream != stream]
        with late.views.store.writing() as write:
            model.apply(others, write)
            model.apply([told_later(fact) for fact in book.stream(stream)], write)
        with late.views.now() as view:
            assert rows(view, [model]) == whole, stream
