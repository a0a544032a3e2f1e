"""From facts to bytes and back: every event ever published, whatever stands in it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from eventsourcing.persistence import StoredEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.ledger.ledger import Ledger
from adapters.ledger.mapper import LENGTH, Mapper, Pending, UnknownEvent
from adapters.ledger.sealing import Keyring, SubjectKey
from api.facts import EVENTS
from domain.kernel.decider import Decider, act
from domain.kernel.events import Actor, EventType, Header, Personal
from domain.population.resident import Person, ResidentRegistered
from tests.acts.people import REGISTRAR, StandingClock
from tests.adapters.ledger import shelf
from tests.adapters.ledger.conftest import Open
from tests.adapters.ledger.shelf import label, put

SHORT = st.text(max_size=12)
MINUTES = st.integers(-14 * 60, 14 * 60)
TIMES = st.builds(
    lambda at, zone: at.replace(tzinfo=timezone(timedelta(minutes=zone))), st.datetimes(), MINUTES
)
PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
    str: SHORT,
    int: st.integers(-(2**63), 2**64 - 1),
    bool: st.booleans(),
    date: st.dates(),
    datetime: TIMES,
    type(None): st.none(),
}
ACTORS = st.builds(
    Actor,
    id=SHORT,
    role=SHORT,
    office=SHORT,
    purpose=SHORT,
    channel=SHORT,
    device=st.none() | SHORT,
    device_time=st.none() | TIMES,
)


@cache
def values(hint: Any) -> st.SearchStrategy[Any]:
    """Anything that a field with this annotation may hold; personal data also once they are forgotten."""
    if hint in PLAIN:
        return PLAIN[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Personal:
        return st.builds(Personal, st.sampled_from(["sri", "budi", "home"]), st.none() | values(inner[0]))
    if origin in {Union, UnionType}:
        return st.one_of(*map(values, inner))
    if origin is tuple and inner[1:] == (...,):
        return st.lists(values(inner[0]), max_size=3).map(tuple)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{field.name: values(hints[field.name]) for field in fields(hint)})
    raise AssertionError(f"an event holds plain values, not {hint}")


class Keys:
    """A key store in memory, from which a key can be taken away."""

    def __init__(self) -> None:
        self.made: dict[int, bytes] = {}

    def take(self) -> tuple[int, bytes]:
        id_ = len(self.made) + 1
        self.made[id_] = bytes([id_]) * 32
        return id_, self.made[id_]

    def keys(self, ids: Any) -> Mapping[int, bytes]:
        return {id_: self.made[id_] for id_ in ids if id_ in self.made}

    def changes(self) -> object:
        return None


STORE = Keys()
SEALS = {
    name: SubjectKey(id_, AESGCM(key))
    for name, (id_, key) in ((n, STORE.take()) for n in ("sri", "budi", "home"))
}
MAPPER = Mapper(EVENTS)
MAPPER.keyring = Keyring(STORE, lambda _: {})
AT = StandingClock().now()


def stored(event: Any, keys: Mapping[str, SubjectKey] | None = SEALS, mapper: Mapper = MAPPER) -> StoredEvent:
    envelope = mapper.envelope(REGISTRAR, AT, UUID(int=7), None)
    return mapper.to_stored_event(Pending("resident-1", 3, event, envelope, keys))


def header(record: bytes) -> bytes:
    (length,) = LENGTH.unpack_from(record)
    return record[LENGTH.size : LENGTH.size + length]


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.topic)
def test_every_published_event_comes_back_as_it_was(kind: EventType) -> None:
    @settings(max_examples=25, deadline=None)
    @given(values(kind.type))
    def check(event: Any) -> None:
        for keys in (None, SEALS):
            one = stored(event, keys)
            told, back = MAPPER.read(one.topic, one.state)
            assert back == event
            assert (type(back), told.event, told.event_version) == (kind.type, kind.name, kind.version)

    check()


@given(values(ResidentRegistered))
@settings(max_examples=50, deadline=None)
def test_what_no_key_opens_is_forgotten_and_the_rest_is_read(event: ResidentRegistered) -> None:
    one = stored(event)
    blind = Mapper(EVENTS)
    blind.keyring = Keyring(Keys(), lambda _: {})
    _, back = blind.read(one.topic, one.state)
    assert (back.nik, back.person, back.residence) == (
        Personal(event.nik.subject, None),
        Personal(event.person.subject, None),
        Personal(event.residence.subject, None),
    )
    assert (back.household, back.village, back.flags) == (event.household, event.village, event.flags)


@given(
    event=values(ResidentRegistered),
    by=ACTORS,
    cause=st.none() | st.integers(1, 2**63),
    at=TIMES,
    id_=st.uuids(),
)
@settings(max_examples=100, deadline=None)
def test_the_header_is_written_as_the_encoder_would_write_it(
    event: ResidentRegistered, by: Actor, cause: int | None, at: datetime, id_: UUID
) -> None:
    """It is put together from pieces for speed: the bytes are those of the whole, encoded at once."""
    envelope = MAPPER.envelope(by, at, id_, cause)
    written = header(MAPPER.to_stored_event(Pending('a "stream"', 9, event, envelope, SEALS)).state)
    told = msgspec.json.decode(written, type=Header)
    assert written == msgspec.json.encode(told)
    assert (told.actor, told.device_time, told.recorded_at) == (by.id, by.device_time, at)
    assert (told.stream, told.version, told.causation, told.command_id) == ('a "stream"', 9, cause, id_)
    assert set(told.subjects) == {event.nik.subject, event.person.subject, event.residence.subject}
    assert len(told.subjects) == len(set(told.subjects))


def test_a_record_is_length_header_and_body(ledger: Ledger) -> None:
    """The layout that an auditor reads without our code; no personal data stand in this one."""
    put(ledger, label("box-1", "a"), name="first")
    record = ledger.recorder.after(0, 1)[0].record
    assert int.from_bytes(record[:2], "big") == len(header(record))
    assert msgspec.json.decode(header(record))["event"] == "shelf.box-labelled"
    assert record[2 + len(header(record)) :] == b'{"label":"a","secret":false}'


def test_no_header_tells_a_person() -> None:
    person = Person("Sri", "2", "Sragen", date(1990, 8, 17), "1", "1", "13", "5", "1", "1", "1", "m", "f")
    event = ResidentRegistered(
        "home",
        "33.14.10.1003",
        date(2026, 11, 24),
        "external",
        True,
        (),
        Personal("sri", "3314105708909001"),
        Personal("sri", person),
        Personal("home", None),
    )
    written = header(stored(event).state)
    assert [text for text in (b"3314105708909001", b"Sri", b"1990") if text in written] == []
    assert b'"subjects":["sri","home"]' in written, "the control: opaque subjects are told"


def test_names_are_published_and_no_python_paths() -> None:
    assert len({kind.topic for kind in EVENTS}) == len(EVENTS)
    assert not any(kind.type.__module__ in kind.topic or kind.type.__name__ in kind.topic for kind in EVENTS)


@dataclass(frozen=True)
class Tagged:
    """The third shape of a label: version 1 had ``label``, version 2 ``tag``, version 3 a colour too."""

    tag: str
    colour: str


@dataclass(frozen=True)
class TaggedInWhite:
    tag: str


TAGS: Decider[Tagged, Tagged, tuple[str, ...]] = Decider(
    (), lambda _, tagged: [tagged], lambda tags, tagged: (*tags, tagged.tag)
)


def to_2(values: dict[str, Any]) -> dict[str, Any]:
    return {"tag": values["label"].upper()}


def to_3(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "colour": "white"}


NEWER = EventType("shelf.box-labelled", 3, Tagged, upcasters=(to_2, to_3))
MIDDLE = EventType("shelf.box-labelled", 2, TaggedInWhite, upcasters=(to_2,))


def test_a_newer_release_reads_old_shapes_as_its_own_and_their_bytes_stay(open_ledger: Open) -> None:
    put(open_ledger(), label("box-1", "a"))
    stayed = open_ledger().recorder.after(0, 1)
    newer = open_ledger(events=(NEWER, *shelf.EVENTS[1:]))
    (fact,) = newer.stream("box-1")
    assert (fact.event, fact.header.event_version) == (Tagged("A", "white"), 1)
    assert newer.load(TAGS, "box-1").state == ("A",)
    put(newer, act(TAGS, "box-1", Tagged("B", "red")))
    told = [(one.event, one.header.event_version) for one in newer.after(0, 10)]
    assert told == [(Tagged("A", "white"), 1), (Tagged("B", "red"), 3)]
    assert newer.recorder.after(0, 1) == stayed


def test_each_old_version_takes_only_its_own_steps() -> None:
    of_2 = stored(TaggedInWhite("b"), mapper=Mapper([MIDDLE]))
    assert Mapper([NEWER]).read(of_2.topic, of_2.state)[1] == Tagged("b", "white")


def test_a_release_that_lacks_an_upcaster_does_not_start(open_ledger: Open) -> None:
    with pytest.raises(ValueError, match=r"shelf\.box-labelled\.v3 needs one upcaster"):
        open_ledger(events=[NEWER._replace(upcasters=(to_2,))])


def test_sealed_old_shapes_are_upcast_with_their_persons() -> None:
    mapper = Mapper([EventType("shelf.box-given", 2, shelf.Given, upcasters=(dict,))])
    mapper.keyring = MAPPER.keyring
    one = stored(shelf.Given(Personal("sri", "Sri")), mapper=Mapper(shelf.EVENTS))
    assert b"Sri" not in one.state
    assert mapper.read(one.topic, one.state)[1] == shelf.Given(Personal("sri", "Sri"))


def test_a_name_that_this_release_does_not_know_is_told(open_ledger: Open) -> None:
    put(open_ledger(), label("box-1", "a"))
    with pytest.raises(UnknownEvent) as refused:
        open_ledger(events=EVENTS).after(0, 10)
    assert (refused.value.code, refused.value.parameters["event"]) == ("unknown-event", "shelf.box-labelled")
    assert len(open_ledger().after(0, 10)) == 1, "the control: who knows the name reads it"


def test_a_shape_of_a_newer_release_is_not_guessed() -> None:
    one = stored(Tagged("a", "red"), mapper=Mapper([NEWER]))
    with pytest.raises(UnknownEvent) as refused:
        Mapper(shelf.EVENTS).read(one.topic, one.state)
    assert refused.value.parameters == {"event": "shelf.box-labelled", "version": 3}
    assert Mapper([NEWER]).read(one.topic, one.state)[1] == Tagged("a", "red"), "the control"


def test_time_in_a_header_is_told_with_its_zone() -> None:
    jakarta = datetime(2026, 11, 24, 12, 0, tzinfo=timezone(timedelta(hours=7)))
    by = Actor("dewi", "registrar", "DISDUKCAPIL", device="village-7", device_time=jakarta)
    envelope = MAPPER.envelope(by, AT, UUID(int=7), None)
    assert b'"device_time":"2026-11-24T12:00:00+07:00","recorded_at":"2026-11-24T05:00:00Z"' in envelope
    assert AT.tzinfo is UTC


@dataclass(frozen=True, slots=True)
class Measured:
    unit: str
    value: str | None


@dataclass(frozen=True, slots=True)
class MeasuredBy:
    """What may not be: the clear ``value`` would be taken for the personal one."""

    found: tuple[Measured, ...]
    by: Personal[str]


@dataclass(frozen=True, slots=True)
class MeasuredSecretly:
    found: Personal[tuple[Measured, ...]]


def test_no_clear_field_bears_the_name_by_which_personal_values_are_found() -> None:
    with pytest.raises(ValueError, match="measured-by"):
        Mapper([EventType("test.measured-by", 1, MeasuredBy)])
    for control in (Measured, MeasuredSecretly):
        Mapper([EventType("test.control", 1, control)])
