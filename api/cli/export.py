"""``simpul export``: the whole ledger, or that of the readings, in one signed file."""

import sys
from pathlib import Path

import msgspec

from adapters.clock import SystemClock
from adapters.evidence import bundle
from adapters.ledger.keys import Keys
from api.cli.console import console, progress
from api.facts import EVENTS
from api.opening import READINGS, keys_of_readings
from api.readings import readings_notary, readings_store
from api.settings import Settings
from api.wiring import PAPERS, notary, store


def run(out: Path, data: Path, *, readings: bool, json: bool) -> None:
    """Write the bundle, also while a hub runs: it holds one moment of the ledger."""
    settings = Settings(data=data)
    ledger = readings_store(settings) if readings else store(settings)
    signing = readings_notary(settings) if readings else notary(settings)
    folder = data / READINGS if readings else data
    keys = keys_of_readings(settings)[0] if readings else data / "keys"
    with ledger.snapshot() as now:  # first of all: is there a store?
        head = now.head()
    with progress("facts", head) as bar:
        made = bundle.export(
            ledger,
            signing,
            folder / "evidence",
            Keys.open(keys, create=False),
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
