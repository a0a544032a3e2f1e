"""The readings stand on the same kind of store as the ledger, and whoever watches or checks a node hears of both."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.opening import LEDGER, READINGS
from api.readings import readings_store
from api.settings import Settings
from api.wiring import Hub, open_hub, store
from tests.acts.people import StandingClock
from tests.api.conftest import asked, opened
from tests.api.program import Program
from tests.postgres import Database


@pytest.fixture
def ledger_url(database_server: Database) -> str:
    return database_server.url()


@pytest.fixture
def settings(tmp_path: Path, ledger_url: str) -> Settings:
    return Settings(data=tmp_path, ledger_url=SecretStr(ledger_url), synthetic=True, wait=10.0)


@pytest.fixture
def on_postgres(settings: Settings) -> Iterator[Hub]:
    with open_hub(settings, StandingClock()) as hub:
        hub.start()
        yield hub


def looked(hub: Hub) -> str:
    """Somebody has looked at Sri."""
    with asked(hub) as client:
        program = Program(client)
        sri = program.sri()
        assert program.get(f"/residents/{sri}").status_code == 200
        return sri


def test_readings_stand_in_a_schema_beside_the_ledger(on_postgres: Hub, settings: Settings) -> None:
    sri = looked(on_postgres)
    assert not (settings.data / READINGS / LEDGER).exists()
    with readings_store(settings).snapshot() as readings, store(settings).snapshot() as facts:
        assert [fact.topic for fact in readings.facts()] == ["access.person-read.v1"]
        assert not any(fact.topic.startswith("access") for fact in facts.facts())
    assert [row.resident for row in on_postgres.readings.of(sri)] == [sri]


def test_a_reading_does_not_wait_for_an_append_to_the_registry(on_postgres: Hub, ledger_url: str) -> None:
    sri = looked(on_postgres)
    with psycopg.connect(ledger_url) as other, asked(on_postgres) as client:
        other.execute("SELECT pg_advisory_xact_lock(4711)")  # the control stands in test_postgres.py
        assert Program(client).get(f"/residents/{sri}").status_code == 200
    assert on_postgres.readings.ledger.head() == 2


def test_a_node_whose_readings_are_in_a_file_keeps_them_there(tmp_path: Path, ledger_url: str) -> None:
    with opened(tmp_path, StandingClock()) as hub:
        looked(hub)
    later = Settings(data=tmp_path, ledger_url=SecretStr(ledger_url))
    assert readings_store(later).name == LEDGER
    (tmp_path / READINGS / LEDGER).rename(tmp_path / "kept")
    assert readings_store(later).name == "the database"


def test_hubs_on_several_machines_share_readings_with_their_keys_in_a_database(
    tmp_path: Path, ledger_url: str, database_server: Database
) -> None:
    one = Settings(
        data=tmp_path / "one",
        ledger_url=SecretStr(ledger_url),
        keys_url=SecretStr(database_server.url()),
        synthetic=True,
    )
    with open_hub(one, StandingClock()) as first:
        first.start()
        sri = looked(first)
        there = tmp_path / "two" / "keys"
        there.mkdir(parents=True)
        for name in ("ledger.key", "kek.key"):
            (there / name).write_bytes((tmp_path / "one" / "keys" / name).read_bytes())
        two = one.model_copy(update={"data": tmp_path / "two"})
        with open_hub(two, StandingClock()) as second:
            second.start()
            assert [row.seen for row in second.readings.of(sri)] == ["record"]


def test_whoever_watches_a_node_hears_of_the_readings(program: Program, client: TestClient, hub: Hub) -> None:
    sri = program.sri()
    program.get(f"/residents/{sri}")
    hub.readings.of(sri)
    ready = client.get("/readyz").json()
    assert ready["readings"]["ledger"] == 1
    assert ready["readings"]["checkpoint"]["mode"] == "running"
    assert {"residents", "readings", "alarms"} <= set(ready["projections"])
    figures = client.get("/metrics").text
    assert "simpul_readings_position 1" in figures
    assert "simpul_readings_checkpoint_running 1" in figures
    assert 'simpul_projection_position{model="readings"} 1' in figures
    assert [one["lag"] for one in program.get("/projections").json() if one["name"] == "alarms"] == [0]


def test_a_node_that_cannot_read_its_readings_is_not_ready(client: TestClient, hub: Hub) -> None:
    assert client.get("/readyz").status_code == 200
    with closing(sqlite3.connect(hub.settings.data / READINGS / LEDGER)) as db:
        db.execute("ALTER TABLE log RENAME TO gone")
    assert client.get("/readyz").status_code == 503
