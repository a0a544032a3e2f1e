"""How an operator sees what is published, and has it published once more."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
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


@pytest.fixture
def relay(filled: Path) -> Iterator[None]:
    """``simpul relay`` as a process of its own."""
    command = [sys.executable, "-m", "api.cli.main", "relay", "--data", str(filled)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    yield
    process.send_signal(signal.SIGTERM)
    assert process.wait(LONG) == 0


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
