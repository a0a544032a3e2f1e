"""A fact: what happened, who did it, for whom, and when we knew.

Events are frozen dataclasses of plain values (str, int, bool, date, datetime, tuples of them), so that every
version ever written loads for ever; their published names stand beside them in ``EventType``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

T = TypeVar("T")
E_co = TypeVar("E_co", covariant=True)
Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""From the plain values of one version of an event, as JSON has them, to those of the next."""


@dataclass(frozen=True, slots=True, repr=False)
class Personal(Generic[T]):
    """Personal data of one data subject. ``value`` is None once the subject is forgotten.

    The only place in an event where personal data may stand: the ledger seals it per subject.
    """

    subject: str
    value: T | None

    def __repr__(self) -> str:
        return f"Personal({self.subject}, ***)"


class EventType(NamedTuple):
    """The published name and version of an event class: never a Python path.

    ``valid`` names the field with the day from which the event holds; None: the day of its recording.
    ``upcasters`` lead from version 1 to this one, a step each: what was recorded once loads for ever.
    """

    name: str
    version: int
    type: type
    valid: str | None = None
    upcasters: tuple[Upcaster, ...] = ()

    @property
    def topic(self) -> str:
        return f"{self.name}.v{self.version}"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which role and office, for what purpose and through which face."""

    id: str
    role: str
    office: str
    purpose: str = "service"
    channel: str = "web"
    device: str | None = None
    device_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The clear part of a record, version 1: hashed, and free of personal data.

    ``version`` counts the events of the stream from 1; ``recorded_at`` is server time (UTC).
    The position stays outside, so that the leaf hash is computed before the append lock.
    """

    header: int
    stream: str
    version: int
    event: str
    event_version: int
    subjects: tuple[str, ...]
    actor: str
    role: str
    office: str
    purpose: str
    channel: str
    device: str | None
    device_time: datetime | None
    recorded_at: datetime
    command_id: UUID
    correlation_id: UUID
    causation: int | None


@dataclass(frozen=True, slots=True)
class Recorded(Generic[E_co]):
    """A fact as read: its global ``position`` (from 1, without gaps) and when it was committed.

    ``committed_at`` never decreases: *as known at T* is every position committed at or before T.
    """

    position: int
    committed_at: datetime
    header: Header
    event: E_co


@dataclass(frozen=True, slots=True)
class Receipt:
    """The positions of the facts of one command; ``repeated`` when they were there already."""

    first: int
    last: int
    repeated: bool = False
