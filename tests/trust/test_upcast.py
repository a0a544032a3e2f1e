"""Fixtures of facts are added and never written over; whoever forgets one is told which."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.ledger.mapper import Mapper
from api.facts import EVENTS
from domain.kernel.events import EventType, Personal
from tests.trust.samples import keyring, sample
from tests.trust.upcast import FIXTURES, append, changed, ledger_mapper, missing, unloaded


@dataclass(frozen=True, slots=True)
class Hired:
    name: Personal[str]
    since: int | None


@dataclass(frozen=True, slots=True)
class HiredFor:
    name: Personal[str]
    since: int | None
    office: str


def to_2(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "office": "shop"}


FIRST = EventType("shop.hired", 1, Hired)
SECOND = EventType("shop.hired", 2, HiredFor, upcasters=(to_2,))


def mapper(kind: EventType) -> Mapper:
    made = Mapper([kind])
    made.keyring = keyring()
    return made


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.topic)
def test_every_event_of_the_catalogue_has_its_fixture_and_loads(kind: EventType, tmp_path: Path) -> None:
    assert missing([kind], FIXTURES) == []
    lost = unloaded(ledger_mapper(tmp_path), EVENTS, FIXTURES)
    assert [name for name in lost if name.startswith(f"{kind.topic} ")] == []


def test_no_fixture_was_changed() -> None:
    assert changed(FIXTURES) == []


def test_a_new_version_is_missed_and_then_stands_beside_the_old_one(tmp_path: Path) -> None:
    assert append([FIRST], mapper(FIRST), tmp_path) == ["shop.hired.v1.ndjson"]
    first = (tmp_path / "shop.hired.v1.ndjson").read_bytes()
    assert missing([SECOND], tmp_path) == ["shop.hired.v2"]
    assert append([SECOND], mapper(SECOND), tmp_path) == ["shop.hired.v2.ndjson"]
    assert append([FIRST, SECOND], mapper(SECOND), tmp_path) == []
    assert (tmp_path / "shop.hired.v1.ndjson").read_bytes() == first
    assert (missing([SECOND], tmp_path), changed(tmp_path)) == ([], [])


def test_an_old_version_loads_by_its_upcaster_and_is_lost_by_one_that_forgets_a_field(tmp_path: Path) -> None:
    append([FIRST], mapper(FIRST), tmp_path)
    append([SECOND], mapper(SECOND), tmp_path)
    assert unloaded(mapper(SECOND), [SECOND], tmp_path) == []
    forms = ("clear", "sealed", "clear-empty", "sealed-empty")
    forgetful = SECOND._replace(upcasters=(dict,))
    assert unloaded(mapper(forgetful), [SECOND], tmp_path) == [f"shop.hired.v1 {form}" for form in forms]


def test_a_full_sample_is_sealed_and_an_empty_one_is_empty() -> None:
    assert sample(Hired, full=True) == Hired(Personal("subject-name", "Sukowati name"), 7)
    assert sample(Hired, full=False) == Hired(Personal("subject-name", None), None)
    lines = (FIXTURES / "population.resident-registered.v1.ndjson").read_bytes().splitlines()
    assert len(lines) == 4
    assert all(b"Sukowati" in line for line in lines[:2]), "the values, as they were"
