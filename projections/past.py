"""Views of the past: built when they are asked for, and a few of them kept for the next question."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from threading import Lock

from domain.kernel.errors import Unknown
from domain.kernel.ports import Reader
from domain.kernel.valid import ValidTime
from projections.building import begin, fill
from projections.held import Held, Late, holds_more
from projections.readmodel import ReadModel, Store, View

KEPT = 4
"""Past views that are kept for the next question."""
Moment = tuple[int, date | None]
"""The position up to which a past view knows, and the day on which it holds."""


class PastViews:
    """Scratch stores beside the serving one."""

    def __init__(self, store: Store, models: Sequence[ReadModel], ledger: Reader, time: ValidTime) -> None:
        self._store = store
        self._models = models
        self._ledger = ledger
        self._time = time
        self._late = Late(ledger, time)
        self._past: OrderedDict[Moment, _Past] = OrderedDict()
        self._lock = Lock()

    @contextmanager
    def at(self, position: int, valid: date | None) -> Iterator[View]:
        """What was known at ``position``; with ``valid`` what of it held on that day."""
        if not 0 <= position <= self._ledger.head():
            raise Unknown("unknown-position", position=position)
        moment = (position, valid) if valid is None else self._alike(position, valid)
        with self._lock:
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
            with self._lock:
                past.users -= 1
                if not past.users and self._past.get(moment) is not past:
                    past.close()
                self._keep_few()

    def _alike(self, position: int, valid: date) -> Moment:
        """A kept view of that day that shows the same: nothing that was recorded since holds on it."""
        with self._lock:
            kept = max((at for at, day in self._past if day == valid and at <= position), default=None)
        if kept is None or holds_more(self._ledger, self._time, kept, position, valid):
            return position, valid
        return kept, valid

    def _built(self, position: int, valid: date | None) -> Store:
        scratch = self._store.scratch()
        try:
            if valid is None:
                begin(scratch, self._models)
                fill(scratch, self._models, self._ledger, 0, position)
            else:
                models = [model for model in self._models if not model.numbers]
                begin(scratch, models)
                late = self._late.upto(position)
                Held(self._ledger, self._time, late, position, valid).fill(scratch, models)
        except BaseException:
            scratch.close()
            raise
        return scratch

    def _keep_few(self) -> None:
        unused = [moment for moment, past in self._past.items() if not past.users]
        for moment in unused[: max(0, len(self._past) - KEPT)]:
            self._past.pop(moment).close()

    def drop(self) -> None:
        """Keep none; one that is in use goes when it is given back."""
        with self._lock:
            for past in self._past.values():
                if not past.users:
                    past.close()
            self._past.clear()

    def close(self) -> None:
        """Keep none, whoever uses it."""
        with self._lock:
            for past in self._past.values():
                past.close()
            self._past.clear()


class _Past:
    """A past view under construction or in use."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.users = 0
        self.store: Store | None = None

    def close(self) -> None:
        if self.store is not None:
            self.store.close()
