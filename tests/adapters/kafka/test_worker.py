"""A worker fills the same read models from the topic, row for row, and knows up to where it is complete."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from adapters.clock import SystemClock
from adapters.kafka.connection import Connection
from adapters.kafka.leading import lead
from adapters.kafka.publication import relay_of
from adapters.kafka.relay import Relay
from adapters.kafka.topic_ledger import TopicLedger
from adapters.kafka.topics import Topics
from adapters.ledger.ledger import Ledger
from adapters.reference import reference
from adapters.views import SqliteViews
from api.acts.desk import Desk
from api.acts.population import register_household
from api.facts import EVENTS
from api.identity import SYSTEM
from api.wiring import VALID_TIME, models
from domain.kernel.errors import Rejected
from domain.kernel.ports import Reader
from projections.projector import Projector
from projections.readmodel import ReadModel
from projections.views import Views
from tests.acts.people import BUDI, REGISTRAR, SRI, StandingClock, command, household
from tests.adapters.kafka.reading import LONG, caught_up, running

NAMES = ("residents", "name_index", "ktp_queue")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path / "ledger.db", keys=tmp_path / "keys", events=EVENTS, clock=StandingClock())
    yield ledger
    ledger.close()


def families(ledger: Ledger, count: int, name: str = "family") -> None:
    desk = Desk(ledger, StandingClock(), reference(), synthetic=True)
    for number in range(count):
        told = household(replace(SRI, nik=None), BUDI)
        register_household(desk, told, by=REGISTRAR, command_id=command(f"{name} {number}"))


@pytest.fixture
def relay(ledger: Ledger, connection: Connection, tmp_path: Path) -> Relay:
    held = lead(tmp_path, "", connection.prefix)
    return relay_of(
        ledger, connection, EVENTS, held, SystemClock(), by=SYSTEM, source="//s", schemas="/schemas"
    )


@pytest.fixture
def publish(relay: Relay) -> Callable[[], None]:
    """Publish what is in the ledger now."""

    def publish_() -> None:
        with running(relay):
            caught_up(relay)

    return publish_


@pytest.fixture
def topic(ledger: Ledger, connection: Connection) -> Iterator[TopicLedger]:
    """The topic, read with the keys of the ledger."""
    topic = TopicLedger(connection, Topics(connection.prefix, 1), ledger.construct_mapper())
    yield topic
    topic.close()


def wanted(ledger: Reader) -> list[ReadModel]:
    return [model for model in models(ledger, reference()) if model.name in NAMES]


def views(path: Path, ledger: Reader) -> Views:
    return Views(SqliteViews(path), wanted(ledger), ledger, VALID_TIME)


def rows(of: Views) -> dict[str, list[Any]]:
    """Every row of every table."""

    def all_of(table: Table) -> list[Any]:
        with of.now() as view:
            return sorted(map(repr, view.connection.execute(select(table))))

    return {table.name: all_of(table) for model in of.models for table in model.tables}


def built(path: Path, ledger: Reader) -> Views:
    """Read models that have everything of this ledger."""
    made = views(path, ledger)
    with running(Projector(made, SystemClock())):
        assert made.wait(ledger.head(), LONG)
    return made


Publish = Callable[[], None]


def test_the_topic_is_the_ledger(ledger: Ledger, topic: TopicLedger, publish: Publish) -> None:
    families(ledger, 20)
    publish()
    head = ledger.head()
    assert topic.wait(head - 1, LONG)
    assert topic.head() == head
    assert topic.after(0, head + 10) == ledger.after(0, head)
    for position in (0, 1, 7, head // 2, head - 1, head):
        assert topic.after(position, 5) == ledger.after(position, 5), "from any place"


def test_what_is_published_later_is_waited_for(ledger: Ledger, topic: TopicLedger, publish: Publish) -> None:
    families(ledger, 1)
    publish()
    before = ledger.head()
    assert topic.wait(before - 1, LONG)
    assert not topic.wait(before, 0.1)
    families(ledger, 1, "later")
    publish()
    assert topic.wait(ledger.head() - 1, LONG)
    assert topic.after(before, 1000) == ledger.after(before, 1000)


def test_read_models_from_the_topic_equal_those_from_the_ledger(
    ledger: Ledger, topic: TopicLedger, publish: Publish, tmp_path: Path
) -> None:
    families(ledger, 15)
    publish()
    assert topic.wait(ledger.head() - 1, LONG)
    own, far = built(tmp_path / "own.db", ledger), built(tmp_path / "far.db", topic)
    assert rows(far) == rows(own)
    assert {name for name, found in rows(far).items() if found} >= {"residents"}
    assert {status.position for status in far.status()} == {ledger.head()}
    far.close()

    families(ledger, 4, "later")
    publish()
    assert topic.wait(ledger.head() - 1, LONG)
    again = built(tmp_path / "far.db", topic)  # a worker that was stopped goes on where its store is
    with running(Projector(own, SystemClock())):
        assert own.wait(ledger.head(), LONG)
    assert rows(again) == rows(own)
    again.rebuild()
    assert rows(again) == rows(own), "built beside from the topic, then swapped"
    again.close()
    own.close()


def test_of_two_workers_on_a_store_one_works_and_nothing_is_done_twice(
    ledger: Ledger, topic: TopicLedger, publish: Publish, connection: Connection, tmp_path: Path
) -> None:
    families(ledger, 10)
    publish()
    own = built(tmp_path / "own.db", ledger)
    second = TopicLedger(connection, Topics(connection.prefix, 1), ledger.construct_mapper())
    one, other = views(tmp_path / "far.db", topic), views(tmp_path / "far.db", second)
    with running(Projector(one, SystemClock())), running(Projector(other, SystemClock())):
        assert other.wait(ledger.head(), LONG)
    assert rows(one) == rows(own)
    for each in (one, other, own):
        each.close()
    second.close()


def test_a_record_that_is_not_ours_stops_the_worker_and_is_named(
    ledger: Ledger, topic: TopicLedger, relay: Relay, connection: Connection
) -> None:
    from kafka import KafkaProducer

    with running(relay):
        caught_up(relay)
        stranger = KafkaProducer(**connection.options())
        stranger.send(f"{connection.prefix}.ledger.v1", b"hello", partition=2).get(10)
        stranger.close(timeout=5)
        families(ledger, 12)
        caught_up(relay)
    with pytest.raises(Rejected) as refused:
        topic.after(0, ledger.head())
    assert refused.value.code == "kafka-foreign-record"
    assert refused.value.parameters["partition"] == 2


def test_a_worker_cannot_look_up_one_record(topic: TopicLedger) -> None:
    with pytest.raises(Rejected) as refused:
        topic.stream("resident-1")
    assert refused.value.code == "worker-has-no-streams"
