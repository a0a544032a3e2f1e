"""``simpul generate``: households of invented people, streamed."""

import sys
from pathlib import Path
from typing import BinaryIO

from adapters.clock import SystemClock
from adapters.people import generate, ndjson
from adapters.reference import reference
from api.acts.desk import JAKARTA
from api.cli.console import progress


def run(residents: int, seed: int, out: Path | None) -> None:
    """Write the households to ``out`` or standard output; the bar counts residents."""
    if out is None:
        _write(sys.stdout.buffer, residents, seed)
        return
    with out.open("wb") as file:
        _write(file, residents, seed)


def _write(stream: BinaryIO, residents: int, seed: int) -> None:
    today = SystemClock().now().astimezone(JAKARTA).date()
    done = 0
    with progress("residents", residents) as bar:
        for household in generate.households(residents, seed, reference(), today):
            stream.write(ndjson.encode(household))
            done += len(household.members)
            bar(done)
