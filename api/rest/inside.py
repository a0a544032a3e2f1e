"""The hub about itself: the history of a record, deliveries to the ministries, read models."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from api.acts.desk import JAKARTA
from api.readings import people
from api.rest import models
from api.rest.answering import READS, refused_answers
from api.rest.asking import AHub, ALook, AnOfficer
from api.wiring import Hub
from domain.access.purposes import Purpose
from domain.access.reading import Seen
from domain.kernel.errors import Unknown
from projections import deliveries as receipts

routes = APIRouter(tags=["hub"])


@routes.get("/streams/{stream}", responses=READS)
def history(
    hub: AHub,
    look: ALook,
    stream: str,
    at: Annotated[
        datetime | None,
        Query(description="As known at this moment (without an offset: Jakarta time); now when absent."),
    ] = None,
    valid: Annotated[
        date | None, Query(description="Only what held on this day, in the order of the valid dates.")
    ] = None,
) -> models.History:
    """The events of a record, who did them, and its state after each."""
    moment = at.replace(tzinfo=at.tzinfo or JAKARTA) if at else None
    steps = hub.history(stream, moment, valid)
    if not steps and not hub.history(stream):
        raise Unknown("unknown-stream")
    look.at(Seen.HISTORY, people(stream, steps), stream, why=Purpose.AUDIT)
    return models.History(
        stream=stream,
        at=moment,
        valid=valid,
        steps=[models.HistoryStep.model_validate(step) for step in steps],
    )


@routes.get("/deliveries", responses=refused_answers(401))
def deliveries(hub: AHub, _: AnOfficer) -> dict[str, models.Delivery]:
    """How far each ministry is, and why not further."""
    return {name: delivery(hub, name) for name in hub.feeds}


def delivery(hub: Hub, destination: str) -> models.Delivery:
    """One ministry as it stands; without a courier only what its feed and its receipts tell."""
    head = hub.feeds[destination].head()
    courier = hub.couriers.get(destination)
    if courier is None:
        with hub.views.now() as view:
            delivered = receipts.delivered(view, destination)
        return models.Delivery(
            head=head,
            delivered=delivered,
            lag=head - delivered,
            mode=None,
            reason=None,
            next_try=None,
            last_success=None,
            attempts=None,
        )
    now = courier.status()
    return models.Delivery(
        head=head,
        delivered=now.delivered,
        lag=max(0, head - now.delivered),
        mode=now.mode.value,
        reason=now.reason,
        next_try=now.next_try,
        last_success=now.last_success,
        attempts=now.attempts,
    )


@routes.post("/deliveries/{destination}/retry", responses=READS)
def retry(hub: AHub, _: AnOfficer, destination: str) -> models.Delivery:
    """Let a courier that waits or stopped try again at once. Harmless when repeated."""
    courier = hub.couriers.get(destination)
    if courier is None:
        raise Unknown("unknown-destination", destination=destination)
    courier.retry()
    return delivery(hub, destination)


@routes.get("/projections", responses=refused_answers(401))
def projections(hub: AHub, _: AnOfficer) -> list[models.Projection]:
    """Every read model and how far it is."""
    return [models.Projection.model_validate(status) for status in hub.models()]
