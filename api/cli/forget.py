"""``simpul forget``: one officer records the request, another decides, and the keys are destroyed."""

import sys
from pathlib import Path

import msgspec
from rich.table import Table

from adapters.ids import new_id
from api.acts import privacy
from api.acts.privacy import Asked, NewErasure
from api.cli.console import console
from api.cli.store import existing
from api.wiring import Hub, open_hub
from domain.kernel.events import Actor
from projections import erasures
from projections.projector import Projector
from projections.scrubber import Scrubber

PATIENCE = 10.0
"""Seconds to wait for a hub that runs beside us."""


def request(resident: str, basis: str, letter: str, officer: str, data: Path, *, json: bool) -> None:
    """Record that a resident asks to be forgotten."""
    with open_hub(existing(data)) as hub:
        new = NewErasure(resident, basis, letter)
        asked = privacy.request_erasure(hub.desk, new, by=_actor(hub, officer), command_id=new_id())
        _show(hub, asked, json=json)


def approve(erasure: str, officer: str, data: Path, *, json: bool) -> None:
    """Forget her, in every file of the node."""
    with open_hub(existing(data)) as hub:
        by = _actor(hub, officer)
        asked = privacy.approve(hub.desk, hub.ledger, erasure, by=by, command_id=new_id())
        _show(hub, asked, json=json)


def reject(erasure: str, reason: str, officer: str, data: Path, *, json: bool) -> None:
    """Keep her data, because the law demands it."""
    with open_hub(existing(data)) as hub:
        by = _actor(hub, officer)
        asked = privacy.reject(hub.desk, erasure, reason, by=by, command_id=new_id())
        _show(hub, asked, json=json)


def list_(data: Path, *, json: bool) -> None:
    """Every request, newest first."""
    with open_hub(existing(data)) as hub:
        _catch_up(hub)
        with hub.views.now() as view:
            rows = erasures.page(view)
    if json:
        sys.stdout.write(msgspec.json.encode(rows).decode() + "\n")
        return
    if not rows:
        console.print("nobody has asked to be forgotten")
        return
    table = Table("erasure", "stage", "basis", "reason", "requested by", "due", "decided by")
    for row in rows:
        due = f"{row.due:%Y-%m-%d %H:%M}Z"
        told = (row.erasure, row.stage, row.basis, row.reason or "", row.requested_by, due)
        table.add_row(*told, row.decided_by or "")
    console.print(table)


def _actor(hub: Hub, officer: str) -> Actor:
    return hub.officers.get(officer, hub.desk.today).acting("cli", "erasure")


def _show(hub: Hub, asked: Asked, *, json: bool) -> None:
    scrubbed = _catch_up(hub)
    stage = privacy.load(hub.desk, asked.erasure).state.stage.value
    told = {"erasure": asked.erasure, "stage": stage, "scrubbed": scrubbed}
    if json:
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
        return
    console.print(f"{asked.erasure}: {stage}", highlight=False, markup=False)
    if not scrubbed:
        console.print(
            "The read models are not clean yet: the hub cleans them while it runs, or at its next start."
        )


def _catch_up(hub: Hub) -> bool:
    """Read models and their file without those who are forgotten; a hub that runs beside us does it itself."""
    projector = Projector(hub.views, hub.clock)
    with hub.views.store.leading() as leading:
        if leading:
            while projector.step():
                pass
    if not leading:
        hub.views.wait(hub.ledger.head(), PATIENCE)
    return Scrubber(hub.views).step()
