"""The relay without a cluster: what it sends in which order, and what it does when that fails."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import Event
from typing import Any

import pytest

from adapters.courier import Backoff
from adapters.kafka.publisher import Message, sequence
from adapters.kafka.relay import Publishing, Relay
from adapters.kafka.topics import Topics
from adapters.ledger.store import Row
from domain.kernel.errors import Refused, Rejected, StoreUnavailable
from domain.kernel.ports import Mode
from tests.acts.people import StandingClock

PAGE = 10


class Book:
    """A ledger of so many facts; who waits for more has read everything, and is stopped."""

    def __init__(self, upto: int, without: int = 0, renewed: int = 0) -> None:
        self.upto = upto
        self.without = without
        self.renewed = renewed
        self.read = Event()

    def head(self) -> int:
        return self.upto

    def records(self, position: int, limit: int) -> list[Row]:
        wanted = range(position + 1, min(self.upto, position + limit) + 1)
        return [Row(p, p, self._topic(p), b"") for p in wanted if p != self.without]

    def _topic(self, position: int) -> str:
        return "exchange.publication-renewed.v1" if position == self.renewed else "shelf.box-labelled.v1"

    def wait(self, position: int, timeout: float) -> bool:
        self.read.set()
        return False


class Log:
    """A cluster: what is there, and who fails how often before something gets there."""

    def __init__(self, failures: Sequence[Exception] = (), cursor: int = 0, *, late: bool = False) -> None:
        self.failures = list(failures)
        self.late = late
        self.cursor = cursor
        self.there: list[int] = []
        self.taken = 0

    def take_over(self) -> Publishing:
        self.taken += 1
        topics = Topics("simpul", self.taken)
        return Publishing(topics, _page, Publisher(self))


def _page(rows: Sequence[Row]) -> list[Message]:
    return [Message("t", 0, b"k", b"", [("ce_sequence", sequence(row.pos))], 0) for row in rows]


class Publisher:
    """Publishes into the log, and is of no use once it has failed."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._failed = False

    def begin(self) -> int:
        return self._log.cursor

    def publish(self, page: Sequence[Message], upto: int, meanwhile: Callable[[], object]) -> None:
        assert not self._failed, "a publisher that failed is not used again"
        failure = self._log.failures.pop(0) if self._log.failures else None
        self._failed = failure is not None
        if failure is None or self._log.late:
            self._log.there += [int(dict(message.headers)["ce_sequence"]) for message in page]
            self._log.cursor = upto
        meanwhile()
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def alone() -> Any:
    yield lambda: True


def relay(book: Book, log: Log, lead: Callable[[], AbstractContextManager[Any]] = alone) -> Relay:
    backoff = Backoff(first=1.0, most=60.0, random=lambda: 1.0)
    return Relay(book, log.take_over, lead, StandingClock(), backoff=backoff, page=PAGE)


@pytest.mark.parametrize("facts", [0, 1, PAGE, PAGE + 1, 5 * PAGE - 3])
def test_every_fact_is_sent_once_in_order(facts: int) -> None:
    book, log = Book(facts), Log()
    one = relay(book, log)
    one.run(book.read)
    assert log.there == [*range(1, facts + 1)]
    assert (log.cursor, one.status().position, one.status().mode) == (facts, facts, Mode.STOPPED)


def test_a_relay_begins_where_the_cursor_is() -> None:
    book, log = Book(30), Log(cursor=17)
    relay(book, log).run(book.read)
    assert log.there == [*range(18, 31)]


@pytest.mark.parametrize("late", [False, True], ids=["lost", "committed"])
@pytest.mark.parametrize(
    "failure",
    [StoreUnavailable("kafka-unreachable"), Refused("kafka-fenced"), ValueError("unforeseen")],
    ids=repr,
)
def test_whatever_became_of_a_page_that_failed_nothing_is_lost_or_doubled(
    failure: Exception, late: bool
) -> None:
    book, log = Book(45), Log([failure, failure, failure], late=late)
    relay(book, log).run(book.read)
    assert log.there == [*range(1, 46)]
    assert log.taken == 4, "a new publisher for each"


def test_a_hole_in_the_ledger_is_not_published_over() -> None:
    stop = Event()
    book, log = Book(30, without=15), Log()
    one = relay(book, log, _stopping(stop, after=3))
    one.run(stop)
    assert log.there == [*range(1, PAGE + 1)]


def test_a_cursor_beyond_the_ledger_is_refused() -> None:
    stop = Event()
    book, log = Book(5), Log(cursor=6)
    relay(book, log, _stopping(stop, after=3)).run(stop)
    assert log.there == []


def test_after_the_fact_that_begins_anew_the_topics_are_taken_anew() -> None:
    book, log = Book(40, renewed=25), Log()
    one = relay(book, log)
    one.run(book.read)
    assert log.there == [*range(1, 41)]
    assert (log.taken, one.status().topics) == (2, "simpul.ledger.v2")


def test_who_does_not_have_the_lock_sends_nothing() -> None:
    stop = Event()

    @contextmanager
    def taken() -> Any:
        stop.set()
        yield None

    book, log = Book(5), Log()
    relay(book, log, taken).run(stop)
    assert (log.taken, log.there) == (0, [])


def test_who_loses_the_lock_stops_sending() -> None:
    """A database that was restarted has given the lock to another."""
    stop, held = Event(), iter([True, True])

    def still() -> bool:
        if next(held, False):
            return True
        stop.set()
        return False

    @contextmanager
    def losing() -> Any:
        yield still

    book, log = Book(100), Log()
    relay(book, log, losing).run(stop)
    assert log.there == [*range(1, 2 * PAGE + 1)]


def test_pauses_grow_until_something_succeeds() -> None:
    book, log = Book(5), Log([Rejected("kafka-topic-missing")] * 5)
    one = relay(book, log)
    clock = one._clock
    begin = clock.now()
    one.run(book.read)
    assert (clock.now() - begin).total_seconds() == pytest.approx(1 + 2 + 4 + 8 + 16)
    assert one.status().attempts == 0


def _stopping(stop: Event, after: int) -> Callable[[], AbstractContextManager[Any]]:
    """A lock that is given so many times; the last one stops the relay."""
    left = iter(range(after))

    @contextmanager
    def leading() -> Any:
        if next(left, None) is None:
            stop.set()
            yield None
        else:
            yield lambda: True

    return leading
