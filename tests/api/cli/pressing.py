"""A rebuild at a terminal where somebody presses Ctrl-C before the second batch is read."""

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapters.ledger.ledger import Ledger
from api.cli import projections
from api.settings import Settings
from api.wiring import VALID_TIME, open_hub
from domain.kernel.events import Recorded
from projections.views import Views


class Pressed:
    """A ledger whose reader is interrupted."""

    def __init__(self, ledger: Ledger) -> None:
        self.head = ledger.head
        self.stream = ledger.stream
        self.wait = ledger.wait
        self._ledger = ledger

    def after(self, position: int, limit: int) -> Sequence[Recorded[Any]]:
        if position:
            os.kill(os.getpid(), signal.SIGINT)
        return self._ledger.after(position, limit)


if __name__ == "__main__":
    with open_hub(Settings(data=Path(sys.argv[1]))) as hub:
        pressed = Views(hub.views.store, hub.views.models, Pressed(hub.ledger), VALID_TIME)
        sys.exit(projections.rebuilt(replace(hub, views=pressed), [], from_start=False))
