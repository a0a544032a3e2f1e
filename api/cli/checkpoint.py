"""``simpul checkpoint``: a signed checkpoint now, also beside a hub that runs."""

import sys
from pathlib import Path

import msgspec

from api.cli.console import progress
from api.settings import Settings
from api.wiring import notary


def run(data: Path, *, json: bool) -> None:
    """Print the signed note, or with ``json`` size, root, note and public key."""
    signing = notary(Settings(data=data))
    with progress("facts") as bar:
        made = signing.checkpoint(progress=bar)
    if json:
        told = {"size": made.size, "root": made.root.hex(), "checkpoint": made.note.decode()}
        sys.stdout.write(msgspec.json.encode({**told, "vkey": signing.vkey}).decode() + "\n")
    else:
        sys.stdout.write(made.note.decode())
