"""A destination: a stream whose last acknowledgement is the courier's position.

There is no second truth: a crash loses nothing, and a second courier loses the race by its version.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from domain.kernel.decider import Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType


@dataclass(frozen=True, slots=True)
class DeliveryAcknowledged:
    """The ministry has entries ``from_seq``..``to_seq``.

    ``sha256`` is of the entries' own hashes (hex, joined, in order): anybody who holds the feed can
    recompute it, whatever dialect and credentials the records travelled with.
    """

    destination: str
    from_seq: int
    to_seq: int
    receipt: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The ministry has answered for entries ``from_seq``..``to_seq``: the next ones, without a gap."""

    destination: str
    from_seq: int
    to_seq: int
    receipt: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Destination:
    """``delivered`` is the last ``feed_seq`` that the ministry has."""

    delivered: int = 0


def stream(destination: str) -> str:
    return f"delivery-{destination}"


def decide(state: Destination, command: Acknowledge) -> Sequence[DeliveryAcknowledged]:
    match command:
        case Acknowledge(destination, first, last, receipt, sha256):
            if first != state.delivered + 1 or last < first:
                raise Rejected("delivery-out-of-order", delivered=state.delivered, first=first)
            return [DeliveryAcknowledged(destination, first, last, receipt, sha256)]
    assert_never(command)


def evolve(_: Destination, event: DeliveryAcknowledged) -> Destination:
    return Destination(event.to_seq)


delivery_decider = Decider(Destination(), decide, evolve)

EVENTS = (EventType("exchange.delivery-acknowledged", 1, DeliveryAcknowledged),)
