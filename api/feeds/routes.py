"""``GET /feeds/{destination}``: the numbered feed of one ministry, a page at a time.

An array of CloudEvents in ``feed_seq`` order, gapless; an empty one means caught up. The page is a join
of bytes that the projection keeps ready. Contract: ``docs/ministries.md``.
"""

from hmac import compare_digest
from threading import BoundedSemaphore
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.security import HTTPBearer

from api.errors import BadRequest
from api.identity import WrongToken
from api.rest.answering import NOT_MODIFIED, etag, has_seen, refused_answers
from api.settings import MinistrySettings, Settings
from api.wiring import Hub
from domain.kernel.errors import Unknown
from projections import feeds

BATCH = "application/cloudevents-batch+json"
DIGITS = 20
MOST = 1000
LONGEST = 30_000
"""Milliseconds of a long poll."""
WAITERS = 8
"""Long polls that wait at the same time: one more is answered at once, so that no thread is missing."""

bearer = HTTPBearer(
    scheme_name="ministry", description="The ministry's own token for its feed.", auto_error=False
)
EXAMPLE = {
    "specversion": "1.0",
    "id": "00000000000000000001",
    "source": "/feeds/kemendag",
    "type": "simpul.kemendag.new.v1",
    "time": "2026-11-24T05:00:00Z",
    "subject": "application-9a8b7c6d5e4f5a4b8c7d6e5f4a3b2c1d",
    "datacontenttype": "application/json",
    "position": 4711,
    "mappingversion": 1,
    "data": {"kind": "NEW", "number": "0001/SIUP-KECIL/BPT/2026"},
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The entries that follow, in order; empty when there are none yet.",
        "content": {BATCH: {"schema": {"type": "array", "items": {"type": "object"}}, "example": [EXAMPLE]}},
        "headers": {
            "Link": {"description": "`rel=next`: the page that follows.", "schema": {"type": "string"}},
            "ETag": {"description": "Changes with the page.", "schema": {"type": "string"}},
        },
    },
    304: {"description": "Nothing new since the ETag in `If-None-Match`."},
    **refused_answers(400, 401, 404, 422),
}


def token_of(settings: Settings, destination: str) -> str:
    """The bearer token of a destination; empty: its feed is closed."""
    ministry = getattr(settings, destination)
    assert isinstance(ministry, MinistrySettings)
    return ministry.token.get_secret_value()


def after_of(last_event_id: str) -> int:
    """``feed_seq`` of the last entry that the caller has; 0 when she has none."""
    if not last_event_id:
        return 0
    if len(last_event_id) != DIGITS or not (last_event_id.isascii() and last_event_id.isdigit()):
        raise BadRequest("malformed-event-id")
    return int(last_event_id)


def router(hub: Hub) -> APIRouter:
    """The feeds of one hub."""
    routes = APIRouter(tags=["feeds"])
    waiting = BoundedSemaphore(WAITERS)

    def wait(destination: str, after: int, milliseconds: int) -> None:
        if waiting.acquire(blocking=False):
            try:
                hub.feeds[destination].wait(after, milliseconds / 1000)
            finally:
                waiting.release()

    @routes.get("/feeds/{destination}", response_class=Response, responses=ANSWERS)
    def feed(
        request: Request,
        destination: str,
        _: Annotated[object, Depends(bearer)],
        last_event_id: Annotated[
            str,
            Query(alias="lastEventId", description="`id` of the last entry you have; empty: from the first."),
        ] = "",
        limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
        timeout: Annotated[
            int, Query(ge=0, description=f"Milliseconds to wait for an entry; at most {LONGEST}.")
        ] = 0,
    ) -> Response:
        """The entries after `lastEventId`, in order and without gaps. Drop a repeated `id`."""
        _may_read(hub, destination, request.headers.get("authorization", ""))
        after = after_of(last_event_id)
        if timeout:
            wait(destination, after, min(timeout, LONGEST))
        with hub.views.now() as view:
            head, forgotten = feeds.ends(view, destination)
            if after > head:
                raise BadRequest("unknown-event-id")
            last = min(head, after + limit)
            headers = _headers(destination, after, last, limit, forgotten)
            if has_seen(request, headers["ETag"]):
                return Response(status_code=NOT_MODIFIED, headers=headers)
            entries = feeds.page(view, destination, after, limit)
        if entries:
            hub.readings.feed(destination, after + 1, last)
        return Response(b"[" + b",".join(entries) + b"]", headers=headers, media_type=BATCH)

    return routes


def _may_read(hub: Hub, destination: str, authorization: str) -> None:
    if destination not in hub.feeds:
        raise Unknown("unknown-destination", destination=destination)
    must_hold(token_of(hub.settings, destination), authorization)


def must_hold(token: str, authorization: str) -> None:
    """``WrongToken`` unless the caller has this bearer token; nobody has an empty one."""
    scheme, _, given = authorization.partition(" ")
    right = compare_digest(given.encode(), token.encode())
    if not token or scheme.lower() != "bearer" or not right:
        raise WrongToken


def _headers(destination: str, after: int, last: int, limit: int, forgotten: int) -> dict[str, str]:
    # Entries are numbered without gaps, so both ends tell the page, until somebody in it is forgotten.
    next_ = f"/feeds/{destination}?lastEventId={last:0{DIGITS}d}&limit={limit}"
    return {
        "ETag": etag(after, last, forgotten),
        "Link": f'<{next_}>; rel="next"',
        "Cache-Control": "private, no-cache",
    }
