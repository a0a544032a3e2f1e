"""What the hub asks of the world: a ledger, a clock, views, destinations. ``api/wiring.py`` joins them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from threading import Event as Stop
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from domain.kernel.decider import Act, Decider
from domain.kernel.events import Actor, Receipt, Recorded

S = TypeVar("S")


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Server time, aware, in UTC."""

    def wait(self, seconds: float, stop: Stop) -> bool:
        """Sleep until ``seconds`` have passed or ``stop`` is set; True when it is set."""


@dataclass(frozen=True, slots=True)
class Loaded(Generic[S]):
    """The state of a stream and the version it has been folded to (0: nothing there)."""

    state: S
    version: int


class Reader(Protocol):
    """Reading the ledger: by position, in order, without gaps; or one stream."""

    def head(self) -> int:
        """The last position; 0 when the ledger is empty."""

    def after(self, position: int, limit: int) -> Sequence[Recorded[Any]]:
        """At most ``limit`` facts that follow ``position``."""

    def stream(self, stream: str, *, after: int = 0, upto: int | None = None) -> Sequence[Recorded[Any]]:
        """The facts of one stream with ``after`` < version <= ``upto``."""

    def wait(self, position: int, timeout: float) -> bool:
        """Until the head is beyond ``position`` or ``timeout`` seconds have passed; True when it is."""


class Ledger(Reader, Protocol):
    """One door: the only way to write."""

    def execute(
        self,
        acts: Sequence[Act],
        *,
        by: Actor,
        command_id: UUID,
        cause: int | None = None,
        request: object = None,
    ) -> Receipt:
        """Decide all, append all in one transaction or nothing.

        ``request`` is what the caller asked (hashed with a key to tell a repeat from a reuse); by
        default the commands themselves. Raises ``Refused``.
        """

    def repeated(self, command_id: UUID, request: object) -> Receipt | None:
        """The receipt of a command accepted before; ``CommandReused`` if the request differs."""

    def load(self, decider: Decider[Any, Any, S], stream: str, version: int | None = None) -> Loaded[S]:
        """Fold a stream, as it is or as it was at ``version``."""

    def holder(self, kind: str, key: str) -> str | None:
        """The stream that holds a claim, e.g. ``("nik", ...)``."""

    def blind(self, purpose: str, value: str) -> str:
        """A keyed hash in hex, for stream ids that must not tell what they stand for."""


class Mode(StrEnum):
    """What a courier is doing."""

    RUNNING = "running"
    BACKOFF = "backoff"
    QUOTA = "quota"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered, frozen entry of a feed. ``record`` is the neutral change as plain values."""

    feed_seq: int
    position: int
    kind: str
    record: Mapping[str, Any]
    sha256: str


class Feed(Protocol):
    """The numbered feed of one destination, in order and without gaps."""

    def head(self) -> int: ...

    def entries(self, after: int, limit: int) -> Sequence[Entry]: ...

    def wait(self, after: int, timeout: float) -> bool:
        """Until there is an entry beyond ``after`` or ``timeout`` seconds have passed."""


class DeliveryProblem(Exception):
    """A push that did not succeed; ``reason`` is short and free of personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotSent(DeliveryProblem):
    """Refused before it arrived (no connection, 429, 503): try again later.

    ``after`` is the ministry's own wish in seconds (Retry-After), if any.
    """

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Unanswered(DeliveryProblem):
    """Sent, but no valid answer: ask for the receipt, else send the same records again."""


class QuotaUsedUp(DeliveryProblem):
    """No more today; the quota begins anew at midnight in Asia/Jakarta."""


class BadRecord(DeliveryProblem):
    """The ministry, or our own schema check, refuses the record ``feed_seq``."""

    def __init__(self, reason: str, feed_seq: int) -> None:
        super().__init__(reason)
        self.feed_seq = feed_seq


class DestinationFault(DeliveryProblem):
    """The connection itself is wrong (login, address, contract): nothing will get through."""


class Ministry(Protocol):
    """The client of one ministry: pure mapping plus transport."""

    name: str
    batch: int

    def deliver(self, entries: Sequence[Entry]) -> str:
        """Push in order, once per ``feed_seq``; the receipt. Raises ``DeliveryProblem``."""

    def received(self, feed_seq: int) -> str | None:
        """The receipt of an entry that the ministry already has, else None."""

    def close(self) -> None: ...


class Task(Protocol):
    """A long-running part of the process: started, watched and joined by the supervisor."""

    name: str

    def run(self, stop: Stop) -> None:
        """Work until ``stop`` is set."""
