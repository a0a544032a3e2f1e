"""The store that a command works on."""

from pathlib import Path

from api.settings import Settings
from api.wiring import LEDGER
from domain.kernel.errors import Unknown


def existing(data: Path) -> Settings:
    """The settings of a store that is there: a mistyped folder is told, not made.

    ``Unknown("unknown-store")``.
    """
    if not (data / LEDGER).exists():
        raise Unknown("unknown-store", data=str(data))
    return Settings(data=data)
