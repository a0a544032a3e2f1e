"""The web application of a hub: REST, feeds and pages behind one door, with one shape of error."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api import feeds, health, pages, published, rest
from api.errors import BadRequest, NoSuchMethod, OurFault, WrongShape
from api.messages import LANGUAGES, Language
from api.middleware import Answer, BodyLimit, Watched
from api.openapi import describe
from api.rest.answering import problem_answer
from api.rest.asking import incomplete
from api.wiring import Hub
from domain.kernel.errors import Refused, Unknown

VERSION = "1.0.0"
ABOUT = """\
The hub of Kabupaten Sragen for programs. Every act is one command: it carries an `Idempotency-Key`, is
refused with a stable code, or becomes immutable facts whose ledger positions are in the answer.

A NIK, a KK number or a name never stands in an address: who searches by one posts it.
Problems follow RFC 9457; every code is explained at `/errors`.
"""
FOR_PROGRAMS = (
    *("/api/v1", "/feeds/", "/openapi.json", "/asyncapi.json", "/schemas/"),
    *("/healthz", "/readyz", "/metrics"),
)
NOT_FOUND, NO_SUCH_METHOD = 404, 405


def create_app(hub: Hub) -> FastAPI:
    """The application over one hub, which the caller starts and closes."""
    app = FastAPI(
        title="Simpul",
        version=VERSION,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    for router in (
        rest.router(hub),
        feeds.router(hub),
        health.router(hub),
        published.router(hub),
        pages.router(hub),
    ):
        app.include_router(router)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]  # the framework's own way
    answer = answers(hub)
    _add_handlers(app, answer)
    app.add_middleware(BodyLimit, limit=hub.settings.max_body, answer=answer)
    app.add_middleware(Watched, answer=answer)
    return app


def answers(hub: Hub) -> Answer:
    """A problem for programs, a page for people: the same code."""
    page = pages.error_page(hub)

    def answer(request: Request, refused: Refused) -> Response:
        if request.url.path.startswith(FOR_PROGRAMS):
            response = problem_answer(refused, language(request, hub.settings.language))
            response.headers.update(incomplete(request))
            return response
        return page(request, refused)

    return answer


def language(request: Request, otherwise: Language) -> Language:
    """The first language of Accept-Language that we speak."""
    for part in request.headers.get("accept-language", "").split(","):
        wish = part.partition(";")[0].strip().lower()[:2]
        if found := next((known for known in LANGUAGES if known == wish), None):
            return found
    return otherwise


def _add_handlers(app: FastAPI, answer: Answer) -> None:
    async def on_refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return answer(request, error)

    async def on_shape(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answer(request, shape(error.errors()))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        response = answer(request, http(request, error))
        response.headers.update(error.headers or {})
        return response

    app.add_exception_handler(Refused, on_refused)
    app.add_exception_handler(RequestValidationError, on_shape)
    app.add_exception_handler(HTTPException, on_http)


def http(request: Request, error: HTTPException) -> Refused:
    """What the framework refuses on its own, in our words."""
    if error.status_code == NOT_FOUND:
        return Unknown("unknown-route" if request.url.path.startswith(FOR_PROGRAMS) else "unknown-page")
    if error.status_code == NO_SUCH_METHOD:
        return NoSuchMethod(request.method)
    return OurFault() if error.status_code >= 500 else BadRequest("body-not-json")


def shape(errors: Iterable[Mapping[str, Any]]) -> Refused:
    """Paths and codes of what does not fit; never a value, nor a name that the caller made up."""
    found = list(errors)
    if any(error["type"] == "json_invalid" for error in found):
        return BadRequest("body-not-json")
    fields = [{"path": _path(error), "code": str(error["type"]).replace("_", "-")} for error in found]
    in_body = any(error["loc"][:1] == ("body",) for error in found)
    return WrongShape(fields) if in_body else WrongShape(fields, "query-wrong-shape")


def _path(error: Mapping[str, Any]) -> str:
    where = list(error["loc"][1:])
    if error["type"] == "extra_forbidden" and where:
        where[-1] = "*"  # an unknown name may be a NIK in the wrong place
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where)
    return f"${path}"
