"""How an operator sees what is published, and has it published once more."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.node import until
from tests.api.cli import lines
from tests.api.cli.conftest import Simpul
from tests.brokers import prefix

BOOTSTRAP, PREFIX = "SIMPUL_KAFKA_BOOTSTRAP", "SIMPUL_KAFKA_PREFIX"
LONG = 60.0


@pytest.fixture
def settings(kafka: str) -> Iterator[str]:
    """A cluster in the environment, with topics of our own."""
    os.environ[BOOTSTRAP], os.environ[PREFIX] = kafka, prefix()
    yield os.environ[PREFIX]
    del os.environ[BOOTSTRAP], os.environ[PREFIX]


@pytest.fixture
def filled(simpul: Simpul, data: Path, tmp_path: Path, settings: str) -> Path:
    given = lines.write(tmp_path / "in.ndjson", lines.household(), *map(lines.other, range(5)))
    assert simpul("import", given, "--data", data).code == 0
    return data


@contextmanager
def relaying(filled: Path) -> Iterator[None]:
    """``simpul relay`` as a process of its own."""
    command = [sys.executable, "-m", "api.cli.main", "relay", "--data", str(filled)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    yield
    process.send_signal(signal.SIGTERM)
    assert process.wait(LONG) == 0


@pytest.fixture
def relay(filled: Path) -> Iterator[None]:
    with relaying(filled):
        yield


def published(simpul: Simpul, data: Path, version: int) -> Any:
    """Wait until all is published in topics of this version."""

    def told() -> Any:
        status = simpul("kafka", "status", "--json", "--data", data).json()
        return status if (status["version"], status["lag"]) == (version, 0) else None

    return until(told, "everything is published", LONG)


def test_a_ledger_is_published_and_once_more_when_an_officer_says_why(
    simpul: Simpul, filled: Path, settings: str, relay: None
) -> None:
    first = published(simpul, filled, 1)
    assert first["position"] == first["head"] > 6
    again = ("kafka", "republish", "--officer", "dewi", "--data", filled)
    assert "(publication-reason-missing-or-too-long)" in simpul(*again, "--reason", " ").err
    assert simpul(*again, "--reason", "a disk was lost").code == 0
    second = published(simpul, filled, 2)
    assert second["head"] == first["head"] + 1, "that it was begun anew is a fact"
    assert f"{second['head']} of {second['head']}: 0 facts behind" in simpul(
        "kafka", "status", "--data", filled
    ).out.replace("\n", " ")


def test_topics_are_listed_as_they_are(simpul: Simpul, filled: Path, settings: str) -> None:
    absent = simpul("kafka", "topics", "--json", "--data", filled)
    assert absent.code == 1
    assert [(topic["name"], topic["wrong"]) for topic in absent.json()] == [
        (f"{settings}.{name}.v1", "absent")
        for name in ("ledger", "kependudukan.events", "perizinan.events", "cursor")
    ]


def test_a_worker_may_be_killed_at_any_moment_and_needs_keys_but_no_ledger(
    simpul: Simpul, filled: Path, relay: None, tmp_path: Path
) -> None:
    published(simpul, filled, 1)
    far = tmp_path / "far"
    far.mkdir()
    shutil.copytree(filled / "keys", far / "keys")
    work = ["work", "--model", "residents", "--model", "name_index", "--data", str(far)]
    for patience in (1.0, 1.5, 2.0, 2.5):
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli.main", *work],
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)  # at another moment each time
        process.kill()
        process.wait()
    done = simpul(*work, "--to-end")
    head = simpul("kafka", "status", "--json", "--data", filled).json()["head"]
    assert f"residents: complete up to {head}" in done.err.replace("\n", " ")
    assert simpul("projections", "rebuild", "--data", filled).code == 0
    assert _rows(far / "work.db") == _rows(filled / "views.db") != []
    assert simpul(*work, "--to-end", "--rebuild").code == 0
    assert _rows(far / "work.db") == _rows(filled / "views.db")
    assert not (far / "ledger.db").exists()


def _rows(path: Path) -> list[object]:
    with closing(sqlite3.connect(path)) as store:
        tables = ("residents", "households", "residents_counts")
        return [row for table in tables for row in store.execute(f"SELECT * FROM {table} ORDER BY 1, 2")]


def test_a_worker_says_what_it_cannot_do(simpul: Simpul, filled: Path, settings: str, tmp_path: Path) -> None:
    nothing = simpul("work", "--model", "residents", "--data", filled)
    assert "(kafka-nothing-published)" in nothing.err
    with relaying(filled):
        published(simpul, filled, 1)
    assert "(worker-cannot-number)" in simpul("work", "--model", "feed_kemendag", "--data", filled).err
    assert "(unknown-projection)" in simpul("work", "--model", "nonsense", "--data", filled).err


@pytest.mark.parametrize("command", ["status", "topics"])
def test_a_cluster_must_be_named_and_be_there(
    simpul: Simpul, data: Path, tmp_path: Path, command: str
) -> None:
    given = lines.write(tmp_path / "in.ndjson", lines.household())
    assert simpul("import", given, "--data", data).code == 0
    assert "(kafka-not-configured)" in simpul("kafka", command, "--data", data).err
    os.environ[BOOTSTRAP] = "127.0.0.1:1"
    try:
        assert "(kafka-unreachable)" in simpul("kafka", command, "--data", data).err
    finally:
        del os.environ[BOOTSTRAP]
