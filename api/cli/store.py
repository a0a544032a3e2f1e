"""The store that a command works on."""

from pathlib import Path

from api.settings import Settings
from api.wiring import store
from domain.kernel.errors import Unknown


def existing(data: Path) -> Settings:
    """The settings of a store that is there: a mistyped folder is told, not made.

    ``Unknown("unknown-store")``.
    """
    settings = Settings(data=data)
    if not store(settings).exists():
        raise Unknown("unknown-store", data=str(data))
    return settings
