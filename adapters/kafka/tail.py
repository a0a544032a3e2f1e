"""The end of a partition: the last record that a committed transaction has left there."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from adapters.clock import stopwatch
from adapters.kafka.connection import Connection, kafka_errors
from domain.kernel.errors import StoreUnavailable

POLL_MS = 200


def consumer(connection: Connection, **more: Any) -> Any:
    """A consumer that sees committed transactions alone and keeps no offset in the cluster."""
    from kafka import KafkaConsumer

    return KafkaConsumer(
        **connection.options(),
        enable_auto_commit=False,
        isolation_level="read_committed",
        allow_auto_create_topics=False,
        **{"auto_offset_reset": "none"} | more,
    )


@contextmanager
def tails(connection: Connection) -> Iterator["Tails"]:
    """A look at ends of partitions."""
    with kafka_errors():
        reader = consumer(connection)
    try:
        yield Tails(connection, reader)
    finally:
        reader.close(autocommit=False, timeout_ms=1000)


class Tails:
    """Ends of partitions, through one consumer."""

    def __init__(self, connection: Connection, reader: Any) -> None:
        self._reader = reader
        self._patience = connection.patience

    def last(self, topic: str, partition: int) -> Any | None:
        """The last committed record; None when there is none. Refused: ``kafka-unreachable``."""
        from kafka import TopicPartition

        place = TopicPartition(topic, partition)
        with kafka_errors():
            self._reader.assign([place])
            begin = self._reader.beginning_offsets([place], timeout_ms=self._patience * 1000)[place]
            end = self._reader.end_offsets([place], timeout_ms=self._patience * 1000)[place]
            # The end is a marker of a transaction, and before it may stand copies of aborted ones.
            for back in (2**power for power in count(1)):
                at = max(begin, end - back)
                if found := self._upto(place, at, end):
                    return found[-1]
                if at == begin:
                    return None
        raise AssertionError("counting never ends")

    def _upto(self, place: Any, at: int, end: int) -> list[Any]:
        self._reader.seek(place, at)
        found: list[Any] = []
        until = stopwatch() + self._patience
        while self._reader.position(place) < end:
            found += self._reader.poll(POLL_MS).get(place, ())
            if stopwatch() > until:
                raise StoreUnavailable("kafka-unreachable", error="KafkaTimeoutError")
        return found
