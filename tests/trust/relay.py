"""Relays that are killed, replaced and woken, brokers that are killed: each fact is in Kafka once, in order.

``python -m tests.trust.relay --kills 200``. A relay is killed with -9 again and again, in the middle of pages, and now
and then the broker under it; one is frozen, replaced and woken. What a reader of committed transactions finds must be
every position once. The controls keep their cursor apart from the page, which must double, and look at no future of a
page that expired, which must leave a hole. It needs a real Kafka (Java 17, and Maven once).
"""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

from adapters.kafka.broker import Broker
from adapters.kafka.cluster import Cluster
from adapters.kafka.connection import Connection
from adapters.kafka.topics import Topics
from domain.kernel.events import Receipt
from tests.acceptance.node import until
from tests.adapters.kafka.reading import positions, read, whole
from tests.adapters.ledger.writing import submission
from tests.trust.processes import Process, running
from tests.trust.promise import Answer, answered, command
from tests.trust.publishing import careless, messages, opened, producer_of, relay, sent

HEARD = 12
"""Most pages that are waited for before a kill."""
BROKER = 5
"""Every so many kills the broker is killed too."""
BATCH = 500
EXPIRES_MS = 1500
LONG = 60.0


class Town:
    """A ledger, a broker, and where the one is published on the other."""

    def __init__(self, folder: Path, broker: Broker, facts: int, seed: int) -> None:
        self.folder = folder
        self.broker = broker
        self.chance = Random(seed)
        (folder / "other").mkdir(parents=True)
        with closing(opened(folder)) as ledger:
            for begin in range(0, facts // 2, BATCH):
                names = [f"fact-{number}" for number in range(begin, min(begin + BATCH, facts // 2))]
                for receipt in ledger.execute_many([submission(name) for name in names]):
                    assert isinstance(receipt, Receipt)

    def to(self, prefix: str) -> Connection:
        return Connection(self.broker.address, prefix=prefix)

    def head(self) -> int:
        with closing(opened(self.folder)) as ledger:
            return ledger.head()

    def killed(self, prefix: str, kills: int) -> int:
        """Kill relays until there were so many; how often the broker was killed."""
        brokers = 0
        for number in range(1, kills + 1):
            with running(relay, self.folder, self.to(prefix), self.folder) as one:
                for _ in range(self.chance.randint(1, HEARD)):
                    if one.hear() == self.head():
                        break
                if number % BROKER == 0:
                    self.broker.kill()
                    one.kill()
                    self.broker.start()
                    brokers += 1
                one.kill()
        return brokers

    def finished(self, prefix: str, lock: Path | None = None) -> None:
        """A relay that is let be, until everything is published."""
        with running(relay, self.folder, self.to(prefix), lock or self.folder) as one:
            _until(one, self.head)

    def frozen(self, prefix: str) -> None:
        """A relay is frozen in the middle of its work, another one does the rest, and the first is woken."""
        with running(relay, self.folder, self.to(prefix), self.folder) as one:
            one.hear()
            os.kill(one.pid, signal.SIGSTOP)
            self.finished(prefix, self.folder / "other")
            os.kill(one.pid, signal.SIGCONT)
            _until(one, self.head)  # it has noticed, and has begun anew where everything is


def _until(one: Process, head: Any) -> None:
    while (told := one.hear()) is not None:
        if told >= head():
            return
    raise AssertionError("a relay has ended by itself")


def main(arguments: Sequence[str]) -> int:
    given = command("relay", __doc__, kills=20, facts=8_000).parse_args(arguments)

    def trial(answer: Answer, folder: Path) -> None:
        broker = Broker(folder / "kafka")
        broker.start()
        try:
            town = Town(folder / "node", broker, given.facts, given.seed)
            brokers = town.killed("killed", given.kills)
            town.finished("killed")
            _told(answer, town, "killed", f"{given.kills}-kills-{brokers}-of-the-broker")
            frozen = Town(folder / "frozen", broker, given.facts // 4, given.seed)
            frozen.frozen("frozen")
            _told(answer, frozen, "frozen", "woken")
            _doubles(answer, town)
            _hole(answer, town)
        finally:
            broker.kill()

    return answered(trial)


def _told(answer: Answer, town: Town, prefix: str, how: str) -> None:
    found = read(town.to(prefix), Topics(prefix, 1).ledger)
    there = sum(map(len, found.values()))
    figure = f"{there}/{town.head()}-{how}"
    answer.tell("every-position-is-published-once-in-order", figure, whole(found, town.head()))


def _doubles(answer: Answer, town: Town) -> None:
    """Control: killed between a page and its cursor, it sends the page again."""
    to, topics = town.to("careless"), Topics("careless", 1)
    with Cluster(to) as cluster:
        cluster.ready(topics, create=True)
    for _ in range(10):
        with running(careless, town.folder, to) as one:
            for _ in range(town.chance.randint(1, HEARD)):
                one.hear()
            one.kill()
    lists = positions(read(to, topics.ledger)).values()
    every = [position for one in lists for position in one]
    doubles = len(every) - len(set(every))
    answer.tell("control-a-cursor-apart-from-its-page-doubles", doubles, doubles > 0)


def _hole(answer: Answer, town: Town) -> None:
    """Control: a page expires while the broker is away, nobody looks at its futures, and the next one arrives."""
    to, topics = town.to("hole"), Topics("hole", 1)
    with Cluster(to) as cluster:
        cluster.ready(topics, create=True)
    with closing(opened(town.folder)) as ledger:
        first, second = (messages(topics).page(ledger.records(at, BATCH)) for at in (0, BATCH))
    producer = producer_of(to, delivery_timeout_ms=EXPIRES_MS, request_timeout_ms=1000)
    for future in sent(producer, first[:1]):
        future.get(LONG)
    town.broker.kill()
    lost = sent(producer, first[1:])
    until(lambda: all(future.is_done for future in lost), "the page has expired", LONG)
    town.broker.start()
    sent(producer, second)
    producer.flush(LONG)
    producer.close(timeout=5)
    lists = positions(read(to, topics.ledger)).values()
    there = {position for one in lists for position in one}
    holes = max(there) - len(there)
    answer.tell("control-a-page-that-expired-unseen-leaves-a-hole", holes, holes > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
