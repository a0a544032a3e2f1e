"""Kafka against its barest use: the relay against a producer without checks, a worker against the built-in projector."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import Any

from adapters.clock import SystemClock
from adapters.kafka.broker import running
from adapters.kafka.cluster import Cluster
from adapters.kafka.connection import Connection
from adapters.kafka.leading import lead
from adapters.kafka.messages import Messages
from adapters.kafka.publication import relay_of
from adapters.kafka.publisher import PRODUCER, KafkaPublisher, Message
from adapters.kafka.relay import PAGE
from adapters.kafka.tail import consumer
from adapters.kafka.topic_ledger import TopicLedger
from adapters.kafka.topics import Topics
from adapters.ledger.ledger import Ledger
from adapters.ledger.store import Row as Record
from adapters.reference import reference
from adapters.views import SqliteViews
from api.bench.material import desk, ledger_of, registered, singles
from api.bench.measure import Measure, at_least, interleave, reported
from api.bench.run import measured, show
from api.facts import EVENTS
from api.identity import SYSTEM
from api.wiring import VALID_TIME, models
from domain.kernel.ports import Reader
from projections.projector import Projector
from projections.views import Views

LONG = 60.0
MODEL = "residents"
APPENDED = 100
_numbers = count(1)


class Stage:
    """A ledger of residents in a folder, and a broker."""

    def __init__(self, folder: Path, bootstrap: str, residents: int) -> None:
        self._bootstrap = bootstrap
        self.folder = folder
        self.desk = desk(folder)
        self.ledger: Ledger = ledger_of(self.desk)
        registered(self.desk, residents)
        self.head = self.ledger.head()

    def close(self) -> None:
        self.ledger.close()

    def topics(self) -> tuple[Connection, Topics]:
        """New topics, made and empty."""
        to = Connection(self._bootstrap, prefix=f"bench{next(_numbers)}")
        topics = Topics(to.prefix, 1)
        with Cluster(to) as cluster:
            cluster.ready(topics, create=True)
        return to, topics

    def page(self, topics: Topics) -> Callable[[Sequence[Record]], list[Message]]:
        return Messages(topics, EVENTS, source="//bench/ledger", schemas="/schemas").page

    def published(self) -> tuple[Connection, Topics]:
        """The whole ledger in new topics."""
        to, topics = self.topics()
        with closing(KafkaPublisher(to, topics)) as publisher:
            publisher.begin()
            _publish(self.ledger, publisher, self.page(topics))
        return to, topics


def _publish(ledger: Ledger, publisher: KafkaPublisher, page: Callable[..., list[Message]]) -> int:
    """As the relay does it: the next page is made ready while the cluster commits."""

    def ready(after: int) -> tuple[int, list[Message]]:
        rows = ledger.records(after, PAGE)
        return after + len(rows), page(rows)

    at, messages = ready(0)
    while messages:
        following: list[tuple[int, list[Message]]] = []
        publisher.publish(messages, at, partial(_keep, following, ready, at))
        at, messages = following[0]
    return at


def _keep(
    found: list[tuple[int, list[Message]]], ready: Callable[[int], tuple[int, list[Message]]], at: int
) -> None:
    found.append(ready(at))


def relay(stage: Stage, rounds: int) -> Iterator[Measure]:
    """From the ledger, page by page, against the same messages made ready and sent without looking."""
    from kafka import KafkaProducer

    with ExitStack() as stack:
        ours: list[tuple[KafkaPublisher, Topics]] = []
        raw: list[tuple[Any, list[Message]]] = []
        for _ in range(rounds + 1):
            to, topics = stage.topics()
            publisher = stack.enter_context(closing(KafkaPublisher(to, topics)))
            publisher.begin()
            ours.append((publisher, topics))
            to, topics = stage.topics()
            plain = {
                k: v for k, v in PRODUCER.items() if k in {"linger_ms", "batch_size", "compression_type"}
            }
            producer = KafkaProducer(**to.options(), **plain)
            stack.callback(producer.close, timeout=LONG)
            raw.append((producer, stage.page(topics)(stage.ledger.records(0, stage.head))))

        def bare(n: int) -> int:
            producer, messages = raw[n]
            for m in messages:
                producer.send(
                    m.topic,
                    m.value,
                    key=m.key,
                    headers=[*m.headers],
                    partition=m.partition,
                    timestamp_ms=m.at,
                )
            producer.flush(LONG)
            return stage.head

        pair = interleave(rounds, lambda n: _publish(stage.ledger, ours[n][0], stage.page(ours[n][1])), bare)
    yield at_least("relay", pair.rate, 0.8, pair.note("facts", "plain producer"), "of a plain producer")


def worker(stage: Stage, rounds: int) -> Iterator[Measure]:
    """One read model from the topic, against the built-in projector from the ledger, into the same kind of file."""
    to, topics = stage.published()
    topic = TopicLedger(to, topics, stage.ledger.construct_mapper())

    def filled(ledger: Reader, name: str, n: int) -> int:
        with closing(_views(stage.folder / f"{name}-{n}.db", ledger)) as views:
            projector = Projector(views, SystemClock())
            while projector.step():
                pass
            assert views.position() == stage.head
        return stage.head

    def rebuilt(views: Views) -> int:
        views.rebuild(from_start=True)
        return stage.head

    with closing(topic):
        assert topic.wait(stage.head - 1, LONG)
        pair = interleave(
            rounds, lambda n: filled(topic, "topic", n), lambda n: filled(stage.ledger, "ledger", n)
        )
        yield at_least("worker", pair.rate, 0.4, pair.note("facts", "projector"), "of the projector")
        with (
            closing(_views(stage.folder / "topic-0.db", topic)) as far,
            closing(_views(stage.folder / "ledger-0.db", stage.ledger)) as near,
        ):
            pair = interleave(rounds, lambda _: rebuilt(far), lambda _: rebuilt(near))
        yield at_least(
            "rebuild-residents", pair.rate, 0.4, pair.note("facts", "from the ledger"), "of the ledger"
        )


def _views(path: Path, ledger: Reader) -> Views:
    chosen = [model for model in models(ledger, reference()) if model.name == MODEL]
    return Views(SqliteViews(path), chosen, ledger, VALID_TIME)


def latency(stage: Stage, rounds: int) -> Iterator[Measure]:
    """From the commit in the ledger to a consumer that reads committed, nothing else going on."""
    from kafka import TopicPartition

    to = Connection(stage.topics()[0].bootstrap, prefix=f"bench{next(_numbers)}")
    held = lead(stage.folder, "", to.prefix)
    relay = relay_of(
        stage.ledger, to, EVENTS, held, SystemClock(), by=SYSTEM, source="//bench", schemas="/schemas"
    )
    stop = Event()
    thread = Thread(target=relay.run, args=(stop,))
    thread.start()
    try:
        while relay.status().lag or not relay.status().position:
            stop.wait(0.1)
        topic = Topics(to.prefix, 1).ledger
        with closing(consumer(to, auto_offset_reset="latest", fetch_max_wait_ms=10_000)) as reader:
            places = [TopicPartition(topic, part) for part in range(3)]
            reader.assign(places)
            reader.seek_to_end(*places)
            reader.poll(1000)
            times = sorted(_seen(stage, one, reader) for one in singles(stage.desk, APPENDED))
    finally:
        stop.set()
        thread.join()
    yield reported("commit-to-consumer-p50", times[len(times) // 2], "ms")
    yield reported("commit-to-consumer-p99", times[-2], "ms", "aim 50 ms")


def _seen(stage: Stage, one: Any, reader: Any) -> float:
    done = stage.ledger.execute(one.acts, by=one.by, command_id=one.command_id)
    begin = perf_counter()
    last = b"%020d" % done.last
    while perf_counter() - begin < LONG:
        found = [r for records in reader.poll(1000).values() for r in records]
        if any(dict(record.headers)["ce_sequence"] >= last for record in found):
            return (perf_counter() - begin) * 1000
    raise TimeoutError("a fact does not reach its reader")


Row = Callable[[Stage, int], Iterator[Measure]]
ROWS: tuple[tuple[str, Row], ...] = (("relay", relay), ("worker", worker), ("commit-to-consumer", latency))


def main(*, quick: bool, json: Path | None, only: Sequence[str]) -> int:
    """Exit code 0 when every bar holds."""
    residents, rounds = (4_000, 2) if quick else (40_000, 5)
    with running() as broker:
        rows = [
            (name, partial(_staged, row, broker.address, residents, rounds))
            for name, row in ROWS
            if not only or name in only
        ]
        return show(measured(rows), f"  ({residents:,} residents)", json)


def _staged(row: Row, bootstrap: str, residents: int, rounds: int, folder: Path) -> Iterator[Measure]:
    with closing(Stage(folder, bootstrap, residents)) as stage:
        yield from row(stage, rounds)
