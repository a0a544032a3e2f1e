"""Pull feeds: what each ministry must learn, as CloudEvents, for a ministry that prefers to ask; and its answers."""

from fastapi import APIRouter

from api.feeds import answers, records, routes
from api.wiring import Hub


def router(hub: Hub) -> APIRouter:
    """The feeds of one hub, and what a ministry says to them."""
    both = APIRouter()
    both.include_router(routes.router(hub))
    both.include_router(answers.router(hub))
    both.include_router(records.router(hub))
    return both


__all__ = ["router"]
