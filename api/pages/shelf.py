"""Figures that were just counted: whoever comes without a token is shown those of the last minute."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
KEPT = 64
"""Answers that are kept."""
FRESH = timedelta(minutes=1)


class Shelf(Generic[T]):
    """The same question is answered once a minute, however many ask it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[object, tuple[datetime, T]] = OrderedDict()
        self._lock = Lock()

    def get(self, question: object, now: datetime, count: Callable[[], T]) -> T:
        """The answer that is fresh at ``now``, or what ``count`` finds; others wait meanwhile."""
        with self._lock:
            made = self._kept.get(question)
            if made is None or not timedelta() <= now - made[0] < FRESH:
                made = self._kept[question] = (now, count())
            self._kept.move_to_end(question)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return made[1]
