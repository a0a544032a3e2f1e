"""Whose turn it is at a series: clerks of one office take numbers from the same one, all day.

Two who looked at once would see the same number, and one of them would decide everything again. It is a
courtesy among the threads of a process and decides nothing: who comes first is told by the ledger.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

PATIENCE = 1.0
"""Seconds after which somebody goes on without her turn."""


@dataclass(slots=True)
class _Turn:
    lock: Lock = field(default_factory=Lock)
    asked: int = 0


class Turns:
    """The series at which somebody is now. Safe for many threads."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._lock = Lock()
        self._turns: dict[str, _Turn] = {}

    @property
    def busy(self) -> int:
        """At how many series somebody is."""
        with self._lock:
            return len(self._turns)

    @contextmanager
    def at(self, series: str) -> Iterator[None]:
        """Alone at ``series``, or after ``patience`` seconds as if she were."""
        with self._lock:
            turn = self._turns.setdefault(series, _Turn())
            turn.asked += 1
        came = turn.lock.acquire(timeout=self._patience)
        try:
            yield
        finally:
            if came:
                turn.lock.release()
            with self._lock:
                turn.asked -= 1
                if not turn.asked:
                    del self._turns[series]
