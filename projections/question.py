"""A query that is asked with every page: compiled once, its rows read as the columns are typed.

SQLAlchemy makes the text; asking through it takes five to ten times as long as the SELECT itself.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Connection, Date, Select
from sqlalchemy.dialects import sqlite

DIALECT = sqlite.dialect(paramstyle="qmark")
READ: dict[type, Callable[[Any], Any]] = {Date: date.fromisoformat, Boolean: bool}
"""Column types that the driver gives in another form."""


class Question:
    """``statement`` with its bound parameters to be named when it is asked."""

    def __init__(self, statement: Select[Any]) -> None:
        compiled = statement.compile(dialect=DIALECT)
        self._text = str(compiled)
        self._order: Sequence[str] = compiled.positiontup or ()
        self._known = compiled.params
        kinds = [type(column.type) for column in statement.selected_columns]
        self._readers = [(i, READ[kind]) for i, kind in enumerate(kinds) if kind in READ]

    def ask(self, connection: Connection, **values: object) -> list[Sequence[Any]]:
        """The rows, each in the order of the selected columns."""
        given = self._known | values
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self._text, tuple(given[name] for name in self._order))
            return [self._read(row) for row in cursor.fetchall()]
        finally:
            cursor.close()

    def _read(self, row: Sequence[Any]) -> Sequence[Any]:
        found = list(row)
        for i, read in self._readers:
            if found[i] is not None:
                found[i] = read(found[i])
        return found
