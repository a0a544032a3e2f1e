"""Readers of topics: one that sees what is committed, one that does not ask; and who waits for a relay."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from adapters.kafka.cluster import Cluster
from adapters.kafka.connection import Connection
from adapters.kafka.publisher import position_of
from adapters.kafka.relay import Relay
from domain.kernel.ports import Task
from tests.acceptance.node import until

LONG = 60.0
"""Seconds after which something that must happen has not."""


def read(connection: Connection, topic: str, *, committed: bool = True) -> dict[int, list[Any]]:
    """Everything in a topic, by partition, in order; with ``committed=False`` also what was given up."""
    from kafka import KafkaConsumer, TopicPartition

    reader = KafkaConsumer(
        **connection.options(),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed" if committed else "read_uncommitted",
    )
    try:
        places = [TopicPartition(topic, part) for part in sorted(reader.partitions_for_topic(topic) or ())]
        _settled(connection, places)
        reader.assign(places)
        ends = reader.end_offsets(places)
        found: dict[int, list[Any]] = {place.partition: [] for place in places}

        def all_read() -> bool:
            for place, records in reader.poll(200).items():
                found[place.partition] += records
            return all(reader.position(place) >= ends[place] for place in places)

        until(all_read, f"{topic} is read to its end", LONG)
        return found
    finally:
        reader.close(autocommit=False, timeout_ms=1000)


def _settled(connection: Connection, places: list[Any]) -> None:
    """Until no transaction is open: a commit is answered before its last marker is written."""
    from kafka.admin import OffsetSpec
    from kafka.consumer.fetcher import IsolationLevel

    asked = dict.fromkeys(places, OffsetSpec.LATEST)
    with Cluster(connection) as cluster:

        def ends(level: IsolationLevel) -> list[int]:
            found = cluster._admin.list_partition_offsets(asked, isolation_level=level)
            return [found[place].offset for place in places]

        until(
            lambda: ends(IsolationLevel.READ_COMMITTED) == ends(IsolationLevel.READ_UNCOMMITTED),
            "all transactions have ended",
            LONG,
        )


def positions(found: dict[int, list[Any]]) -> dict[int, list[int]]:
    """The positions of the records of each partition, in the order in which they stand there."""
    return {part: [position_of(record) for record in records] for part, records in found.items()}


def whole(found: dict[int, list[Any]], head: int) -> bool:
    """Every position up to ``head`` is there once, in order in its partition."""
    lists = positions(found).values()
    ordered = all(one == sorted(one) for one in lists)
    return ordered and sorted(p for one in lists for p in one) == [*range(1, head + 1)]


@contextmanager
def running(task: Task) -> Iterator[None]:
    """The task works while the block does, and has ended after it."""
    stop = Event()
    thread = Thread(target=task.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(LONG)
        assert not thread.is_alive()


def caught_up(relay: Relay) -> None:
    """Until everything is published."""
    until(lambda: (status := relay.status()).head and status.lag == 0, "everything is published", LONG)


def says(relay: Relay, reason: str) -> None:
    """Until the relay gives this reason for not publishing."""
    until(lambda: (relay.status().reason or "").startswith(reason), f"the relay says {reason}", LONG)
