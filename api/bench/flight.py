"""Many callers at once, each on a connection of its own with one request under way."""

import asyncio
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

CALLERS = 32


class Flight:
    """The barest client for load: whoever has an answer takes the next request."""

    def __init__(self, url: str, callers: int = CALLERS) -> None:
        self._at = urlsplit(url)
        self._runner = asyncio.Runner()
        self._callers = callers

    def ask(self, requests: Sequence[bytes]) -> None:
        """Send all, as many at once as there are callers, and wait for every good answer.

        Connections are new each time: a server closes those on which nothing comes for seconds.
        """
        self._runner.run(self._ask(iter(requests)))

    def post(self, path: str, body: bytes, **headers: str) -> bytes:
        """A request as it goes over the line."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"POST {path} HTTP/1.1", f"Host: {self._at.netloc}", f"Content-Length: {len(body)}"]
        lines += ["Content-Type: application/json", *(f"{name}: {value}" for name, value in named.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def close(self) -> None:
        self._runner.close()

    async def _ask(self, waiting: Iterator[bytes]) -> None:
        await asyncio.gather(*(self._caller(waiting) for _ in range(self._callers)))

    async def _caller(self, waiting: Iterator[bytes]) -> None:
        assert self._at.hostname
        reader, writer = await asyncio.open_connection(self._at.hostname, self._at.port)
        for request in waiting:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
            if not head.startswith(b"HTTP/1.1 2"):
                raise AssertionError(f"{head[:40]!r} {body[:200]!r}")
        writer.close()


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0])
