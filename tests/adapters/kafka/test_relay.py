"""The relay on a real broker: every fact once, in order, whoever takes over; and what it refuses to go on with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.kafka.broker import free_ports
from adapters.kafka.cluster import Cluster
from adapters.kafka.connection import Connection
from adapters.kafka.leading import lead
from adapters.kafka.publication import relay_of, renewed
from adapters.kafka.relay import Relay
from adapters.kafka.topics import Topics
from adapters.ledger.ledger import Ledger
from adapters.reference import reference
from api.acts.desk import Desk
from api.acts.population import register_household
from api.facts import EVENTS
from api.identity import SYSTEM
from domain.exchange.publication import (
    STREAM,
    BeginPublication,
    PublicationBegun,
    PublicationRenewed,
    publication_decider,
)
from domain.kernel.decider import act
from domain.kernel.ports import Mode
from tests.acceptance.node import until
from tests.acts.people import BUDI, REGISTRAR, SRI, StandingClock, command, household
from tests.adapters.kafka.reading import caught_up, read, running, says, whole

Make = Callable[..., Relay]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path / "ledger.db", keys=tmp_path / "keys", events=EVENTS, clock=StandingClock())
    yield ledger
    ledger.close()


def families(ledger: Ledger, count: int, name: str = "family") -> None:
    """So many invented households, six facts each."""
    desk = Desk(ledger, StandingClock(), reference(), synthetic=True)
    for number in range(count):
        told = household(replace(SRI, nik=None), BUDI)
        register_household(desk, told, by=REGISTRAR, command_id=command(f"{name} {number}"))


@pytest.fixture
def make(connection: Connection, ledger: Ledger, tmp_path: Path) -> Make:
    def make_(to: Connection = connection, folder: Path = tmp_path, source: Ledger = ledger) -> Relay:
        held = lead(folder, "", to.prefix)
        return relay_of(
            source, to, EVENTS, held, SystemClock(), by=SYSTEM, source="//sragen/ledger", schemas="/schemas"
        )

    return make_


@pytest.fixture
def topics(connection: Connection) -> Topics:
    return Topics(connection.prefix, 1)


def test_every_fact_is_there_once_byte_for_byte(
    make: Make, ledger: Ledger, connection: Connection, topics: Topics
) -> None:
    families(ledger, 30)
    with running(relay := make()):
        caught_up(relay)
        families(ledger, 5, "later")
        caught_up(relay)
    found = read(connection, topics.ledger)
    assert whole(found, ledger.head())
    stored = {row.pos: row for row in ledger.records(0, ledger.head())}
    for record in (record for part in found.values() for record in part):
        headers = dict(record.headers)
        row = stored[int(headers["ce_sequence"])]
        assert (record.value, headers["ce_type"].decode()) == (row.record, row.topic)
        assert int(headers["ce_committed"]) == row.committed_at
    assert relay.status().mode is Mode.STOPPED


def test_a_stream_stays_in_one_partition(
    make: Make, ledger: Ledger, connection: Connection, topics: Topics
) -> None:
    families(ledger, 12)
    with running(relay := make()):
        caught_up(relay)
    parts: dict[bytes, set[int]] = {}
    for part, records in read(connection, topics.ledger).items():
        for record in records:
            parts.setdefault(record.key, set()).add(part)
    assert len(parts) > 12
    assert all(len(of) == 1 for of in parts.values())
    assert {part for of in parts.values() for part in of} == {0, 1, 2}


def test_that_publication_began_is_a_fact_and_is_published_too(
    make: Make, ledger: Ledger, connection: Connection, topics: Topics
) -> None:
    with running(relay := make()):
        caught_up(relay)
    with Cluster(connection) as cluster:
        assert [fact.event for fact in ledger.stream(STREAM)] == [PublicationBegun(cluster.id(), 1)]
    assert whole(read(connection, topics.ledger), 1)


def test_the_next_relay_goes_on_where_the_last_one_was(
    make: Make, ledger: Ledger, connection: Connection, topics: Topics
) -> None:
    for name in ("first", "second", "third"):
        families(ledger, 3, name)
        with running(relay := make()):
            caught_up(relay)
    assert whole(read(connection, topics.ledger), ledger.head())


def test_of_two_relays_one_publishes_and_the_other_waits(make: Make, ledger: Ledger) -> None:
    families(ledger, 2)
    with running(first := make()):
        caught_up(first)
        with running(second := make()):
            says(second, "another-relay")
            assert first.status().mode is Mode.RUNNING


def test_who_was_taken_over_notices_and_nothing_is_there_twice(
    make: Make, ledger: Ledger, connection: Connection, topics: Topics, tmp_path: Path
) -> None:
    """Two folders, so no lock between them: the cluster alone keeps them apart."""
    (tmp_path / "other").mkdir()
    families(ledger, 2)
    with running(first := make()):
        caught_up(first)
        with running(second := make(folder=tmp_path / "other")):
            caught_up(second)
            families(ledger, 10, "later")
            caught_up(second)
            caught_up(first)
    assert whole(read(connection, topics.ledger), ledger.head())


def test_a_cluster_that_is_away_is_a_state(make: Make, ledger: Ledger, connection: Connection) -> None:
    (port,) = free_ports(1)
    away = replace(connection, bootstrap=f"127.0.0.1:{port}")
    families(ledger, 1)
    with running(relay := make(away)):
        says(relay, "kafka-unreachable")
        status = relay.status()
        assert (status.mode, status.lag) == (Mode.BACKOFF, ledger.head())
        assert status.next_try is not None


@contextmanager
def refused(make: Make, reason: str) -> Iterator[Relay]:
    with running(relay := make()):
        says(relay, reason)
        assert relay.status().mode is Mode.FAILED
        yield relay


Lose = Callable[[Connection, Topics], None]


def delete(connection: Connection, *names: str) -> None:
    with Cluster(connection) as cluster:
        cluster._admin.delete_topics([*names])


def emptied(connection: Connection, name: str) -> None:
    """As retention does it: the records before the end are gone."""
    from kafka import TopicPartition

    with Cluster(connection) as cluster:
        parts = range(len(cluster._admin.describe_topics([name])[0]["partitions"]))
        cluster._admin.delete_records({TopicPartition(name, part): -1 for part in parts})


@pytest.mark.parametrize(
    ("lose", "reason"),
    [
        (lambda c, t: delete(c, t.ledger), "kafka-topic-missing"),
        (lambda c, t: delete(c, *(topic.name for topic in t)), "kafka-topic-missing"),
        (lambda c, t: emptied(c, t.ledger), "kafka-topic-shorter"),
    ],
    ids=["one topic", "all topics", "cut short"],
)
def test_topics_that_were_lost_are_not_gone_on_with_until_an_officer_begins_anew(
    make: Make, ledger: Ledger, connection: Connection, topics: Topics, lose: Lose, reason: str
) -> None:
    families(ledger, 3)
    with running(relay := make()):
        caught_up(relay)
    lose(connection, topics)
    with refused(make, reason) as relay:
        anew = renewed(connection, ledger, REGISTRAR, "a disk was lost")
        relay.retry()
        caught_up(relay)
    assert anew.version == 2
    assert whole(read(connection, anew.ledger), ledger.head())
    begun, again = (fact for fact in ledger.stream(STREAM))
    assert isinstance(begun.event, PublicationBegun)
    assert again.event == PublicationRenewed(begun.event.cluster, 2, "a disk was lost")
    assert again.header.actor == REGISTRAR.id


def test_a_relay_that_publishes_goes_on_in_the_topics_that_are_begun_anew(
    make: Make, ledger: Ledger, connection: Connection
) -> None:
    families(ledger, 3)
    with running(relay := make()):
        caught_up(relay)
        anew = renewed(connection, ledger, REGISTRAR, "an application asked for it")
        until(lambda: relay.status().topics == anew.ledger, "the relay looks again")
        families(ledger, 2, "later")
        caught_up(relay)
    assert whole(read(connection, anew.ledger), ledger.head())


def test_another_cluster_is_refused(make: Make, ledger: Ledger, connection: Connection) -> None:
    elsewhere = act(publication_decider, STREAM, BeginPublication("another-cluster"))
    ledger.execute([elsewhere], by=SYSTEM, command_id=command("begin"))
    with refused(make, "kafka-other-cluster: expected another-cluster"):
        pass


def test_two_ledgers_do_not_share_topics(make: Make, ledger: Ledger, tmp_path: Path) -> None:
    with running(relay := make()):
        caught_up(relay)
    other = Ledger.open(tmp_path / "other.db", keys=tmp_path / "others", events=EVENTS, clock=StandingClock())
    try:
        families(other, 1)
        with running(relay := make(source=other)):
            says(relay, "kafka-topics-in-use")
        assert other.stream(STREAM) == []
    finally:
        other.close()


def test_a_ledger_that_is_older_than_what_was_published_is_refused(
    make: Make, ledger: Ledger, connection: Connection, tmp_path: Path
) -> None:
    """As after an old backup: the publication is known, and goes further than the ledger."""
    families(ledger, 4)
    with running(relay := make()):
        caught_up(relay)
        began = ledger.stream(STREAM)[0].event
    older = Ledger.open(tmp_path / "old.db", keys=tmp_path / "olds", events=EVENTS, clock=StandingClock())
    try:
        again = act(publication_decider, STREAM, BeginPublication(began.cluster))
        older.execute([again], by=SYSTEM, command_id=command("begin"))
        with running(relay := make(source=older)):
            says(relay, "kafka-cursor-beyond-ledger")
    finally:
        older.close()


def test_a_record_of_somebody_else_is_named(
    make: Make, ledger: Ledger, connection: Connection, topics: Topics
) -> None:
    from kafka import KafkaProducer

    with running(relay := make()):
        caught_up(relay)
    stranger = KafkaProducer(**connection.options())
    stranger.send(topics.ledger, b"hello", partition=1).get(10)
    stranger.close(timeout=5)
    with refused(make, f"kafka-foreign-record: topic {topics.ledger}, partition 1"):
        pass
