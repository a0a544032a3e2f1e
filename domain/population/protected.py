"""Protected elements (UU 24/2013 art. 84): a disability stands apart from the record, hidden until it is opened.

It is in a stream of its own, so that no page, list, feed or history of a resident can show it by accident. Of
biometrics the registry holds nothing but the day on which they were recorded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.kernel.decider import Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType, Personal


@dataclass(frozen=True, slots=True)
class Disability:
    """A code of the list ``disability`` and its vintage; an empty code: none."""

    code: str
    vintage: str


@dataclass(frozen=True, slots=True)
class DisabilityRecorded:
    """Which disability ``resident`` has, as she or her family declared it; it goes when she is forgotten."""

    resident: str
    on: date
    disability: Personal[Disability]


@dataclass(frozen=True, slots=True)
class RecordDisability:
    """Record it; ``known``: whether she is registered and not forgotten."""

    resident: str
    disability: Disability
    on: date
    known: bool


@dataclass(frozen=True, slots=True)
class Protected:
    """What is recorded; None when nothing is, or when she is forgotten."""

    disability: Disability | None = None


Event = DisabilityRecorded


def decide(protected: Protected, command: RecordDisability) -> Sequence[Event]:
    if not command.known:
        raise Rejected("resident-forgotten")
    if command.disability == (protected.disability or Disability("", command.disability.vintage)):
        raise Rejected("nothing-changes")
    return [DisabilityRecorded(command.resident, command.on, Personal(command.resident, command.disability))]


def evolve(_: Protected, event: Event) -> Protected:
    return Protected(event.disability.value)


protected_decider = Decider(Protected(), decide, evolve)

EVENTS = (EventType("population.disability-recorded", 1, DisabilityRecorded, valid="on"),)
