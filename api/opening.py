"""Where the ledger of a node is, and the desk before it: all that an act needs of a node."""

from pathlib import Path

from adapters.ledger.ledger import Ledger
from adapters.reference import reference
from api.acts.desk import Desk
from api.facts import EVENTS
from api.settings import Settings
from domain.kernel.ports import Clock

LEDGER = "ledger.db"
"""The ledger's file in the folder of a node."""


def place(settings: Settings) -> Path | str:
    """Where the ledger is: a file, or the address of a database."""
    return settings.ledger_url.get_secret_value() or settings.data / LEDGER


def open_desk(settings: Settings, clock: Clock) -> tuple[Desk, Ledger]:
    """The ledger of a node and the desk before it, both made when absent: all that an act needs."""
    folder = _folder(settings.data)
    ledger = Ledger.open(
        place(settings),
        keys=folder / "keys",
        key_store=settings.keys_url.get_secret_value(),
        events=EVENTS,
        clock=clock,
    )
    return Desk(ledger, clock, reference(), settings.synthetic, settings.mode == "companion"), ledger


def _folder(data: Path) -> Path:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return data
