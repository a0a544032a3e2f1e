"""The one place that knows everything: one node, put together and taken apart again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self

import msgspec

from adapters.clock import SystemClock
from adapters.courier import Backoff, Courier
from adapters.evidence.checkpoint import Checkpointer
from adapters.evidence.notary import Notary
from adapters.evidence.store import Store, store_at
from adapters.kafka.relay import Relay
from adapters.kemendag.client import Kemendag
from adapters.kemendagri.client import Kemendagri
from adapters.kemendagri.held import held_record
from adapters.ledger.ledger import Ledger
from adapters.papers.press import Press
from adapters.papers.safe import Safe
from adapters.papers.signing import PaperKeys
from adapters.papers.typesetting import Typesetter
from adapters.reference import Reference
from adapters.views import SqliteViews
from api.acts.desk import JAKARTA, Desk
from api.acts.privacy import finish
from api.acts.watching import Watching
from api.facts import EVENTS, deciders
from api.identity import SYSTEM, Officers
from api.opening import open_desk, place
from api.publishing import relay
from api.readings import Readings
from api.settings import MinistrySettings, Settings
from api.supervisor import Supervisor
from domain.kernel.ports import Clock, Ministry, Reader, Task
from domain.kernel.valid import ValidTime
from domain.population.comparison import HeldRecord
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
from projections.feeds import ViewFeed
from projections.history import Step, history
from projections.projector import Projector
from projections.readmodel import ReadModel
from projections.readmodel import Store as ViewStore
from projections.scrubber import Scrubber
from projections.views import ModelStatus, Views


def models(ledger: Reader, tables: Reference) -> tuple[ReadModel, ...]:
    """Every read model of this node."""
    encode = msgspec.json.encode
    return (
        residents.read_model(tables.regions),
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
        feeds.kemendagri_feed(tables.regions, ledger, encode),
        feeds.kemendag_feed(tables.regions, ledger, encode),
    )


def ministries(settings: Settings) -> tuple[Ministry, ...]:
    """The clients of the ministries that have an address."""
    found: list[Ministry] = []
    if settings.kemendagri.url:
        found.append(_kemendagri(settings.kemendagri))
    if settings.kemendag.url:
        found.append(_kemendag(settings.kemendag))
    return tuple(found)


def _kemendagri(at: MinistrySettings) -> Ministry:
    return Kemendagri(
        at.url,
        consumer=at.consumer,
        user_id=at.user_id,
        password=at.password.get_secret_value(),
        ip_user=at.ip_user,
        timeout=at.timeout,
        batch=at.batch,
    )


def _kemendag(at: MinistrySettings) -> Ministry:
    return Kemendag(at.url, timeout=at.timeout, batch=at.batch)


VALID_TIME = ValidTime(EVENTS, JAKARTA)
PAPERS = "papers"
"""The folder of sealed papers in the folder of a node."""


def store(settings: Settings) -> Store:
    """The ledger as its auditor reads it."""
    return store_at(place(settings))


@dataclass
class Hub:
    """One node: everything that a face may use."""

    settings: Settings
    clock: Clock
    ledger: Ledger
    views: Views
    desk: Desk
    press: Press
    officers: Officers
    readings: Readings
    feeds: Mapping[str, ViewFeed]
    couriers: Mapping[str, Courier]
    checkpointer: Checkpointer
    relay: Relay | None
    supervisor: Supervisor

    @property
    def watching(self) -> Watching:
        """What the acts of watching need."""
        readings = self.readings
        return Watching(
            self.desk, self.officers, readings.ledger, readings.views, self.views, self.settings.wait
        )

    @property
    def shelves(self) -> tuple[Views, Views]:
        """The read models of the registry, and those of the readings."""
        return self.views, self.readings.views

    def shelf(self, model: str) -> Views:
        """Those that one read model is among; those of the registry when there is none."""
        return next((v for v in self.shelves if model in {m.name for m in v.models}), self.views)

    def models(self) -> list[ModelStatus]:
        """Every read model of both ledgers, each as far as its own ledger."""
        return [status for views in self.shelves for status in views.status()]

    def held(self, record: Mapping[str, Any]) -> HeldRecord:
        """A resident as the centre holds her, read from its own words; ``Malformed("record-not-to-contract")``."""
        return held_record(record)

    def history(self, stream: str, at: datetime | None = None, valid: date | None = None) -> Sequence[Step]:
        """The events of a record and its state after each, as known at ``at`` (now when None).

        With ``valid`` only what held on that day.
        """
        return history(self.ledger, deciders(self.desk.reference), VALID_TIME, stream, at, valid)

    def start(self) -> None:
        """Run the projector, the checkpointer, the couriers and the relay."""
        self.supervisor.start()

    def close(self) -> None:
        """Stop what runs, close what is open. Nothing acknowledged is lost either way."""
        self.supervisor.stop()
        for courier in self.couriers.values():
            courier.close()
        self.readings.close()
        self.views.close()
        self.ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_hub(settings: Settings, clock: Clock | None = None) -> Hub:
    """Open the store in ``settings.data`` (made when absent) and join the parts; nothing runs yet."""
    clock = clock or SystemClock()
    desk, ledger = open_desk(settings, clock)
    tables = desk.reference
    finish(desk, ledger)  # before anybody reads: what is forgotten stays so
    views = Views(_views(settings), models(ledger, tables), ledger, VALID_TIME)
    outlets = {name: ViewFeed(views, name) for name in ("kemendagri", "kemendag")}
    couriers = {
        ministry.name: Courier(
            ministry,
            outlets[ministry.name],
            ledger,
            clock,
            by=SYSTEM,
            backoff=_backoff(settings, ministry.name),
        )
        for ministry in ministries(settings)
    }
    checkpointer = Checkpointer(ledger, notary(settings))
    readings = Readings.open(settings, clock, VALID_TIME)
    publisher = relay(settings, ledger, clock) if settings.kafka_bootstrap else None
    tasks: list[Task] = [
        Projector(views, clock),
        Scrubber(views),
        checkpointer,
        *couriers.values(),
        *readings.tasks,
        *((publisher,) if publisher else ()),
    ]
    return Hub(
        settings=settings,
        clock=clock,
        ledger=ledger,
        views=views,
        desk=desk,
        press=press(settings, desk),
        officers=Officers.seeded(),
        readings=readings,
        feeds=outlets,
        couriers=couriers,
        checkpointer=checkpointer,
        relay=publisher,
        supervisor=Supervisor(tasks, clock),
    )


def _views(settings: Settings) -> ViewStore:
    if url := settings.views_url.get_secret_value():
        from adapters.postgres_views import PostgresViews  # a node on SQLite does without the driver

        return PostgresViews(url)
    return SqliteViews(settings.data / "views.db")


def press(settings: Settings, desk: Desk) -> Press:
    """Who makes and keeps the papers of the node in ``settings.data``."""
    address = f"{settings.public_url}/verify" if settings.public_url else ""
    safe = Safe(settings.data / PAPERS, desk.ledger.blind)
    return Press(Typesetter(), paper_keys(settings, desk.clock), safe, address)


def paper_keys(settings: Settings, clock: Clock) -> PaperKeys:
    """The keys that sign papers; any process may have them."""
    folder = settings.data
    return PaperKeys(folder / "keys", folder / PAPERS, lambda: clock.now().astimezone(JAKARTA).date())


def notary(settings: Settings) -> Notary:
    """Who signs for the log in ``settings.data``; any process may have one."""
    folder = settings.data
    return Notary(store(settings), keys=folder / "keys", folder=folder / "evidence", origin=settings.origin)


def _backoff(settings: Settings, destination: str) -> Backoff:
    at = getattr(settings, destination)
    assert isinstance(at, MinistrySettings)
    return Backoff(most=at.retry_most)
