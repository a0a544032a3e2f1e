"""The guide for applications works as written, and its example misses nothing and does nothing twice."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.node import _line
from tests.acceptance.test_guides import DOCS, Demo, needs_a_shell, says, typed
from tests.brokers import prefix

GUIDE = (DOCS / "applications.md").read_text("utf-8")
EXAMPLE = DOCS.parent / "examples" / "follow_permits.py"
PATIENCE = 60.0


@pytest.fixture(scope="module")
def environment(kafka: str) -> dict[str, str]:
    return {**os.environ, "SIMPUL_KAFKA_BOOTSTRAP": kafka, "SIMPUL_KAFKA_PREFIX": prefix()}


@pytest.fixture(scope="module")
def demo(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    data, told = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("told") / "stderr"
    command = [sys.executable, "-m", "api.cli.main", "demo", "--fast", "--port", "0", "--residents", "150"]
    with told.open("wb") as stderr:
        process = subprocess.Popen(
            [*command, "--data", str(data)], stdout=subprocess.PIPE, stderr=stderr, env=environment
        )
    try:
        yield Demo(_line(process, "ready").split()[1], {}, data)
    finally:
        process.terminate()
        assert process.stdout
        process.stdout.close()
        process.wait(timeout=30)


@needs_a_shell
def test_the_guide_for_applications_works_as_written(
    demo: Demo, environment: dict[str, str], tmp_path: Path
) -> None:
    topics = environment["SIMPUL_KAFKA_PREFIX"]
    here = {
        "127.0.0.1:9092": environment["SIMPUL_KAFKA_BOOTSTRAP"],
        ".venv/bin/python": sys.executable,
        ".venv/bin/simpul": f"SIMPUL_KAFKA_PREFIX={topics} {sys.executable} -m api.cli.main",
        "examples/follow_permits.py": f"{EXAMPLE} --topic {topics}.perizinan.events.v1",
        "simpul.perizinan.events.v1 -g": f"{topics}.perizinan.events.v1 -g",
        "data/demo": str(demo.data),
    }
    printed = typed(GUIDE, here, tmp_path)
    says(
        printed,
        [
            ["topics of version 1", "published up to"],
            ['"application":"application-', '"permit":"'],
            ["events taken in", "issued", "events taken in", "issued"],
        ],
    )
    first, _ = (int(count) for count in re.findall(r"(\d+) events taken in", printed[2]))
    assert first > 10
    with closing(sqlite3.connect(tmp_path / "permits.db")) as store:
        assert store.execute("SELECT count(*) FROM permits WHERE permit IS NULL").fetchone() == (0,)


def test_the_example_may_be_killed_at_any_moment(
    demo: Demo, environment: dict[str, str], tmp_path: Path
) -> None:
    topic = f"{environment['SIMPUL_KAFKA_PREFIX']}.perizinan.events.v1"
    command = [sys.executable, str(EXAMPLE), "--bootstrap", environment["SIMPUL_KAFKA_BOOTSTRAP"]]
    command += ["--topic", topic, "--to-end", "--store"]

    def run(store: str) -> None:
        subprocess.run([*command, str(tmp_path / store)], check=True, capture_output=True, timeout=PATIENCE)

    run("whole.db")
    for _ in range(3):
        process = subprocess.Popen([*command, str(tmp_path / "killed.db")], stdout=subprocess.DEVNULL)
        try:
            process.wait(1.2)  # it has begun, and may have taken something in
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
    run("killed.db")
    run("whole.db")
    run("killed.db")
    assert _rows(tmp_path / "killed.db") == _rows(tmp_path / "whole.db")


def _rows(store: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(store)) as opened:
        return opened.execute("SELECT * FROM permits ORDER BY application").fetchall()
