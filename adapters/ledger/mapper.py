"""From facts to bytes and back: published names, never Python paths.

    record = uint16 length of the header, header (JSON, clear), body (JSON)

The record is what is hashed. The body is the event as its dataclass says, its personal values sealed
per data subject (``sealing.py``); the first release wrote them in clear.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper as LibraryMapper
from eventsourcing.persistence import StoredEvent

from adapters.ledger.sealing import SEALED, Keyring, SubjectKey, blocks, seal, unseal
from domain.kernel.errors import Refused, Rejected
from domain.kernel.events import Actor, EventType, Header, Personal, Recorded

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LENGTH = Struct(">H")
Record = tuple[str, int, str, bytes]
"""Stream, version, topic and record of a fact."""
LARGEST = 65_535
"""Bytes of a record: what an entry of C2SP tlog-tiles can hold, whoever publishes the log one day."""


class UnknownEvent(Refused):
    """A stored name that this release does not know: ``unknown-event``."""


@dataclass(slots=True)
class Pending:
    """An event about to be appended; ``envelope`` is the part of the header that its command shares, ``keys`` seal
    what is personal (None: nothing is sealed).
    """

    originator_id: str
    originator_version: int
    event: Any
    envelope: bytes
    keys: Mapping[str, SubjectKey] | None = None


@dataclass(slots=True)
class Fact:
    """An event with its header, as loaded."""

    originator_id: str
    originator_version: int
    header: Header
    event: Any


class Mapper(LibraryMapper[str]):
    """Facts of the given event types, each in its newest version; older ones are read as that."""

    def __init__(self, events: Iterable[EventType]) -> None:
        self._types = {e.type: e for e in events}
        self._names = {e.type: _name_part(e) for e in self._types.values()}
        self._personal = {e.type: _personal_fields(e.type) for e in self._types.values()}
        for event in self._types.values():
            _check_names(event)
            _check_upcasters(event)
        self._decoders: dict[str, Callable[[bytes], Any]] = {
            e.topic: msgspec.json.Decoder(e.type).decode for e in self._types.values()
        }
        self._newest = {e.name: e for e in self._types.values()}
        self.keyring: Keyring | None = None
        self._header = msgspec.json.Decoder(Header).decode
        self._encode = msgspec.json.Encoder().encode

    def envelope(self, by: Actor, at: datetime, command_id: UUID, cause: int | None) -> bytes:
        """What the headers of all facts of one command have in common, from ``actor`` to the end."""
        shared = {
            "actor": by.id,
            "role": by.role,
            "office": by.office,
            "purpose": by.purpose,
            "channel": by.channel,
            "device": by.device,
            "device_time": by.device_time,
            "recorded_at": at,
            "command_id": command_id,
            "correlation_id": command_id,
            "causation": cause,
        }
        return b"," + self._encode(shared)[1:]

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """A pending fact as the library stores it. Refused: ``record-too-large``."""
        return StoredEvent(*self.record(domain_event))

    def record(self, pending: Pending) -> Record:
        """The row of a pending fact. Refused: ``record-too-large``."""
        event, kind = pending.event, type(pending.event)
        encode = self._encode
        personal = self.personal(event)
        # Written piece by piece: making a Header only to encode it takes as long as all the rest.
        header = b'{"header":1,"stream":%b,"version":%d,%b%b%b' % (
            encode(pending.originator_id),
            pending.originator_version,
            self._names[kind],
            encode(_subjects(personal)),
            pending.envelope,
        )
        body = encode(event)
        if pending.keys and personal:
            body = seal(body, personal, pending.keys, header)
        if (size := LENGTH.size + len(header) + len(body)) > LARGEST:
            raise Rejected("record-too-large", size=size, limit=LARGEST)
        record = LENGTH.pack(len(header)) + header + body
        return pending.originator_id, pending.originator_version, self._types[kind].topic, record

    def subjects(self, event: object) -> tuple[str, ...]:
        """The data subjects whose data stands in an event, each once, in order: those who need a key."""
        return _subjects([one for one in self.personal(event) if one.value is not None])

    def personal(self, event: object) -> list[Personal[Any]]:
        """Every ``Personal`` of an event, in the order of its text."""
        found: list[Personal[Any]] = []
        for name in self._personal[type(event)]:
            value = getattr(event, name)
            if type(value) is Personal:
                found.append(value)
            else:
                found.extend(_personal(value))
        return found

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        header, event = self.read(stored_event.topic, stored_event.state)
        return Fact(stored_event.originator_id, stored_event.originator_version, header, event)  # type: ignore[arg-type]  # ids are text

    def read(self, topic: str, record: bytes) -> tuple[Header, Any]:
        """Header and event of a record. ``UnknownEvent`` when the catalogue does not have its name."""
        (fact,) = self.read_many([(0, 0, topic, record)])
        return fact.header, fact.event

    def read_many(self, rows: Iterable[tuple[int, int, str, bytes]]) -> list[Recorded[Any]]:
        """Facts from their positions, commit times, topics and records; the keys that open them are fetched at
        once.
        """
        parts = []
        ids: list[int] = []
        # One loop and few names in it: this is read millions of times.
        for position, at, topic, record in rows:
            end = LENGTH.size + (record[0] << 8 | record[1])
            body = record[end:]
            found = blocks(body) if body[0] == SEALED else None
            if found:
                ids += [block.key for block in found]
            parts.append((position, at, topic, record[LENGTH.size : end], body, found))
        ciphers = self.keyring.fetch(ids) if ids and self.keyring else {}
        parse, read = self._header, self._event
        return [
            Recorded(
                position,
                EPOCH + timedelta(microseconds=at),
                parsed := parse(header),
                read(topic, parsed, body if found is None else unseal(body, found, ciphers, header)),
            )
            for position, at, topic, header, body, found in parts
        ]

    def _event(self, topic: str, header: Header, body: bytes) -> Any:
        decode = self._decoders.get(topic)
        return decode(body) if decode else self._upcast(header, body)

    def _upcast(self, header: Header, body: bytes) -> Any:
        newest = self._newest.get(header.event)
        if newest is None or not 1 <= header.event_version <= newest.version:
            raise UnknownEvent("unknown-event", event=header.event, version=header.event_version)
        values: dict[str, Any] = msgspec.json.decode(body)
        for upcaster in newest.upcasters[header.event_version - 1 :]:
            values = upcaster(values)
        return msgspec.convert(values, newest.type)


def _subjects(personal: Sequence[Personal[Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([p.subject for p in personal]))


def _name_part(kind: EventType) -> bytes:
    return f'"event":"{kind.name}","event_version":{kind.version},"subjects":'.encode()


def _personal_fields(kind: type) -> tuple[str, ...]:
    """The fields of an event class in which personal data may stand, at any depth."""
    return tuple(name for name, hint in get_type_hints(kind).items() if _may_hold_personal(hint))


def _check_names(event: EventType) -> None:
    """Sealing finds personal values in the text by their name: nothing in clear beside them may bear it."""
    if _personal_fields(event.type) and "value" in _clear_names(event.type):
        raise ValueError(f"{event.topic} has a field called value beside its personal data")


def _check_upcasters(event: EventType) -> None:
    """A release that could not read what an older one wrote does not start."""
    if len(event.upcasters) != event.version - 1:
        raise ValueError(f"{event.topic} needs one upcaster for each version before it")


def _clear_names(hint: Any) -> Iterator[str]:
    """The names of the fields that stay in clear, at any depth."""
    if hint is Personal or get_origin(hint) is Personal:
        return
    if is_dataclass(hint):
        for name, inner in get_type_hints(hint).items():
            yield name
            yield from _clear_names(inner)
    for inner in get_args(hint):
        yield from _clear_names(inner)


def _may_hold_personal(hint: Any) -> bool:
    if hint is Personal or get_origin(hint) is Personal:
        return True
    if is_dataclass(hint):
        return any(map(_may_hold_personal, get_type_hints(hint).values()))
    return any(map(_may_hold_personal, get_args(hint)))


def _personal(value: object) -> Iterator[Personal[Any]]:
    if isinstance(value, Personal):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _personal(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _personal(getattr(value, field.name))
