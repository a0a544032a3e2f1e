"""Who looked at a resident, over REST."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.rest import models
from api.rest.answering import READS
from api.rest.asking import AHub, ALook, AReadingOfNow
from domain.access.purposes import Purpose
from domain.access.reading import Seen
from domain.kernel.errors import Unknown
from projections import residents
from projections.readings import NEWEST

routes = APIRouter(tags=["privacy"])
PAGE, MOST = 100, 500


@routes.get("/residents/{resident}/readings", responses=READS)
def readings(
    hub: AHub,
    look: ALook,
    reading: AReadingOfNow,
    resident: str,
    before: Annotated[int, Query(ge=1, le=NEWEST, description="As in `next` of the page before.")] = NEWEST,
    limit: Annotated[int, Query(ge=1, le=MOST)] = PAGE,
) -> models.ReadingPage:
    """Who looked at this resident, newest first; this question is the first of them."""
    missing = Unknown("unknown-resident")
    reading.find("residents", lambda view: residents.by_id(view, resident), missing)
    look.at(Seen.READINGS, [resident], resident, why=Purpose.SUBJECT_REQUEST)
    rows = hub.readings.of(resident, before=before, limit=limit)
    older = (
        f"/api/v1/residents/{resident}/readings?before={rows[-1].position}&limit={limit}" if rows else None
    )
    return models.ReadingPage(
        resident=resident,
        items=[models.ReadingOfResident.model_validate(row) for row in rows],
        next=older if len(rows) == limit else None,
    )
