"""The kinds of store that are put to the test: a row here puts another one to all of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.clock import SystemClock
from adapters.evidence.notary import Notary
from adapters.evidence.verify import StoreReport, verify_store
from adapters.ledger.ledger import Ledger
from tests.adapters.evidence import boxes
from tests.adapters.ledger import shelf


@dataclass(frozen=True, slots=True)
class Store:
    """How the node in a folder is opened, signed for and verified; each call is another process."""

    open: Callable[[Path], Ledger]
    notary: Callable[[Path], Notary]
    verify: Callable[[Path], StoreReport]


def _sqlite(folder: Path) -> Ledger:
    return shelf.opened(folder, SystemClock())


STORES: Mapping[str, Store] = {
    "sqlite": Store(_sqlite, boxes.notary, lambda folder: verify_store(folder, shelf.EVENTS)),
}
