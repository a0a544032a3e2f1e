"""The kinds of store that are put to the test: a row here puts another one to all of it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.clock import SystemClock
from adapters.evidence.notary import Notary
from adapters.evidence.verify import StoreReport, verify_store
from adapters.ledger.ledger import Ledger
from tests.adapters.evidence import boxes
from tests.adapters.ledger import shelf
from tests.trust import naive, servers


@dataclass(frozen=True, slots=True)
class Store:
    """What a kind of store stands on, and the table of the control; a node is opened, signed for and verified
    from its folder alone: each call is another process.
    """

    server: Callable[[], AbstractContextManager[servers.Server]]
    naive: Callable[[Path, Any], naive.Table]
    """A table in the place of a folder; ids come from this shared number, unless the store has its own."""

    def open(self, folder: Path) -> Ledger:
        return shelf.opened(folder, SystemClock())

    def notary(self, folder: Path) -> Notary:
        return boxes.notary(folder)

    def verify(self, folder: Path) -> StoreReport:
        return verify_store(folder, shelf.EVENTS, store=boxes.store(folder))


STORES: Mapping[str, Store] = {
    "sqlite": Store(servers.no_server, naive.OnSqlite),
    "postgres": Store(servers.own_postgres, naive.OnPostgres),
}
