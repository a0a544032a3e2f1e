"""All read models of a node: as they are now, as they were at a position, built anew."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from threading import Condition, Event
from typing import NamedTuple

from sqlalchemy import select

from domain.kernel.errors import Unknown
from domain.kernel.ports import Reader
from domain.kernel.valid import ValidTime
from projections import parking, positions
from projections.building import Progress, silent
from projections.held import known
from projections.parking import ParkedFact
from projections.past import PastViews
from projections.positions import Place
from projections.readmodel import ReadModel, Store, View
from projections.rebuilding import Rebuild

POLL = 0.02
"""Seconds between two looks at what another process has projected."""


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """A read model as an operator sees it; ``lag`` in facts behind the ledger, ``parked`` in facts.

    ``rate``: facts per second over the last batches; None before the first one was measured.
    """

    name: str
    version: int
    position: int
    lag: int
    mode: str
    cause: str | None
    parked: int = 0
    rate: int | None = None


class Released(NamedTuple):
    """Streams that a model has taken in after all, and streams that wait on."""

    released: int
    waiting: int


class Views:
    """The read models over one store and one ledger."""

    def __init__(self, store: Store, models: Sequence[ReadModel], ledger: Reader, time: ValidTime) -> None:
        self.store = store
        self.models = tuple(models)
        self.ledger = ledger
        self.projected = Condition()
        self._shown: int | None = None
        self._past = PastViews(store, self.models, ledger, time)
        self.store.create([positions.positions, positions.paces, parking.parked])
        known = self.places()
        for model in self.models:
            self._open(model, known.get(model.name))

    def _open(self, model: ReadModel, place: Place | None) -> None:
        """Make the tables of a new model, and those of one that no longer fits anew."""
        if place is not None and self.fits(model, place):
            return
        if place is not None and model.numbers:
            # What the world has seen is not thrown away: the projector builds it beside and compares.
            with self.store.writing() as write:
                positions.mark(write, model, positions.REBUILDING)
            return
        self.store.drop(model.tables)
        self.store.create(model.tables)
        with self.store.writing() as write:
            positions.put(write, model, 0)
            parking.clear(model, write)

    def places(self) -> dict[str, Place]:
        """Where every model is."""
        with self.store.writing() as write:
            return positions.of(write)

    def fits(self, model: ReadModel, place: Place) -> bool:
        """Whether what is stored is of this code and this ledger, not of an older or another one."""
        return place.schema == positions.digest(model) and place.position <= self.ledger.head()

    # -- asking

    @contextmanager
    def now(self) -> Iterator[View]:
        """The read models as they are: one snapshot."""
        with self.store.reading() as connection:
            yield View(connection, positions.seen(connection, self.models))

    def at(self, position: int, valid: date | None = None) -> AbstractContextManager[View]:
        """The read models as they were at ``position``: a scratch rebuild up to it.

        With ``valid`` what held on that day, as known at ``position``; then without those that are numbered.
        ``Unknown("unknown-position")`` beyond the head.
        """
        return self._past.at(position, valid)

    def known(self, moment: datetime) -> int:
        """The position up to which the ledger knew at ``moment``."""
        return known(self.ledger, moment)

    def drop_past(self) -> None:
        """Past views are made anew for the next question: what they tell may have been forgotten since."""
        self._past.drop()

    def position(self) -> int:
        """How far every running model is."""
        with self.now() as view:
            return view.position

    def wait(self, position: int, timeout: float) -> bool:
        """Until the read models show ``position``; False after ``timeout`` seconds."""
        if self._led_elsewhere():
            return self.wait_until(lambda view: view.position >= position, timeout)
        # Whoever projects here says how far it is: for all who wait, looking would take longer than projecting.
        with self.projected:
            told = self.projected.wait_for(lambda: self._is_told(position), timeout)
        return told and (not self._led_elsewhere() or self.wait(position, timeout))

    def _led_elsewhere(self) -> bool:
        return self._shown is None

    def _is_told(self, position: int) -> bool:
        """That ``position`` is shown, or that nobody here will say so."""
        return self._shown is None or self._shown >= position

    def wait_until(self, shows: Callable[[View], bool], timeout: float) -> bool:
        """Until ``shows`` is true of the read models; False after ``timeout`` seconds."""
        left = timeout
        with self.projected:
            # A busy projector wakes us often: each round lasts its full time or ends in success.
            while not self.projected.wait_for(lambda: self._shows(shows), max(0.0, min(left, POLL))):
                left -= POLL
                if left <= 0:
                    return False
        return True

    def _shows(self, shows: Callable[[View], bool]) -> bool:
        with self.now() as view:
            return shows(view)

    def status(self) -> list[ModelStatus]:
        """Every model, in the order of wiring."""
        head = self.ledger.head()
        with self.now() as view:
            known = {row.name: row for row in view.connection.execute(select(positions.positions))}
            rates = dict(map(tuple, view.connection.execute(select(positions.paces))))
            waiting = {model.name: parking.count(view, model.name) for model in self.models}
        return [
            ModelStatus(
                m.name,
                m.version,
                row.position,
                max(0, head - row.position),
                row.mode,
                row.cause,
                waiting[m.name],
                rates.get(m.name),
            )
            for m in self.models
            if (row := known.get(m.name)) is not None
        ]

    # -- parked facts

    def parked(self, name: str | None = None) -> list[ParkedFact]:
        """The facts that wait, of one model or of all. ``Unknown("unknown-projection")``."""
        models = self._named([name] if name else None)
        with self.now() as view:
            return [fact for model in models for fact in parking.waiting(view, model.name)]

    def release(self, name: str) -> Released:
        """Another try for every stream of ``name`` that waits: each goes in whole, or waits on.

        ``Unknown("unknown-projection")``.
        """
        (model,) = self._named([name])
        with self.store.writing() as write:
            streams = parking.streams(model, write)
        done = sum(self._release(model, stream) for stream in streams)
        self.wake()
        return Released(done, len(streams) - done)

    def _release(self, model: ReadModel, stream: str) -> bool:
        # The ledger is read within the transaction: meanwhile nothing can be parked behind what is released.
        with self.store.writing() as write:
            return parking.release(model, stream, self.ledger.stream(stream), write)

    # -- building

    def rebuild(
        self,
        names: Sequence[str] | None = None,
        *,
        progress: Progress = silent,
        stop: Event | None = None,
        begun: Progress = silent,
        from_start: bool = False,
    ) -> bool:
        """Build these models (all when None) beside the serving ones in one pass, then swap.

        What is projected meanwhile is projected again before the swap: no reader sees the past.
        ``progress`` gets the position reached. When ``stop`` is set, or the process ends, nothing is
        changed (then False); the next rebuild of the same models by the same code goes on from where
        this one was, unless ``from_start``: ``begun`` gets that position. Refused:
        ``unknown-projection``, ``feed-rebuild-differs``.
        """
        work = Rebuild(self.store, self._named(names), self.ledger)
        done = work.run(progress, stop, begun, from_start=from_start)
        self.wake()
        return done

    def _named(self, names: Sequence[str] | None) -> list[ReadModel]:
        known = {model.name: model for model in self.models}
        for name in names or ():
            if name not in known:
                raise Unknown("unknown-projection", name=name)
        return [known[name] for name in names or known]

    def wake(self) -> None:
        """Tell those who wait that something was projected."""
        with self.projected:
            self.projected.notify_all()

    def tell(self, position: int | None) -> None:
        """Tell them that every running model shows ``position``; None: that another process projects now."""
        with self.projected:
            self._shown = position
            self.projected.notify_all()

    def close(self) -> None:
        self._past.close()
        self.store.close()
