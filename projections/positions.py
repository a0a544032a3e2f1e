"""How far each read model is: one row each, written in the same transaction as its rows."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, bindparam, select

from projections.question import Question
from projections.readmodel import ReadModel, Writer, upsert

RUNNING = "running"
FAILED = "failed"
REBUILDING = "rebuilding"
"""Numbered for the world, and no longer fitting its code or ledger: built beside, then compared."""

positions = Table(
    "positions",
    MetaData(),
    Column("name", String, primary_key=True),
    Column("schema", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("mode", String, nullable=False),
    Column("cause", String),
)
paces = Table(
    "paces",
    MetaData(),
    Column("name", String, primary_key=True),
    Column("rate", Integer, nullable=False),
)
"""Facts per second, apart from the positions: a store of before has none, and is still read."""
_put = upsert(positions)
_pace = upsert(paces)
_mark = (
    positions.update()
    .where(positions.c.name == bindparam("model"))
    .values(mode=bindparam("now"), cause=bindparam("why"))
)
_all = select(positions)
_running = Question(
    select(positions.c.name, positions.c.position).where(positions.c.mode == bindparam("running"))
)


class Place(NamedTuple):
    """Where a model is, under which schema; ``cause`` says why it failed, without personal data."""

    schema: str
    position: int
    mode: str
    cause: str | None


def put(
    write: Writer, model: ReadModel, position: int, mode: str = RUNNING, cause: str | None = None
) -> None:
    """``model``, as its code is now, is at ``position``."""
    write.many(_put, [(model.name, digest(model), position, mode, cause)])


def mark(write: Writer, model: ReadModel, mode: str, cause: str | None = None) -> None:
    """``model`` stays where it is and under the schema it has."""
    write.many(_mark, [(mode, cause, model.name)])


def pace(write: Writer, rates: Mapping[str, int]) -> None:
    """These models took in so many facts per second of late."""
    write.many(_pace, list(rates.items()))


def of(write: Writer) -> dict[str, Place]:
    """Every model's place, by name."""
    return {name: Place(*place) for name, *place in write.rows(_all)}


def seen(connection: Connection, models: Iterable[ReadModel]) -> int:
    """The position up to which every model that runs has been built."""
    names = {model.name for model in models}
    rows = _running.ask(connection, running=RUNNING)
    return min((position for name, position in rows if name in names), default=0)


@lru_cache(maxsize=64)
def digest(model: ReadModel) -> str:
    # Kept: it is written with every batch, and telling the schema takes longer than a hundred rows.
    return sha256(model.schema.encode()).hexdigest()[:16]
