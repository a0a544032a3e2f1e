"""Figures for officers: the semester aggregate and the mobility report, as known now or then, JSON or CSV.

They are sums and name nobody, so that no reading is recorded.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from api.acts.desk import JAKARTA
from api.figures import Lists, day_of, end_of, first_of, mobility_csv, region_of, semester_csv
from api.rest import models
from api.rest.answering import refused_answers
from api.rest.asking import LAST_POSITION, AHub, AnOfficer, Reading
from projections.mobility import mobility
from projections.semester import semester

routes = APIRouter(tags=["statistics"])
CSV = "text/csv"
LONGEST = 24
"""Months in one mobility report."""
Known = Annotated[
    Annotated[int, Field(ge=0, le=LAST_POSITION)] | datetime | None,
    Field(union_mode="left_to_right"),
    Query(
        description="As known at this ledger position, or at this moment (without an offset: Jakarta time); "
        "now when absent.",
        examples=[None],
    ),
]
Region = Annotated[
    str, Query(description="Code of a kecamatan or village; absent: the regency.", max_length=13)
]
SEMESTER_ROW = ("village", "dimension", "category", "name", "sex", "count")
MOBILITY_ROW = ("month", "village", "kind", "sex", "count")
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {CSV: {"schema": {"type": "string"}}}},
    **refused_answers(401, 404, 422),
}


@routes.get("/statistics/semester", response_model=models.Semester, responses=ANSWERS)
def semester_(
    hub: AHub,
    _: AnOfficer,
    request: Request,
    response: Response,
    at: Annotated[
        date | None,
        Query(description="As residents stood on this day; as they are recorded now when absent."),
    ] = None,
    known: Known = None,
    region: Region = "",
) -> Response:
    """Residents by village, dimension, category and sex. `Accept: text/csv` gives one long table."""
    position, moment = _known(known)
    on = at or day_of(hub.ledger, position, moment, hub.desk.today)
    within = region_of(hub.desk, region)
    reading = Reading(hub, request, response, position, moment, at)
    seen, found = reading.ask("residents", lambda view: (view.position, semester(view, on, within)))
    lists = Lists(hub.desk.reference, on)
    figures = lists.settled(found)
    if _wants_csv(request):
        return _csv(semester_csv(lists, figures, seen), f"semester-{on}", reading)
    rows = [
        dict(zip(SEMESTER_ROW, (village, *lists.told(dimension, category), sex, count), strict=True))
        for village, dimension, category, sex, count in figures
    ]
    return _json({"on": on, "position": seen, "rows": rows}, reading)


@routes.get("/statistics/mobility", response_model=models.Mobility, responses=ANSWERS)
def mobility_(
    hub: AHub,
    _: AnOfficer,
    request: Request,
    response: Response,
    month: Annotated[
        str | None,
        Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="First month; absent: this month."),
    ] = None,
    months: Annotated[int, Query(ge=1, le=LONGEST, description="How many months.")] = 1,
    known: Known = None,
    region: Region = "",
) -> Response:
    """Births, deaths, moves, marriages and divorces by month, village and sex, in the month they happened."""
    position, moment = _known(known)
    start = first_of(month) if month else hub.desk.today.replace(day=1)
    end = end_of(start, months)
    within = region_of(hub.desk, region)
    reading = Reading(hub, request, response, position, moment)
    seen, rows = reading.ask("residents", lambda view: (view.position, mobility(view, start, end, within)))
    if _wants_csv(request):
        lists = Lists(hub.desk.reference, end)
        return _csv(mobility_csv(lists, rows, seen), f"mobility-{start:%Y-%m}", reading)
    told = [dict(zip(MOBILITY_ROW, row, strict=True)) for row in rows]
    return _json({"start": start, "end": end, "position": seen, "rows": told}, reading)


def _known(known: int | datetime | None) -> tuple[int | None, datetime | None]:
    """A position or a moment, of which one is asked."""
    if isinstance(known, datetime):
        return None, known.replace(tzinfo=known.tzinfo or JAKARTA)
    return known, None


def _wants_csv(request: Request) -> bool:
    return CSV in request.headers.get("accept", "")


def _csv(lines: Iterator[str], name: str, reading: Reading) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Vary": "Accept"}
    return StreamingResponse(lines, headers=headers | reading.headers, media_type=CSV)


def _json(told: dict[str, object], reading: Reading) -> Response:
    # Tens of thousands of rows: they are written as they are, and the tests hold them to the models.
    headers = {"Vary": "Accept"} | reading.headers
    return Response(msgspec.json.encode(told), headers=headers, media_type="application/json")
