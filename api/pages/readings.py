"""Who looked at my data: the readings of one resident, to be read with her or printed for her."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.pages.frame import APage
from domain.access.purposes import Purpose
from domain.access.reading import Seen
from domain.kernel.errors import Unknown
from projections import residents
from projections.readings import NEWEST

routes = APIRouter()
PAGE = 100


@routes.get("/penduduk/{resident}/pembacaan")
def readings(
    page: APage, resident: str, sebelum: Annotated[int, Query(ge=1, le=NEWEST)] = NEWEST
) -> Response:
    """Newest first. That somebody looked at this page is a reading too, and stands on it."""
    _ = page.officer
    with page.shown("residents") as view:
        row = residents.by_id(view, resident)
    if row is None:
        raise Unknown("unknown-resident")
    page.looks(Seen.READINGS, [resident], resident, why=Purpose.SUBJECT_REQUEST)
    rows = page.hub.readings.of(resident, before=sebelum, limit=PAGE)
    return page.render("readings.html", resident=row, rows=rows, full=len(rows) == PAGE)
