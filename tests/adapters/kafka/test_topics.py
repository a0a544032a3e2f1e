"""Topics are data; a cluster that has others under their names is refused, and told what differs."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from adapters.kafka.cluster import Cluster
from adapters.kafka.connection import Connection
from adapters.kafka.topics import PARTITIONS, Found, Topic, Topics, differences, partition
from domain.kernel.errors import Refused, Rejected, StoreUnavailable

PATIENCE = 2.0


@pytest.fixture
def topics(connection: Connection) -> Topics:
    return Topics(connection.prefix, 1)


@pytest.fixture
def cluster(connection: Connection) -> Iterator[Cluster]:
    with Cluster(connection) as cluster:
        yield cluster


def test_a_publication_has_a_ledger_two_public_topics_and_a_cursor() -> None:
    names = [topic.name for topic in Topics("simpul", 1)]
    assert names == [
        "simpul.ledger.v1",
        "simpul.kependudukan.events.v1",
        "simpul.perizinan.events.v1",
        "simpul.cursor.v1",
    ]


def test_what_is_published_anew_shares_no_topic_with_before() -> None:
    first, second = ({topic.name for topic in Topics("simpul", version)} for version in (1, 2))
    assert first.isdisjoint(second)


def test_a_key_has_one_partition_for_ever() -> None:
    assert [partition(b"resident-%d" % n) for n in range(6)] == [0, 1, 0, 0, 2, 1]


def test_a_difference_is_told_with_both_values() -> None:
    wanted = Topic("t", 3, {"retention.ms": "-1", "cleanup.policy": "delete"}, "")
    assert differences(wanted, Found(3, {"retention.ms": "-1", "cleanup.policy": "delete"})) == []
    found = Found(1, {"retention.ms": "1000", "cleanup.policy": "delete"})
    assert differences(wanted, found) == ["partitions is 1, not 3", "retention.ms is 1000, not -1"]


def test_topics_are_made_as_they_are_described(cluster: Cluster, topics: Topics) -> None:
    cluster.ready(topics, create=True)
    found = cluster.found(topics)
    assert found == {topic.name: Found(topic.partitions, topic.settings) for topic in topics}
    cluster.ready(topics, create=False)


def test_absent_topics_are_made_only_when_asked(cluster: Cluster, topics: Topics) -> None:
    with pytest.raises(Rejected) as refused:
        cluster.ready(topics, create=False)
    assert refused.value.code == "kafka-topic-missing"
    assert topics.cursor in str(refused.value.parameters["topic"])


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"partitions": PARTITIONS + 1}, "partitions is 4, not 3"),
        ({"settings": {"retention.ms": "3600000"}}, "retention.ms is 3600000, not -1"),
    ],
    ids=["partitions", "settings"],
)
def test_a_topic_that_is_otherwise_is_refused_and_told_why(
    cluster: Cluster, topics: Topics, changed: dict[str, object], what: str
) -> None:
    ledger = next(iter(topics))
    cluster.create([replace(ledger, **changed)])  # type: ignore[arg-type]  # of the fields of a topic
    with pytest.raises(Rejected) as refused:
        cluster.ready(topics, create=True)
    assert (refused.value.code, refused.value.parameters["topic"]) == ("kafka-topic-differs", ledger.name)
    assert what in str(refused.value.parameters["what"])
    assert set(cluster.found(topics)) == {ledger.name}, "nothing was made beside it"


def test_two_hubs_may_make_the_topics_at_once(cluster: Cluster, topics: Topics) -> None:
    cluster.create([*topics][:1])
    cluster.create(topics)
    cluster.ready(topics, create=False)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "no-such-host.invalid:9092"])
def test_a_cluster_that_is_away_is_told_as_that(address: str) -> None:
    with pytest.raises(StoreUnavailable) as refused:
        Cluster(Connection(address, patience=PATIENCE))
    assert refused.value.code == "kafka-unreachable"


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1:", ":9092", "127.0.0.1:kafka"])
def test_an_address_needs_a_host_and_a_port(address: str) -> None:
    with pytest.raises(Refused) as refused:
        Cluster(Connection(address, patience=PATIENCE))
    assert refused.value.code == "kafka-address-malformed"
