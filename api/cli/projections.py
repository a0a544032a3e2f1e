"""``simpul projections``: read models are disposable; here they are listed, rebuilt, and helped over a poisonous fact."""

import sys
from pathlib import Path
from threading import Event

import msgspec
from rich.console import Console
from rich.table import Column, Table

from api.acts.collecting import seldom_collected
from api.cli.console import console, progress
from api.cli.store import existing
from api.wiring import open_hub


def list_(data: Path, *, json: bool) -> None:
    """One row per read model; ``lag`` and ``parked`` in facts, ``rate`` in facts per second."""
    with open_hub(existing(data)) as hub:
        models = hub.views.status()
    if json:
        sys.stdout.write(msgspec.json.encode(models).decode() + "\n")
        return
    table = Table(
        Column("name", no_wrap=True), "version", "position", "lag", "facts/s", "mode", "parked", "cause"
    )
    for model in models:
        rate = "" if model.rate is None else str(model.rate)
        numbers = map(str, (model.version, model.position, model.lag))
        table.add_row(model.name, *numbers, rate, model.mode, str(model.parked), model.cause or "")
    Console().print(table)


def parked(data: Path, name: str | None, *, json: bool) -> None:
    """One row per fact that waits, of one read model or of all."""
    with open_hub(existing(data)) as hub:
        facts = hub.views.parked(name)
    if json:
        sys.stdout.write(msgspec.json.encode(facts).decode() + "\n")
        return
    table = Table("model", "stream", "position", "event", "cause")
    for fact in facts:
        table.add_row(fact.model, fact.stream, str(fact.position), fact.event, fact.cause)
    Console().print(table)


def retry(data: Path, name: str) -> int:
    """Another try for every stream of ``name`` that waits; 1 when some wait on."""
    with open_hub(existing(data)) as hub:
        done = hub.views.release(name)
    console.print(f"{name}: {done.released} streams released, {done.waiting} still parked")
    return 1 if done.waiting else 0


def rebuild(data: Path, names: list[str]) -> None:
    """Rebuild ``names`` (all when empty) in one pass; Ctrl-C leaves the serving ones as they are."""
    with open_hub(existing(data)) as hub, progress("facts", hub.ledger.head()) as bar, seldom_collected():
        hub.views.rebuild(names or None, progress=bar, stop=Event())
    console.print(f"rebuilt {', '.join(names) or 'all read models'}")
