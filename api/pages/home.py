"""The hub at a glance: how many people, cards and permits, and how far the ministries are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Response

from api.pages.drawings import Tile, tiles
from api.pages.frame import APage, Page
from domain.licensing.application import Status
from projections import deliveries, ktp_queue, residents, where_is_my_permit

routes = APIRouter()
LATEST = 7
SHOWN = ("residents", "ktp_queue", "where_is_my_permit", "deliveries")
LOOK_BACK = 60
"""Facts that are read to find the latest acts: numbers taken are no act of their own."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """How far a ministry is: ``delivered`` of ``head`` entries of its feed."""

    name: str
    head: int
    delivered: int

    @property
    def lag(self) -> int:
        return self.head - self.delivered


@dataclass(frozen=True, slots=True)
class Latest:
    """One act in the list of the latest: no personal data."""

    stream: str
    event: str
    office: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Glance:
    """The figures of the home page, all of one moment."""

    residents: int
    households: int
    ktp_today: int
    ktp_in_time: float | None
    permits: int
    applications: int
    outlets: Sequence[Outlet]
    position: int
    tiles: Sequence[Tile]
    latest: Sequence[Latest]


@routes.get("/")
def home(page: APage) -> Response:
    return page.render("home.html", glance=glance(page))


@routes.get("/langsung")
def live(page: APage) -> Response:
    """The changing part of the home page, fetched again every second."""
    return page.render("_live.html", glance=glance(page))


def glance(page: Page) -> Glance:
    hub = page.hub
    with page.shown(*SHOWN) as view:
        people = residents.counts(view)
        day = ktp_queue.day(view, hub.desk.today)
        permits = where_is_my_permit.counts(view)
        delivered = {name: deliveries.delivered(view, name) for name in hub.feeds}
    return Glance(
        residents=people.residents,
        households=people.households,
        ktp_today=day.handed_over,
        ktp_in_time=day.within_promise / day.handed_over if day.handed_over else None,
        permits=permits.get(Status.ISSUED, 0),
        applications=sum(permits.values()),
        outlets=[Outlet(name, feed.head(), delivered[name]) for name, feed in hub.feeds.items()],
        position=hub.ledger.head(),
        tiles=tiles({code: count.residents for code, count in people.kecamatan.items()}),
        latest=latest(page),
    )


def latest(page: Page) -> list[Latest]:
    """The latest acts, newest first."""
    ledger = page.hub.ledger
    facts = ledger.after(max(0, ledger.head() - LOOK_BACK), LOOK_BACK)
    acts = [f for f in reversed(facts) if not f.header.event.startswith("kernel.")]
    return [
        Latest(f.header.stream, f.header.event, f.header.office, f.header.recorded_at) for f in acts[:LATEST]
    ]
