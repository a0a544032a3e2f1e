"""Unusual readings over REST: the alarms, what came of them, and whose readings are watched."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.acts import watching
from api.acts.watching import NewWatch
from api.rest import models
from api.rest.answering import ACTS, READS, REPLAYED
from api.rest.asking import ACommandId, AHub, AnActor, AnOfficer
from api.wiring import Hub
from domain.kernel.events import Receipt

routes = APIRouter(tags=["privacy"])


@routes.get("/alarms", responses=READS)
def alarms(
    hub: AHub,
    _: AnOfficer,
    since: Annotated[
        date | None, Query(description="First day; six days before the last when absent.")
    ] = None,
    until: Annotated[date | None, Query(description="Last day; today when absent.")] = None,
    *,
    waiting: Annotated[
        bool, Query(alias="open", description="Only those that nobody has looked into.")
    ] = False,
) -> models.AlarmPage:
    """Readings that somebody else should know of, newest first. Officers, counts and opaque ids: no person."""
    rows = [row for row in watching.raised(hub.watching, since, until) if not (waiting and row.finding)]
    return models.AlarmPage(items=[models.RaisedAlarm.of(row) for row in rows])


@routes.post("/alarms/{alarm}/inquiry", response_model=models.WatchActed, responses=ACTS)
def look_into(
    hub: AHub, by: AnActor, command_id: ACommandId, alarm: str, asked: models.NewInquiry
) -> Response:
    """Say what came of an alarm. The officer whom it is about cannot."""
    return _acted(hub, watching.look_into(hub.watching, alarm, asked.finding, by=by, command_id=command_id))


@routes.post("/residents/{resident}/watch", status_code=201, response_model=models.WatchActed, responses=ACTS)
def begin(hub: AHub, by: AnActor, command_id: ACommandId, resident: str, new: models.NewWatch) -> Response:
    """Watch the readings of a resident who is prominent or an official; it says nothing about herself."""
    watch = NewWatch(resident, new.kind, new.officer)
    return _acted(hub, watching.begin(hub.watching, watch, by=by, command_id=command_id), 201)


@routes.post("/residents/{resident}/watch/end", response_model=models.WatchActed, responses=ACTS)
def end(hub: AHub, by: AnActor, command_id: ACommandId, resident: str, asked: models.EndedWatch) -> Response:
    """Watch them no more."""
    return _acted(hub, watching.end(hub.watching, resident, asked.kind, by=by, command_id=command_id))


def _acted(hub: Hub, receipt: Receipt, status: int = 200) -> Response:
    hub.readings.views.wait(receipt.last, hub.settings.wait)
    headers = {REPLAYED: "true"} if receipt.repeated else None
    made = models.WatchActed(positions=models.Positions(first=receipt.first, last=receipt.last))
    return Response(made.model_dump_json(), status, headers, "application/json")
