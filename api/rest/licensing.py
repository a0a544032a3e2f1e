"""The one-stop office over REST: apply, verify, decide, issue; and where is my permit."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from api.acts import licensing
from api.acts.licensing import Filed
from api.rest import models
from api.rest.answering import ACTS, READS, RECORDS, acted, etag, record, refused_answers
from api.rest.asking import ACommandId, AHub, ALook, AnActor, AReading, AReadingOfNow, Expected
from api.wiring import Hub
from domain.access.purposes import Purpose
from domain.access.reading import Seen
from domain.kernel.errors import Malformed, Unknown
from domain.licensing.application import Status
from projections import where_is_my_permit

routes = APIRouter(tags=["licensing"])
PAGE = 50
MOST = 500


def _filed(hub: Hub, done: Filed, status: int = 200) -> Response:
    positions = models.Positions(first=done.receipt.first, last=done.receipt.last)
    model = models.Filed(application=done.application, tracking=done.tracking, positions=positions)
    return acted(hub, done.receipt, model, status, done.application)


@routes.post("/applications", status_code=201, response_model=models.Filed, responses=ACTS)
def apply(hub: AHub, by: AnActor, command_id: ACommandId, new: models.NewApplication) -> Response:
    """File an application for one row of the catalogue at the officer's office."""
    application = licensing.NewApplication(**dict(new))
    done = licensing.apply_for_permit(hub.desk, application, by=by, command_id=command_id)
    return _filed(hub, done, 201)


@routes.get("/applications", response_model=models.ApplicationPage, responses=READS)
def list_applications(
    look: ALook,
    reading: AReading,
    status: Annotated[str | None, Query(examples=["submitted"])] = None,
    office: Annotated[str | None, Query(examples=["BPT"])] = None,
    after: Annotated[str | None, Query(description="As in `next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = PAGE,
) -> models.ApplicationPage:
    """Applications, newest first, in pages."""
    if status and status not in tuple(Status):
        raise Malformed("unknown-status", status=status)
    rows = reading.ask(
        "where_is_my_permit",
        lambda view: where_is_my_permit.page(view, status=status, office=office, after=after, limit=limit),
    )
    look.at(Seen.LIST, [row.applicant for row in rows], why=Purpose.LICENSING)
    more = {"status": status, "office": office, "after": rows[-1].application if rows else None}
    query = urlencode({k: v for k, v in more.items() if v} | {"limit": limit} | reading.query)
    following = f"/api/v1/applications?{query}" if len(rows) == limit else None
    items = [models.Application.model_validate(row) for row in rows]
    return models.ApplicationPage(items=items, next=following)


@routes.get("/applications/{application}", response_model=models.Application, responses=RECORDS)
def application(look: ALook, reading: AReading, request: Request, application: str) -> Response:
    """One application. Its ETag is the version to send as `If-Match` with the next act."""
    missing = Unknown("unknown-application")
    row = reading.find(
        "where_is_my_permit", lambda view: where_is_my_permit.by_id(view, application), missing
    )
    look.at(Seen.RECORD, [row.applicant], application, why=Purpose.LICENSING)
    return record(request, models.Application.model_validate(row), etag(row.version), reading.headers)


@routes.post("/applications/{application}/verification", response_model=models.Filed, responses=ACTS)
def verify(
    hub: AHub,
    by: AnActor,
    command_id: ACommandId,
    expected: Expected,
    application: str,
    asked: models.Documents,
) -> Response:
    """The officer has seen these documents; if all required ones are there, the promise clock starts."""
    seen = tuple(asked.documents)
    done = licensing.verify(hub.desk, application, seen, by=by, command_id=command_id, expected=expected)
    return _filed(hub, done)


@routes.post("/applications/{application}/decision", response_model=models.Filed, responses=ACTS)
def decide(
    hub: AHub,
    by: AnActor,
    command_id: ACommandId,
    expected: Expected,
    application: str,
    asked: models.Decision,
) -> Response:
    """Approve, or refuse with a reason."""
    if asked.decision == "approve":
        done = licensing.approve(hub.desk, application, by=by, command_id=command_id, expected=expected)
    else:
        done = licensing.refuse(
            hub.desk, application, asked.reason, by=by, command_id=command_id, expected=expected
        )
    return _filed(hub, done)


@routes.post("/applications/{application}/issue", response_model=models.Filed, responses=ACTS)
def issue(
    hub: AHub,
    by: AnActor,
    command_id: ACommandId,
    expected: Expected,
    application: str,
    _: models.Issue | None = None,
) -> Response:
    """Number and issue an approved permit. A type with a fee waits for its tariff."""
    done = licensing.issue(hub.desk, application, by=by, command_id=command_id, expected=expected)
    return _filed(hub, done)


@routes.post("/siup-class", response_model=models.SiupClass, responses=refused_answers(400, 415, 422))
def siup_class(hub: AHub, asked: models.NetWorth) -> models.SiupClass:
    """The SIUP class that fits a net worth today. Nothing is recorded."""
    return models.SiupClass(permit=licensing.propose_class(hub.desk, asked.net_worth))


@routes.get("/tracking/{code}", response_model=models.Tracked, responses=refused_answers(404))
def track(reading: AReadingOfNow, code: str) -> models.Tracked:
    """Where is my permit? For anybody with the code, without a token."""
    missing = Unknown("unknown-tracking-code")
    row = reading.find("where_is_my_permit", lambda view: where_is_my_permit.public(view, code), missing)
    return models.Tracked.model_validate(row)
