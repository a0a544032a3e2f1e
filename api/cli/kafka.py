"""``simpul kafka``: a broker for a trial, the topics, how far they are, and publishing anew."""

import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import msgspec
from rich.console import Console
from rich.table import Table

from adapters.clock import SystemClock
from adapters.kafka.broker import jars, running
from adapters.kafka.cluster import Cluster, Place
from adapters.kafka.publication import current, renewed
from adapters.kafka.publisher import published
from adapters.kafka.topics import Topics, differences
from api.cli.console import console
from api.cli.store import existing
from api.identity import Officers
from api.opening import open_desk
from api.publishing import connection


@dataclass(frozen=True, slots=True)
class Status:
    """What is published: ``position`` is the cursor, ``head`` the end of the ledger, ``lag`` what is between."""

    cluster: str
    version: int
    position: int
    head: int
    lag: int
    groups: list[Place]


@dataclass(frozen=True, slots=True)
class TopicStatus:
    """``wrong`` says what differs, or that it is absent; empty when all is well."""

    name: str
    partitions: int
    about: str
    wrong: str


def status(data: Path, *, json: bool) -> None:
    """How far everything is published, and how far each group has read."""
    settings = existing(data)
    to = connection(settings)
    _, ledger = open_desk(settings, SystemClock())
    try:
        version, head = current(ledger).version, ledger.head()
    finally:
        ledger.close()
    topics = Topics(to.prefix, version)
    with Cluster(to) as cluster:
        at = published(to, topics)[0] if version else 0
        groups = cluster.places(topics) if version else []
        told = Status(cluster.id(), version, at, head, max(0, head - at), groups)
    if json:
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
        return
    out = Console()
    out.print(f"cluster {told.cluster}, topics of version {told.version}", highlight=False)
    out.print(f"published up to {told.position} of {told.head}: {told.lag} facts behind", highlight=False)
    if groups:
        table = Table("group", "topic", "partition", "offset", "lag", "owner")
        for one in groups:
            table.add_row(
                one.group, one.topic, *map(str, (one.partition, one.offset, one.lag)), one.owner or "-"
            )
        out.print(table)


def topics(data: Path, *, json: bool) -> int:
    """The topics as they must be and as they are; 1 when something is wrong."""
    settings = existing(data)
    to = connection(settings)
    _, ledger = open_desk(settings, SystemClock())
    try:
        wanted = Topics(to.prefix, current(ledger).version or 1)
    finally:
        ledger.close()
    with Cluster(to) as cluster:
        found = cluster.found(wanted)
    told = [
        TopicStatus(
            t.name,
            t.partitions,
            t.about,
            "; ".join(differences(t, found[t.name])) if t.name in found else "absent",
        )
        for t in wanted
    ]
    if json:
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    else:
        table = Table("topic", "partitions", "state", "what it carries")
        for one in told:
            table.add_row(one.name, str(one.partitions), one.wrong or "as it must be", one.about)
        Console().print(table)
    return 1 if any(one.wrong for one in told) else 0


def republish(officer: str, reason: str, data: Path) -> None:
    """Begin anew in topics of the next version; the relay does the rest."""
    settings = existing(data)
    to = connection(settings)
    desk, ledger = open_desk(settings, SystemClock())
    try:
        by = Officers.seeded().get(officer, desk.today).acting("cli", "publication")
        fresh = renewed(to, ledger, by, reason)
    finally:
        ledger.close()
    console.print(
        f"the relay publishes everything into {fresh.ledger} and the topics beside it", highlight=False
    )


def broker(folder: Path, port: int) -> None:
    """Run one until SIGINT or SIGTERM."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    console.print("fetching Kafka, once, and starting it ...", highlight=False)
    jars()
    with running(folder, port) as one:
        console.print(f"Kafka: {one.address}", highlight=False)
        stop.wait()
