"""Which readings should somebody else know of? Given readings and watches, then counts that no order changes."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise, permutations

from adapters.reference import reference
from api.acts.desk import JAKARTA
from domain.access.inquiry import AlarmLookedInto
from domain.access.reading import FeedRead, PersonRead
from domain.access.watch import WatchBegun, WatchEnded
from projections import alarms, readings
from projections.alarms import AlarmRow
from projections.parking import apply
from tests.projections.book import MORNING, TODAY, Book
from tests.projections.conftest import Open
from tests.projections.node import Node

MODELS = (readings.read_model(), alarms.read_model(JAKARTA))
TABLES = reference()
TUESDAY = date(2010, 3, 2)
NAMED = WatchBegun("resident-1", "prominent", "", (), (), TUESDAY)
OFFICIAL = WatchBegun("resident-2", "official", "dewi", ("resident-3",), (), TUESDAY)


def seen(*residents: str, how: str = "record") -> PersonRead:
    return PersonRead(residents, how, "")


def told(node: Node, since: date = TODAY, until: date = TUESDAY) -> list[AlarmRow]:
    tables = {"limits": TABLES.alarms, "closed": TABLES.opening.closed, "zone": JAKARTA}
    found: list[AlarmRow] = node.project().ask(alarms.page, since, until, **tables)
    return found


def looked(book: Book) -> None:
    book.write("reading-1", seen("resident-1", "resident-2"))
    book.write("reading-2", seen("resident-1"))
    book.write("watch-resident-1", NAMED)
    book.write("reading-3", seen(*(f"resident-{n}" for n in range(50)), how="list"))
    book.write("watch-resident-2", OFFICIAL)
    book.write("reading-4", FeedRead("kemendag", 1, 4))
    book.write("reading-5", seen("resident-3"))
    book.write("watch-resident-1", WatchEnded("resident-1", "prominent", TUESDAY))
    book.write("alarm-20100301-1", AlarmLookedInto("dewi", "bagus", "explained", TUESDAY))


def test_readings_of_a_day_are_one_alarm_per_resident_and_a_list_is_none(open_node: Open, book: Book) -> None:
    looked(book)
    found = told(open_node(book, models=MODELS))
    assert [(row.raised.alarm, row.raised.resident, row.raised.count) for row in found] == [
        ("family", "resident-3", 1),
        ("prominent", "resident-1", 2),
        ("own", "resident-2", 1),
    ]
    assert {row.raised.day for row in found} == {TODAY}
    assert {row.finding for row in found} == {None}


def test_only_the_days_that_are_asked_for_are_told(open_node: Open, book: Book) -> None:
    looked(book)
    node = open_node(book, models=MODELS)
    assert told(node, TUESDAY, TUESDAY) == []
    assert told(node, date(2010, 2, 1), TODAY) == told(node)


def test_what_came_of_an_alarm_stands_with_it(open_node: Open, book: Book) -> None:
    looked(book)
    node = open_node(book, models=MODELS)
    newest = told(node)[0]
    book.write(newest.alarm, AlarmLookedInto("dewi", "bagus", "unclear", TUESDAY))
    book.write(newest.alarm, AlarmLookedInto("dewi", "ratna", "misuse", TUESDAY))
    first, *others = told(node)
    assert (first.alarm, first.finding, first.by, first.on) == (newest.alarm, "misuse", "ratna", TUESDAY)
    assert {row.finding for row in others} == {None}


def test_a_day_and_an_hour_begin_in_sragen(open_node: Open, book: Book) -> None:
    book.write("watch-resident-1", NAMED)
    book.write("reading-1", seen("resident-1"), at=MORNING.replace(hour=16, minute=59))
    book.write("reading-2", seen("resident-1"), at=MORNING.replace(hour=17, minute=0))
    assert [row.raised.day for row in told(open_node(book, models=MODELS))] == [TUESDAY, TODAY]


def test_a_second_watch_of_an_official_holds_from_its_day_and_the_first_one_until_then(
    open_node: Open, book: Book
) -> None:
    book.write("watch-resident-2", OFFICIAL)
    book.write("reading-1", seen("resident-3"))
    moved = WatchBegun("resident-2", "official", "dewi", ("resident-4",), (), date(2010, 3, 5))
    book.write("watch-resident-2", moved)
    for day in (1, 6):
        book.write(f"reading-on-{day}", seen("resident-3", "resident-4"), at=MORNING + timedelta(days=day))
    found = told(open_node(book, models=MODELS), TODAY, date(2010, 3, 9))
    assert [(row.raised.day.day, row.raised.resident) for row in found] == [
        (7, "resident-4"),
        (2, "resident-3"),
        (1, "resident-3"),
    ]
    watched = open_node(book, models=MODELS).project().ask(alarms.watches)
    assert [(row.kind, row.since) for row in watched] == [("official", date(2010, 3, 5))]


def applied(node: Node, cuts: Sequence[int]) -> dict[str, list[tuple[object, ...]]]:
    (model,) = (model for model in node.models if model.name == "alarms")
    for after, upto in pairwise(cuts):
        with node.views.store.writing() as write:
            apply(model, node.ledger.after(after, upto - after), write)
    return node.rows(["alarms"])


def test_rows_do_not_depend_on_how_facts_are_cut_into_batches(open_node: Open, book: Book) -> None:
    looked(book)
    whole, single = (open_node(book, models=MODELS) for _ in range(2))
    rows = applied(whole, [0, book.head()])
    assert applied(single, range(book.head() + 1)) == rows
    assert all(rows.values()), "the story has something for every table"


def test_a_reading_that_is_taken_in_late_counts_as_if_it_were_not(open_node: Open, book: Book) -> None:
    """Parked streams: whatever order readings and watches come in, the alarms are the same."""
    looked(book)
    streams: dict[str, list[int]] = {}
    for fact in book.after(0, book.head()):
        streams.setdefault(fact.header.stream, []).append(fact.position)
    orders = [order for n, order in enumerate(permutations(streams)) if not n % 12_000]
    node = open_node(book, models=MODELS)
    before = [row.raised for row in told(node)]
    for order in orders:
        late = open_node(book, models=MODELS)
        (model,) = (model for model in late.models if model.name == "alarms")
        for position in (position for stream in order for position in streams[stream]):
            with late.views.store.writing() as write:
                model.apply(book.after(position - 1, 1), write)
        tables = {"limits": TABLES.alarms, "closed": TABLES.opening.closed, "zone": JAKARTA}
        shown = late.ask(alarms.page, TODAY, TUESDAY, **tables)
        assert [row.raised for row in shown] == before
    assert len(orders) > 3
