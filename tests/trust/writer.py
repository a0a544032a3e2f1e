"""A process that appends until it is killed, and says what it was told is done.

Clerks work one by one (their commits are shared), an importer in batches, and the log is signed on the way.
"""

from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock, Thread

from adapters.ledger.ledger import Ledger
from domain.kernel.events import Receipt
from tests.adapters.ledger.writing import BATCH, submission
from tests.trust.stores import STORES, Store

SIGNED = 25
"""Facts between two checkpoints."""
WAIT = 1.0


class Voice:
    """Many threads, one sentence after the other."""

    def __init__(self, speaks: Connection) -> None:
        self._speaks = speaks
        self._lock = Lock()

    def say(self, name: str, first: int, last: int) -> None:
        with self._lock:
            self._speaks.send(f"{name} {first} {last}")


def clerk(ledger: Ledger, me: str, voice: Voice, *, early: bool) -> None:
    """``early``: the mistake that the control makes, an acknowledgement before the commit."""
    for n in count():
        one = submission(f"{me}-{n}")
        if early:
            voice.say(f"{me}-{n}", 0, 0)
        receipt = ledger.execute(one.acts, by=one.by, command_id=one.command_id)
        if not early:
            voice.say(f"{me}-{n}", receipt.first, receipt.last)


def importer(ledger: Ledger, me: str, voice: Voice) -> None:
    for n in count():
        names = [f"{me}-{n}-{line}" for line in range(BATCH)]
        for name, outcome in zip(names, ledger.execute_many([submission(x) for x in names]), strict=True):
            assert isinstance(outcome, Receipt)
            voice.say(name, outcome.first, outcome.last)


def signer(ledger: Ledger, store: Store, folder: Path) -> None:
    notary = store.notary(folder)
    while True:
        if ledger.wait(notary.signed + SIGNED, WAIT):
            notary.checkpoint()


def work(kind: str, folder: Path, me: str, clients: int, early: bool, speaks: Connection) -> None:
    """``clients`` clerks, an importer and a signer on the node in ``folder``."""
    store, voice = STORES[kind], Voice(speaks)
    ledger = store.open(folder)
    threads = [
        Thread(target=clerk, args=(ledger, f"{me}-{n}", voice), kwargs={"early": early})
        for n in range(clients)
    ]
    if not early:
        threads.append(Thread(target=importer, args=(ledger, f"{me}-file", voice)))
        threads.append(Thread(target=signer, args=(ledger, store, folder)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
