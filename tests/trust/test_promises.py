"""The trust commands in their short form: every promise is kept, and every control fails as it must."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

from adapters.kafka.broker import JARS
from tests.architecture.house import ROOT
from tests.trust.power import reachable
from tests.trust.promise import Answer, answered

PROMISES = {
    "crash": 8,
    "crash --store postgres --kills 30": 10,
    "erase": 6,
    "gap": 5,
    "gap --store postgres --commands 4800": 5,
    "powerloss": 4,
    "relay --kills 6 --facts 4000": 4,
    "tamper": 8,
    "upcast": 6,
}
"""Every command, and how many promises it must speak of."""
UNAVAILABLE = {
    "erase": (not reachable(), "this Python hides its SQLite"),
    "powerloss": (not reachable(), "this Python hides its SQLite"),
    "relay --kills 6 --facts 4000": (
        not (which("java") and ((JARS / "libs").exists() or which("mvn"))),
        "no real Kafka can be had here: Java 17 or Maven is missing",
    ),
    "crash --store postgres --kills 30": (
        not hasattr(os, "pidfd_open"),
        "Linux finds and awaits its processes",
    ),
}


def run(name: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", f"tests.trust.{name}", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.skipif(unavailable, reason=why))
        for name in PROMISES
        for unavailable, why in [UNAVAILABLE.get(name, (False, ""))]
    ],
)
def test_every_promise_is_kept(name: str) -> None:
    ran = run(*name.split())
    lines = ran.stdout.splitlines()
    assert [line for line in lines if not line.endswith(" pass=yes")] == []
    assert ran.returncode == 0, ran.stderr
    assert len(lines) == PROMISES[name]
    assert any(line.startswith("promise=control-") for line in lines)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("crash", "--kills"),
        ("erase", "--kills"),
        ("gap", "--commands"),
        ("powerloss", "--cuts"),
        ("relay", "--kills"),
        ("tamper", "--edits"),
    ],
)
def test_its_counts_can_be_raised(name: str, count: str) -> None:
    ran = run(name, "--help")
    assert ran.returncode == 0
    assert f"{count} " in ran.stdout


def test_a_promise_that_is_not_kept_fails_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    def trial(answer: Answer, _: Path) -> None:
        answer.tell("kept", 1, kept=True)
        answer.tell("control-that-passes", 0, kept=False)
        answer.tell("kept-too", 1, kept=True)

    assert answered(trial) == 1
    assert capsys.readouterr().out.splitlines()[1] == "promise=control-that-passes figure=0 pass=no"
    assert answered(lambda answer, _: answer.tell("kept", 1, kept=True)) == 0, "the control"
