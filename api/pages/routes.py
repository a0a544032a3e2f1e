"""Every page of the hub, put together into one router."""

from fastapi import APIRouter, Depends, Request

from api.pages import (
    about,
    alarms,
    applications,
    assets,
    blanks,
    calls,
    catalogue,
    civil_events,
    corrections,
    counter,
    deliveries,
    differences,
    duplicates,
    entries,
    erasures,
    filings,
    five_minutes,
    history,
    home,
    households,
    mobility,
    papers,
    protected,
    purposes,
    readings,
    receipts,
    residents,
    session,
    statistics,
    tracking,
    verify,
    waiting,
)
from api.pages.frame import Frame
from api.sections import Section
from api.wiring import Hub

PAGES = (
    assets.routes,
    home.routes,
    session.routes,
    waiting.routes,
    purposes.routes,
    residents.routes,
    readings.routes,
    protected.routes,
    alarms.routes,
    households.routes,
    civil_events.routes,
    entries.routes,
    corrections.routes,
    filings.routes,
    differences.routes,
    duplicates.routes,
    counter.routes,
    calls.routes,
    receipts.routes,
    blanks.routes,
    five_minutes.routes,
    statistics.routes,
    mobility.routes,
    catalogue.routes,
    applications.routes,
    tracking.routes,
    papers.routes,
    verify.routes,
    deliveries.routes,
    erasures.routes,
    history.routes,
    about.routes,
)


def router(hub: Hub) -> APIRouter:
    """All pages over one hub. They stay out of the OpenAPI description."""
    frame = Frame(hub)

    async def open_frame(request: Request) -> None:
        request.state.frame = frame

    pages = APIRouter(dependencies=[Depends(open_frame)], include_in_schema=False)
    for routes in PAGES:
        pages.include_router(Section(routes))
    return pages
