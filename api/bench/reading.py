"""Read models against the plain scan of the same records."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from api.acts.importing import import_households
from api.bench.ledger import SEED, lines
from api.bench.measure import Measure, at_least, interleave, reported
from api.cli.working_day import WorkingDay
from api.identity import IMPORTER
from api.settings import MinistrySettings, Settings
from api.wiring import Hub, open_hub
from projections.projector import Projector

PAGE = 1000


def filled(folder: Path, residents: int) -> Hub:
    """A hub with residents and a working day of KTP and permits, all of it projected."""
    ministry = MinistrySettings(token=SecretStr("bench"))
    hub = open_hub(Settings(data=folder, synthetic=True, kemendagri=ministry, kemendag=ministry))
    import_households(hub.desk, hub.ledger, lines(hub.desk, residents), "bench", by=IMPORTER, refused=refused)
    project(hub)
    WorkingDay(hub, SEED).run(pause=0.0)
    project(hub)
    return hub


def refused(refusal: object) -> None:
    raise AssertionError(f"invented people were refused: {refusal}")


def project(hub: Hub) -> None:
    """Bring the read models up to date in this thread."""
    projector = Projector(hub.views, hub.clock)
    while projector.step():
        pass


def rebuild_all(folder: Path, quick: bool) -> Iterator[Measure]:
    """All read models and both feeds, checked against the old ones and swapped."""
    rounds, residents = (3, 10_000) if quick else (5, 50_000)
    with filled(folder, residents) as hub:
        head = hub.ledger.head()

        def ours(_: int) -> int:
            hub.views.rebuild()
            return head

        def scan(_: int) -> int:
            at = 0
            while batch := hub.ledger.after(at, PAGE):
                at = batch[-1].position
            return at

        pair = interleave(rounds, ours, scan)
    yield at_least("rebuild-all", pair.rate, 0.08, pair.note("facts"))
    yield reported("rebuild-facts-per-second", 1 / pair.ours, "facts/s")
