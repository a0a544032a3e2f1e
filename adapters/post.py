"""A letter to an office far away: patience has an end, and so has the length of the answer.

A ministry's client says what a good answer means; what HTTP itself says is told here, once for all.
"""

from collections.abc import Callable, Iterable, Mapping
from email.utils import parsedate_to_datetime
from ssl import SSLContext
from threading import Lock
from typing import Any, NamedTuple

import httpcore

from adapters.clock import stopwatch
from domain.kernel.ports import DestinationFault, NotSent, Unanswered

CONNECT = 5.0
"""Seconds to reach a ministry: it answers at once or is away."""
LONGEST_ANSWER = 8 * 1024 * 1024
"""Bytes; a longer answer is no answer."""


class Reply(NamedTuple):
    """An answer worth reading (200, or 500 with a body). Header names are lower case."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


class Patience:
    """One deadline for everything that a request waits for."""

    def __init__(self) -> None:
        self._end = 0.0

    def start(self, seconds: float) -> None:
        self._end = stopwatch() + seconds

    def left(self, least: float | None, over: type[Exception]) -> float:
        """Seconds that one read or write may still wait; raises ``over`` when there are none."""
        left = self._end - stopwatch()
        if left <= 0:
            raise over
        return left if least is None else min(least, left)


class PatientStream(httpcore.NetworkStream):
    """A connection whose every read and write is bound by the one deadline.

    Timeouts of HTTP libraries count the silence between two bytes: a peer that sends a byte a second
    would never trip them.
    """

    def __init__(self, stream: httpcore.NetworkStream, patience: Patience) -> None:
        self._stream = stream
        self._patience = patience

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._patience.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._patience.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._patience.left(timeout, httpcore.ConnectTimeout)
        return PatientStream(self._stream.start_tls(ssl_context, server_hostname, left), self._patience)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class PatientBackend(httpcore.SyncBackend):
    """Opens connections that know the deadline."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._patience.left(timeout, httpcore.ConnectTimeout)
        stream = super().connect_tcp(host, port, left, local_address, socket_options)
        return PatientStream(stream, self._patience)


class Post:
    """POST to one office over one kept connection (HTTP/1.1); no redirects, no proxies.

    ``timeout``: seconds for a whole exchange. Raises ``NotSent``, ``Unanswered``, ``DestinationFault``.
    """

    def __init__(self, url: str, *, timeout: float, longest: int = LONGEST_ANSWER) -> None:
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._longest = longest
        self._patience = Patience()
        self._one_at_a_time = Lock()
        self._pool = httpcore.ConnectionPool(
            max_connections=1, network_backend=PatientBackend(self._patience)
        )

    def send(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        with self._one_at_a_time:
            self._patience.start(self._timeout)
            reply = _outcome(lambda: self._exchange(path, body, headers))
        return _judged(reply)

    def _exchange(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        waits = {"connect": min(CONNECT, self._timeout), "pool": self._timeout}
        with self._pool.stream(
            "POST",
            self._url + path,
            headers=list(headers.items()),
            content=body,
            extensions={"timeout": waits},
        ) as response:
            content = bytearray()
            for part in response.iter_stream():
                content += part
                if len(content) > self._longest:
                    raise Unanswered("answer-too-long")
            names = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers}
            return Reply(response.status, names, bytes(content))

    def close(self) -> None:
        self._pool.close()


def _outcome(exchange: Callable[[], Reply]) -> Reply:
    """What a broken exchange means: before the request left, or after."""
    try:
        return exchange()
    except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as away:
        raise NotSent("no-connection") from away
    except httpcore.TimeoutException as silence:
        raise Unanswered("no-answer-in-time") from silence
    except (httpcore.NetworkError, httpcore.ProtocolError) as broken:
        raise Unanswered("connection-broken") from broken
    except httpcore.UnsupportedProtocol as wrong:
        raise DestinationFault("address-not-http") from wrong


def _judged(reply: Reply) -> Reply:
    status, why = reply.status_code, f"http-{reply.status_code}"
    if status in (200, 500):
        return reply
    if status in (429, 503):
        raise NotSent(why, _wish(reply.headers))
    if status > 500:
        raise Unanswered(why)
    raise DestinationFault(why)


def _wish(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds; a date is read against the ministry's own Date (RFC 9110, 10.2.3)."""
    wish = headers.get("retry-after", "")
    if wish.isascii() and wish.isdigit():
        return float(wish)
    try:
        then, now = parsedate_to_datetime(wish), parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (then - now).total_seconds())
    except (ValueError, TypeError):  # neither form, or dates that cannot be compared: no wish
        return None
