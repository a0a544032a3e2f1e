"""A search for a person has an address that does not tell whom."""

from collections import OrderedDict
from threading import Lock

from adapters.ids import new_id
from projections.name_search import Asked

KEPT = 500


class Searches:
    """The last searches of this process, by an id that means nothing."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._lock = Lock()
        self._asked: OrderedDict[str, tuple[str, Asked]] = OrderedDict()

    def keep(self, officer: str, asked: Asked) -> str:
        id_ = new_id().hex
        with self._lock:
            self._asked[id_] = (officer, asked)
            while len(self._asked) > self._kept:
                self._asked.popitem(last=False)
        return id_

    def asked(self, officer: str, id_: str) -> Asked | None:
        """What this officer searched; None when it is forgotten or another's."""
        with self._lock:
            owner, asked = self._asked.get(id_, ("", None))
        return asked if owner == officer else None
