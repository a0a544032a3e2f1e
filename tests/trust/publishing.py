"""A process that publishes until it is killed, and says how far it is: the relay, and one with a mistake in it."""

from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from threading import Event
from typing import Any

import structlog

from adapters.clock import SystemClock
from adapters.courier import Backoff
from adapters.kafka.connection import Connection
from adapters.kafka.leading import lead
from adapters.kafka.messages import Messages
from adapters.kafka.publication import prepared
from adapters.kafka.publisher import PRODUCER, KafkaPublisher, Message
from adapters.kafka.relay import Publishing, Relay
from adapters.kafka.topics import Topics
from adapters.ledger.ledger import Ledger
from domain.exchange import publication
from tests.acts.people import REGISTRAR
from tests.adapters.ledger import shelf

EVENTS = (*shelf.EVENTS, *publication.EVENTS)
PAGE = 100
CURSOR = "cursor"
"""The file in which the careless one keeps how far it is."""


def opened(folder: Path) -> Ledger:
    return shelf.opened(folder, SystemClock(), EVENTS)


def messages(topics: Topics) -> Messages:
    return Messages(topics, EVENTS, source="//trust/ledger", schemas="/schemas")


class Telling:
    """A publisher that says how far it is after each page."""

    def __init__(self, inner: KafkaPublisher, speaks: Pipe) -> None:
        self._inner = inner
        self._speaks = speaks

    def begin(self) -> int:
        at = self._inner.begin()
        self._speaks.send(at)
        return at

    def publish(self, page: Sequence[Message], upto: int, meanwhile: Callable[[], object]) -> None:
        self._inner.publish(page, upto, meanwhile)
        self._speaks.send(upto)

    def close(self) -> None:
        self._inner.close()


def relay(folder: Path, to: Connection, lock: Path, speaks: Pipe) -> None:
    """The relay as a hub has it; ``lock`` is the folder whose lock it takes."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    ledger = opened(folder)

    def take_over() -> Publishing:
        topics = prepared(to, ledger, REGISTRAR)
        return Publishing(topics, messages(topics).page, Telling(KafkaPublisher(to, topics), speaks))

    backoff = Backoff(first=0.2, most=1.0)
    Relay(ledger, take_over, lead(lock, "", to.prefix), SystemClock(), backoff=backoff, page=PAGE).run(
        Event()
    )


def careless(folder: Path, to: Connection, speaks: Pipe) -> None:
    """The mistake: an idempotent producer without transactions, whose cursor is written after each page."""
    ledger, topics = opened(folder), Topics(to.prefix, 1)
    producer, cursor = producer_of(to), folder / CURSOR
    page = messages(topics).page
    at = int(cursor.read_text()) if cursor.exists() else 0
    while rows := ledger.records(at, PAGE):
        for future in sent(producer, page(rows)):
            future.get(60)
        at = rows[-1].pos
        speaks.send(at)
        fresh = cursor.with_suffix(".fresh")
        fresh.write_text(str(at))
        fresh.replace(cursor)
    producer.close(timeout=5)


def producer_of(to: Connection, **more: Any) -> Any:
    """A producer like that of the relay, without transactions."""
    from kafka import KafkaProducer

    given = {name: value for name, value in PRODUCER.items() if name != "transaction_timeout_ms"}
    return KafkaProducer(**to.options(), **(given | more))


def sent(producer: Any, page: Sequence[Message]) -> list[Any]:
    return [
        producer.send(m.topic, m.value, key=m.key, headers=[*m.headers], partition=m.partition) for m in page
    ]
