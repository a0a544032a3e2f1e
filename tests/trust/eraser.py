"""A hub that forgets a person, and is killed at a write that was chosen before."""

import os
import signal
from contextlib import nullcontext
from multiprocessing.connection import Connection
from pathlib import Path

from api.acts import privacy
from api.settings import Settings
from api.wiring import Hub, open_hub
from domain.privacy.erasure import Stage
from projections.projector import Projector
from projections.scrubber import Scrubber
from tests.acts.people import KECAMATAN, command
from tests.trust.power import Change, Disk, watched

KEYS, FACTS, MODELS, SCRUB = "keys", "facts", "models", "scrub"
PARTS = (KEYS, FACTS, MODELS, SCRUB)
"""What a hub writes while it forgets: the keys go, the fact says so, read models and their file follow."""
TRIES = 5


class Fuse(Disk):
    """Counts the writes below a folder, and ends the process right after one of them."""

    def __init__(self, folder: Path, at: int | None) -> None:
        super().__init__(folder)
        self._at = at
        self.parts: list[str] = []
        self.scrubbing = False

    def created(self, path: str) -> None:
        """Nothing stands in a new file."""

    def change(self, change: Change) -> None:
        self.parts.append(self._part(change.path))
        if len(self.parts) == self._at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _part(self, path: str) -> str:
        if path.startswith("keys/"):
            return KEYS
        if path.startswith("ledger.db"):
            return FACTS
        return SCRUB if self.scrubbing else MODELS

    def synced(self, path: str, *, names: bool = False) -> None:
        """A kill leaves what was not synced."""


def hub(folder: Path) -> Hub:
    return open_hub(Settings(data=folder, synthetic=True))


def work(folder: Path, erasure: str, at: int | None, watch: bool, speaks: Connection) -> None:
    """Start a hub, which finishes what is open, and decide what is not decided. It says what it wrote, if it lives."""
    fuse = Fuse(folder, at)
    with watched(fuse) if watch else nullcontext(), hub(folder) as node:
        if privacy.load(node.desk, erasure).state.stage is Stage.REQUESTED:
            approve = command("approve")
            privacy.approve(node.desk, node.ledger, erasure, by=KECAMATAN, command_id=approve)
        follow(node, fuse)
    speaks.send(fuse.parts)


def follow(node: Hub, fuse: Fuse) -> None:
    """What the threads of a hub do, one after the other."""
    projector = Projector(node.views, node.clock)
    while projector.step():
        pass
    fuse.scrubbing = True
    scrubber = Scrubber(node.views)
    assert any(scrubber.step() for _ in range(TRIES)), "the scrubber owes something"
