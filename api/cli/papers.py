"""``simpul papers``: the key that signs the codes of papers."""

import sys
from pathlib import Path

import msgspec

from adapters.clock import SystemClock
from api.settings import Settings
from api.wiring import paper_keys
from domain.kernel.errors import Unknown


def rotate(data: Path, *, json: bool) -> None:
    """Let a new key sign from now on, also in a hub that runs; print its id and that of every key before."""
    if not data.is_dir():
        raise Unknown("unknown-store", data=str(data))
    keys = paper_keys(Settings(data=data), SystemClock())
    signing = keys.rotate()
    published = [key.id for key in keys.published()]
    if json:
        told = {"signing": signing, "published": published}
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    else:
        sys.stdout.write(f"{signing}\n")
