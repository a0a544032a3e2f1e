"""Work in bulk makes many objects and no cycles: meanwhile Python seldom looks for some."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

COLLECT_AFTER = 100_000
"""New objects, about those of one batch of an import, after which Python looks for cycles meanwhile."""

_lock = Lock()
_before: list[tuple[int, int, int]] = []


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Looking after every few hundred objects costs a tenth of an import or a rebuild.

    The setting is that of the whole process: whoever comes first changes it, and the last one restores it.
    """
    with _lock:
        _before.append(gc.get_threshold())
        gc.set_threshold(COLLECT_AFTER, *_before[0][1:])
    try:
        yield
    finally:
        with _lock:
            # Whoever leaves early takes the newest entry: the first one stays until all have left.
            left = _before.pop()
            if not _before:
                gc.set_threshold(*left)
