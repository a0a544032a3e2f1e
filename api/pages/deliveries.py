"""What has reached each ministry and the applications, what waits, and why."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Response

from adapters.courier import CourierStatus
from adapters.kafka.relay import RelayStatus
from api.pages.forms import APosted
from api.pages.frame import APage, Page, see_other
from domain.kernel.errors import Unknown
from projections import deliveries

routes = APIRouter()
RECENT = 10


@dataclass(frozen=True, slots=True)
class Outlet:
    """A ministry: its feed, its courier (None: nothing is pushed) and its latest receipts."""

    name: str
    head: int
    delivered: int
    courier: CourierStatus | None
    receipts: list[deliveries.Acknowledgement]
    last: datetime | None

    @property
    def lag(self) -> int:
        return self.head - self.delivered


@routes.get("/kiriman")
def overview(page: APage) -> Response:
    return page.render("deliveries.html", outlets=outlets(page), relay=relay(page))


@routes.get("/kiriman/langsung")
def live(page: APage) -> Response:
    """The changing part of the page, fetched again every second."""
    return page.render("_deliveries.html", outlets=outlets(page), relay=relay(page))


@routes.post("/kiriman/kafka/ulangi")
def retry_relay(page: APage, _: APosted) -> Response:
    """An officer lets the relay try again at once."""
    _officer = page.officer
    if page.hub.relay is None:
        raise Unknown("unknown-destination", destination="kafka")
    page.hub.relay.retry()
    return see_other("/kiriman")


@routes.post("/kiriman/{destination}/ulangi")
def retry(page: APage, _: APosted, destination: str) -> Response:
    """An officer lets a courier that stopped try again."""
    _officer = page.officer
    courier = page.hub.couriers.get(destination)
    if courier is None:
        raise Unknown("unknown-destination", destination=destination)
    courier.retry()
    return see_other("/kiriman")


def relay(page: Page) -> RelayStatus | None:
    """What is published to applications; None when nothing is."""
    return page.hub.relay.status() if page.hub.relay else None


def outlets(page: Page) -> list[Outlet]:
    with page.shown("deliveries") as view:
        seen = {
            name: (deliveries.delivered(view, name), deliveries.recent(view, name, RECENT))
            for name in page.hub.feeds
        }
    return [_outlet(page, name, *of) for name, of in seen.items()]


def _outlet(page: Page, name: str, delivered: int, receipts: list[deliveries.Acknowledgement]) -> Outlet:
    courier = page.hub.couriers.get(name)
    head = page.hub.feeds[name].head()
    last = receipts[0].at if receipts else None
    return Outlet(name, head, delivered, courier.status() if courier else None, receipts, last)
