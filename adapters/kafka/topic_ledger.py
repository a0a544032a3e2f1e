"""The ledger as a worker reads it: from its topic, on a machine where the ledger is not.

The partitions are merged by position. Positions have no gap, so what is merged is exactly what the ledger has, up to
the cursor of the relay; where a reader is stands in its own store, and from there it goes on.
"""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

from adapters.clock import stopwatch
from adapters.kafka.connection import Connection, kafka_errors
from adapters.kafka.publisher import position_of
from adapters.kafka.tail import Tails, consumer
from adapters.kafka.topics import Topics
from adapters.ledger.mapper import Mapper
from adapters.ledger.store import Row
from domain.kernel.errors import Rejected, StoreUnavailable
from domain.kernel.events import Recorded

AHEAD = 5000
"""Records of one partition that wait for the others before it is let be."""
POLLED = 2000
POLL_MS = 200
GLANCE_MS = 20


class TopicLedger:
    """A ``ports.Reader`` over ``simpul.ledger``. Safe for many threads, one at a time.

    Refused: ``kafka-unreachable``, ``kafka-foreign-record``.
    """

    def __init__(self, connection: Connection, topics: Topics, facts: Mapper) -> None:
        self._connection = connection
        self._topics = topics
        self._facts = facts
        self._lock = Lock()
        self._merged: Merged | None = None
        self._cursor: Cursor | None = None

    def head(self) -> int:
        """Up to which position everything is in the topic: what the relay's cursor says."""
        return self._with_cursor(lambda cursor: cursor.look(0))

    def wait(self, position: int, timeout: float) -> bool:
        """Until the head is beyond ``position`` or ``timeout`` seconds have passed; True when it is."""
        end = stopwatch() + timeout
        while (head := self._with_cursor(lambda cursor: cursor.look(POLL_MS))) <= position:
            if stopwatch() >= end:
                return False
        return head > position

    def after(self, position: int, limit: int) -> list[Recorded[Any]]:
        """At most ``limit`` facts that follow ``position``."""
        upto = min(self.head(), position + limit)
        with self._lock, kafka_errors():
            try:
                if self._merged is None:
                    self._merged = Merged(self._connection, self._topics)
                rows = self._merged.rows(position, upto)
            except BaseException:
                self._let_go()
                raise
        return self._facts.read_many(rows)

    def stream(self, stream: str, *, after: int = 0, upto: int | None = None) -> Sequence[Recorded[Any]]:
        """One stream cannot be looked up in a topic. Refused: ``worker-has-no-streams``."""
        raise Rejected("worker-has-no-streams")

    def _with_cursor(self, look: Callable[["Cursor"], int]) -> int:
        with self._lock, kafka_errors():
            try:
                if self._cursor is None:
                    self._cursor = Cursor(self._connection, self._topics)
                return look(self._cursor)
            except BaseException:
                self._let_go()
                raise

    def _let_go(self) -> None:
        """What failed is not used again: the next question opens it anew."""
        for one in (self._merged, self._cursor):
            if one is not None:
                one.close()
        self._merged = self._cursor = None

    def close(self) -> None:
        with self._lock:
            self._let_go()


class Cursor:
    """The cursor of the relay, followed."""

    def __init__(self, connection: Connection, topics: Topics) -> None:
        from kafka import TopicPartition

        self._reader = consumer(connection)
        place = TopicPartition(topics.cursor, 0)
        last = Tails(connection, self._reader).last(topics.cursor, 0)
        self._at = int(last.value) if last else 0
        if last:
            self._reader.seek(place, last.offset + 1)
        else:
            self._reader.seek_to_beginning(place)

    def look(self, milliseconds: int) -> int:
        """What it says, after a look that lasts so long at most."""
        for records in self._reader.poll(milliseconds).values():
            self._at = max(self._at, *(int(record.value) for record in records))
        return self._at

    def close(self) -> None:
        self._reader.close(autocommit=False, timeout_ms=1000)


class Merged:
    """The partitions of the ledger's topic, read side by side and put in the order of the ledger."""

    def __init__(self, connection: Connection, topics: Topics) -> None:
        self._patience = connection.patience
        count = next(iter(topics)).partitions
        self._parts = [Part(connection, topics.ledger, number) for number in range(count)]
        self._next = 0
        self._waiting: dict[int, tuple[Row, Part]] = {}

    def rows(self, after: int, upto: int) -> list[Row]:
        """The records ``after`` < position <= ``upto``; all of them are there, or on their way."""
        if after + 1 != self._next:
            self._go_to(after + 1)
        found: list[Row] = []
        until = stopwatch() + self._patience
        while self._next <= upto:
            if self._next not in self._waiting:
                self._poll(until)
                continue
            row, part = self._waiting.pop(self._next)
            part.ahead -= 1
            found.append(row)
            self._next += 1
        return found

    def _poll(self, until: float) -> None:
        for part in self._parts:
            for record in part.poll() if part.ahead <= AHEAD else ():
                position = position_of(record)
                # What is behind us is known: copies that an accident may leave are harmless.
                if position >= self._next and position not in self._waiting:
                    self._waiting[position] = _row(position, record), part
                    part.ahead += 1
        if self._next not in self._waiting and stopwatch() > until:
            raise StoreUnavailable("kafka-unreachable", error=f"position {self._next} does not come")

    def _go_to(self, position: int) -> None:
        self._waiting.clear()
        for part in self._parts:
            part.go_to(position)
        self._next = position

    def close(self) -> None:
        for part in self._parts:
            part.close()


class Part:
    """One partition, through a consumer of its own; ``ahead`` are its records that wait for other partitions."""

    def __init__(self, connection: Connection, topic: str, number: int) -> None:
        from kafka import TopicPartition

        self.ahead = 0
        self._patience = connection.patience
        # What a checksum would find, the leaf hashes and seals of the records find too.
        self._reader = consumer(connection, max_poll_records=POLLED, check_crcs=False)
        self._place = TopicPartition(topic, number)
        self._reader.assign([self._place])

    def poll(self) -> list[Any]:
        """What has come next, after a short look."""
        return [*self._reader.poll(GLANCE_MS).get(self._place, ())]

    def go_to(self, position: int) -> None:
        """To the first record from ``position`` on: sequences grow, so halves of the partition are enough."""
        self.ahead = 0
        low = self._reader.beginning_offsets([self._place])[self._place]
        high = self._reader.end_offsets([self._place])[self._place]
        while position > 1 and low < high:
            middle = (low + high) // 2
            there = self._first(middle, high)
            if there is None or position_of(there) >= position:
                high = middle
            else:
                low = there.offset + 1
        self._reader.seek(self._place, low)

    def _first(self, offset: int, end: int) -> Any | None:
        """The first committed record from ``offset`` on and before ``end``."""
        self._reader.seek(self._place, offset)
        until = stopwatch() + self._patience
        while self._reader.position(self._place) < end:
            if records := self._reader.poll(POLL_MS, max_records=1).get(self._place):
                return records[0] if records[0].offset < end else None
            if stopwatch() > until:
                raise StoreUnavailable("kafka-unreachable", error="KafkaTimeoutError")
        return None

    def close(self) -> None:
        self._reader.close(autocommit=False, timeout_ms=1000)


def _row(position: int, record: Any) -> Row:
    told = dict(record.headers)
    return Row(position, int(told["ce_committed"]), told["ce_type"].decode(), record.value)
