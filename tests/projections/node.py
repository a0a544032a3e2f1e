"""A place where read models are built: given facts, then rows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import msgspec
from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, select

from adapters.clock import SystemClock
from adapters.reference import reference
from adapters.views import SqliteViews
from api.acts.desk import JAKARTA
from api.facts import EVENTS
from domain.kernel.ports import Reader
from domain.kernel.valid import ValidTime
from projections import (
    blank_stock,
    corrections,
    deliveries,
    differences,
    erasures,
    feeds,
    filings,
    ktp_queue,
    name_index,
    papers,
    residents,
    where_is_my_permit,
)
from projections.projector import Projector
from projections.readmodel import Batch, ReadModel, Store, View, Writer, upsert
from projections.views import Views
from tests.projections.book import MORNING

TIME = ValidTime(EVENTS, JAKARTA)
LONG = 20.0
"""Seconds after which something that must happen has not."""


def all_models(ledger: Reader) -> tuple[ReadModel, ...]:
    """The read models of a node, in the order of its wiring."""
    tables, encode = reference(), msgspec.json.encode
    regions = tables.regions
    return (
        residents.read_model(regions),
        name_index.read_model(),
        ktp_queue.read_model(tables.opening.closed),
        blank_stock.read_model(),
        where_is_my_permit.read_model(),
        deliveries.read_model(),
        erasures.read_model(),
        papers.read_model(),
        corrections.read_model(),
        filings.read_model(),
        differences.read_model(),
        feeds.kemendagri_feed(regions, ledger, encode),
        feeds.kemendag_feed(regions, ledger, encode),
    )


class Node:
    """Views over a ledger, in one folder; opened again as after a restart."""

    def __init__(
        self,
        folder: Path,
        ledger: Reader,
        models: Sequence[ReadModel] | None = None,
        store: Callable[[Path], Store] = SqliteViews,
    ) -> None:
        self.path = folder / "views.db"
        self.ledger = ledger
        self.models = tuple(models) if models is not None else all_models(ledger)
        self._store = store
        self.views = self._open()

    def _open(self) -> Views:
        return Views(self._store(self.path), self.models, self.ledger, TIME)

    @property
    def projector(self) -> Projector:
        return Projector(self.views, SystemClock())

    def project(self) -> "Node":
        """Bring the read models up to date in this thread."""
        while self.projector.step():
            pass
        return self

    def reopen(self, models: Sequence[ReadModel] | None = None, ledger: Reader | None = None) -> "Node":
        """As after a restart, perhaps with other code or another ledger."""
        self.views.close()
        self.models = tuple(models) if models is not None else self.models
        self.ledger = ledger or self.ledger
        self.views = self._open()
        return self

    @contextmanager
    def projecting(self) -> Iterator[Event]:
        """The projector in a thread of its own; the event that stops it."""
        with running(self.projector.run) as stop:
            yield stop

    def ask(self, query: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """What a query answers now."""
        with self.views.now() as view:
            return query(view, *args, **more)

    def rows(self, names: Iterable[str] | None = None) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, as a set in order."""
        with self.views.now() as view:
            return rows(view, [m for m in self.models if names is None or m.name in names])

    def status(self, name: str) -> tuple[str, int, str | None]:
        """Mode, position and cause of one model."""
        found = {status.name: status for status in self.views.status()}[name]
        return found.mode, found.position, found.cause


def rows(view: View, models: Iterable[ReadModel]) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table.name: sorted((tuple(row) for row in view.connection.execute(select(table))), key=repr)
        for model in models
        for table in model.tables
    }


@contextmanager
def running(run: Callable[[Event], None]) -> Iterator[Event]:
    """A task in a thread, stopped and joined when the block is left; what it raised is raised."""
    stop, fallen = Event(), list[BaseException]()

    def guarded() -> None:
        try:
            run(stop)
        except BaseException as error:
            fallen.append(error)

    thread = Thread(target=guarded)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(LONG)
        assert not thread.is_alive(), "the task does not stop"
        if fallen:
            raise fallen[0]


class WatchedClock:
    """A clock that tells when somebody waits, and lets nobody wait long."""

    def __init__(self) -> None:
        self.waited = Event()

    def now(self) -> datetime:
        return MORNING + timedelta(hours=1)

    def wait(self, seconds: float, stop: Event) -> bool:
        self.waited.set()
        return stop.wait(min(seconds, 0.01))


_seen = Table(
    "seen",
    MetaData(),
    Column("stream", String, primary_key=True),
    Column("times", Integer, nullable=False),
)
_one = select(_seen.c.times).where(_seen.c.stream == bindparam("stream"))
_put = upsert(_seen)


def counting(
    before: Callable[[Batch], None] = lambda _: None, version: int = 1, *, numbered: bool = False
) -> ReadModel:
    """How often each stream was written: a fact applied twice shows. ``before`` may fail.

    When ``numbered`` it stops as a feed does.
    """

    def apply(batch: Batch, write: Writer) -> None:
        for fact in batch:
            stream = fact.header.stream
            known = write.rows(_one, (stream,))
            write.many(_put, [(stream, known[0][0] + 1 if known else 1)])
            before([fact])

    return ReadModel("seen", version, (_seen,), apply, (_seen,) if numbered else ())


def seen(view: View) -> dict[str, int]:
    return {row.stream: row.times for row in view.connection.execute(select(_seen))}
