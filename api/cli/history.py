"""``simpul history``: what happened to a record, and its state after each event."""

import sys
from datetime import date, datetime
from pathlib import Path

import msgspec
from rich.console import Console

from api.acts.desk import JAKARTA
from api.cli.store import existing
from api.wiring import open_hub
from domain.kernel.errors import Unknown


def run(stream: str, at: datetime | None, valid: date | None, data: Path, *, json: bool) -> None:
    """Print every event with who, where and when, then the state. ``Unknown("unknown-stream")``."""
    moment = at.replace(tzinfo=at.tzinfo or JAKARTA) if at else None
    with open_hub(existing(data)) as hub:
        steps = hub.history(stream, moment, valid)
    if not steps:
        raise Unknown("unknown-stream")
    if json:
        sys.stdout.write(msgspec.json.encode(steps).decode() + "\n")
        return
    out = Console()
    for step in steps:
        when = step.recorded_at.astimezone(JAKARTA)
        held = "" if step.valid_on == when.date() else f"  valid {step.valid_on}"
        out.print(
            f"[bold]{step.version} {step.event}[/bold]  {when:%Y-%m-%d %H:%M:%S}  {step.office}/{step.actor}{held}"
        )
        out.print_json(msgspec.json.encode(step.data).decode())
        out.print("[dim]state after[/dim]")
        out.print_json(msgspec.json.encode(step.state).decode())
