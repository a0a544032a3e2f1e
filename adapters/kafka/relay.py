"""The relay brings every fact of the ledger into Kafka: once, in order, whatever is killed.

The ledger itself is the outbox: positions have no gap, so the relay reads after its cursor, publishes a page
with the new cursor in one transaction, and goes on. Whatever fails ends its publisher; a new one takes over
from where the cursor is. A cluster that is away is waited for.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from typing import NamedTuple, Protocol

import structlog

from adapters.courier import Backoff
from adapters.kafka.leading import Held, Lead
from adapters.kafka.publisher import Message, Publisher
from adapters.kafka.topics import Topics
from adapters.ledger.store import Row
from domain.kernel.errors import Refused, Rejected, StoreUnavailable
from domain.kernel.ports import Clock, Mode

PAGE = 1000
"""Facts in one transaction."""
RENEWED = "exchange.publication-renewed."
GLANCE = 0.25
"""Seconds between two looks at ``stop`` and ``retry`` while waiting."""
WAITING = frozenset({"kafka-unreachable", "kafka-fenced"})
"""What passes by itself; anything else is shown as failed, and tried again all the same."""

log = structlog.get_logger()


class Source(Protocol):
    """The ledger as a relay reads it."""

    def head(self) -> int: ...

    def records(self, position: int, limit: int) -> list[Row]: ...

    def wait(self, position: int, timeout: float) -> bool: ...


@dataclass(frozen=True, slots=True)
class Publishing:
    """What a relay is given when it takes over: the page of some records, and who carries it."""

    topics: Topics
    page: Callable[[Sequence[Row]], list[Message]]
    publisher: Publisher


class Ready(NamedTuple):
    """A page made ready: its messages up to a position; ``renewed`` when the topics are others from there on."""

    upto: int
    messages: list[Message]
    renewed: bool


class Following:
    """The page after the one that is being committed."""

    def __init__(self, make: Callable[[], Ready]) -> None:
        self._make = make
        self.ready: Ready | None = None

    def begin(self) -> Ready:
        self.ready = self._make()
        return self.ready


@dataclass(frozen=True, slots=True)
class RelayStatus:
    """What pages and metrics show. ``attempts``: failures since the last success."""

    mode: Mode = Mode.STOPPED
    position: int = 0
    head: int = 0
    topics: str = ""
    reason: str | None = None
    next_try: datetime | None = None
    last_success: datetime | None = None
    attempts: int = 0

    @property
    def lag(self) -> int:
        return max(0, self.head - self.position)


class Relay:
    """A ``ports.Task``: publishes the ledger for as long as it runs."""

    name = "relay"

    def __init__(
        self,
        ledger: Source,
        take_over: Callable[[], Publishing],
        lead: Lead,
        clock: Clock,
        *,
        backoff: Backoff | None = None,
        page: int = PAGE,
    ) -> None:
        """``take_over`` makes sure of cluster and topics, and opens a publisher that nobody has used."""
        self._ledger = ledger
        self._take_over = take_over
        self._lead = lead
        self._clock = clock
        self._backoff = backoff or Backoff(most=60.0)
        self._page = page
        self._again = Event()
        self._status = RelayStatus()

    def status(self) -> RelayStatus:
        """A snapshot, with the head of the ledger as it is now."""
        return replace(self._status, head=self._ledger.head())

    def retry(self) -> None:
        """Try again now: an end to any wait."""
        self._again.set()

    def run(self, stop: Event) -> None:
        """Publish until ``stop`` is set."""
        while not stop.is_set():
            try:
                self._lead_and_publish(stop)
            except Refused as refused:
                mode = Mode.BACKOFF if refused.code in WAITING else Mode.FAILED
                self._pause(mode, _words(refused), stop)
            except Exception as fall:  # noqa: BLE001 - shown as failed; and tried again, because nobody may be watching
                log.error("relay-fell", error=type(fall).__name__)
                self._pause(Mode.FAILED, "internal-error", stop)
        self._show(Mode.STOPPED, None)

    def _lead_and_publish(self, stop: Event) -> None:
        with self._lead() as held:
            if held is None:
                self._pause(Mode.BACKOFF, "another-relay", stop, GLANCE)
                return
            taken = self._take_over()
            with closing(taken.publisher):
                at = taken.publisher.begin()
                if at > self._ledger.head():
                    raise Rejected("kafka-cursor-beyond-ledger", cursor=at, head=self._ledger.head())
                self._status = replace(self._status, topics=taken.topics.ledger, position=at)
                self._follow(taken, at, held, stop)

    def _follow(self, taken: Publishing, at: int, held: Held, stop: Event) -> None:
        """Publish page after page until ``stop`` is set, or the topics are to be others."""
        ready = self._ready(taken, at)
        while not stop.is_set():
            if not held():
                raise Refused("kafka-fenced")
            if not ready.messages:
                self._well(ready.upto)
                self._ledger.wait(ready.upto, GLANCE)
                ready = self._ready(taken, ready.upto)
                continue
            following = Following(partial(self._ready, taken, ready.upto))
            taken.publisher.publish(ready.messages, ready.upto, following.begin)
            self._status = replace(self._status, last_success=self._clock.now())
            self._well(ready.upto)
            if ready.renewed:
                return  # what follows goes into topics of the next version
            ready = following.ready or following.begin()

    def _ready(self, taken: Publishing, at: int) -> Ready:
        """The page that follows ``at``, which may be empty. Refused: ``ledger-skipped``."""
        rows = self._ledger.records(at, self._page)
        if [row.pos for row in rows] != [*range(at + 1, at + 1 + len(rows))]:
            raise StoreUnavailable("ledger-skipped", position=at)
        renewed = any(row.topic.startswith(RENEWED) for row in rows)
        return Ready(at + len(rows), taken.page(rows), renewed)

    def _pause(self, mode: Mode, reason: str, stop: Event, seconds: float | None = None) -> None:
        """Wait for the next try, ``retry`` or ``stop``."""
        tried = self._status.attempts + 1
        until = self._clock.now() + timedelta(seconds=seconds or self._backoff.seconds(tried))
        self._status = replace(self._status, next_try=until, attempts=tried)
        self._show(mode, reason)
        while not (stop.is_set() or self._again.is_set()):
            left = (until - self._clock.now()).total_seconds()
            if left <= 0:
                break
            self._clock.wait(min(left, GLANCE), stop)
        self._again.clear()

    def _well(self, position: int) -> None:
        self._status = replace(self._status, position=position, attempts=0, next_try=None)
        self._show(Mode.RUNNING, None)

    def _show(self, mode: Mode, reason: str | None) -> None:
        before, self._status = self._status, replace(self._status, mode=mode, reason=reason)
        if (before.mode, before.reason) != (mode, reason):
            level = log.warning if mode is Mode.FAILED else log.info
            level("relay", mode=mode.value, reason=reason)


def _words(refused: Refused) -> str:
    """The code, and what it is about: names of topics and clusters, never of people."""
    about = ", ".join(f"{name} {value}" for name, value in refused.parameters.items())
    return f"{refused.code}: {about}" if about else refused.code
