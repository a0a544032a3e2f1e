"""Processes that are forked from one clean server: a killed one is replaced within milliseconds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

LONG = 60.0
"""Seconds after which something that must happen has not."""
SLOWEST = 100
"""Commands in a second, on the busiest machine."""
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.trust.writer", "tests.trust.following"])


class Process:
    """A function in a process of its own, and what it says: its last argument is the end that it speaks into."""

    def __init__(self, work: Callable[..., None], *given: Any) -> None:
        self._hears, speaks = PROCESSES.Pipe(duplex=False)
        self._process = PROCESSES.Process(target=work, args=(*given, speaks), daemon=True)
        self._process.start()
        speaks.close()  # the child has its own: without this one its end is heard

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def hear(self, work: int = 0) -> Any:
        """What it says next; None when it has ended and nothing more was said. ``work``: commands that it has
        to do before, which may take it longer than ``LONG``.
        """
        try:
            if not self._hears.poll(LONG + work / SLOWEST):
                raise AssertionError("a process says nothing")
            return self._hears.recv()
        except (EOFError, ConnectionResetError):
            return None

    def rest(self) -> list[Any]:
        """Everything that it said and nobody heard yet, until its end."""
        return list(iter(self.hear, None))

    def kill(self) -> None:
        """kill -9: no clean-up of any kind."""
        self._process.kill()
        self._process.join(LONG)

    def end(self) -> int | None:
        """Its exit code, once it has ended by itself."""
        self._process.join(LONG)
        return self._process.exitcode

    def close(self) -> None:
        self.kill()
        self._hears.close()


@contextmanager
def running(work: Callable[..., None], *given: Any) -> Iterator[Process]:
    """A process that does not outlive the block."""
    process = Process(work, *given)
    try:
        yield process
    finally:
        process.close()


__all__ = ["PROCESSES", "Connection", "Process", "running"]
