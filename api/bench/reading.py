"""Read models against the plain scan of the same records."""

from collections.abc import Iterator
from pathlib import Path

from api.acts.collecting import seldom_collected
from api.acts.importing import import_households
from api.bench.material import SEED, lines, refused
from api.bench.measure import Measure, Pair, at_least, interleave, reported
from api.bench.replaying import replay
from api.bench.stores import SQLITE
from api.cli.working_day import WorkingDay
from api.identity import IMPORTER
from api.settings import Settings
from api.wiring import Hub, open_hub
from projections.projector import Projector


def filled(settings: Settings, residents: int) -> Hub:
    """A hub with residents and a working day of KTP and permits, all of it projected."""
    hub = imported(settings, residents)
    WorkingDay(hub, SEED).run(pause=0.0)
    project(hub)
    return hub


def imported(settings: Settings, residents: int) -> Hub:
    """A hub with residents and nothing else, projected."""
    hub = open_hub(settings)
    import_households(hub.desk, hub.ledger, lines(hub.desk, residents), "bench", by=IMPORTER, refused=refused)
    project(hub)
    return hub


def project(hub: Hub) -> None:
    """Bring the read models up to date in this thread."""
    projector = Projector(hub.views, hub.clock)
    while projector.step():
        pass


def rebuild_all(folder: Path, quick: bool) -> Iterator[Measure]:
    """All read models and both feeds, checked against the old ones and swapped."""
    rounds, residents = (3, 10_000) if quick else (5, 50_000)
    pair, _ = rebuilt(SQLITE.settings(folder), residents, rounds)
    yield at_least("rebuild-all", pair.rate, 0.08, pair.note("facts"))
    yield reported("rebuild-facts-per-second", 1 / pair.ours, "facts/s")


def rebuilt(settings: Settings, residents: int, rounds: int) -> tuple[Pair, int]:
    """Rebuilding everything against reading the same facts, unsealed and decoded; how many facts."""
    with filled(settings, residents) as hub, seldom_collected():
        head = hub.ledger.head()

        def ours(_: int) -> int:
            hub.views.rebuild()
            return head

        return interleave(rounds, ours, lambda _: replay(hub.ledger)), head
