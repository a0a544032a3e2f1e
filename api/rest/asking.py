"""What every route may ask of a request: the hub, the officer, the command id, the version seen, a view."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Query, Request, Response
from fastapi.security import HTTPBearer

from api.errors import BadRequest, NotJson
from api.identity import Officer
from api.wiring import Hub
from domain.kernel.errors import Refused
from domain.kernel.events import Actor
from projections import parking
from projections.readmodel import View

Row = TypeVar("Row")
LAST_POSITION = 2**63 - 1
VERSION = re.compile(r'"([0-9]{1,18})"')
"""The ETag of a case or an application."""


# Small dependencies are async: a plain one would cost a change of thread each.


async def hub_of(request: Request) -> Hub:
    hub: Hub = request.state.hub
    return hub


AHub = Annotated[Hub, Depends(hub_of)]

bearer = HTTPBearer(
    scheme_name="officer",
    description="`demo-<officer id>` until login exists; `GET /api/v1/officers` lists them.",
    auto_error=False,
)


async def officer_of(hub: AHub, request: Request, _: Annotated[object, Depends(bearer)]) -> Officer:
    """The officer of the bearer token; ``NotSignedIn`` when there is none."""
    token = request.headers.get("authorization")
    return hub.officers.bearer(token, hub.settings.officer_tokens, hub.desk.today)


AnOfficer = Annotated[Officer, Depends(officer_of)]


async def actor_of(officer: AnOfficer) -> Actor:
    return officer.acting("rest")


AnActor = Annotated[Actor, Depends(actor_of)]


async def command_id_of(
    _: AnOfficer,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="A UUID drawn by the caller. The same key with the same body is one act: the answer "
            "is the same, with `Idempotent-Replayed: true`; with another body 422, still running 409.",
            examples=["0198c0de-0000-7000-8000-000000000001"],
        ),
    ] = None,
) -> UUID:
    """The command id that the caller drew."""
    if idempotency_key is None:
        raise BadRequest("idempotency-key-missing")
    try:
        return UUID(idempotency_key)
    except ValueError:
        raise BadRequest("idempotency-key-malformed") from None


ACommandId = Annotated[UUID, Depends(command_id_of)]


async def expected_of(
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description="ETag of the record as the caller saw it. If another act came first: 409 "
            "`somebody-came-first`, naming the event and the office.",
            examples=['"3"'],
        ),
    ] = None,
) -> int | None:
    """The version that the caller saw; None when it does not matter to her."""
    if if_match is None or if_match.strip() == "*":
        return None
    version = VERSION.fullmatch(if_match.strip())
    if version is None:
        raise BadRequest("if-match-malformed")
    return int(version[1])


Expected = Annotated[int | None, Depends(expected_of)]


async def must_be_json(request: Request) -> None:
    """A body is JSON, and says so: a form of another site cannot act here."""
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if has_body and media != "application/json":
        raise NotJson


INCOMPLETE = "Incomplete"
"""Header of an answer from a read model that could not take in every fact: ``parked=3``."""


class Reading:
    """The read models as they are, or as they were at ``position``."""

    def __init__(
        self,
        hub: AHub,
        response: Response,
        position: Annotated[
            int | None,
            Query(
                ge=0,
                le=LAST_POSITION,
                description="Answer as the read models were at this ledger position; now when absent.",
                examples=[None],
            ),
        ] = None,
    ) -> None:
        self._hub = hub
        self._position = position
        self._answer = response

    @property
    def query(self) -> dict[str, int]:
        """What the next page of a list must repeat."""
        return {} if self._position is None else {"position": self._position}

    @property
    def headers(self) -> dict[str, str]:
        """What an answer that is made by hand must say of what it was made from."""
        told = self._answer.headers.get(INCOMPLETE)
        return {INCOMPLETE: told} if told else {}

    def ask(self, model: str, query: Callable[[View], Row]) -> Row:
        """What ``query`` finds of ``model`` in one consistent view."""
        views, position = self._hub.views, self._position
        with views.now() if position is None else views.at(position) as view:
            if parked := parking.count(view, model):
                self._answer.headers[INCOMPLETE] = f"parked={parked}"
            return query(view)

    def find(self, model: str, query: Callable[[View], Row | None], missing: Refused) -> Row:
        """One record; before ``missing`` is raised, the read models may catch up with the ledger."""
        found = self.ask(model, query)
        if found is None and self._position is None:
            hub = self._hub
            hub.views.wait(hub.ledger.head(), hub.settings.wait)
            found = self.ask(model, query)
        if found is None:
            raise missing
        return found


AReading = Annotated[Reading, Depends()]


def with_hub(hub: Hub) -> Callable[[Request], Awaitable[None]]:
    """A dependency that gives every request of a router its hub."""

    async def give(request: Request) -> None:
        request.state.hub = hub

    return give
