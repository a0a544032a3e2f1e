"""``simpul clock recompute``: the clock of a counter case, from an exported bundle alone."""

import sys
from datetime import datetime
from pathlib import Path

import msgspec

from adapters.evidence.recompute import Recomputed, recompute
from adapters.reference import JAKARTA, reference
from api.cli.verify import key
from api.facts import EVENTS


def run(bundle: Path, code: str, vkey: str | None, *, json: bool) -> None:
    """Print the times and whose time it was; the same figures as on the receipt."""
    closed = reference().opening.closed
    made = recompute(bundle, code, events=EVENTS, closed=closed, vkey=key(vkey))
    if json:
        sys.stdout.write(msgspec.json.encode(made).decode() + "\n")
        return
    sys.stdout.write("".join(f"{line}\n" for line in _told(made, trusted=vkey is not None)))


def _told(made: Recomputed, *, trusted: bool) -> list[str]:
    clock = made.clock
    figures = clock.figures
    spent = [f"{cause:<16}{seconds:>8} s" for cause, seconds in figures.seconds.items()]
    return [
        f"code            {clock.code}",
        f"case            {clock.document}, ticket {clock.ticket} of {clock.office}, {clock.on}",
        f"step            {clock.step}{f', suket {clock.suket}' if clock.suket else ''}",
        f"ticket taken    {_at(figures.taken)}",
        f"called          {_at(figures.called)}",
        f"file complete   {_at(figures.complete)}",
        f"ended           {_at(figures.ended)}",
        *spent,
        f"within 5:00     {'-' if clock.within is None else 'yes' if clock.within else 'no'}",
        f"proved by       {made.facts} facts, root {made.root}",
        f"key             {made.vkey} ({'as given' if trusted else 'from the bundle itself: give --vkey'})",
    ]


def _at(moment: datetime | None) -> str:
    return f"{moment.astimezone(JAKARTA):%Y-%m-%d %H:%M:%S} WIB" if moment else "-"
