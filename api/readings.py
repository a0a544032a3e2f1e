"""Who looked at what: the ledger of readings, apart from the registry so that looking never slows it.

It stands in a folder of its own that is laid out as that of a node (``ledger.db``, ``keys``, ``evidence``,
``views.db``), or in a schema beside that of the ledger: what verifies, exports and restores a ledger does so with
this one too.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from threading import Event

from adapters.clock import stopwatch
from adapters.evidence.checkpoint import Checkpointer
from adapters.evidence.notary import Notary
from adapters.evidence.store import Store, store_at
from adapters.ids import new_id
from adapters.ledger.ledger import Ledger
from adapters.views import SqliteViews
from api.acts.desk import JAKARTA, stream_id
from api.facts import EVENTS
from api.opening import READINGS, keys_of_readings, place_of_readings
from api.settings import Settings
from domain.access.reading import Command, ReadFeed, ReadPerson, Seen, reading_decider
from domain.kernel.decider import act
from domain.kernel.events import Actor
from domain.kernel.ports import Clock, Task
from domain.kernel.valid import ValidTime
from projections import alarms, readings
from projections.history import Step
from projections.projector import IDLE, Projector
from projections.readings import NEWEST, ReadingRow
from projections.views import Views

LEISURE = 0.5
"""Seconds between two looks at what was read: many small batches would take time from those who read."""
PERSON = "resident-"
"""How the id of every resident begins."""


class _ReadingsProjector(Projector):
    """Follows at leisure: its read model is asked seldom, and who asks says so."""

    name = "readings-projector"

    def __init__(self, views: Views, clock: Clock) -> None:
        super().__init__(views, clock)
        self.asked = Event()

    def _idle(self, stop: Event) -> None:
        end = stopwatch() + LEISURE
        while not (stop.is_set() or self.asked.is_set()) and stopwatch() < end:
            self.asked.wait(IDLE)
        self.asked.clear()


class _ReadingsCheckpointer(Checkpointer):
    name = "readings-checkpointer"


@dataclass(frozen=True, slots=True)
class Readings:
    """The ledger of readings and what is computed from it. ``wait``: seconds for its read model to follow."""

    ledger: Ledger
    views: Views
    projector: _ReadingsProjector
    checkpointer: Checkpointer
    wait: float

    @classmethod
    def open(cls, settings: Settings, clock: Clock, time: ValidTime) -> "Readings":
        """The readings of a node; made when absent."""
        folder = settings.data / READINGS
        folder.mkdir(mode=0o700, exist_ok=True)
        place = place_of_readings(settings, make=True)
        keys, key_store = keys_of_readings(settings)
        ledger = Ledger.open(place, keys=keys, key_store=key_store, events=EVENTS, clock=clock)
        ledger.recorder.poll = LEISURE  # what another process reads can wait as long
        views = Views(
            SqliteViews(folder / "views.db"),
            (readings.read_model(), alarms.read_model(JAKARTA)),
            ledger,
            time,
        )
        checkpointer = _ReadingsCheckpointer(ledger, readings_notary(settings))
        return cls(ledger, views, _ReadingsProjector(views, clock), checkpointer, settings.wait)

    @property
    def tasks(self) -> tuple[Task, ...]:
        return self.projector, self.checkpointer

    def person(self, seen: Seen, ids: Iterable[str], *, by: Actor, record: str = "") -> None:
        """Record that ``by`` is about to see the residents among ``ids``: before it is shown, or nothing is.

        Raises ``StoreUnavailable``. Nobody to see is no reading, unless somebody was searched for.
        """
        residents = tuple(one for one in dict.fromkeys(ids) if one.startswith(PERSON))
        if residents or seen is Seen.SEARCH:
            self._record(ReadPerson(residents, seen, record), by)

    def feed(self, destination: str, first: int, last: int) -> None:
        """Record that a ministry is about to get these entries of its feed."""
        by = Actor(destination, "ministry", destination.upper(), "delivery", "feed")
        self._record(ReadFeed(destination, first, last), by)

    def _record(self, command: Command, by: Actor) -> None:
        command_id = new_id()
        # A stream for each: two readings never wait for one another, and none loads what came before.
        stream = stream_id("reading", command_id)
        self.ledger.execute([act(reading_decider, stream, command)], by=by, command_id=command_id)

    def of(self, resident: str, *, before: int = NEWEST, limit: int = 100) -> list[ReadingRow]:
        """Who looked at a resident, newest first: all that was recorded up to now."""
        head = self.ledger.head()
        self.projector.asked.set()
        self.views.wait(head, self.wait)
        with self.views.now() as view:
            return readings.of_resident(view, resident, before=before, limit=limit)

    def close(self) -> None:
        self.views.close()
        self.ledger.close()


def readings_store(settings: Settings) -> Store:
    """The ledger of readings as its auditor reads it."""
    return store_at(place_of_readings(settings))


def readings_notary(settings: Settings) -> Notary:
    """Who signs for the readings of a node; any process may have one."""
    folder = settings.data / READINGS
    return Notary(
        readings_store(settings),
        keys=folder / "keys",
        folder=folder / "evidence",
        origin=f"{settings.origin}/readings",
    )


def people(stream: str, steps: Iterable[Step]) -> list[str]:
    """The residents that the history of a stream tells of."""
    told = (residents_in([step.data, step.state]) for step in steps)
    return list(dict.fromkeys([stream, *chain.from_iterable(told)]))


def residents_in(value: object) -> Iterator[str]:
    """The residents that plain values tell of, however deep."""
    if isinstance(value, str) and value.startswith(PERSON):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from residents_in(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from residents_in(inner)
