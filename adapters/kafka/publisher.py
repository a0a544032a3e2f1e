"""What carries a page to the cluster: its records and the cursor are there together, or none of them.

One transaction per page. ``begin`` fences whoever published before and ends what it left open; only then is
the cursor read. A publisher that failed once is never used again: it cannot know what became of its page.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from adapters.kafka.connection import Connection, kafka_errors, nothing, within
from adapters.kafka.tail import tails
from adapters.kafka.topics import Topics
from domain.kernel.errors import Rejected

CURSOR_KEY = b"cursor"
DAY_MS = 86_400_000
COMMIT = 30.0
"""Seconds after which a commit that has not ended is given up: the next relay learns what became of it."""
CLOSE = 5.0

PRODUCER: Mapping[str, Any] = {
    "enable_idempotence": True,
    "acks": "all",
    "allow_auto_create_topics": False,
    "linger_ms": 20,
    "batch_size": 262_144,
    "compression_type": "gzip",
    # A record that expired would leave a hole: the page fails as a whole long before.
    "delivery_timeout_ms": 7 * DAY_MS,
    "transaction_timeout_ms": 60_000,
}


class Message(NamedTuple):
    """A record for one topic; ``at`` in milliseconds since 1970 UTC."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]]
    at: int


class Publisher(Protocol):
    """Carries pages: another client of Kafka may take the place of this one."""

    def begin(self) -> int:
        """Take over from whoever published before; the position up to which everything is there."""

    def publish(self, page: Sequence[Message], upto: int, meanwhile: Callable[[], object]) -> None:
        """All of the page is there, and the cursor says ``upto``; or nothing, and it must not be used again.

        ``meanwhile`` is done once while the cluster commits.
        """

    def close(self) -> None: ...


def sequence(position: int) -> bytes:
    """A position as text whose order is that of the ledger."""
    return b"%020d" % position


def position_of(record: Any) -> int:
    """The position that a record of ours carries. Refused: ``kafka-foreign-record``."""
    told = dict(record.headers).get("ce_sequence", b"")
    if not (len(told) == 20 and told.isdigit()):
        raise Rejected(
            "kafka-foreign-record", topic=record.topic, partition=record.partition, offset=record.offset
        )
    return int(told)


class KafkaPublisher:
    """Over kafka-python. Refused: ``kafka-unreachable``, ``kafka-fenced``, ``kafka-not-allowed``, ``kafka-failed``."""

    def __init__(self, connection: Connection, topics: Topics, *, commit: float = COMMIT) -> None:
        self._connection = connection
        self._topics = topics
        self._commit_within = commit
        with kafka_errors():
            from kafka import KafkaProducer

            self._producer: Any = KafkaProducer(
                **connection.options(),
                **PRODUCER,
                transactional_id=topics.relay,
                max_block_ms=int(connection.patience * 1000),
            )

    def begin(self) -> int:
        """Take over. Refused: ``kafka-cursor-missing``, ``kafka-topic-shorter``: what is there is not what the
        cursor says.
        """
        with kafka_errors():
            self._producer.init_transactions()
        cursor, reached = published(self._connection, self._topics)
        if cursor < reached:
            raise Rejected("kafka-cursor-missing", topic=self._topics.cursor, cursor=cursor, found=reached)
        if cursor > reached:
            raise Rejected("kafka-topic-shorter", topic=self._topics.ledger, cursor=cursor, found=reached)
        return cursor

    def publish(self, page: Sequence[Message], upto: int, meanwhile: Callable[[], object] = nothing) -> None:
        send = self._producer.send
        with kafka_errors():
            self._producer.begin_transaction()
            futures = [
                send(
                    m.topic,
                    m.value,
                    key=m.key,
                    headers=[*m.headers],
                    partition=m.partition,
                    timestamp_ms=m.at,
                )
                for m in page
            ]
            futures.append(send(self._topics.cursor, str(upto).encode(), key=CURSOR_KEY, partition=0))
            within(self._commit_within, self._producer.commit_transaction, meanwhile)
            for future in futures:
                future.get(0)

    def close(self) -> None:
        """Let go of the cluster; what is open there is ended by the next ``begin``."""
        from kafka.errors import KafkaError

        try:
            self._producer.close(timeout=CLOSE)
        except KafkaError:
            # It could not send what it had. Without waiting it stops trying; the page was given up before.
            self._producer._sender.force_close()


def published(connection: Connection, topics: Topics) -> tuple[int, int]:
    """What the cursor says, and the last position in the topic of the ledger; 0 where nothing is."""
    parts = next(iter(topics)).partitions
    with tails(connection) as at:
        cursor = at.last(topics.cursor, 0)
        ends = [at.last(topics.ledger, part) for part in range(parts)]
    return int(cursor.value) if cursor else 0, max((position_of(end) for end in ends if end), default=0)
