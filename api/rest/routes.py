"""Every route of REST, put together into one router."""

from fastapi import APIRouter, Depends

from api.rest import (
    alarms,
    civil_events,
    counter,
    differences,
    duplicates,
    filings,
    inside,
    licensing,
    papers,
    population,
    privacy,
    protected,
    readings,
    reference,
    statistics,
)
from api.rest.asking import must_be_json, with_hub
from api.sections import Section
from api.wiring import Hub

PREFIX = "/api/v1"
ROUTES = (
    reference.routes,
    population.routes,
    civil_events.routes,
    filings.routes,
    differences.routes,
    duplicates.routes,
    counter.routes,
    licensing.routes,
    privacy.routes,
    readings.routes,
    statistics.routes,
    protected.routes,
    alarms.routes,
    papers.routes,
    inside.routes,
)


def router(hub: Hub) -> APIRouter:
    """REST over one hub."""
    all_ = APIRouter(prefix=PREFIX, dependencies=[Depends(with_hub(hub)), Depends(must_be_json)])
    for routes in ROUTES:
        all_.include_router(Section(routes, under=PREFIX))
    return all_
