"""``simpul projections``: read models are disposable; here they are listed and rebuilt."""

import sys
from pathlib import Path
from threading import Event

import msgspec
from rich.console import Console
from rich.table import Table

from api.cli.console import console, progress
from api.cli.store import existing
from api.wiring import open_hub


def list_(data: Path, *, json: bool) -> None:
    """One row per read model; ``lag`` in facts behind the ledger."""
    with open_hub(existing(data)) as hub:
        models = hub.views.status()
    if json:
        sys.stdout.write(msgspec.json.encode(models).decode() + "\n")
        return
    table = Table("name", "version", "position", "lag", "mode", "cause")
    for model in models:
        table.add_row(
            model.name, str(model.version), str(model.position), str(model.lag), model.mode, model.cause or ""
        )
    Console().print(table)


def rebuild(data: Path, names: list[str]) -> None:
    """Rebuild ``names`` (all when empty) in one pass; Ctrl-C leaves the serving ones as they are."""
    with open_hub(existing(data)) as hub, progress("facts", hub.ledger.head()) as bar:
        hub.views.rebuild(names or None, progress=bar, stop=Event())
    console.print(f"rebuilt {', '.join(names) or 'all read models'}")
