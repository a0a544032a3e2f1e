"""What the rows of ``simpul bench ledger`` have in common: a store, a size, and facts made ready once."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from errno import ENOSPC
from functools import cached_property
from hashlib import sha256
from os import strerror
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from adapters.clock import SystemClock
from adapters.ledger.ledger import Ledger
from adapters.ledger.mapper import Mapper, Pending
from adapters.ledger.store import ClaimRow, CommandRow
from api.bench.material import PAGE, ledger_of, registered
from api.bench.stores import BenchStore
from api.facts import EVENTS
from api.identity import IMPORTER


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: ``residents`` are read, ``imported`` are imported, ``weighed`` are imported and rebuilt
    where memory is looked at, and a ledger that is ``grown`` to so many facts is held against a ``small`` one.
    """

    name: str
    residents: int
    rounds: int
    imported: int
    weighed: int
    grown: int
    small: int = 100_000


QUICK = Scale("quick", 4_000, 4, 7_000, 2_000, 1_000_000)
NORMAL = Scale("normal", 40_000, 20, 100_000, 100_000, 1_000_000)
LONG = Scale("long", 40_000, 40, 865_417, 865_417, 10_000_000)
BYTES = 2_500
"""Of disk that a fact may take while it is measured: record, indexes, claim and command, write-ahead log."""


class Ready(NamedTuple):
    """A decided, sealed, hashed event with its claim and the id of its command."""

    event: StoredEvent
    claim: ClaimRow
    command: CommandRow


class Stage:
    """One run: what is expensive to make is made once, in ``folder``."""

    def __init__(self, store: BenchStore, scale: Scale, folder: Path) -> None:
        self.store = store
        self.scale = scale
        self.folder = folder
        self._opened: list[Ledger] = []

    def must_fit(self) -> None:
        """Refuse before anything is measured, not after an hour: ``ENOSPC``."""
        facts = self.scale.grown + self.scale.imported
        if shutil.disk_usage(self.folder).free < facts * BYTES:
            raise OSError(ENOSPC, f"{strerror(ENOSPC)} for {facts:,} facts", str(self.folder))

    def open(self, folder: Path) -> Ledger:
        """A ledger in ``folder``; whoever asks closes it."""
        return ledger_of(self.store.desk(folder))

    def close(self) -> None:
        """Close what was made ready."""
        for ledger in self._opened:
            ledger.close()

    @property
    def sealed_folder(self) -> Path:
        return self.folder / "sealed"

    @property
    def clear_folder(self) -> Path:
        return self.folder / "clear"

    @cached_property
    def sealed(self) -> Ledger:
        """A ledger of residents: personal data sealed, a key for each of them."""
        at = self.store.desk(self.sealed_folder)
        registered(at, self.scale.residents)
        self._opened.append(ledger_of(at))
        return ledger_of(at)

    @cached_property
    def clear(self) -> Ledger:
        """The same facts, nothing sealed."""
        ledger, mapper = self.open(self.clear_folder), Mapper(EVENTS)
        self._opened.append(ledger)
        envelope = mapper.envelope(IMPORTER, SystemClock().now(), UUID(int=1), None)
        at = 0
        while batch := self.sealed.after(at, PAGE):
            at = batch[-1].position
            facts = [Pending(f.header.stream, f.header.version, f.event, envelope) for f in batch]
            ledger.recorder.insert_events([mapper.to_stored_event(fact) for fact in facts])
        return ledger

    @cached_property
    def events(self) -> Sequence[StoredEvent]:
        """The sealed facts as they are stored."""
        found: Sequence[StoredEvent] = self.sealed.recorder.select_notifications(1, 10**9)
        return found

    def ready(self, count: int) -> Iterator[Ready]:
        """So many, each with a claim and a command of its own."""
        for n, event in enumerate(self.events[:count]):
            mark = sha256(b"%d" % n).digest()
            claim = ClaimRow("bench", mark, str(event.originator_id))
            yield Ready(event, claim, CommandRow(mark[:16], mark, 0, 1))
