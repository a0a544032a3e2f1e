"""What a read model is: tables, and a handler that applies a batch of facts to them.

A model is versioned; when its version or its tables change it is built anew. Every query takes a
``View``: the read models as they are now, or as they were at a past position.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Executable, Table, TableValuedAlias
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.functions import FunctionElement

from domain.kernel.events import Recorded
from domain.privacy.erasure import SubjectForgotten

Batch = Sequence[Recorded[Any]]


class Writer(Protocol):
    """One transaction on the read-model store. Statements are SQLAlchemy Core, rows are tuples."""

    def many(self, statement: Executable, rows: Sequence[Sequence[object]]) -> None:
        """Execute for every row; values in the order of the statement's parameters."""

    def rows(self, statement: Executable, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What a query finds, within the transaction."""

    def attempt(self) -> AbstractContextManager[None]:
        """A part of the transaction that is undone alone when an exception leaves it."""


class Taker(Writer, Protocol):
    """A transaction that can also take whole tables from a scratch store."""

    def take(self, table: Table) -> None:
        """Put the scratch store's table, with its rows and indexes, in the place of ours."""


def nobody(_: Sequence[str], __: Writer) -> None:
    """A model that tells of nobody forgets nobody."""


@dataclass(frozen=True, slots=True)
class ReadModel:
    """``numbers`` names the tables whose rows are numbered for the world: a rebuild must repeat them.

    ``forget`` empties what is told of data subjects; ``apply`` does so when it meets the fact that tells it.

    A handler sees the facts of a stream in order. Unless it numbers, what it makes of one stream must not
    depend on when it sees another: a parked stream is taken in later than its neighbours.
    """

    name: str
    version: int
    tables: tuple[Table, ...]
    apply: Callable[[Batch, Writer], None]
    numbers: tuple[Table, ...] = ()
    forget: Callable[[Sequence[str], Writer], None] = nobody

    @property
    def schema(self) -> str:
        """The tables as SQL: when it changes, the model is built anew."""
        return f"version {self.version}\n{schema(self.tables)}"


def schema(tables: Sequence[Table]) -> str:
    """Tables as SQL, each table's indexes by name."""
    dialect = sqlite.dialect()
    made = (str(CreateTable(table).compile(dialect=dialect)) for table in tables)
    indexes = (
        str(CreateIndex(index).compile(dialect=dialect))
        for table in tables
        for index in sorted(table.indexes, key=lambda index: str(index.name))
    )
    return "\n".join([*made, *indexes])


@dataclass(frozen=True, slots=True)
class View:
    """The read models at one position: a consistent snapshot for all queries of one answer.

    With ``valid`` only what held on that day, of the read models that are not numbered for the world.
    """

    connection: Connection
    position: int
    valid: date | None = None


class Store(Protocol):
    """A file of read models. One process writes at a time; readers see whole transactions."""

    def create(self, tables: Iterable[Table], *, indexes: bool = True) -> None:
        """Make the tables that are absent; indexes may wait until the rows are there."""

    def drop(self, tables: Iterable[Table]) -> None: ...

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection whose reads all see one moment."""

    def writing(self) -> AbstractContextManager[Writer]:
        """One transaction, rolled back when an exception leaves it."""

    def taking(self, other: "Store") -> AbstractContextManager[Taker]:
        """One transaction in which tables of ``other``, a scratch of this store, can be taken."""

    def leading(self) -> AbstractContextManager[bool]:
        """Whether this process may project (one at a time); held until the block is left."""

    def scrub(self) -> bool:
        """Leave nothing of what was deleted in the file or beside it; False: somebody reads, try again."""

    def scratch(self) -> "Store":
        """An empty store beside this one, removed when it is closed."""

    def unfinished(self, mark: str) -> "Store | None":
        """The scratch store that outlives its process, empty or as it was left under the same ``mark``.

        What was left under another one is removed. None: somebody works in it now.
        """

    def drop_unfinished(self) -> bool:
        """Remove what a rebuild left; False: somebody works in it now."""

    def remove(self) -> None:
        """Close this store and leave nothing of it."""

    def close(self) -> None: ...


class _Each(FunctionElement[str]):
    """A function of a JSON list that either database has under a name of its own."""

    name = "json_each"
    inherit_cache = True


@compiles(_Each)
def _of_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **how)})"


@compiles(_Each, "postgresql")
def _of_postgres(element: Any, compiler: Any, **how: Any) -> str:
    return f"json_array_elements_text(({compiler.process(element.clauses, **how)})::json)"


def each(texts: ColumnElement[str]) -> TableValuedAlias:
    """A JSON list as rows, in the column ``value``: many values for one parameter."""
    return _Each(texts).table_valued("value")


def upsert(table: Table) -> Executable:
    """Insert a whole row, or replace the one with the same primary key."""
    insert = postgresql.insert(table)  # both databases speak it
    keys = [column.name for column in table.primary_key]
    changed = {c.name: insert.excluded[c.name] for c in table.columns if c.name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=changed)


def by_stream(batch: Batch, kinds: tuple[type, ...]) -> Mapping[str, list[Recorded[Any]]]:
    """The facts of these event types, grouped by stream, in order."""
    found: dict[str, list[Recorded[Any]]] = {}
    for fact in batch:
        if isinstance(fact.event, kinds):
            found.setdefault(fact.header.stream, []).append(fact)
    return found


def forgotten(batch: Batch) -> dict[str, int]:
    """The data subjects that are forgotten by facts of this batch, each with the position of that fact.

    A handler applies them last: nothing that follows in the batch tells of them any more.
    """
    return {
        subject: fact.position
        for fact in batch
        if isinstance(fact.event, SubjectForgotten)
        for subject in fact.event.subjects
    }
