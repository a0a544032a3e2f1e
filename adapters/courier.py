"""A courier brings one ministry everything of its feed: in order, once, however long it is away.

Where it stands is the last acknowledgement in the ledger, nothing else: it may be killed at any moment.
"""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from threading import Event
from typing import NoReturn
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import structlog

from domain.exchange.delivery import Acknowledge, Destination, delivery_decider, stream
from domain.kernel.decider import act
from domain.kernel.errors import CommandReused, CommandRunning, Conflict, Refused, Rejected
from domain.kernel.events import Actor
from domain.kernel.ports import (
    BadRecord,
    Clock,
    DestinationFault,
    Entry,
    Feed,
    Ledger,
    Loaded,
    Ministry,
    Mode,
    NotSent,
    QuotaUsedUp,
    Unanswered,
)

JAKARTA = ZoneInfo("Asia/Jakarta")
DELIVERIES = UUID("6f1b3c52-0c5e-5f4e-9d0a-2b8f6f0f6a11")
"""Namespace of command ids: the same records acknowledged twice are one command."""
GLANCE = 0.25
"""Seconds between two looks at ``stop`` and ``retry`` while waiting."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Backoff:
    """Full jitter: a random part of a pause that doubles from ``first`` to ``most`` seconds."""

    first: float = 1.0
    most: float = 900.0
    least: float = 0.05
    random: Callable[[], float] = secrets.SystemRandom().random

    def seconds(self, attempt: int, wish: float | None = None) -> float:
        """The pause after the ``attempt``-th failure in a row; never shorter than a ministry's wish."""
        longest: float = min(self.most, self.first * 2.0 ** min(attempt - 1, 30))
        return min(self.most, max(self.random() * longest, wish or 0.0, self.least))


@dataclass(frozen=True, slots=True)
class CourierStatus:
    """What pages and metrics show. ``attempts``: failures since the last success."""

    destination: str
    mode: Mode = Mode.STOPPED
    delivered: int = 0
    head: int = 0
    reason: str | None = None
    next_try: datetime | None = None
    last_success: datetime | None = None
    attempts: int = 0

    @property
    def lag(self) -> int:
        return max(0, self.head - self.delivered)


class LostRace(Exception):
    """Another courier acknowledged first."""


class Courier:
    """A ``ports.Task``: pushes the entries of ``feed`` to ``ministry`` and records its receipts."""

    def __init__(
        self,
        ministry: Ministry,
        feed: Feed,
        ledger: Ledger,
        clock: Clock,
        *,
        by: Actor,
        backoff: Backoff | None = None,
    ) -> None:
        self.destination = ministry.name
        self.name = f"courier-{ministry.name}"
        self._ministry = ministry
        self._feed = feed
        self._ledger = ledger
        self._clock = clock
        self._by = by
        self._backoff = backoff or Backoff()
        self._again = Event()
        self._status = CourierStatus(ministry.name)

    def status(self) -> CourierStatus:
        """A snapshot, with the head of the feed as it is now."""
        status = self._status
        if status.mode is Mode.STOPPED:
            status = replace(status, delivered=self._position().state.delivered)
        return replace(status, head=self._feed.head())

    def retry(self) -> None:
        """Try again now: the only way out of ``failed``, and an end to any wait."""
        self._again.set()

    def close(self) -> None:
        self._ministry.close()

    def run(self, stop: Event) -> None:
        """Work until ``stop`` is set; a push under way is first brought to its end."""
        while not stop.is_set():
            self._step(stop)
        self._show(Mode.STOPPED, None)

    def _step(self, stop: Event) -> None:
        """One push, or one wait, whatever happens."""
        try:
            self._round()
        except NotSent as away:
            self._back_off(away.reason, stop, away.after)
        except Unanswered as doubt:
            self._back_off(doubt.reason, stop)
        except QuotaUsedUp as quota:
            self._pause(Mode.QUOTA, quota.reason, self._midnight(), stop)
        except BadRecord as bad:
            self._pause(Mode.FAILED, f"{bad.reason} (feed_seq {bad.feed_seq})", None, stop)
        except DestinationFault as fault:
            self._pause(Mode.FAILED, fault.reason, None, stop)
        except LostRace:
            self._back_off("another-courier", stop)
        except Refused as refused:  # the ledger cannot be written now, e.g. the disk is full
            self._back_off(refused.code, stop)
        except Exception as fall:  # noqa: BLE001 - see below
            # Unforeseen, so shown as failed; and tried again, because nobody may be watching.
            log.error("courier-fell", destination=self.destination, error=type(fall).__name__)
            self._pause(Mode.FAILED, "internal-error", self._later(None), stop)

    def _round(self) -> None:
        delivered = self._position().state.delivered
        self._status = replace(self._status, delivered=delivered)
        entries = self._feed.entries(delivered, self._ministry.batch)
        if entries:
            self._push(entries)
        else:
            self._well()
            self._feed.wait(delivered, GLANCE)

    def _push(self, entries: Sequence[Entry]) -> None:
        try:
            receipt = self._ministry.deliver(entries)
        except Unanswered as doubt:
            # Applied or not? The ministry knows; otherwise the same records go again, to no effect twice.
            receipt = self._ministry.received(entries[-1].feed_seq) or _still(doubt)
        except BadRecord as bad:
            before = [entry for entry in entries if entry.feed_seq < bad.feed_seq]
            if before and len(before) < len(entries):
                self._push(before)
            raise
        self._acknowledge(entries, receipt)

    def _acknowledge(self, entries: Sequence[Entry], receipt: str) -> None:
        first, last = entries[0].feed_seq, entries[-1].feed_seq
        position = self._position()
        if position.state.delivered >= last:
            raise LostRace
        digest = hashlib.sha256("".join(entry.sha256 for entry in entries).encode()).hexdigest()
        command = Acknowledge(self.destination, first, last, receipt, digest)
        acts = [act(delivery_decider, stream(self.destination), command, position.version)]
        command_id = uuid5(DELIVERIES, f"{self.destination}/{first}/{last}")
        try:
            self._ledger.execute(acts, by=self._by, command_id=command_id)
        except (Conflict, CommandReused, CommandRunning, Rejected) as race:
            raise LostRace from race
        self._status = replace(self._status, delivered=last, last_success=self._clock.now())
        self._well()

    def _position(self) -> Loaded[Destination]:
        return self._ledger.load(delivery_decider, stream(self.destination))

    def _back_off(self, reason: str, stop: Event, wish: float | None = None) -> None:
        self._pause(Mode.BACKOFF, reason, self._later(wish), stop)

    def _later(self, wish: float | None) -> datetime:
        seconds = self._backoff.seconds(self._status.attempts + 1, wish)
        return self._clock.now() + timedelta(seconds=seconds)

    def _midnight(self) -> datetime:
        """The next one in Asia/Jakarta, when a quota begins anew."""
        tomorrow = self._clock.now().astimezone(JAKARTA).date() + timedelta(days=1)
        return datetime.combine(tomorrow, time(), JAKARTA)

    def _pause(self, mode: Mode, reason: str, until: datetime | None, stop: Event) -> None:
        """Wait until ``until`` (None: for ever), ``retry`` or ``stop``."""
        self._status = replace(self._status, next_try=until, attempts=self._status.attempts + 1)
        self._show(mode, reason)
        while not (stop.is_set() or self._again.is_set()):
            left = GLANCE if until is None else (until - self._clock.now()).total_seconds()
            if left <= 0:
                break
            self._clock.wait(min(left, GLANCE), stop)
        self._again.clear()

    def _well(self) -> None:
        self._status = replace(self._status, attempts=0, next_try=None)
        self._show(Mode.RUNNING, None)

    def _show(self, mode: Mode, reason: str | None) -> None:
        before, self._status = self._status, replace(self._status, mode=mode, reason=reason)
        if (before.mode, before.reason) != (mode, reason):
            level = log.warning if mode is Mode.FAILED else log.info
            level("courier", destination=self.destination, mode=mode.value, reason=reason)


def _still(doubt: Unanswered) -> NoReturn:
    raise doubt
