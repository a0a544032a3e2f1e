"""Sample facts, from the annotations of their classes: one full, one as empty as it may be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.ledger.mapper import Mapper, Pending
from adapters.ledger.sealing import Keyring, SubjectKey
from domain.kernel.events import Personal
from tests.acts.people import REGISTRAR, StandingClock

PLAIN: Mapping[Any, Any] = {
    str: "Sukowati",
    int: 7,
    bool: True,
    date: date(2026, 11, 24),
    datetime: datetime(2026, 11, 24, 5, 0, tzinfo=UTC),
}


def sample(hint: Any, *, full: bool, name: str = "") -> Any:
    """A value that a field with this annotation may hold; a field's name tells two texts apart."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is str:
        return f"{PLAIN[str]} {name}" if full else ""
    if hint in PLAIN:
        return PLAIN[hint]
    if origin is Personal:
        return Personal(f"subject-{name}", sample(inner[0], full=full, name=name) if full else None)
    if origin in {Union, UnionType}:
        (chosen,) = [one for one in inner if one is not type(None)]
        return sample(chosen, full=full, name=name) if full else None
    if origin is tuple:
        return (sample(inner[0], full=full, name=name),) if full else ()
    assert isinstance(hint, type), hint
    assert is_dataclass(hint), hint
    hints = get_type_hints(hint)
    return hint(**{f.name: sample(hints[f.name], full=full, name=f.name) for f in fields(hint)})


class FixtureKeys:
    """Keys that follow from their number: those of the fixtures are no secret."""

    def take(self) -> tuple[int, bytes]:
        raise AssertionError("a fixture is sealed with keys of its own")

    def keys(self, ids: Sequence[int]) -> Mapping[int, bytes]:
        return {id_: sha256(b"fixture key %d" % id_).digest() for id_ in ids}

    def changes(self) -> object:
        return 0

    def of(self, subjects: Iterable[str]) -> dict[str, SubjectKey]:
        """A key for each of these subjects, numbered from 1."""
        numbered = dict(enumerate(subjects, 1))
        keys = self.keys([*numbered])
        return {subject: SubjectKey(id_, AESGCM(keys[id_])) for id_, subject in numbered.items()}


def keyring() -> Keyring:
    return Keyring(FixtureKeys(), lambda _: {})


def record(mapper: Mapper, event: Any, *, sealed: bool) -> bytes:
    """The bytes of a fact as the ledger writes it, in clear as its first release did."""
    subjects = dict.fromkeys(one.subject for one in mapper.personal(event))
    keys = FixtureKeys().of(subjects) if sealed else None
    envelope = mapper.envelope(REGISTRAR, StandingClock().now(), UUID(int=1), None)
    return mapper.to_stored_event(Pending("fixture-1", 1, event, envelope, keys)).state
