"""A search for a name has an address that does not tell the name."""

from collections import OrderedDict
from threading import Lock

from adapters.ids import new_id

KEPT = 500


class Searches:
    """The last searches of this process, by an id that means nothing."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._lock = Lock()
        self._names: OrderedDict[str, tuple[str, str]] = OrderedDict()

    def keep(self, officer: str, name: str) -> str:
        id_ = new_id().hex
        with self._lock:
            self._names[id_] = (officer, name)
            while len(self._names) > self._kept:
                self._names.popitem(last=False)
        return id_

    def name(self, officer: str, id_: str) -> str | None:
        """What this officer searched; None when it is forgotten or another's."""
        with self._lock:
            owner, name = self._names.get(id_, ("", ""))
        return name if owner == officer else None
