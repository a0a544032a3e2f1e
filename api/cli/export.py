"""``simpul export``: the whole ledger in one signed file."""

import sys
from pathlib import Path

import msgspec

from adapters.clock import SystemClock
from adapters.evidence import bundle
from adapters.ledger.keys import Keys
from api.cli.console import console, progress
from api.facts import EVENTS
from api.settings import Settings
from api.wiring import PAPERS, notary, store


def run(out: Path, data: Path, *, json: bool) -> None:
    """Write the bundle, also while a hub runs: it holds one moment of the ledger."""
    settings = Settings(data=data)
    ledger = store(settings)
    with ledger.snapshot() as now:  # first of all: is there a store?
        head = now.head()
    with progress("facts", head) as bar:
        made = bundle.export(
            ledger,
            notary(settings),
            data / "evidence",
            Keys.open(data / "keys", create=False),
            EVENTS,
            out,
            at=SystemClock().now(),
            papers=data / PAPERS,
            progress=bar,
        )
    if json:
        sys.stdout.write(msgspec.json.encode(made).decode() + "\n")
        return
    console.print(f"{made.facts} facts, {made.bytes} bytes: {out}", highlight=False, markup=False)
    console.print(f"root {made.root}", highlight=False)
    console.print(f"key  {made.vkey}", highlight=False, markup=False)
