"""The checkpointer: follows the ledger, and has what was appended signed again and again."""

from dataclasses import dataclass
from threading import Event
from typing import Protocol

import structlog

from adapters.clock import stopwatch
from adapters.evidence.notary import BATCH, Notary
from domain.kernel.errors import Refused

EVERY = 5.0
"""Seconds between two checkpoints while facts are appended: the promise is at most ten."""
IDLE = 0.1
"""Seconds after which an idle checkpointer looks whether it must stop."""
AGAIN = 10.0
"""Seconds until a checkpoint that was refused is tried again."""

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


class Checkpointer:
    """A task of the hub. What it is refused is an alarm, and does not stop the service of citizens."""

    name = "checkpointer"

    def __init__(self, ledger: Followed, notary: Notary, every: float = EVERY) -> None:
        self.notary = notary
        self._ledger = ledger
        self._every = every
        self._mode = "stopped"
        self._cause: str | None = None

    def status(self) -> CheckpointStatus:
        return CheckpointStatus(self._mode, self.notary.signed, self._cause)

    def run(self, stop: Event) -> None:
        """Sign soon after a fact, then every few seconds while there are more, and once at the end."""
        self._mode, last = "starting", stopwatch() - self._every
        while not stop.is_set():
            try:
                more, waiting = self.notary.follow(BATCH), self.notary.waiting()
                due = stopwatch() - last >= self._every
                # At the start what was signed before is compared, also when nothing is new.
                compare = self._mode != "running" and self.notary.signed > 0
                if (compare and not more) or (waiting > 0 and due):
                    self.notary.sign()
                    last = stopwatch()
                elif waiting > 0 and not more:
                    stop.wait(min(IDLE, self._every))
                elif not more:
                    self._ledger.wait(self.notary.signed, IDLE)
                if not more:
                    self._well()
            except Refused as refused:
                self._alarm(refused)
                stop.wait(AGAIN)
        if self._cause is None:
            self._last_one()
            self._mode = "stopped"

    def _last_one(self) -> None:
        """A clean stop leaves nothing unsigned that was taken in."""
        try:
            if self.notary.waiting() > 0:
                self.notary.sign()
        except Refused as refused:
            self._alarm(refused)

    def _alarm(self, refused: Refused) -> None:
        """What is there now is not what was signed, or it cannot be read or written."""
        if refused.code != self._cause:
            log.error("evidence-alarm", code=refused.code, signed=self.notary.signed)
        self._mode, self._cause = "refused", refused.code

    def _well(self) -> None:
        if self._cause is not None:
            log.info("evidence-well-again")
        self._mode, self._cause = "running", None
