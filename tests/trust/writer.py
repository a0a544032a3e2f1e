"""A process that appends until it is killed, and says what it was told is done.

Clerks work one by one (their commits are shared), an importer in batches, and the log is signed on the way. Who is
told that the store is away, or that nobody knows what became of a command, sends the same command once more.
"""

import logging
from collections.abc import Callable
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock, Thread
from typing import Any, TypeVar

import structlog

from adapters.ledger.ledger import Ledger
from domain.kernel.errors import StoreUnavailable
from domain.kernel.events import Receipt
from tests.adapters.ledger.shelf import LONG
from tests.adapters.ledger.writing import BATCH, submission
from tests.trust.checker import NOT_TOLD, Told
from tests.trust.stores import STORES, Store

T = TypeVar("T")
SIGNED = 25
"""Facts between two checkpoints."""
WAIT = 1.0
PATIENCE = 20
"""How often the same is asked of a store that cannot answer."""


class Voice:
    """Many threads, one sentence after the other; ``back`` is set while the server is there."""

    def __init__(self, speaks: Connection, back: Any) -> None:
        self._speaks = speaks
        self._back = back
        self._lock = Lock()

    def say(self, told: Told) -> None:
        with self._lock:
            self._speaks.send(told)

    def answered(self, ask: Callable[[], T]) -> tuple[T, int]:
        """The answer, and how often nobody could tell before what had become of what was asked."""
        unknown = 0
        for _ in range(PATIENCE):
            try:
                return ask(), unknown
            except StoreUnavailable as away:
                unknown += away.code == "store-outcome-unknown"
                assert self._back.wait(LONG)
        raise AssertionError("the store does not come back")


def clerk(ledger: Ledger, me: str, voice: Voice, *, early: bool) -> None:
    """``early``: the mistake that the control makes, an acknowledgement before the commit."""
    for n in count():
        one = submission(f"{me}-{n}")
        if early:
            voice.say(Told(f"{me}-{n}", NOT_TOLD))
        receipt, unknown = voice.answered(
            lambda one=one: ledger.execute(one.acts, by=one.by, command_id=one.command_id)  # type: ignore[misc]
        )
        if not early:
            voice.say(told(f"{me}-{n}", receipt, unknown))


def importer(ledger: Ledger, me: str, voice: Voice) -> None:
    for n in count():
        names = [f"{me}-{n}-{line}" for line in range(BATCH)]
        many = [submission(name) for name in names]
        outcomes, unknown = voice.answered(lambda many=many: ledger.execute_many(many))  # type: ignore[misc]
        for name, outcome in zip(names, outcomes, strict=True):
            voice.say(told(name, outcome, unknown))


def told(name: str, outcome: object, unknown: int) -> Told:
    assert isinstance(outcome, Receipt), outcome
    return Told(name, (outcome.first, outcome.last), unknown, outcome.repeated)


def signer(ledger: Ledger, store: Store, folder: Path, voice: Voice) -> None:
    notary = store.notary(folder)

    def sign() -> None:
        if ledger.wait(notary.signed + SIGNED, WAIT):
            notary.checkpoint()

    while True:
        voice.answered(sign)


def work(kind: str, folder: Path, me: str, clients: int, early: bool, back: Any, speaks: Connection) -> None:
    """``clients`` clerks, an importer and a signer on the node in ``folder``."""
    # That the store is away is what is tried: nobody wants to read it.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    store, voice = STORES[kind], Voice(speaks, back)
    ledger = store.open(folder)
    threads = [
        Thread(target=clerk, args=(ledger, f"{me}-{n}", voice), kwargs={"early": early})
        for n in range(clients)
    ]
    if not early:
        threads.append(Thread(target=importer, args=(ledger, f"{me}-file", voice)))
        threads.append(Thread(target=signer, args=(ledger, store, folder, voice)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
