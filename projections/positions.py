"""How far each read model is: one row each, written in the same transaction as its rows."""

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, select

from projections.readmodel import ReadModel, Writer, upsert

RUNNING = "running"
FAILED = "failed"

positions = Table(
    "positions",
    MetaData(),
    Column("name", String, primary_key=True),
    Column("schema", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("mode", String, nullable=False),
    Column("cause", String),
)
_put = upsert(positions)
_all = select(positions)


def put(
    write: Writer, model: ReadModel, position: int, mode: str = RUNNING, cause: str | None = None
) -> None:
    """``model`` is at ``position`` now; ``cause`` says why it failed, without personal data."""
    write.many(_put, [(model.name, digest(model), position, mode, cause)])


def of(write: Writer) -> dict[str, tuple[str, int, str, str | None]]:
    """Schema, position, mode and cause by name."""
    return {name: (schema, at, mode, cause) for name, schema, at, mode, cause in write.rows(_all)}


def seen(connection: Connection, models: Iterable[ReadModel]) -> int:
    """The position up to which every model that runs has been built."""
    names = {model.name for model in models}
    at = [row.position for row in connection.execute(_all) if row.name in names and row.mode == RUNNING]
    return min(at, default=0)


def digest(model: ReadModel) -> str:
    return sha256(model.schema.encode()).hexdigest()[:16]
