"""What every route may ask of a request: the hub, the officer, the command id, the version seen, a view."""

import re
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractContextManager
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Query, Request, Response
from fastapi.security import HTTPBearer

from api.acts.desk import JAKARTA
from api.errors import BadRequest, NotJson
from api.identity import Officer
from api.wiring import Hub
from domain.access.purposes import Purpose
from domain.access.reading import Seen
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


async def officer_of(request: Request, _: Annotated[object, Depends(bearer)]) -> Officer:
    """The officer of the bearer token; ``NotSignedIn`` when there is none."""
    hub: Hub = request.state.hub  # asked for as a dependency it costs as much as the rest
    token = request.headers.get("authorization")
    return hub.officers.bearer(token, hub.settings.officer_tokens, hub.desk.today)


AnOfficer = Annotated[Officer, Depends(officer_of)]


async def actor_of(officer: AnOfficer) -> Actor:
    return officer.acting("rest")


AnActor = Annotated[Actor, Depends(actor_of)]


class Look:
    """An officer who is about to see somebody: recorded before it is answered, or it is not answered."""

    def __init__(self, hub: Hub, officer: Officer, stated: str) -> None:
        self._hub = hub
        self._officer = officer
        self._stated = stated

    def at(
        self,
        seen: Seen,
        ids: Iterable[str],
        record: str = "",
        *,
        why: Purpose = Purpose.SERVICE,
        stated: str = "",
    ) -> None:
        """Record the residents among ``ids`` as seen by this officer.

        ``why``: what the route is for, unless she states a purpose of her own; ``stated`` in the body.
        """
        by = self._officer.acting("rest", stated or self._stated or why.value)
        self._hub.readings.person(seen, ids, by=by, record=record)


async def look_of(
    request: Request,
    officer: AnOfficer,
    stated: Annotated[
        str,
        Header(
            alias="Reading-Purpose",
            max_length=40,
            description="What the data are looked at for, a code of `GET /api/v1/purposes`; absent: what the "
            "route is for. It stands in the reading, and the resident sees it.",
            examples=["audit"],
        ),
    ] = "",
) -> Look:
    """An unknown purpose is refused before anything is looked up."""
    hub: Hub = request.state.hub
    if stated:
        hub.desk.reference.purposes.stated(stated, hub.desk.today)
    return Look(hub, officer, stated)


ALook = Annotated[Look, Depends(look_of)]


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


def incomplete(request: Request) -> dict[str, str]:
    """What an answer that is made by hand, or a refusal, must say of what it was made from."""
    parked = getattr(request.state, "parked", 0)
    return {INCOMPLETE: f"parked={parked}"} if parked else {}


class Reading:
    """The read models as they are, or as of a recorded and of a valid time."""

    def __init__(
        self,
        hub: Hub,
        request: Request,
        response: Response,
        position: int | None = None,
        known: datetime | None = None,
        valid: date | None = None,
    ) -> None:
        self._hub = hub
        self._request = request
        self._answer = response
        self._asked = {"position": position, "known": known, "valid": valid}
        self._position = position
        self._known = known
        self._valid = valid
        self._past = any(asked is not None for asked in self._asked.values())

    @property
    def query(self) -> dict[str, str]:
        """What the next page of a list must repeat."""
        return {name: str(asked) for name, asked in self._asked.items() if asked is not None}

    @property
    def day(self) -> date:
        """The day of which the answer tells: today unless another was asked."""
        return self._valid or self._hub.desk.today

    @property
    def headers(self) -> dict[str, str]:
        """What an answer that is made by hand must say of what it was made from."""
        return incomplete(self._request)

    def ask(self, model: str, query: Callable[[View], Row]) -> Row:
        """What ``query`` finds of ``model`` in one consistent view."""
        with self._view() as view:
            self._request.state.parked = parking.count(view, model)
            self._answer.headers.update(self.headers)
            return query(view)

    def _view(self) -> AbstractContextManager[View]:
        views = self._hub.views
        if not self._past:
            return views.now()
        # A valid day alone is asked of what is shown now: nobody waits for what is shown later.
        return views.at(views.position() if self._at is None else self._at, self._valid)

    @cached_property
    def _at(self) -> int | None:
        """The position of which the answer tells; None: of that which is shown now."""
        if self._known is None:
            return self._position
        at = self._hub.views.known(self._known.replace(tzinfo=self._known.tzinfo or JAKARTA))
        return at if self._position is None else min(self._position, at)

    def find(self, model: str, query: Callable[[View], Row | None], missing: Refused) -> Row:
        """One record; before ``missing`` is raised, the read models may catch up with the ledger."""
        found = self.ask(model, query)
        if found is None and not self._past:
            hub = self._hub
            hub.views.wait(hub.ledger.head(), hub.settings.wait)
            found = self.ask(model, query)
        if found is None:
            raise missing
        return found


async def reading_of(
    request: Request,
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
    known: Annotated[
        datetime | None,
        Query(
            description="As known at this moment (without an offset: Jakarta time); now when absent.",
            examples=[None],
        ),
    ] = None,
    valid: Annotated[
        date | None,
        Query(
            description="What held on this day, whenever it was recorded, unless `known` says until when.",
            examples=[None],
        ),
    ] = None,
) -> Reading:
    return Reading(request.state.hub, request, response, position, known, valid)


AReading = Annotated[Reading, Depends(reading_of)]


async def now_of(hub: AHub, request: Request, response: Response) -> Reading:
    """Only now: for whoever comes without a token no past is computed."""
    return Reading(hub, request, response)


AReadingOfNow = Annotated[Reading, Depends(now_of)]


def with_hub(hub: Hub) -> Callable[[Request], Awaitable[None]]:
    """A dependency that gives every request of a router its hub."""

    async def give(request: Request) -> None:
        request.state.hub = hub

    return give
