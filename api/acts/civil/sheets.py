"""The sheets of a file: what a form says as text, and whoever is on it and not registered yet on a sheet of her own.

Each sheet is sealed under its own subject, so that forgetting one of several newcomers takes hers alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import msgspec

from api.acts.civil.asked import Newborn
from api.acts.population import NewMember
from domain.kernel.errors import Gone

T = TypeVar("T")
SHEET = "$person"
"""Stands in the form for a person, with the number of her sheet."""


def taken_apart(what: object) -> tuple[str, tuple[str, ...]]:
    """The form as JSON, and the sheets of its persons in the order in which they are registered."""
    persons: list[str] = []
    form = _plain(what, persons)
    return _text(form), tuple(persons)


def put_together(kind: type[T], form: str | None, persons: Sequence[str | None]) -> T:
    """The form again. ``Gone("filing-forgotten")`` when somebody on it is forgotten."""
    if form is None or None in persons:
        raise Gone("filing-forgotten")
    sheets = iter(msgspec.json.decode(person) for person in persons if person is not None)
    return msgspec.convert(_whole(msgspec.json.decode(form), sheets), kind)


def _plain(value: object, persons: list[str]) -> object:
    if isinstance(value, NewMember | Newborn):
        persons.append(_text(value))
        return {SHEET: len(persons)}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name), persons) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item, persons) for item in value]
    return value


def _whole(value: Any, sheets: Iterator[Any]) -> Any:
    if isinstance(value, dict):
        return next(sheets) if SHEET in value else {name: _whole(v, sheets) for name, v in value.items()}
    return [_whole(item, sheets) for item in value] if isinstance(value, list) else value


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
