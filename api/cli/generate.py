"""``simpul generate``: households of invented people, streamed."""

import sys
from datetime import date
from pathlib import Path
from typing import BinaryIO

from adapters.clock import SystemClock
from adapters.people import generate, ndjson
from adapters.reference import reference
from api.acts.desk import JAKARTA
from api.cli.console import progress


def run(residents: int, seed: int, out: Path | None, on: date | None) -> None:
    """Write the households of day ``on`` to ``out`` or standard output; the bar counts residents."""
    on = on or SystemClock().now().astimezone(JAKARTA).date()
    if out is None:
        _write(sys.stdout.buffer, residents, seed, on)
        return
    with out.open("wb") as file:
        _write(file, residents, seed, on)


def _write(stream: BinaryIO, residents: int, seed: int, on: date) -> None:
    done = 0
    with progress("residents", residents) as bar:
        for household in generate.households(residents, seed, reference(), on):
            stream.write(ndjson.encode(household))
            done += len(household.members)
            bar(done)
