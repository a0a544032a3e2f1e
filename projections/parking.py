"""The parking lot: facts that a handler could not take in wait here, and the rest of the ledger goes on.

A stream is parked whole, from its first poisonous fact on: what came before is shown, what follows waits
behind it in order. A feed never parks, because a number that was left out cannot be given later: it stops.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import structlog
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    exists,
    func,
    select,
)

from domain.kernel.errors import Rejected, StoreUnavailable
from domain.kernel.events import Recorded
from projections import positions
from projections.question import Question
from projections.readmodel import Batch, ReadModel, View, Writer

parked = Table(
    "parked",
    MetaData(),
    Column("model", String, primary_key=True),
    Column("stream", String, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("event", String, nullable=False),
    Column("cause", String, nullable=False),
)
_of_model = parked.c.model == bindparam("of")
_of_stream = (_of_model, parked.c.stream == bindparam("in"))
_insert = parked.insert()
_any = select(exists(select(parked.c.position).where(_of_model)))
_cause = select(func.min(parked.c.cause)).where(*_of_stream)
_streams = (
    select(parked.c.stream).where(_of_model).group_by(parked.c.stream).order_by(func.min(parked.c.position))
)
_waiting = select(parked.c.position).where(*_of_stream)
_all = select(parked).where(_of_model).order_by(parked.c.position)
_counts = Question(select(parked.c.model, func.count()).group_by(parked.c.model))
_told = parked.update().where(*_of_stream).values(cause=bindparam("why"))
_release = parked.delete().where(*_of_stream)
_clear = parked.delete().where(_of_model)

NOT_THE_HANDLER = (StoreUnavailable, OSError, MemoryError)
"""Whatever fact is at hand then is as good as any other: these never park one."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ParkedFact:
    """A fact that waits; ``cause`` names what the first of its stream failed with, and no personal data."""

    model: str
    stream: str
    position: int
    event: str
    cause: str


class FeedStopped(Rejected):
    """A feed's handler failed at ``position``: everything before it is applied."""

    def __init__(self, model: ReadModel, fact: Recorded[Any], cause: str) -> None:
        super().__init__("feed-stopped", feed=model.name, position=fact.position, cause=cause)
        self.position = fact.position
        self.cause = cause


def holds(view: View, event: str) -> bool:
    """Whether a fact of this name waits, for whatever read model."""
    found = view.connection.execute(select(exists(select(parked.c.position).where(parked.c.event == event))))
    return bool(found.scalar())


def apply(model: ReadModel, batch: Batch, write: Writer) -> None:
    """Apply a batch and its position in the transaction of ``write``; park what ``model`` cannot take in.

    ``FeedStopped`` when it is a feed: then the position is still to be written.
    """
    _Applying(model, write).apply(batch)
    positions.put(write, model, batch[-1].position)


class _Applying:
    """One batch for one model, and the streams of it that are parked."""

    def __init__(self, model: ReadModel, write: Writer) -> None:
        self._model = model
        self._write = write
        # Nearly always nothing is parked: then no stream is looked up.
        ((self._some,),) = write.rows(_any, (model.name,))
        self._causes: dict[str, str | None] = {}

    def apply(self, batch: Batch) -> None:
        """Apply what may be applied, in halves until a fact that cannot be applied is alone."""
        free = [fact for fact in batch if self._is_free(fact)] if self._some else batch
        if not free:
            return
        try:
            with self._write.attempt():
                self._model.apply(free, self._write)
        except NOT_THE_HANDLER:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a handler may raise
            if len(free) == 1:
                self._fail(free[0], error)
                return
            half = len(free) // 2
            self.apply(free[:half])
            self.apply(free[half:])

    def _is_free(self, fact: Recorded[Any]) -> bool:
        """Whether nothing of its stream waits; else it is put behind what does."""
        stream = fact.header.stream
        if stream not in self._causes:
            ((self._causes[stream],),) = self._write.rows(_cause, (self._model.name, stream))
        cause = self._causes[stream]
        if cause is not None:
            self._park(fact, cause)
        return cause is None

    def _fail(self, fact: Recorded[Any], error: Exception) -> None:
        cause = _words(fact, error)
        if self._model.numbers:
            _stop(self._model, fact, cause)
        log.error("fact-parked", model=self._model.name, stream=fact.header.stream, cause=cause)
        self._some = True
        self._causes[fact.header.stream] = cause
        self._park(fact, cause)

    def _park(self, fact: Recorded[Any], cause: str) -> None:
        row = (self._model.name, fact.header.stream, fact.position, fact.header.event, cause)
        self._write.many(_insert, [row])


def _stop(model: ReadModel, fact: Recorded[Any], cause: str) -> NoReturn:
    raise FeedStopped(model, fact, cause) from None


def _words(fact: Recorded[Any], error: Exception) -> str:
    # The text of an exception may hold personal data: its type is enough.
    return f"{type(error).__name__} at {fact.position} ({fact.header.event})"


def streams(model: ReadModel, write: Writer) -> list[str]:
    """The streams that wait, the one that was parked first first."""
    return [stream for (stream,) in write.rows(_streams, (model.name,))]


def release(model: ReadModel, stream: str, facts: Sequence[Recorded[Any]], write: Writer) -> bool:
    """Apply what waits of a stream, all of it or nothing; ``facts`` are those of the whole stream."""
    waiting = {position for (position,) in write.rows(_waiting, (model.name, stream))}
    trying: list[Recorded[Any]] = []
    try:
        with write.attempt():
            for fact in (fact for fact in facts if fact.position in waiting):
                trying = [fact]
                model.apply(trying, write)
    except NOT_THE_HANDLER:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a handler may raise
        write.many(_told, [(_words(trying[0], error), model.name, stream)])
        return False
    write.many(_release, [(model.name, stream)])
    return True


def clear(model: ReadModel, write: Writer) -> None:
    """Nothing of ``model`` waits any more: it is built anew."""
    write.many(_clear, [(model.name,)])


def move(models: Sequence[ReadModel], scratch: View, write: Writer) -> None:
    """What waits of these models in the scratch store takes the place of what waits here."""
    for model in models:
        clear(model, write)
        write.many(_insert, [tuple(row) for row in scratch.connection.execute(_all, {"of": model.name})])


def waiting(view: View, model: str) -> list[ParkedFact]:
    """The facts that wait, in the order of the ledger."""
    return [ParkedFact(*row) for row in view.connection.execute(_all, {"of": model})]


def count(view: View, *models: str) -> int:
    """How many facts wait: 0 when what these models show is complete."""
    return sum(count for model, count in _counts.ask(view.connection) if model in models)
