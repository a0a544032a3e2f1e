"""What long streams fold to, kept in memory: facts never change, so only what has come since need be read.

Only for deciders that say so (``Decider.remembered``): whoever is forgotten must not live on in here.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

from domain.kernel.decider import Decider
from domain.kernel.ports import Loaded

MOST = 256
"""Streams that are kept; the one that was asked for longest ago makes room."""

Since = Callable[[int], Sequence[tuple[int, Any]]]
"""The facts of a stream after a version: each version with its event."""


class Remembered:
    """Folded states by decider and stream. Safe for many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[int, str], tuple[Decider[Any, Any, Any], Loaded[Any]]] = OrderedDict()

    def at(self, decider: Decider[Any, Any, Any], stream: str, version: int) -> Loaded[Any] | None:
        """The state of ``stream`` at ``version``, if that is what is remembered of it."""
        with self._lock:
            _, known = self._kept.get((id(decider), stream), (decider, None))
        return known if known is not None and known.version == version else None

    def load(self, decider: Decider[Any, Any, Any], stream: str, since: Since) -> Loaded[Any]:
        """The state of ``stream`` now."""
        key = (id(decider), stream)
        with self._lock:
            # The decider is kept with its state: another one cannot have its id meanwhile.
            _, known = self._kept.get(key, (decider, Loaded(decider.initial, 0)))
        state, version = known.state, known.version
        for at, event in since(version):
            state, version = decider.evolve(state, event), at
        loaded = Loaded(state, version)
        with self._lock:
            self._kept[key] = (decider, loaded)
            self._kept.move_to_end(key)
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return loaded
