"""All read models of a node: as they are now, as they were at a position, built anew."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from threading import Condition, Event, Lock
from typing import NamedTuple

from sqlalchemy import select

from domain.kernel.errors import Unknown
from domain.kernel.ports import Reader
from domain.kernel.valid import ValidTime
from projections import parking, positions
from projections.building import Progress, begin, fill, silent
from projections.held import Held, Late, known
from projections.parking import ParkedFact
from projections.positions import Place
from projections.readmodel import ReadModel, Store, View
from projections.rebuilding import Rebuild

POLL = 0.02
"""Seconds between two looks at what another process has projected."""
KEPT = 4
"""Past views that are kept for the next question."""


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


Moment = tuple[int, date | None]
"""The position up to which a past view knows, and the day on which it holds."""


class Views:
    """The read models over one store and one ledger."""

    def __init__(self, store: Store, models: Sequence[ReadModel], ledger: Reader, time: ValidTime) -> None:
        self.store = store
        self.models = tuple(models)
        self.ledger = ledger
        self.projected = Condition()
        self._time = time
        self._late = Late(ledger, time)
        self._past: OrderedDict[Moment, _Past] = OrderedDict()
        self._past_lock = Lock()
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

    @contextmanager
    def at(self, position: int, valid: date | None = None) -> Iterator[View]:
        """The read models as they were at ``position``: a scratch rebuild up to it.

        With ``valid`` what held on that day, as known at ``position``; then without those that are numbered.
        ``Unknown("unknown-position")`` beyond the head.
        """
        if not 0 <= position <= self.ledger.head():
            raise Unknown("unknown-position", position=position)
        moment = (position, valid)
        with self._past_lock:
            past = self._past.setdefault(moment, _Past())
            self._past.move_to_end(moment)
            past.users += 1
        try:
            with past.lock:
                if past.store is None:
                    past.store = self._built(position, valid)
            with past.store.reading() as connection:
                yield View(connection, position, valid)
        finally:
            with self._past_lock:
                past.users -= 1
                if not past.users and self._past.get(moment) is not past:
                    past.close()
                self._keep_few()

    def _built(self, position: int, valid: date | None) -> Store:
        scratch = self.store.scratch()
        try:
            if valid is None:
                begin(scratch, self.models)
                fill(scratch, self.models, self.ledger, 0, position)
            else:
                models = [model for model in self.models if not model.numbers]
                begin(scratch, models)
                late = self._late.upto(position)
                Held(self.ledger, self._time, late, position, valid).fill(scratch, models)
        except BaseException:
            scratch.close()
            raise
        return scratch

    def _keep_few(self) -> None:
        unused = [moment for moment, past in self._past.items() if not past.users]
        for moment in unused[: max(0, len(self._past) - KEPT)]:
            self._past.pop(moment).close()

    def known(self, moment: datetime) -> int:
        """The position up to which the ledger knew at ``moment``."""
        return known(self.ledger, moment)

    def drop_past(self) -> None:
        """Past views are made anew for the next question: what they tell may have been forgotten since."""
        with self._past_lock:
            for past in self._past.values():
                if not past.users:
                    past.close()
            self._past.clear()

    def position(self) -> int:
        """How far every running model is."""
        with self.now() as view:
            return view.position

    def wait(self, position: int, timeout: float) -> bool:
        """Until the read models show ``position``; False after ``timeout`` seconds."""
        return self.wait_until(lambda view: view.position >= position, timeout)

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

    def close(self) -> None:
        with self._past_lock:
            for past in self._past.values():
                past.close()
            self._past.clear()
        self.store.close()


class _Past:
    """A past view under construction or in use."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.users = 0
        self.store: Store | None = None

    def close(self) -> None:
        if self.store is not None:
            self.store.close()
