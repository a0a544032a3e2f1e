"""What happens around every request: a limit on its body, headers that protect its reader, one log line.

Both are plain ASGI, so that they see what frameworks answer on their own (a body too large, a crash).
"""

from collections.abc import Callable

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.clock import stopwatch
from api.errors import OurFault, TooLarge
from domain.kernel.errors import Refused

Answer = Callable[[Request, Refused], Response]
"""How a refusal is answered on the face that was asked."""

SLOW = 1.0
"""Seconds after which even a reading is worth a line."""
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""Unless the answer says otherwise."""

log = structlog.get_logger()


class Watched:
    """The outermost: headers on every answer, one line in the log, and a clean 500 when something breaks."""

    def __init__(self, app: ASGIApp, answer: Answer, watch: Callable[[], float] = stopwatch) -> None:
        self._app = app
        self._answer = answer
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin, status = self._watch(), 0

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except Exception as fault:  # the last to see it: told in the log, answered without a trace
            _tell(scope, fault)
            if status:
                raise  # half an answer is out: only a broken connection says so
            await self._answer(Request(scope), OurFault())(scope, receive, guarded)
        _line(scope, status, self._watch() - begin)


def _tell(scope: Scope, fault: Exception) -> None:
    # The text of an exception may hold personal data: its type and place are enough.
    trace = fault.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
    log.error("request-broke", route=route(scope), error=type(fault).__name__, at=place)


def _line(scope: Scope, status: int, seconds: float) -> None:
    """Acts, refusals and slow answers: a quick reading is worth no line."""
    if scope["method"] not in ("GET", "HEAD") or status >= 400 or seconds > SLOW:
        ms = round(seconds * 1000, 1)
        log.info("request", method=scope["method"], route=route(scope), status=status, ms=ms)


def route(scope: Scope) -> str:
    """The route as it is written in the code: what a caller put in the address stays out of the log."""
    own: str | None = getattr(scope.get("route"), "path", None)
    if own is None:
        return "-"
    asked = scope["path"].split("/")  # a nested route does not know the prefix of its router
    return "/".join(asked[: len(asked) - own.count("/")]) + own


class BodyLimit:
    """Refuses a body beyond ``limit`` bytes: at once by its announced length, else while it comes in."""

    def __init__(self, app: ASGIApp, limit: int, answer: Answer) -> None:
        self._app = app
        self._limit = limit
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdigit() and int(announced) > self._limit:
            await self._refuse(scope, receive, send)
        else:
            await self._count(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        read, answered = 0, False

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit:
                raise TooLarge(self._limit)
            return message

        async def watched(message: Message) -> None:
            nonlocal answered
            # Whatever a framework makes of the broken body, the answer is ours.
            if read <= self._limit or answered:
                answered = True
                await send(message)

        try:
            await self._app(scope, counted, watched)
        except TooLarge:
            if answered:
                raise
        if read > self._limit and not answered:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(Request(scope), TooLarge(self._limit))(scope, receive, send)
