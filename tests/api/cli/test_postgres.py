"""The whole path of an operator with the ledger on PostgreSQL: the address is the only thing that differs."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from adapters.evidence.simpul_verify import check
from adapters.ledger.subject_keys import AHEAD
from tests.api.cli import lines
from tests.api.cli.conftest import Simpul
from tests.postgres import Database

SETTING, KEYS, VIEWS = "SIMPUL_LEDGER_URL", "SIMPUL_KEYS_URL", "SIMPUL_VIEWS_URL"


@pytest.fixture
def ledger_url(database_server: Database) -> Iterator[str]:
    os.environ[SETTING] = database_server.url()
    yield os.environ[SETTING]
    del os.environ[SETTING]


def test_a_ledger_on_postgresql_is_filled_signed_exported_and_restored(
    simpul: Simpul, data: Path, tmp_path: Path, ledger_url: str, database_server: Database
) -> None:
    assert simpul("projections", "list", "--data", data).code != 0, "there is no ledger yet"
    given = lines.write(tmp_path / "in.ndjson", lines.household(), *map(lines.other, range(5)))
    assert simpul("import", given, "--data", data).code == 0
    assert not (data / "ledger.db").exists()
    assert simpul("checkpoint", "--data", data).code == 0
    before = simpul("verify", "--data", data, "--json").json()
    assert (before["holds"], before["signed"]) == (True, before["facts"])
    bundle = tmp_path / "bundle"
    assert simpul("export", bundle, "--data", data).code == 0
    assert check(bundle).failures == []

    assert simpul("restore", bundle, "--data", tmp_path / "same", "--keys", data / "keys").code != 0, (
        "not over a ledger that is there"
    )
    os.environ[SETTING] = database_server.url()
    nothing = lines.write(tmp_path / "nothing.ndjson")
    assert simpul("import", nothing, "--data", tmp_path / "early").code == 0, (
        "a hub with other keys was there"
    )
    early = simpul("restore", bundle, "--data", tmp_path / "same", "--keys", data / "keys")
    assert "store-not-empty" in early.err
    os.environ[SETTING] = database_server.url()
    copy = tmp_path / "copy"
    assert simpul("restore", bundle, "--data", copy, "--keys", data / "keys").code == 0
    after = simpul("verify", "--data", copy, "--json").json()
    assert (after["holds"], after["root"], after["facts"]) == (True, before["root"], before["facts"])
    assert simpul("import", given, "--data", copy).code == 0, "work goes on where it ended"


@pytest.fixture
def keys_url(database_server: Database) -> Iterator[str]:
    os.environ[KEYS] = database_server.url()
    yield os.environ[KEYS]
    del os.environ[KEYS]


def test_hubs_on_two_machines_share_ledger_and_keys(
    simpul: Simpul, data: Path, tmp_path: Path, ledger_url: str, keys_url: str
) -> None:
    given = lines.write(tmp_path / "in.ndjson", lines.household())
    assert simpul("import", given, "--data", data).code == 0
    assert not (data / "keys" / "subjects.db").exists()
    there = tmp_path / "there"
    (there / "keys").mkdir(parents=True)
    assert "key-missing" in simpul("import", given, "--data", there).err
    for name in ("ledger.key", "kek.key"):
        shutil.copy(data / "keys" / name, there / "keys")
    assert simpul("import", given, "--data", there).code == 0
    with psycopg.connect(keys_url) as connection:
        kept = connection.execute("SELECT count(*) FROM subject_key").fetchone()
    assert kept == (AHEAD,), "every line was there already: the second hub needed no key"


def test_with_keys_in_a_database_a_bundle_is_restored_beside_them(
    simpul: Simpul, data: Path, tmp_path: Path, ledger_url: str, keys_url: str, database_server: Database
) -> None:
    given = lines.write(tmp_path / "in.ndjson", lines.household())
    assert simpul("import", given, "--data", data).code == 0
    bundle, keys = tmp_path / "bundle", ("--keys", data / "keys")
    assert simpul("export", bundle, "--data", data).code == 0
    os.environ[SETTING] = database_server.url()
    os.environ[KEYS] = database_server.url()
    said = simpul("restore", bundle, "--data", tmp_path / "new", *keys)
    assert "keys-too-old" in said.err, "an empty key database knows none of them"
    os.environ[KEYS] = keys_url
    assert simpul("restore", bundle, "--data", tmp_path / "new", *keys).code == 0


def test_the_keys_of_a_node_are_moved_while_it_is_stopped(
    simpul: Simpul, data: Path, tmp_path: Path, keys_url: str
) -> None:
    os.environ[KEYS] = ""
    given = lines.write(tmp_path / "in.ndjson", lines.household())
    assert simpul("import", given, "--data", data).code == 0
    assert "keys-have-no-database" in simpul("keys", "move", "--data", data).err
    os.environ[KEYS] = keys_url
    assert "keys-of-another-ledger" in simpul("import", given, "--data", data).err, (
        "an empty store is not its own"
    )
    assert simpul("keys", "move", "--data", data).code == 0
    assert not list((data / "keys").glob("subjects.db*"))
    assert simpul("import", given, "--data", data).code == 0
    assert "key-missing" in simpul("keys", "move", "--data", data).err, "there is nothing more to move"


def test_the_keys_do_not_go_into_the_database_of_the_ledger(
    simpul: Simpul, data: Path, ledger_url: str, keys_url: str
) -> None:
    os.environ[KEYS] = ledger_url
    said = simpul("checkpoint", "--data", data)
    assert (said.code != 0, "SIMPUL_KEYS_URL" in said.err) == (True, True)
    assert ledger_url not in said.err


def test_a_fact_changed_in_the_database_is_found(
    simpul: Simpul, data: Path, tmp_path: Path, ledger_url: str
) -> None:
    given = lines.write(tmp_path / "in.ndjson", lines.household())
    assert simpul("import", given, "--data", data).code == 0
    assert simpul("checkpoint", "--data", data).code == 0
    with psycopg.connect(ledger_url, autocommit=True) as connection:
        connection.execute("DROP TRIGGER log_is_never_updated ON log")
        connection.execute("UPDATE log SET record = record || '\\x00' WHERE pos = 2")
    said = simpul("verify", "--data", data, "--json")
    where = {failure["where"] for failure in said.json()["failures"]}
    assert said.code == 1
    assert {"the database", "position 2"} <= where


@pytest.fixture
def views_url(database_server: Database) -> Iterator[str]:
    os.environ[VIEWS] = database_server.url()
    yield os.environ[VIEWS]
    del os.environ[VIEWS]


def test_read_models_on_postgresql_are_filled_rebuilt_and_tell_the_same(
    simpul: Simpul, data: Path, tmp_path: Path, views_url: str
) -> None:
    given = lines.write(tmp_path / "in.ndjson", lines.household(), *map(lines.other, range(5)))
    assert simpul("import", given, "--data", data).code == 0
    assert simpul("projections", "rebuild", "--data", data).code == 0
    assert not (data / "views.db").exists()
    there = simpul("projections", "list", "--data", data, "--json").json()
    assert {model["lag"] for model in there} == {0}
    with psycopg.connect(views_url) as connection:
        told = connection.execute("SELECT name, birth_date::text FROM residents ORDER BY 1, 2").fetchall()
    del os.environ[VIEWS]
    assert simpul("projections", "rebuild", "--data", data).code == 0
    with closing(sqlite3.connect(data / "views.db")) as file:
        assert told == file.execute("SELECT name, birth_date FROM residents ORDER BY 1, 2").fetchall()
    os.environ[VIEWS] = views_url
    assert told
