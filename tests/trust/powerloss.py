"""The power goes, at any write: what was acknowledged is there when it comes back, and the store opens by itself.

``python -m tests.trust.powerloss --cuts 5000``. The real ledger with its key store works on the real SQLite, on
a disk (``tests.trust.power``) that keeps what was synced and of the rest nothing, the first few, some with one
torn, or all. The control sets ``synchronous=NORMAL``, which survives any kill -9, and must lose. The write-ahead
log is moved into the file far more often than in use, so that cuts fall into that too.
"""

import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from threading import Thread

from adapters.ledger.ledger import Ledger
from domain.kernel.errors import StoreUnavailable
from tests.adapters.ledger.shelf import label, put, writer
from tests.adapters.ledger.writing import submission
from tests.trust.checker import Checker, Place
from tests.trust.power import Change, Cut, Disk, everything, nothing, some, upto, watched
from tests.trust.promise import STORES, Answer, answered, command

EACH = 25
"""Cuts of one node."""
CLERKS = 3
COMMANDS = 20
"""Of each clerk."""
PAGES = 12
"""Of the write-ahead log, before it is moved into the file."""


class Moments:
    """Cuts a disk now and then, and remembers what had been acknowledged before."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self.told: dict[str, Place] = {}
        self.cuts: list[tuple[Cut, dict[str, Place]]] = []

    def __call__(self, disk: Disk) -> None:
        if len(self.cuts) < EACH and self._chance.random() < 0.08:
            told = dict(self.told)  # first: what is acknowledged later need not be there
            self.cuts.append((disk.cut(), told))


def work(folder: Path, seed: int, synchronous: str) -> Moments:
    """A node that clerks work on until they are done, and is closed."""
    moments = Moments(Random(seed))
    with watched(Disk(folder, moments)), closing(STORES["sqlite"].open(folder)) as ledger:
        put(ledger, label("first", "first"))
        writer(ledger).execute(f"PRAGMA synchronous={synchronous}")
        writer(ledger).execute(f"PRAGMA wal_autocheckpoint={PAGES}")
        clerks = [Thread(target=_clerk, args=(ledger, f"c{n}", moments)) for n in range(CLERKS)]
        for clerk in clerks:
            clerk.start()
        for clerk in clerks:
            clerk.join()
    return moments


def _clerk(ledger: Ledger, me: str, moments: Moments) -> None:
    for n in range(COMMANDS):
        one = submission(f"{me}-{n}")
        receipt = ledger.execute(one.acts, by=one.by, command_id=one.command_id)
        moments.told[f"{me}-{n}"] = (receipt.first, receipt.last)


class Losses:
    """What many cuts cost."""

    def __init__(self, folder: Path, seed: int, synchronous: str) -> None:
        self._folder = folder
        self._chance = Random(seed)
        self._synchronous = synchronous
        self.cuts = self.told = self.lost = self.damaged = self.unsynced = 0

    def cut(self, upto: int) -> None:
        while self.cuts < upto:
            live = self._folder / "live"
            moments = work(live, self._chance.randrange(2**32), self._synchronous)
            for cut, told in moments.cuts[: upto - self.cuts]:
                self._look(live, cut, told)
            shutil.rmtree(live)

    def _look(self, live: Path, cut: Cut, told: dict[str, Place]) -> None:
        found = self._folder / "found"
        shutil.copytree(live / "keys", found / "keys", ignore=shutil.ignore_patterns("*.db*"))
        cut.restore(found, self._kept(cut))
        self.cuts += 1
        self.told += len(told)
        self.unsynced += bool(cut.unsynced)
        try:
            self._open(found, told)
        except StoreUnavailable:
            self.damaged += 1
        shutil.rmtree(found)

    def _kept(self, cut: Cut) -> Callable[[Change], Change | None]:
        ways = (nothing, upto(self._chance, len(cut.unsynced)), some(self._chance), everything)
        return ways[self.cuts % len(ways)]

    def _open(self, found: Path, told: dict[str, Place]) -> None:
        store, checker = STORES["sqlite"], Checker()
        with closing(store.open(found)) as ledger:
            checker.read(ledger)
            owners = [f.event.owner.value for f in ledger.after(0, 10_000) if "given" in f.header.event]
            put(ledger, label("after", "after"))
        self.lost += len(checker.lost(told))
        whole = not checker.gaps and not checker.doubled and set(owners) <= {"Sri Wahyuni"}
        self.damaged += not (whole and not store.verify(found).failures)


def main(arguments: Sequence[str]) -> int:
    given = command("powerloss", __doc__, cuts=500).parse_args(arguments)

    def trial(answer: Answer, folder: Path) -> None:
        full = Losses(folder / "full", given.seed, "FULL")
        full.cut(given.cuts)
        answer.tell("acknowledged-is-never-lost", f"{full.lost}/{full.told}", not full.lost)
        answer.tell("the-store-opens-whole", f"{full.damaged}/{full.cuts}", not full.damaged)
        fell = f"{full.unsynced}/{full.cuts}"
        answer.tell("the-cuts-fell-among-unsynced-writes", fell, full.unsynced > full.cuts // 2)
        normal = Losses(folder / "normal", given.seed, "NORMAL")
        normal.cut(max(EACH, given.cuts // 5))
        answer.tell("control-synchronous-normal-loses", f"{normal.lost}/{normal.told}", normal.lost > 0)

    return answered(trial)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
