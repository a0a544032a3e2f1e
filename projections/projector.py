"""The projector: follows the ledger and keeps every read model up to date, in batches."""

from collections import deque
from collections.abc import Mapping
from datetime import timedelta
from threading import Event

import structlog

from domain.kernel.errors import Rejected, StoreUnavailable
from domain.kernel.ports import Clock
from projections import positions
from projections.building import BATCH, contiguous
from projections.parking import FeedStopped, apply
from projections.positions import Place
from projections.readmodel import Batch, ReadModel, Writer
from projections.views import Views

IDLE = 0.1
"""Seconds after which an idle projector looks whether it must stop."""

MEASURED = 20
"""Batches over which the rate is measured."""

log = structlog.get_logger()


class Projector:
    """One per node: another process on the same store waits until this one has ended."""

    name = "projector"

    def __init__(self, views: Views, clock: Clock) -> None:
        self._views = views
        self._clock = clock
        self._paces = Paces()
        self._leading = False

    def run(self, stop: Event) -> None:
        """Project until ``stop`` is set."""
        while not stop.is_set():
            with self._views.store.leading() as leading:
                if not leading:
                    self._clock.wait(IDLE, stop)
                    continue
                self._lead(stop)

    def _lead(self, stop: Event) -> None:
        """As the only one that projects, which may say how far the read models are."""
        try:
            self.retry(stop)
            self._leading = True
            while not stop.is_set():
                if not self.step():
                    self._idle(stop)
        finally:
            self._leading = False
            self._views.tell(None)

    def _idle(self, stop: Event) -> None:
        running, slowest = self._slowest()
        if running:
            self._views.ledger.wait(slowest, IDLE)
        else:
            self._clock.wait(IDLE, stop)

    def retry(self, stop: Event | None = None) -> None:
        """Another try for the models that failed; those whose code or ledger changed are built anew.

        What ``stop`` interrupts goes on at the next start.
        """
        known = self._views.places()
        for model in self._views.models:
            place = known[model.name]
            if place.mode == positions.RUNNING:
                continue
            if self._views.fits(model, place):
                self._mark(model, positions.RUNNING)
            else:
                self._renew(model, stop)

    def _renew(self, model: ReadModel, stop: Event | None) -> None:
        log.info("projection-renewed", model=model.name)
        try:
            self._views.rebuild([model.name], stop=stop)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - the old numbers go on being served, nothing is added
            cause = error.code if isinstance(error, Rejected) else type(error).__name__
            log.error("projection-failed", model=model.name, cause=cause)
            self._mark(model, positions.FAILED, cause)

    def _mark(self, model: ReadModel, mode: str, cause: str | None = None) -> None:
        with self._views.store.writing() as write:
            positions.mark(write, model, mode, cause)

    def step(self) -> bool:
        """Apply the next batch to every model that waits for it; False when none does."""
        running, slowest = self._slowest()
        if not running or slowest >= self._views.ledger.head():
            self._tell(slowest)
            return False
        begin = self._clock.now()
        batch = contiguous(self._views.ledger.after(slowest, BATCH), slowest)
        taken: dict[str, int] = {}
        with self._views.store.writing() as write:
            # Read within the transaction: a rebuild may have put a model back meanwhile.
            for model, position in self._running(positions.of(write)):
                if rest := _after(batch, position):
                    self._apply(model, rest, write)
                    taken[model.name] = len(rest)
            # Before the commit, to be part of it: the rate leaves out what the commit itself costs.
            positions.pace(write, self._paces.measured(taken, self._clock.now() - begin))
        self._tell(batch[-1].position)
        return True

    def _tell(self, position: int) -> None:
        if self._leading:
            self._views.tell(position)
        else:
            self._views.wake()

    def _apply(self, model: ReadModel, batch: Batch, write: Writer) -> None:
        try:
            apply(model, batch, write)
        except FeedStopped as stopped:
            log.error("projection-failed", model=model.name, cause=stopped.cause)
            positions.put(write, model, stopped.position - 1, positions.FAILED, stopped.cause)

    def _slowest(self) -> tuple[list[tuple[ReadModel, int]], int]:
        running = self._running(self._views.places())
        return running, min((position for _, position in running), default=0)

    def _running(self, known: Mapping[str, Place]) -> list[tuple[ReadModel, int]]:
        return [
            (model, known[model.name].position)
            for model in self._views.models
            if known[model.name].mode == positions.RUNNING
        ]


class Paces:
    """How fast each model took in facts of late: facts and seconds of its last batches."""

    def __init__(self) -> None:
        self._last: dict[str, deque[tuple[int, float]]] = {}

    def measured(self, taken: Mapping[str, int], time: timedelta) -> dict[str, int]:
        """Facts per second of each of these models, its newest batch included; none if a clock stood."""
        rates: dict[str, int] = {}
        for name, facts in taken.items():
            last = self._last.setdefault(name, deque(maxlen=MEASURED))
            last.append((facts, max(0.0, time.total_seconds())))
            if seconds := sum(spent for _, spent in last):
                rates[name] = round(sum(count for count, _ in last) / seconds)
        return rates


def _after(batch: Batch, position: int) -> Batch:
    return batch[max(0, position + 1 - batch[0].position) :]
