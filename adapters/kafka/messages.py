"""From records of the ledger to messages for the topics.

The topic of the ledger has every record, byte for byte, with its position, name and time of commit as headers.
Public topics have CloudEvents 1.0 in binary mode: the value is the data, the attributes are headers.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from adapters.kafka.mapping import TOLD, TYPES, announced
from adapters.kafka.publisher import Message, sequence
from adapters.kafka.topics import Topics, partition
from adapters.ledger.mapper import LENGTH, Mapper
from adapters.ledger.store import Row
from domain.exchange.announcement import PublicType
from domain.kernel.events import EventType

JSON = b"application/json"
_encode = msgspec.json.Encoder().encode


class Address(msgspec.Struct):
    """The part of a record's header that says where it belongs."""

    stream: str


_address = msgspec.json.Decoder(Address).decode


def stream_of(record: bytes) -> str:
    (length,) = LENGTH.unpack_from(record)
    return _address(record[LENGTH.size : LENGTH.size + length]).stream


class Messages:
    """What the topics of one publication are sent."""

    def __init__(self, topics: Topics, events: Iterable[EventType], *, source: str, schemas: str) -> None:
        """``source`` names this ledger in every event, ``schemas`` is where their JSON Schemas begin."""
        kinds = tuple(events)
        self._topics = topics
        self._facts = Mapper(kinds)  # without a keyring: what is personal stays closed
        self._told = {f"{e.name}.v{v}" for e in kinds if e.type in TOLD for v in range(1, e.version + 1)}
        self._source = source.encode()
        self._schemas = schemas

    def page(self, rows: Sequence[Row]) -> list[Message]:
        """All messages of these records, in order; at most one per record and topic."""
        told = [row for row in rows if row.topic in self._told]
        return [*map(self._record, rows), *self._public(told)]

    def _record(self, row: Row) -> Message:
        key = stream_of(row.record).encode()
        headers = (
            ("ce_sequence", sequence(row.pos)),
            ("ce_type", row.topic.encode()),
            ("ce_committed", b"%d" % row.committed_at),
        )
        return Message(
            self._topics.ledger, partition(key), key, row.record, headers, row.committed_at // 1000
        )

    def _public(self, rows: Sequence[Row]) -> Iterator[Message]:
        for row, fact in zip(rows, self._facts.read_many(rows), strict=True):
            told = announced(fact)
            if told is None:
                continue
            kind = TYPES[type(told)]
            key, value = fact.header.stream.encode(), _encode(told)
            headers = self._attributes(row, kind, key, fact.header.recorded_at.isoformat())
            for office in kind.offices:
                topic = self._topics.public(office)
                yield Message(topic, partition(key), key, value, headers, row.committed_at // 1000)

    def _attributes(
        self, row: Row, kind: PublicType, subject: bytes, at: str
    ) -> tuple[tuple[str, bytes], ...]:
        place = sequence(row.pos)
        return (
            ("content-type", JSON),
            ("ce_specversion", b"1.0"),
            ("ce_id", place),
            ("ce_source", self._source),
            ("ce_type", kind.type.encode()),
            ("ce_time", at.replace("+00:00", "Z").encode()),
            ("ce_subject", subject),
            ("ce_dataschema", f"{self._schemas}/{kind.name}/{kind.version}".encode()),
            ("ce_sequence", place),
            ("ce_partitionkey", subject),
        )
