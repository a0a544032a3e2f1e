"""Ours against plain ``eventsourcing``: the same payload, the same file system, the same durability.

The library stores it in clear and claims nothing; ours seals, claims, hashes and keeps the command.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import Tracking, TrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.sqlite import SQLiteTrackingRecorder

from adapters.clock import SystemClock
from adapters.ledger.deciding import Submission
from adapters.ledger.ledger import Ledger
from adapters.reference import reference
from adapters.views import SqliteViews
from api.bench.material import PAGE, ledger_of, singles
from api.bench.measure import Measure, at_least, interleave
from api.bench.stage import Stage
from api.wiring import VALID_TIME
from domain.population.resident import ResidentRegistered
from projections import residents
from projections.projector import Projector
from projections.views import Views

MANY = 32
EACH = 5
"""Commands of each caller in one round."""
LIBRARY = "of the library"


class Plain(Aggregate):
    """An aggregate as the library's tutorial makes one, with the values of one of our facts."""

    def __init__(self, payload: dict[str, Any]) -> None:
        self.payload = payload


def payload(ledger: Ledger, position: int) -> dict[str, Any]:
    """The values of a fact as JSON has them: nothing that the library would have to transcode."""
    values: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(ledger.after(position - 1, 1)[0].event))
    return values


def one_caller(stage: Stage, folder: Path) -> Iterator[Measure]:
    """``execute`` of one act against ``Application.save`` of one aggregate, one after the other."""
    rounds = 40 * stage.scale.rounds
    ours, theirs, close = _contenders(stage, folder, rounds + 2)
    pair = interleave(rounds, lambda n: ours([n]), lambda _: theirs(1))
    close()
    note = pair.note("appends", "the library")
    yield at_least(f"{stage.store.name}-execute-1-caller", pair.rate, 1.5, note, LIBRARY)


def many_callers(stage: Stage, folder: Path) -> Iterator[Measure]:
    """The same with 32 callers at once."""
    rounds, most = max(4, stage.scale.rounds), MANY * EACH
    ours, theirs, close = _contenders(stage, folder, (rounds + 1) * most + 1)
    with ThreadPoolExecutor(MANY) as pool:

        def all_ours(n: int) -> int:
            mine = range(n * most, (n + 1) * most)
            return sum(pool.map(ours, [mine[i::MANY] for i in range(MANY)]))

        pair = interleave(rounds, all_ours, lambda _: sum(pool.map(theirs, [EACH] * MANY)))
    close()
    note = pair.note("appends", "the library")
    yield at_least(f"{stage.store.name}-execute-{MANY}-callers", pair.rate, 5.0, note, LIBRARY)


Contenders = tuple[Callable[[Sequence[int]], int], Callable[[int], int], Callable[[], None]]


def _contenders(stage: Stage, folder: Path, commands: int) -> Contenders:
    """Ours by number, theirs by count, and how to close both; the last command is used up for the payload."""
    at = stage.store.desk(folder)
    ledger, ready = ledger_of(at), singles(at, commands)
    values = payload(ledger, _executed(ledger, ready[-1]))
    plain = Application[UUID]({
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SQLITE_DBNAME": str(folder / "library.db"),
        "SQLITE_LOCK_TIMEOUT": "30",
    })  # fmt: skip

    def ours(numbers: Sequence[int]) -> int:
        for n in numbers:
            _executed(ledger, ready[n])
        return len(numbers)

    def theirs(count: int) -> int:
        for _ in range(count):
            plain.save(Plain(values))
        return count

    def close() -> None:
        plain.close()
        ledger.close()

    return ours, theirs, close


def _executed(ledger: Ledger, one: Submission) -> int:
    return ledger.execute(one.acts, by=one.by, command_id=one.command_id, request=one.request).first


# -- projection


class Seen(SQLiteTrackingRecorder):
    """A view with one row for each aggregate."""

    def construct_create_table_statements(self) -> list[str]:
        table = "CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, payload TEXT)"
        return [*super().construct_create_table_statements(), table]

    def see(self, id_: str, text: str, tracking: Tracking) -> None:
        """A row and the position, in one transaction."""
        with self.datastore.transaction(commit=True) as c:
            c.execute("INSERT INTO seen VALUES (?,?)", (id_, text))
            self._insert_tracking(c, tracking)


class Seeing(Projection[TrackingRecorder]):
    """As the library's tutorial writes a projection."""

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        text = msgspec.json.encode(domain_event.payload).decode()
        view: Any = self.view
        view.see(str(domain_event.originator_id), text, tracking)


class OnOurStore(Application[Any]):
    """The library's own SQLite recorder cannot be followed: its runner follows ours."""

    env = {"PERSISTENCE_MODULE": "adapters.ledger.sqlite"}  # noqa: RUF012 - the library's own declaration


def projection(stage: Stage, folder: Path) -> Iterator[Measure]:
    """The residents' read model, in batches, against ``ProjectionRunner``, an event at a time."""
    facts = stage.sealed.after(0, PAGE)
    registered = next(f.position for f in facts if isinstance(f.event, ResidentRegistered))
    theirs = _theirs(folder, payload(stage.sealed, registered), 100 * stage.scale.rounds)
    ours = median(_ours(stage, folder / str(n)) for n in range(3))
    rate = theirs / ours
    note = f"{1 / ours:,.0f} facts/s, the library {1 / theirs:,.0f} events/s"
    yield at_least(f"{stage.store.name}-projection", rate, 15.0, note, LIBRARY)


def _ours(stage: Stage, folder: Path) -> float:
    """Seconds per fact."""
    folder.mkdir()
    ledger = stage.sealed
    views = Views(
        SqliteViews(folder / "views.db"), [residents.read_model(reference().regions)], ledger, VALID_TIME
    )
    projector = Projector(views, SystemClock())
    begin = perf_counter()
    while projector.step():
        pass
    seconds = perf_counter() - begin
    views.close()
    return seconds / ledger.head()


def _theirs(folder: Path, values: dict[str, Any], events: int) -> float:
    """Seconds per event."""
    env = {"SQLITE_DBNAME": str(folder / "theirs.db")}
    app = OnOurStore(env)
    app.save(*[Plain(values) for _ in range(events)])
    app.close()
    begin = perf_counter()
    view = {
        "SEEING_PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SEEING_SQLITE_DBNAME": str(folder / "seen.db"),
    }
    with ProjectionRunner(
        application_class=OnOurStore, projection_class=Seeing, view_class=Seen, env={**env, **view}
    ) as runner:
        runner.wait(events, timeout=300)
    return (perf_counter() - begin) / events
