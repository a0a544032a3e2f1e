"""A reading (pembacaan data): an official saw personal data, for a purpose that she answers for.

UU 27/2022 art. 31-32: whoever handles personal data logs it, and the person may see that log. Who, in which
office and for what purpose stands in the header. Nothing personal stands in the event: ids that mean nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from domain.kernel.decider import Decider
from domain.kernel.events import EventType


class Seen(StrEnum):
    """What of a person was seen."""

    RECORD = "record"
    HISTORY = "history"
    PAPER = "paper"
    PROTECTED = "protected"
    LIST = "list"
    SEARCH = "search"
    READINGS = "readings"


@dataclass(frozen=True, slots=True)
class PersonRead:
    """These residents were seen at once, on ``record`` (a resident, household, case, paper...; empty: on a list)."""

    residents: tuple[str, ...]
    seen: str
    record: str


@dataclass(frozen=True, slots=True)
class FeedRead:
    """A ministry fetched entries ``from_seq``..``to_seq`` of its feed."""

    destination: str
    from_seq: int
    to_seq: int


@dataclass(frozen=True, slots=True)
class ReadPerson:
    """See these residents; a search may find nobody, and is a reading all the same."""

    residents: tuple[str, ...]
    seen: Seen
    record: str = ""


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """Fetch entries ``from_seq``..``to_seq`` of a feed."""

    destination: str
    from_seq: int
    to_seq: int


@dataclass(frozen=True, slots=True)
class Reading:
    """Whether it happened: a reading has no rule, and one stream for itself alone."""

    happened: bool = False


Event = PersonRead | FeedRead
Command = ReadPerson | ReadFeed


def decide(_: Reading, command: Command) -> Sequence[Event]:
    match command:
        case ReadPerson(residents, seen, record):
            return [PersonRead(tuple(dict.fromkeys(residents)), seen.value, record)]
        case ReadFeed(destination, first, last):
            return [FeedRead(destination, first, last)]
    assert_never(command)


def evolve(_: Reading, __: Event) -> Reading:
    return Reading(happened=True)


reading_decider = Decider(Reading(), decide, evolve)

EVENTS = (
    EventType("access.person-read", 1, PersonRead),
    EventType("access.feed-read", 1, FeedRead),
)
