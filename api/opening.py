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


READINGS = "readings"
"""The folder of readings in the folder of a node, and what their schema is called after that of the ledger."""


def place_of_readings(settings: Settings, *, make: bool = False) -> Path | str:
    """Where the ledger of readings is: a schema beside the ledger's, or a file in a folder of its own.

    A file that is there stays: no node loses its readings when it gets a newer release.
    """
    file, url = settings.data / READINGS / LEDGER, settings.ledger_url.get_secret_value()
    return _beside(url, make=make) if url and not file.exists() else file


def keys_of_readings(settings: Settings) -> tuple[Path, str]:
    """The folder and the store of their keys: those of the node where hubs share a database, else their own."""
    if isinstance(place_of_readings(settings), str):
        return settings.data / "keys", settings.keys_url.get_secret_value()
    return settings.data / READINGS / "keys", ""


def _beside(url: str, *, make: bool) -> str:
    from adapters.ledger.postgres_server import beside  # a node on SQLite does without the driver
    from adapters.ledger.store import store_errors

    with store_errors():
        return beside(url, READINGS, make=make)


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
