"""How a simulated ministry plays its part: it answers, or misbehaves as it was told to."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from adapters.simulation.accepted import Accepted
from adapters.simulation.behaviour import Behaviour, Temper

LONGEST = 10 * 1024 * 1024
"""Bytes of a request body; a longer one is refused before it is read to the end."""
SILENCE = 120.0
"""Seconds after which even a sender that never gives up is let go."""
MOST = 1000
"""Records on one page of ``GET /_simulator/records``."""

Push = Callable[[bytes], Response]
"""Accepts or refuses a body. It runs in the event loop: pushes are taken one by one, as they come."""
Fault = Callable[[str], Response]
"""The given error in HTTP 200."""


class TooLong(Exception):
    """The request body is longer than ``LONGEST``."""


class Broken(Response):
    """Promises more than it sends: the server closes the connection in the middle of the answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"1000"), (b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"half of ", "more_body": True})


class Dripping(Response):
    """A good answer, a byte at a time."""

    def __init__(self, whole: Response, pause: float) -> None:
        super().__init__(whole.body, whole.status_code, media_type=whole.media_type)
        self._pause = pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for byte in bytes(self.body):
            await send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
            await asyncio.sleep(self._pause)
        await send({"type": "http.response.body"})


class Stage:
    """One ministry's store and temper, and the routes by which tests and demos reach them."""

    def __init__(self, accepted: Accepted) -> None:
        self.accepted = accepted
        self.temper = Temper()

    @property
    def behaviour(self) -> Behaviour:
        return self.temper.now

    def routes(self) -> list[Route]:
        return [
            Route("/healthz", self._health),
            Route("/_simulator/records", self._records),
            Route("/_simulator/behaviour", self._behaviour, methods=["GET", "PUT"]),
        ]

    async def play(self, request: Request, push: Push, fault: Fault) -> Response:
        """Answer a push with the present temper."""
        try:
            body = await read(request)
        except TooLong:
            return PlainTextResponse("body too long", 413)
        await asyncio.sleep(self.behaviour.delay)
        return self._refusal(fault) or await self._answer(request, push(body))

    def _refusal(self, fault: Fault) -> Response | None:
        """What comes instead of accepting anything."""
        temper, behaviour = self.temper, self.behaviour
        if behaviour.away == "503" or temper.take("fail_503"):
            wish = behaviour.retry_after
            return PlainTextResponse("away", 503, {} if wish is None else {"Retry-After": str(wish)})
        if temper.take("fail_500"):
            return PlainTextResponse("trouble", 500)
        if behaviour.away == "drop" or temper.take("drop"):
            return Broken()
        return fault(behaviour.fault) if behaviour.fault else None

    async def _answer(self, request: Request, whole: Response) -> Response:
        """What comes after the records were accepted."""
        if self.temper.take("apply_then_timeout"):
            await _until_gone(request)
            return Broken()
        if self.temper.take("truncate"):
            half = whole.body[: len(whole.body) // 2]
            return Response(half, whole.status_code, media_type=whole.media_type)
        return Dripping(whole, self.behaviour.drip) if self.behaviour.drip else whole

    async def _health(self, _: Request) -> Response:
        return _json({"status": "ok", "last": self.accepted.last()})

    async def _records(self, request: Request) -> Response:
        """``after`` (a feed_seq, default 0) and ``limit``: what was accepted, in order."""
        try:
            after = int(request.query_params.get("after", 0))
            limit = int(request.query_params.get("limit", MOST))
        except ValueError:
            return PlainTextResponse("after and limit are whole numbers", 400)
        rows = self.accepted.after(after, max(0, min(limit, MOST)))
        return _json([{**row._asdict(), "record": msgspec.Raw(row.record)} for row in rows])

    async def _behaviour(self, request: Request) -> Response:
        if request.method == "PUT":
            try:
                self.temper.now = msgspec.json.decode(await request.body(), type=Behaviour)
            except msgspec.DecodeError as misfit:
                return PlainTextResponse(str(misfit), 422)
        return _json(self.behaviour)


async def read(request: Request) -> bytes:
    """The body, at most ``LONGEST`` bytes, whatever Content-Length says."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            raise TooLong
    return bytes(body)


async def _until_gone(request: Request) -> None:
    """Until the sender hangs up, or for ``SILENCE``."""
    # The body has been read: the next message can only be the sender's leaving.
    try:
        async with asyncio.timeout(SILENCE):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
