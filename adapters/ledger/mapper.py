"""From facts to bytes and back: published names, never Python paths.

    record = uint16 length of the header, header (JSON, clear), body (JSON)

The record is what is hashed. The body is the event as its dataclass says; values of ``Personal`` stand in
it in clear in this release, and ``seal`` and ``unseal`` are the one place where that changes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from struct import Struct
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper as LibraryMapper
from eventsourcing.persistence import StoredEvent

from domain.kernel.errors import Refused
from domain.kernel.events import Actor, EventType, Header, Personal

LENGTH = Struct(">H")
Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""From the plain values of one version to those of the next."""


class UnknownEvent(Refused):
    """A stored name that this release does not know: ``unknown-event``."""


@dataclass(slots=True)
class Pending:
    """An event about to be appended; ``envelope`` is the part of the header that its command shares."""

    originator_id: str
    originator_version: int
    event: Any
    envelope: bytes


@dataclass(slots=True)
class Fact:
    """An event with its header, as loaded."""

    originator_id: str
    originator_version: int
    header: Header
    event: Any


class Mapper(LibraryMapper[str]):
    """Facts of the given event types. ``upcasters`` lead from (name, version) to the next version."""

    def __init__(
        self,
        events: Iterable[EventType],
        upcasters: Mapping[tuple[str, int], Upcaster] | None = None,
    ) -> None:
        self._types = {e.type: e for e in events}
        self._names = {e.type: _name_part(e) for e in self._types.values()}
        self._personal = {e.type: _personal_fields(e.type) for e in self._types.values()}
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {
            e.topic: msgspec.json.Decoder(e.type) for e in self._types.values()
        }
        self._newest = {e.name: e for e in self._types.values()}
        self._upcasters = upcasters or {}
        self._headers = msgspec.json.Decoder(Header)
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
        """The record of a pending fact."""
        pending: Pending = domain_event
        event, kind = pending.event, type(pending.event)
        encode = self._encode
        # Written piece by piece: making a Header only to encode it takes as long as all the rest.
        header = b'{"header":1,"stream":%b,"version":%d,%b%b%b' % (
            encode(pending.originator_id),
            pending.originator_version,
            self._names[kind],
            encode(self.subjects(event)),
            pending.envelope,
        )
        record = LENGTH.pack(len(header)) + header + encode(event)
        return StoredEvent(pending.originator_id, pending.originator_version, self._types[kind].topic, record)

    def subjects(self, event: object) -> tuple[str, ...]:
        """The data subjects of an event: of every ``Personal`` in it, each once, in order."""
        names = self._personal[type(event)]
        found = (p.subject for name in names for p in _personal(getattr(event, name)))
        return tuple(dict.fromkeys(found)) if names else ()

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        header, event = self.read(stored_event.topic, stored_event.state)
        return Fact(stored_event.originator_id, stored_event.originator_version, header, event)  # type: ignore[arg-type]  # ids are text

    def read(self, topic: str, record: bytes) -> tuple[Header, Any]:
        """Header and event of a record. ``UnknownEvent`` when the catalogue does not have its name."""
        (length,) = LENGTH.unpack_from(record)
        body = memoryview(record)[LENGTH.size + length :]
        header = self._headers.decode(memoryview(record)[LENGTH.size : LENGTH.size + length])
        decoder = self._decoders.get(topic)
        return header, decoder.decode(body) if decoder else self._upcast(header, body)

    def _upcast(self, header: Header, body: memoryview) -> Any:
        newest = self._newest.get(header.event)
        if newest is None or header.event_version > newest.version:
            raise UnknownEvent("unknown-event", event=header.event, version=header.event_version)
        values: dict[str, Any] = msgspec.json.decode(body)
        for version in range(header.event_version, newest.version):
            values = self._upcasters[header.event, version](values)
        return msgspec.convert(values, newest.type)


def _name_part(kind: EventType) -> bytes:
    return f'"event":"{kind.name}","event_version":{kind.version},"subjects":'.encode()


def _personal_fields(kind: type) -> tuple[str, ...]:
    """The fields of an event class in which personal data may stand, at any depth."""
    return tuple(name for name, hint in get_type_hints(kind).items() if _may_hold_personal(hint))


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
