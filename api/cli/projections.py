"""``simpul projections``: read models are disposable; here they are listed, rebuilt, and helped over a poisonous fact."""

import sys
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Column, Table

from api.acts.collecting import seldom_collected
from api.cli.console import console, progress
from api.cli.store import existing
from api.wiring import Hub, open_hub
from projections.building import Progress
from projections.views import Views

STOPPED = 130
"""Exit code of a command that Ctrl-C has ended."""


def list_(data: Path, *, json: bool) -> None:
    """One row per read model; ``lag`` and ``parked`` in facts, ``rate`` in facts per second."""
    with open_hub(existing(data)) as hub:
        models = hub.models()
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
        shelves = (hub.shelf(name),) if name else hub.shelves
        facts = [fact for views in shelves for fact in views.parked(name)]
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
        done = hub.shelf(name).release(name)
    console.print(f"{name}: {done.released} streams released, {done.waiting} still parked")
    return 1 if done.waiting else 0


def rebuild(data: Path, names: list[str], *, from_start: bool = False) -> int:
    """Rebuild ``names`` (all when empty) in one pass; 130 when Ctrl-C stopped it, to go on another time."""
    with open_hub(existing(data)) as hub:
        return rebuilt(hub, names, from_start=from_start)


def rebuilt(hub: Hub, names: list[str], *, from_start: bool) -> int:
    """The same in a hub that is open."""
    for views in hub.shelves:
        there = [model.name for model in views.models]
        mine = [name for name in names if name in there or (views is hub.views and _unheard(hub, name))]
        if (mine or not names) and not _built(views, mine, from_start=from_start):
            return STOPPED
    console.print(f"rebuilt {', '.join(names) or 'all read models'}")
    return 0


def _unheard(hub: Hub, name: str) -> bool:
    """A name of no read model: the first to be asked refuses it."""
    return name not in {model.name for views in hub.shelves for model in views.models}


def _built(views: Views, names: list[str], *, from_start: bool) -> bool:
    """Those of one ledger; False when Ctrl-C stopped it."""
    head, at = views.ledger.head(), Reached()
    try:
        with progress("facts", head) as bar, seldom_collected():
            views.rebuild(names or None, progress=at.then(bar), begun=at.told, from_start=from_start)
    except KeyboardInterrupt:
        console.print(f"stopped at fact {at.position:,} of {head:,}; the next rebuild goes on from there")
        return False
    return True


class Reached:
    """How far a rebuild has come."""

    position = 0

    def told(self, position: int) -> None:
        """Say from where it goes on, when not from the first fact."""
        self.position = position
        if position:
            console.print(f"going on after fact {position:,}, where it was stopped; --from-start begins anew")

    def then(self, bar: Progress) -> Progress:
        def reached(position: int) -> None:
            self.position = position
            bar(position)

        return reached
