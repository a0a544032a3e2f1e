"""A query that is asked with every page: compiled once, its rows read as the columns are typed.

SQLAlchemy makes the text; asking through it takes five to ten times as long as the SELECT itself.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Connection, Date, Select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

DIALECTS: dict[str, Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="qmark"),
    "postgresql": postgresql.base.PGDialect(paramstyle="format"),  # type: ignore[no-untyped-call]
}
READ: dict[type, Callable[[Any], Any]] = {Date: date.fromisoformat, Boolean: bool}
"""Column types that SQLite's driver gives in another form."""


class Question:
    """``statement`` with its bound parameters to be named when it is asked."""

    def __init__(self, statement: Select[Any]) -> None:
        self._compiled = {name: statement.compile(dialect=made) for name, made in DIALECTS.items()}
        kinds = [type(column.type) for column in statement.selected_columns]
        self._readers = [(i, READ[kind]) for i, kind in enumerate(kinds) if kind in READ]

    def ask(self, connection: Connection, **values: object) -> list[Sequence[Any]]:
        """The rows, each in the order of the selected columns."""
        compiled = self._compiled[connection.dialect.name]
        given = compiled.params | values
        cursor = connection.connection.cursor()
        try:
            cursor.execute(compiled.string, tuple(given[name] for name in compiled.positiontup or ()))
            return [self._read(row) for row in cursor.fetchall()]
        finally:
            cursor.close()

    def _read(self, row: Sequence[Any]) -> Sequence[Any]:
        found = list(row)
        for i, read in self._readers:
            if isinstance(found[i], str | int):
                found[i] = read(found[i])
        return found
