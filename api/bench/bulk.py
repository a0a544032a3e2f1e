"""What comes in bulk: import, rebuild, the memory they need, and how soon a fact is seen."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from threading import Event
from time import perf_counter
from typing import IO
from uuid import UUID

from adapters.clock import stopwatch
from adapters.people.ndjson import Household
from api.acts.importing import new_household
from api.acts.population import register_household
from api.bench.ledger import imported
from api.bench.material import people
from api.bench.measure import Measure, at_least, reported
from api.bench.reading import rebuilt
from api.bench.stage import Stage
from api.identity import IMPORTER
from api.settings import Settings
from api.wiring import Hub, open_hub

APART = 0.02
"""Seconds between two acts that another process waits for."""
SEEN = 150
"""Acts whose way into the read models is measured."""


def importing(stage: Stage, folder: Path) -> Iterator[Measure]:
    """Residents with their households: every rule, claim, seal and hash, against the same bytes put in bare."""
    begin = perf_counter()
    pair = imported(stage.store.settings(folder), stage.store.bulk(folder), stage.scale.imported)
    note = f"{pair.note('facts')}, {stage.scale.imported:,} residents"
    yield at_least(f"{stage.store.name}-import", pair.rate, 0.2, note)
    # A resident is one fact; a household, with the numbers that it takes, about another half.
    yield reported(
        f"{stage.store.name}-import-865417",
        865_417 * _facts_per_resident(stage) * pair.ours,
        "s",
        f"from the rate; this run took {perf_counter() - begin:.0f} s",
    )


def _facts_per_resident(stage: Stage) -> float:
    return stage.sealed.head() / stage.scale.residents


def rebuilding(stage: Stage, folder: Path) -> Iterator[Measure]:
    """Residents, KTP queue, permits and both feeds, against reading, unsealing and decoding the same events."""
    pair, facts = rebuilt(
        stage.store.settings(folder), stage.scale.residents, min(3, stage.scale.rounds // 2)
    )
    note = f"{pair.note('facts', 'reading')}, all models in one pass"
    yield at_least(f"{stage.store.name}-rebuild", pair.rate, 0.4, note, "of reading")
    yield reported(f"{stage.store.name}-rebuild-seconds", pair.ours * facts, "s", f"{facts:,} facts")


def visible(stage: Stage, folder: Path) -> Iterator[Measure]:
    """From the commit to the read models, projector and checkpointer running."""
    milliseconds: list[float] = []
    with open_hub(stage.store.settings(folder)) as hub:
        hub.start()
        for n, household in enumerate(islice(people(hub.desk, 8 * SEEN), SEEN)):
            register_household(hub.desk, new_household(household), by=IMPORTER, command_id=UUID(int=n))
            begin = perf_counter()
            hub.views.wait(hub.ledger.head(), timeout=10)
            milliseconds.append((perf_counter() - begin) * 1000)
    yield reported(f"{stage.store.name}-visible-p50", median(milliseconds), "ms")
    yield reported(f"{stage.store.name}-visible-p99", quantiles(milliseconds, n=100)[-1], "ms", "aim 5 ms")


def woken(stage: Stage, folder: Path) -> Iterator[Measure]:
    """From the commit of one process to the moment at which another, that waits, sees it; fifty acts a second."""
    settings = stage.store.settings(folder)
    with open_hub(settings) as hub, _waiting(settings) as heard:
        heard.readline()
        done = [
            _appended(hub, household, n)
            for n, household in enumerate(islice(people(hub.desk, 8 * SEEN), SEEN))
        ]
        milliseconds = list(_delays(done, heard))
    yield reported(f"{stage.store.name}-woken-p50", median(milliseconds), "ms")
    yield reported(f"{stage.store.name}-woken-p99", quantiles(milliseconds, n=100)[-1], "ms", "aim 20 ms")


@contextmanager
def _waiting(settings: Settings) -> Iterator[IO[str]]:
    command = [sys.executable, "-m", "api.bench.woken", str(settings.data)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(settings.ledger_url.get_secret_value() + "\n")
        process.stdin.flush()
        try:
            yield process.stdout
        finally:
            process.terminate()


def _appended(hub: Hub, household: Household, n: int) -> tuple[int, float]:
    """The last position of an act and when it was committed."""
    done = register_household(hub.desk, new_household(household), by=IMPORTER, command_id=UUID(int=n))
    at = stopwatch()
    hub.clock.wait(APART, Event())
    return done.receipt.last, at


def _delays(done: Iterable[tuple[int, float]], heard: Iterable[str]) -> Iterator[float]:
    """Milliseconds from each commit to the first line that tells of it; 0 when that was before its answer."""
    lines = ((int(head), float(at)) for head, at in map(str.split, heard))
    head, seen = next(lines)
    for last, at in done:
        while head < last:
            head, seen = next(lines)
        yield max(0.0, (seen - at) * 1000)


def memory(stage: Stage, folder: Path) -> Iterator[Measure]:
    """Most memory that a process of its own needs for an import, and one for a rebuild of what came in."""
    for what in ("import", "rebuild"):
        command = [sys.executable, "-m", "api.bench.peak", what, str(folder), str(stage.scale.weighed)]
        address = stage.store.settings(folder).ledger_url.get_secret_value()
        said = subprocess.run(command, check=True, capture_output=True, input=address.encode())
        note = f"{stage.scale.weighed:,} residents, aim 300 MB"
        yield reported(f"{stage.store.name}-{what}-memory", json.loads(said.stdout)["megabytes"], "MB", note)
