"""The checker: holds what was acknowledged against what is in the ledger, fact by fact, without its help."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from adapters.ledger.ledger import Ledger
from tests.acts.people import command
from tests.adapters.ledger.shelf import Given

PAGE = 1000
Place = tuple[int, int]
"""First and last position of a command; zeros when they were not told."""
NOT_TOLD = (0, 0)


class Told(NamedTuple):
    """What a writer was told: a command and its place. ``unknown``: how often it was told before that nobody
    knows what became of it; ``repeated``: it was there already when it was sent once more.
    """

    name: str
    place: Place
    unknown: int = 0
    repeated: bool = False


class Checker:
    """Reads on where it stopped; what it counts stays counted. Of ``people`` none may be ``sealed_for_ever``:
    a fact that was committed before its key would be.
    """

    def __init__(self) -> None:
        self.upto = 0
        self.gaps = 0
        self.doubled = 0
        self.people = 0
        self.sealed_for_ever = 0
        self._places: dict[UUID, Place] = {}
        self._versions: dict[str, int] = {}

    @property
    def commands(self) -> int:
        return len(self._places)

    def read(self, ledger: Ledger) -> None:
        """Every fact after the last one that was read."""
        while page := ledger.after(self.upto, PAGE):
            for fact in page:
                self._take(fact.position, fact.header.stream, fact.header.version, fact.header.command_id)
                if isinstance(fact.event, Given):
                    self.people += 1
                    self.sealed_for_ever += fact.event.owner.value is None

    def _take(self, position: int, stream: str, version: int, command_id: UUID) -> None:
        self.gaps += position != self.upto + 1
        self.gaps += version != self._versions.get(stream, 0) + 1
        self.upto, self._versions[stream] = position, version
        first, last = self._places.get(command_id, (position, position - 1))
        self.doubled += last + 1 != position  # the facts of a command stand side by side
        self._places[command_id] = (first, position)

    def lost(self, told: Mapping[str, Place]) -> list[str]:
        """Commands that are not there, or not where they were said to be."""
        return [name for name, place in told.items() if not self._holds(name, place)]

    def _holds(self, name: str, place: Place) -> bool:
        found = self._places.get(command(name))
        return found is not None and place in (found, NOT_TOLD)


def places(told: Iterable[Told]) -> dict[str, Place]:
    """The place of each command."""
    return {one.name: one.place for one in told}
