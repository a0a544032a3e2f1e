"""From facts to bytes and back: published names, never Python paths.

    record = uint16 length of the header, header (JSON, clear), body (JSON)

The record is what is hashed. The body is the event as its dataclass says; values of ``Personal`` stand in
it in clear in this release, and ``seal`` and ``unseal`` are the one place where that changes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from struct import Struct
from typing import Any

import msgspec
from eventsourcing.persistence import Mapper as LibraryMapper
from eventsourcing.persistence import StoredEvent

from domain.kernel.errors import Refused
from domain.kernel.events import EventType, Header, Personal

LENGTH = Struct(">H")
Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""From the plain values of one version to those of the next."""


class UnknownEvent(Refused):
    """A stored name that this release does not know: ``unknown-event``."""


@dataclass(frozen=True, slots=True)
class Fact:
    """An event with its header: what ``eventsourcing`` stores and loads."""

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
        self._decoders = {e.topic: msgspec.json.Decoder(e.type) for e in self._types.values()}
        self._newest = {e.name: e for e in self._types.values()}
        self._upcasters = upcasters or {}
        self._headers = msgspec.json.Decoder(Header)
        self._encode = msgspec.json.Encoder().encode

    def type_of(self, event: object) -> EventType:
        """The published name of an event."""
        return self._types[type(event)]

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """The record of a fact."""
        fact: Fact = domain_event
        header = self._encode(fact.header)
        record = LENGTH.pack(len(header)) + header + self._encode(fact.event)
        return StoredEvent(
            fact.originator_id, fact.originator_version, self._types[type(fact.event)].topic, record
        )

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


def subjects(event: object) -> tuple[str, ...]:
    """The data subjects of an event: of every ``Personal`` in it, each once, in order."""
    return tuple(dict.fromkeys(personal.subject for personal in _personal(event)))


def _personal(value: object) -> Iterator[Personal[Any]]:
    if isinstance(value, Personal):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _personal(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _personal(getattr(value, field.name))
