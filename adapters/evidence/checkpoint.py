"""The checkpointer: follows the ledger, grows the tree behind it, and has it signed again and again."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event, RLock
from typing import Protocol

import structlog

from adapters.clock import stopwatch
from adapters.evidence.signer import SignedCheckpoint, Signer
from adapters.evidence.store import Leaves
from adapters.evidence.times import CommitTimes
from adapters.evidence.tree import Tree
from domain.kernel.errors import Refused, StoreUnavailable

EVERY = 5.0
"""Seconds between two checkpoints while facts are appended: the promise is at most ten."""
IDLE = 0.1
"""Seconds after which an idle checkpointer looks whether it must stop."""
AGAIN = 60.0
"""Seconds until a checkpoint that was refused is tried again."""
BATCH = 10_000

log = structlog.get_logger()


class Followed(Protocol):
    """The ledger, as far as following it goes."""

    def wait(self, position: int, timeout: float) -> bool:
        """Until the head is beyond ``position`` or ``timeout`` seconds have passed; True when it is."""


@dataclass(frozen=True, slots=True)
class CheckpointStatus:
    """``size`` facts are signed; ``mode`` is starting, running, refused or stopped, ``cause`` a code."""

    mode: str
    size: int
    cause: str | None


class Trees:
    """The tree of facts and that of their commit times, grown from leaf hashes. Not for several threads."""

    def __init__(self, folder: Path, leaves: Leaves) -> None:
        self._leaves = leaves
        self.facts = Tree(folder / "tile")
        self.times = CommitTimes(folder / "time-tile", self._times)
        self._read(self.times.size, self.facts.size, lambda _: None)

    def _times(self, position: int, limit: int) -> list[int]:
        return [leaf.committed_at for leaf in self._leaves.leaves(position, limit)]

    def follow(self, upto: int | None = None, progress: Callable[[int], None] = lambda _: None) -> int:
        """Take in what was appended (up to a position); how many facts are in the trees now.

        Refused: ``ledger-skipped`` when positions have a hole.
        """
        return self._read(self.facts.size, upto, progress)

    def _read(self, at: int, upto: int | None, progress: Callable[[int], None]) -> int:
        while upto is None or at < upto:
            batch = self._leaves.leaves(at, BATCH if upto is None else min(BATCH, upto - at))
            if not batch:
                break
            if batch[-1].position != at + len(batch):
                raise StoreUnavailable("ledger-skipped", position=at)
            # Each tree opens with its own complete tiles: one may be ahead of the other.
            self.facts.extend(leaf.hash for leaf in batch[max(0, self.facts.size - at) :])
            self.times.extend(leaf.committed_at for leaf in batch[max(0, self.times.size - at) :])
            at += len(batch)
            progress(at)
        return at

    def roots(self, size: int) -> tuple[bytes, bytes]:
        return self.facts.root(size), self.times.root(size)


class Checkpointer:
    """A task of the hub; ``checkpoint`` may be called by any thread meanwhile."""

    name = "checkpointer"

    def __init__(
        self,
        ledger: Followed,
        leaves: Leaves,
        *,
        keys: Path,
        folder: Path,
        origin: str,
        every: float = EVERY,
    ) -> None:
        self._ledger = ledger
        self._leaves = leaves
        self._keys = keys
        self._folder = folder
        self._origin = origin
        self._every = every
        self._lock = RLock()
        self._trees: Trees | None = None
        self._signer: Signer | None = None
        self._signed = 0
        self._mode = "stopped"
        self._cause: str | None = None

    # -- as a task

    def run(self, stop: Event) -> None:
        """Sign soon after a fact, and then every few seconds while there are more; and once at the end."""
        self._mode, last = "starting", stopwatch() - self._every
        try:
            while not stop.is_set():
                if not self._try(self._take_in):
                    stop.wait(AGAIN)
                    continue
                self._mode = "running"
                if self._unsigned() and stopwatch() - last >= self._every:
                    self._try(self.checkpoint)
                    last = stopwatch()
                elif self._unsigned():
                    stop.wait(min(IDLE, self._every))
                else:
                    self._ledger.wait(self._signed, IDLE)
            if self._mode == "running" and self._unsigned():
                self._try(self.checkpoint)
        finally:
            self._mode = "stopped" if self._cause is None else self._mode

    def _try(self, step: Callable[[], object]) -> bool:
        try:
            step()
        except Refused as refused:
            if refused.code != self._cause:
                # An alarm: what is there now is not what was signed, or cannot be read.
                log.error("evidence-alarm", code=refused.code, signed=self._signed)
            self._mode, self._cause = "refused", refused.code
            return False
        if self._cause is not None:
            log.info("evidence-well-again")
            self._cause = None
        return True
