"""What is published to applications: on which cluster, in topics of which version.

The first relay begins it. When the topics are lost, or the cluster is another one, nothing goes on by itself:
an officer begins it anew, with topics of the next version, and says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from domain.kernel.decider import Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType

STREAM = "publication-kafka"
MAX_REASON = 200


@dataclass(frozen=True, slots=True)
class PublicationBegun:
    """Everything is published on ``cluster``, as it names itself, in topics of version 1."""

    cluster: str
    version: int


@dataclass(frozen=True, slots=True)
class PublicationRenewed:
    """Everything is published once more, from the first fact, in topics of the next version."""

    cluster: str
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class BeginPublication:
    """The topics of version 1 on ``cluster`` are made, and empty."""

    cluster: str


@dataclass(frozen=True, slots=True)
class RenewPublication:
    """The topics of ``version`` on ``cluster`` are made, and empty. ``reason`` is about topics, never about a person."""

    cluster: str
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class Publication:
    """``version`` is 0 before anything was published."""

    version: int = 0
    cluster: str = ""


Event = PublicationBegun | PublicationRenewed
Command = BeginPublication | RenewPublication


def decide(state: Publication, command: Command) -> Sequence[Event]:
    match command:
        case BeginPublication(cluster):
            if state.version:
                raise Rejected("publication-already-begun", version=state.version)
            return [PublicationBegun(cluster, 1)]
        case RenewPublication(cluster, version, reason):
            if version != state.version + 1:
                raise Rejected("publication-out-of-order", version=version, next=state.version + 1)
            if not reason.strip() or len(reason) > MAX_REASON:
                raise Rejected("publication-reason-missing-or-too-long", limit=MAX_REASON)
            return [PublicationRenewed(cluster, version, reason.strip())]
    assert_never(command)


def evolve(_: Publication, event: Event) -> Publication:
    return Publication(event.version, event.cluster)


publication_decider = Decider(Publication(), decide, evolve)

EVENTS = (
    EventType("exchange.publication-begun", 1, PublicationBegun),
    EventType("exchange.publication-renewed", 1, PublicationRenewed),
)
