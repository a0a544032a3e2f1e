"""Other processes for a measure: they say where they listen, and end with the measure."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit


@contextmanager
def listening(module: str, *arguments: str, log: Path | None = None) -> Iterator[str]:
    """``python -m module arguments``; its first line of output is its address. ``log``: where its errors go."""
    command = [sys.executable, "-m", module, *arguments]
    with log.open("wb") if log else nullcontext() as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)
    assert process.stdout
    try:
        yield process.stdout.readline().decode().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


class Plain:
    """The barest client: one connection of the standard library, kept open."""

    def __init__(self, url: str) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc)
        self._connection.connect()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> bytes:
        """The body of a good answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, path, body, named)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{method} {path}: {answer.status} {content[:200]!r}")
        return content

    def close(self) -> None:
        self._connection.close()
