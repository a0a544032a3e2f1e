"""Ours against plain ``eventsourcing``: the same payload, the same kind of store, the same durability.

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
from eventsourcing.projection import ProjectionRunner
from sqlalchemy import Column, MetaData, String, Table, bindparam, insert

from adapters.clock import SystemClock
from adapters.ledger.deciding import Submission
from adapters.ledger.ledger import Ledger
from adapters.views import SqliteViews
from api.bench.material import PAGE, ledger_of, singles
from api.bench.measure import Measure, at_least, interleave
from api.bench.plain import Plain, Seeing
from api.bench.stage import Stage
from api.wiring import VALID_TIME
from domain.population.resident import ResidentRegistered
from projections.projector import Projector
from projections.readmodel import Batch, ReadModel, Writer
from projections.views import Views

MANY = 32
EACH = 20
"""Commands of each caller in one round."""
LIBRARY = "of the library"


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
    plain = Application[UUID](stage.store.library.env(folder))

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


_meta = MetaData()
_seen = Table("seen", _meta, Column("id", String, primary_key=True), Column("payload", String))
_see = insert(_seen).values({column.name: bindparam(column.name) for column in _seen.columns})


def _apply(batch: Batch, writer: Writer) -> None:
    rows = [(f"{f.header.stream}-{f.header.version}", msgspec.json.encode(f.event).decode()) for f in batch]
    writer.many(_see, rows)


SEEN = ReadModel("seen", 1, (_seen,), _apply)
"""What the library's view holds: a row for each fact."""


def projection(stage: Stage, folder: Path) -> Iterator[Measure]:
    """A row for each fact, in batches, against the same row by ``ProjectionRunner``, an event at a time.

    The library reads events in clear, ours unseals each. Its view stands in the kind of store that the
    events stand in, ours in a file of its own, as in a hub.
    """
    facts = stage.sealed.after(0, PAGE)
    registered = next(f.position for f in facts if isinstance(f.event, ResidentRegistered))
    theirs = _theirs(stage, folder, payload(stage.sealed, registered), 100 * stage.scale.rounds)
    ours = median(_ours(stage, folder / str(n)) for n in range(3))
    rate = theirs / ours
    note = f"{1 / ours:,.0f} facts/s, the library {1 / theirs:,.0f} events/s"
    yield at_least(f"{stage.store.name}-projection", rate, 15.0, note, LIBRARY)


def _ours(stage: Stage, folder: Path) -> float:
    """Seconds per fact."""
    folder.mkdir()
    ledger = stage.sealed
    views = Views(SqliteViews(folder / "views.db"), [SEEN], ledger, VALID_TIME)
    projector = Projector(views, SystemClock())
    begin = perf_counter()
    while projector.step():
        pass
    seconds = perf_counter() - begin
    views.close()
    return seconds / ledger.head()


def _theirs(stage: Stage, folder: Path, values: dict[str, Any], events: int) -> float:
    """Seconds per event."""
    library = stage.store.library
    env = library.follows(folder)
    app = library.followed(env)
    app.save(*[Plain(values) for _ in range(events)])
    app.close()
    begin = perf_counter()
    with ProjectionRunner(
        application_class=library.followed, projection_class=Seeing, view_class=library.view, env=env
    ) as runner:
        runner.wait(events, timeout=300)
    return (perf_counter() - begin) / events
