"""``simpul restore``: a fresh node from a bundle."""

import sys
from pathlib import Path

import msgspec

from adapters.evidence.restore import restore
from api.acts.collecting import seldom_collected
from api.cli.console import console, progress
from api.cli.verify import key
from api.settings import Settings
from api.wiring import open_hub, store


def run(bundle: Path, data: Path, keys: Path | None, vkey: str | None, *, json: bool) -> None:
    """Restore, and with the keys at hand compute the read models too."""
    settings = Settings(data=data)
    elsewhere = store(settings) if settings.ledger_url.get_secret_value() else None
    with progress("facts") as bar:
        made = restore(
            bundle,
            data,
            store=elsewhere,
            keys=keys,
            key_store=settings.keys_url.get_secret_value(),
            vkey=key(vkey),
            progress=bar,
        )
    if made.keys:
        with (
            open_hub(settings) as hub,
            progress("read models", made.facts) as bar,
            seldom_collected(),
        ):
            hub.views.rebuild(progress=bar)
    if json:
        sys.stdout.write(msgspec.json.encode(made).decode() + "\n")
        return
    console.print(f"{made.facts} facts restored to {data}", highlight=False, markup=False)
    console.print(f"root {made.root}", highlight=False)
    if not made.keys:
        console.print("The keys are not in a bundle: put the key folder of the old node at", end=" ")
        console.print(f"{data / 'keys'} before the first start.", highlight=False, markup=False)
