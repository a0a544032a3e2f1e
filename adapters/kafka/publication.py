"""Whether and where is published: the ledger says on which cluster and in which topics, the cluster must agree."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from adapters.kafka.cluster import Cluster
from adapters.kafka.connection import Connection
from adapters.kafka.leading import Lead
from adapters.kafka.messages import Messages
from adapters.kafka.publisher import KafkaPublisher
from adapters.kafka.relay import Publishing, Relay
from adapters.kafka.tail import tails
from adapters.kafka.topics import Topics
from adapters.ledger.ledger import Ledger
from domain.exchange.publication import (
    STREAM,
    BeginPublication,
    Publication,
    RenewPublication,
    publication_decider,
)
from domain.kernel.decider import act
from domain.kernel.errors import Rejected
from domain.kernel.events import Actor, EventType
from domain.kernel.ports import Clock

PUBLICATIONS = UUID("0b7c6f3e-54a1-5a0e-8f0b-6d1f7b0e2c55")
"""Namespace of command ids: two relays that begin at once begin one publication."""


def prepared(connection: Connection, ledger: Ledger, by: Actor) -> Topics:
    """The topics to publish into, made when nothing was ever published.

    Refused: ``kafka-other-cluster``, ``kafka-topics-in-use``, and what ``Cluster.ready`` refuses.
    """
    with Cluster(connection) as cluster:
        found = cluster.id()
        state = current(ledger)
        if state.version:
            if state.cluster != found:
                raise Rejected("kafka-other-cluster", expected=state.cluster, found=found)
            topics = Topics(connection.prefix, state.version)
            cluster.ready(topics, create=False)
            return topics
        topics = _fresh(connection, cluster, 1)
    command = act(publication_decider, STREAM, BeginPublication(found))
    ledger.execute([command], by=by, command_id=uuid5(PUBLICATIONS, f"{found}/1"))
    return topics


def renewed(connection: Connection, ledger: Ledger, by: Actor, reason: str) -> Topics:
    """Begin anew in topics of the next version; the relay publishes everything into them once it looks.

    Refused: ``publication-reason-missing-or-too-long``, ``kafka-topics-in-use``.
    """
    with Cluster(connection) as cluster:
        found, version = cluster.id(), current(ledger).version + 1
        command = act(publication_decider, STREAM, RenewPublication(found, version, reason))
        # Decided before topics are made, and once more when it is recorded.
        publication_decider.decide(current(ledger), RenewPublication(found, version, reason))
        topics = _fresh(connection, cluster, version)
    ledger.execute([command], by=by, command_id=uuid5(PUBLICATIONS, f"{found}/{version}"))
    return topics


def current(ledger: Ledger) -> Publication:
    """What the ledger says of its publication."""
    return ledger.load(publication_decider, STREAM).state


def _fresh(connection: Connection, cluster: Cluster, version: int) -> Topics:
    """Topics of a version that nobody has written into: not we, and not another hub under our prefix."""
    topics = Topics(connection.prefix, version)
    cluster.ready(topics, create=True)
    with tails(connection) as at:
        for topic in topics:
            if any(at.last(topic.name, part) for part in range(topic.partitions)):
                raise Rejected("kafka-topics-in-use", topic=topic.name)
    return topics


def relay_of(
    ledger: Ledger,
    connection: Connection,
    events: Iterable[EventType],
    lead: Lead,
    clock: Clock,
    *,
    by: Actor,
    source: str,
    schemas: str,
) -> Relay:
    """A relay from ``ledger`` to the cluster; ``source`` and ``schemas`` as ``Messages`` has them."""
    kinds = tuple(events)

    def take_over() -> Publishing:
        topics = prepared(connection, ledger, by)
        messages = Messages(topics, kinds, source=source, schemas=schemas)
        return Publishing(topics, messages.page, KafkaPublisher(connection, topics))

    return Relay(ledger, take_over, lead, clock)
