"""What applications are told: CloudEvents, from the facts they are of, with nothing of anybody's in them."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from adapters.clock import SystemClock
from adapters.kafka.connection import Connection
from adapters.kafka.leading import lead
from adapters.kafka.mapping import TOLD
from adapters.kafka.messages import Messages
from adapters.kafka.publication import relay_of
from adapters.kafka.topics import Topics, partition
from adapters.ledger.ledger import Ledger
from adapters.ledger.mapper import Mapper
from adapters.ledger.store import Row
from adapters.reference import reference
from api.acts import licensing
from api.acts.desk import Desk
from api.acts.population import register_household
from api.contract import schema
from api.facts import EVENTS
from api.identity import SYSTEM
from domain.exchange.announcement import PUBLIC
from domain.kernel.events import EventType
from tests.acts.people import (
    ONE_STOP,
    REGISTRAR,
    SRAGEN_TENGAH,
    SRI,
    SRI_NIK,
    StandingClock,
    command,
    household,
)
from tests.adapters.kafka.reading import caught_up, read, running
from tests.trust.samples import record, sample

TOPICS = Topics("simpul", 1)
TOLD_OF = [kind for kind in EVENTS if kind.type in TOLD]


def messages(topics: Topics = TOPICS) -> Messages:
    return Messages(topics, EVENTS, source="//sragen/ledger", schemas="https://simpul.example/schemas")


def row(kind: EventType, position: int = 7) -> Row:
    """A full fact of this kind, sealed, as a ledger would have stored it."""
    event = sample(kind.type, full=True)
    return Row(position, 1_790_000_000_000_000, kind.topic, record(Mapper(EVENTS), event, sealed=True))


def public(rows: list[Row]) -> list[Any]:
    return [message for message in messages().page(rows) if message.topic != TOPICS.ledger]


@pytest.mark.parametrize("kind", TOLD_OF, ids=lambda kind: kind.name)
def test_each_of_these_facts_is_told_in_a_shape_of_its_own(kind: EventType) -> None:
    told = public([row(kind)])
    types = {dict(message.headers)["ce_type"].decode() for message in told}
    assert len(types) == 1
    (public_type,) = (one for one in PUBLIC if one.type in types)
    assert [message.topic for message in told] == [TOPICS.public(office) for office in public_type.offices]
    for message in told:
        Draft202012Validator(schema(public_type)).validate(json.loads(message.value))


def test_every_public_type_is_told_of_some_fact() -> None:
    told = {dict(message.headers)["ce_type"].decode() for kind in TOLD_OF for message in public([row(kind)])}
    assert told == {kind.type for kind in PUBLIC}


def test_other_facts_go_into_the_topic_of_the_ledger_alone() -> None:
    others = [kind for kind in EVENTS if kind.type not in TOLD]
    assert others
    assert public([row(kind) for kind in others]) == []
    assert len(messages().page([row(kind) for kind in others])) == len(others)


def test_the_attributes_are_those_of_cloudevents() -> None:
    (kind,) = (kind for kind in EVENTS if kind.name == "licensing.permit-issued")
    (message,) = public([row(kind, 42)])
    headers = {name: value.decode() for name, value in message.headers}
    assert headers == {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": f"{42:020d}",
        "ce_source": "//sragen/ledger",
        "ce_type": "simpul.perizinan.permit-issued.v1",
        "ce_time": headers["ce_time"],
        "ce_subject": message.key.decode(),
        "ce_dataschema": "https://simpul.example/schemas/simpul.perizinan.permit-issued/1",
        "ce_sequence": f"{42:020d}",
        "ce_partitionkey": message.key.decode(),
    }
    assert datetime.fromisoformat(headers["ce_time"]).utcoffset() is not None
    assert message.partition == partition(message.key)


def test_a_fact_is_told_at_most_once_in_a_topic() -> None:
    """So that who ignores what is not beyond the last sequence of a partition loses nothing."""
    rows = [row(kind, position) for position, kind in enumerate(EVENTS, 1)]
    told = [(message.topic, dict(message.headers)["ce_sequence"]) for message in messages().page(rows)]
    assert len(told) == len(set(told))


SECRETS = (SRI_NIK, "Sri Wahyuni", "Sumini", "Suparman", "Sukowati", "Toko Sri", "1990-08-17")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path / "ledger.db", keys=tmp_path / "keys", events=EVENTS, clock=StandingClock())
    yield ledger
    ledger.close()


def test_nothing_of_a_person_leaves_by_kafka(ledger: Ledger, connection: Connection, tmp_path: Path) -> None:
    desk = Desk(ledger, StandingClock(), reference(), synthetic=True)
    done = register_household(desk, household(SRI), by=REGISTRAR, command_id=command("household"))
    shop = licensing.NewApplication(
        permit="SIUP-KECIL",
        applicant=done.residents[0],
        company="Toko Sri",
        legal_form="PO",
        npwp="",
        kbli="47112",
        address="Jl. Raya Sukowati 12",
        village=SRAGEN_TENGAH,
        net_worth=300_000_000,
    )
    licensing.apply_for_permit(desk, shop, by=ONE_STOP, command_id=command("shop"))
    held = lead(tmp_path, "", connection.prefix)
    relay = relay_of(
        ledger, connection, EVENTS, held, SystemClock(), by=SYSTEM, source="//s", schemas="/schemas"
    )
    with running(relay):
        caught_up(relay)
    seen = {topic.name: _all(connection, topic.name) for topic in Topics(connection.prefix, 1)}
    assert [(name, secret) for name, told in seen.items() for secret in SECRETS if secret in told] == []
    topics = Topics(connection.prefix, 1)
    assert "resident-registered.v1" in seen[topics.public("kependudukan")]
    assert "application-submitted.v1" in seen[topics.public("perizinan")]
    told = [value for fact in ledger.after(0, 100) for value in _personal(fact.event)]
    read_with_keys = repr(told).replace("datetime.date(1990, 8, 17)", "1990-08-17")
    assert [secret for secret in SECRETS if secret not in read_with_keys] == [], "the control"


def _all(connection: Connection, topic: str) -> str:
    """Everything that stands in a topic, also what was given up."""
    found = read(connection, topic, committed=False)
    told = [(record.key, record.value, record.headers) for part in found.values() for record in part]
    return repr(told)


def _personal(event: object) -> list[object]:
    return [one.value for one in Mapper(EVENTS).personal(event)]
