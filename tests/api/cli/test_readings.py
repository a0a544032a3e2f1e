"""The readings of a node as an operator and an auditor have them: listed, rebuilt, verified, exported."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from adapters.evidence.simpul_verify import check
from api.opening import LEDGER, READINGS
from api.settings import Settings
from api.wiring import open_hub
from domain.access.reading import Seen
from tests.acts.people import REGISTRAR
from tests.api.cli.conftest import Simpul
from tests.postgres import Database

SETTING = "SIMPUL_LEDGER_URL"


@pytest.fixture(params=["a file", "PostgreSQL"])
def where(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the ledger; empty when it is a file."""
    if request.param == "a file":
        yield ""
        return
    database: Database = request.getfixturevalue("database_server")
    os.environ[SETTING] = database.url()
    yield os.environ[SETTING]
    del os.environ[SETTING]


def looked(data: Path) -> None:
    with open_hub(Settings(data=data)) as hub:
        for number in range(3):
            hub.readings.person(Seen.RECORD, [f"resident-{number}"], by=REGISTRAR)
        hub.readings.checkpointer.notary.checkpoint()


def damaged(data: Path, url: str) -> None:
    """Somebody who has the rights of the owner takes a reading back."""
    if url:
        with psycopg.connect(url, autocommit=True) as connection:
            ((schema,),) = connection.execute("SELECT current_schema() || '_readings'").fetchall()
            connection.execute(f"ALTER TABLE {schema}.log DISABLE TRIGGER ALL")
            connection.execute(f"DELETE FROM {schema}.log WHERE pos = 2")
            connection.execute(f"ALTER TABLE {schema}.log ENABLE TRIGGER ALL")
        return
    with closing(sqlite3.connect(data / READINGS / LEDGER)) as db, db:
        db.execute("DROP TRIGGER log_is_never_deleted")
        db.execute("DELETE FROM log WHERE pos = 2")


def test_verify_tells_of_the_readings_and_fails_with_them(simpul: Simpul, data: Path, where: str) -> None:
    looked(data)
    ran = simpul("verify", "--data", data)
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "result       everything holds")
    assert "readings     who looked at whose data" in ran.out
    said = simpul("verify", "--data", data, "--json").json()
    assert (said["readings"]["facts"], said["readings"]["signed"], said["readings"]["holds"]) == (3, 3, True)
    damaged(data, where)
    ran = simpul("verify", "--data", data)
    assert (ran.code, ran.out.splitlines()[-1]) == (1, "result       DOES NOT HOLD")
    said = simpul("verify", "--data", data, "--json").json()
    assert (said["holds"], said["failures"], said["readings"]["holds"]) == (False, [], False)


def test_an_export_of_the_readings_is_checked_offline(
    simpul: Simpul, data: Path, tmp_path: Path, where: str
) -> None:
    looked(data)
    bundle = tmp_path / "readings.tar"
    made = simpul("export", bundle, "--data", data, "--readings", "--json").json()
    assert made["facts"] == 3
    assert check(bundle, vkey=made["vkey"]).failures == []
    assert "/ledger/readings+" in made["vkey"]


def test_the_read_models_of_the_readings_are_listed_and_rebuilt(simpul: Simpul, data: Path) -> None:
    looked(data)
    listed = simpul("projections", "list", "--data", data, "--json").json()
    assert {"residents", "readings", "alarms"} <= {model["name"] for model in listed}
    assert simpul("projections", "rebuild", "alarms", "residents", "--data", data).code == 0
    now = {model["name"]: model for model in simpul("projections", "list", "--data", data, "--json").json()}
    assert (now["alarms"]["position"], now["alarms"]["lag"]) == (3, 0)
    assert now["readings"]["lag"] == 3, "it was not named"
    assert simpul("projections", "rebuild", "--data", data).code == 0
    now = {model["name"]: model for model in simpul("projections", "list", "--data", data, "--json").json()}
    assert now["readings"]["lag"] == 0
    assert simpul("projections", "parked", "alarms", "--data", data, "--json").json() == []
    assert simpul("projections", "retry", "alarms", "--data", data).code == 0
    assert simpul("projections", "rebuild", "nothing", "--data", data).code != 0


def test_before_the_first_reading_there_is_nothing_to_verify(simpul: Simpul, data: Path) -> None:
    with open_hub(Settings(data=data)):
        pass
    (data / READINGS / LEDGER).unlink()
    assert simpul("verify", "--data", data, "--json").json()["readings"] is None
