"""The projector: follows the ledger and keeps every read model up to date, in batches."""

from collections.abc import Mapping, Sequence
from threading import Event
from typing import Any

import structlog

from domain.kernel.errors import Rejected, StoreUnavailable
from domain.kernel.events import Recorded
from domain.kernel.ports import Clock
from projections import positions
from projections.positions import Place
from projections.readmodel import ReadModel
from projections.views import BATCH, Views, apply, contiguous

IDLE = 0.1
"""Seconds after which an idle projector looks whether it must stop."""

log = structlog.get_logger()


class Projector:
    """One per node: another process on the same store waits until this one has ended."""

    name = "projector"

    def __init__(self, views: Views, clock: Clock) -> None:
        self._views = views
        self._clock = clock

    def run(self, stop: Event) -> None:
        """Project until ``stop`` is set."""
        while not stop.is_set():
            with self._views.store.leading() as leading:
                if not leading:
                    self._clock.wait(IDLE, stop)
                    continue
                self.retry()
                while not stop.is_set():
                    if not self.step():
                        self._idle(stop)

    def _idle(self, stop: Event) -> None:
        running, slowest = self._slowest()
        if running:
            self._views.ledger.wait(slowest, IDLE)
        else:
            self._clock.wait(IDLE, stop)

    def retry(self) -> None:
        """Another try for the models that failed; those whose code or ledger changed are built anew."""
        known = self._views.places()
        for model in self._views.models:
            place = known[model.name]
            if place.mode == positions.RUNNING:
                continue
            if self._views.fits(model, place):
                self._mark(model, positions.RUNNING)
            else:
                self._renew(model)

    def _renew(self, model: ReadModel) -> None:
        log.info("projection-renewed", model=model.name)
        try:
            self._views.rebuild([model.name])
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
            return False
        batch = contiguous(self._views.ledger.after(slowest, BATCH), slowest)
        try:
            with self._views.store.writing() as write:
                # Read within the transaction: a rebuild may have put a model back meanwhile.
                for model, position in self._running(positions.of(write)):
                    if rest := _after(batch, position):
                        apply(model, rest, write)
        except Exception:  # noqa: BLE001 - one model fails: find which, and let the others go on
            self._one_by_one(batch)
        self._views.wake()
        return True

    def _slowest(self) -> tuple[list[tuple[ReadModel, int]], int]:
        running = self._running(self._views.places())
        return running, min((position for _, position in running), default=0)

    def _running(self, known: Mapping[str, Place]) -> list[tuple[ReadModel, int]]:
        return [
            (model, known[model.name].position)
            for model in self._views.models
            if known[model.name].mode == positions.RUNNING
        ]

    def _one_by_one(self, batch: Sequence[Recorded[Any]]) -> None:
        for model, position in self._running(self._views.places()):
            if rest := _after(batch, position):
                self._apply_or_fail(model, rest)

    def _apply_or_fail(self, model: ReadModel, batch: Sequence[Recorded[Any]]) -> None:
        """Apply in halves until the fact that cannot be applied is alone; then the model stops there."""
        try:
            with self._views.store.writing() as write:
                apply(model, batch, write)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a handler may raise
            if len(batch) > 1:
                half = len(batch) // 2
                self._apply_or_fail(model, batch[:half])
                if self._is_running(model):
                    self._apply_or_fail(model, batch[half:])
                return
            self._fail(model, batch[0], error)

    def _is_running(self, model: ReadModel) -> bool:
        return self._views.places()[model.name].mode == positions.RUNNING

    def _fail(self, model: ReadModel, fact: Recorded[Any], error: Exception) -> None:
        # The text of an exception may hold personal data: its type is enough.
        cause = f"{type(error).__name__} at {fact.position} ({fact.header.event})"
        log.error("projection-failed", model=model.name, cause=cause)
        with self._views.store.writing() as write:
            positions.put(write, model, fact.position - 1, positions.FAILED, cause)


def _after(batch: Sequence[Recorded[Any]], position: int) -> Sequence[Recorded[Any]]:
    return batch[max(0, position + 1 - batch[0].position) :]
