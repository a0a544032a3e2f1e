"""How an act and a record are answered: positions, versions, ETags, and what a repeat looks like."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

from api.errors import problem
from api.identity import NotSignedIn
from api.messages import Language
from api.rest.models import Problem
from api.wiring import Hub
from domain.kernel.errors import Refused
from domain.kernel.events import Receipt

REPLAYED = "Idempotent-Replayed"
NOT_MODIFIED = 304


def etag(*parts: object) -> str:
    """An ETag made of whatever the answer depends on; for cases and applications just the version."""
    return f'"{"-".join(map(str, parts))}"'


def record(request: Request, model: BaseModel, tag: str, more: Mapping[str, str]) -> Response:
    """A record with its ETag and ``more`` headers; 304 when the caller has it already."""
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", **more}
    if has_seen(request, tag):
        return Response(status_code=NOT_MODIFIED, headers=headers)
    return Response(model.model_dump_json(), headers=headers, media_type="application/json")


def has_seen(request: Request, tag: str) -> bool:
    """Whether ``If-None-Match`` names this ETag (weak comparison, RFC 9110, 13.1.2)."""
    seen = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return tag in seen or seen == ["*"]


def acted(hub: Hub, receipt: Receipt, model: BaseModel, status: int, stream: str) -> Response:
    """An act, once the read models show it; the same bytes when it is a repeat."""
    hub.views.wait(receipt.last, hub.settings.wait)
    headers = {"ETag": etag(version_after(hub, receipt, stream))}
    if receipt.repeated:
        headers[REPLAYED] = "true"
    return Response(model.model_dump_json(), status, headers, "application/json")


def version_after(hub: Hub, receipt: Receipt, stream: str) -> int:
    """The version of ``stream`` after the act: whatever came since, so that a repeat tells the same."""
    return hub.ledger.version(stream, receipt.last)


def refused_answers(*codes: int) -> dict[int | str, dict[str, Any]]:
    """What else a route may answer, for the OpenAPI description."""
    return {code: {"model": Problem, "description": ABOUT[code]} for code in codes}


ABOUT = {
    400: "The request cannot be understood.",
    401: "No officer is known for this request.",
    404: "There is no such record.",
    410: "A person on it is forgotten: nobody can read it again.",
    409: "Somebody came first, the number is taken, or the same command is still running.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The rules say no, or the body is of the wrong shape.",
    503: "The store cannot be written now (507: it is full).",
}
READS = refused_answers(401, 404)
RECORDS: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": {"description": "Changes with the record.", "schema": {"type": "string"}}}},
    304: {"description": "The caller has this version already (`If-None-Match`)."},
    **READS,
}
ACTS = refused_answers(400, 401, 404, 409, 413, 415, 422, 503)


def problem_answer(refused: Refused, language: Language) -> Response:
    """A refusal as ``application/problem+json`` (RFC 9457)."""
    body = problem(refused, language)
    model = Problem.model_validate(body)
    headers = {"Content-Language": language, "Cache-Control": "no-store"}
    if isinstance(refused, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    return Response(
        model.model_dump_json(exclude_unset=True), int(model.status), headers, "application/problem+json"
    )
