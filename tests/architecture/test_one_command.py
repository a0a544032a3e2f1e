"""A fresh clone is one command from running: make finds a Python that works and tells what else it can do."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.house import ROOT

MAKE = shutil.which("make")
pytestmark = pytest.mark.skipif(MAKE is None, reason="make is not installed: the Makefile cannot be tried")


def make(*arguments: str, path: Path | None = None) -> str:
    """What make prints, with the programs of one folder on the path (or those of this machine)."""
    environment = {"PATH": str(path) if path else os.defpath}
    command = [str(MAKE), "--no-print-directory", *arguments]
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def python(folder: Path, name: str, status: int) -> None:
    """A program of that name which, whatever it is asked, ends with that status."""
    program = folder / name
    program.write_text(f"#!/bin/sh\nexit {status}\n", "utf-8")
    program.chmod(0o755)


def chosen(folder: Path) -> str:
    steps = make("--dry-run", "setup", f"VENV={folder / 'venv'}", path=folder)
    found = re.search(r"(python[\d.]*) -m venv ", steps)
    assert found, steps
    return found[1]


@pytest.mark.parametrize("target", ["setup", "demo", "test", "check", "bench", "docs", "lock"])
def test_help_lists_what_a_contributor_needs(target: str) -> None:
    lines = [line.split() for line in make("help").splitlines()]
    assert any(line[0] == target and len(line) > 2 for line in lines)


def test_help_is_what_make_alone_says() -> None:
    assert make() == make("help")


def test_setup_passes_over_a_python_that_stands_on_the_path_and_does_not_run(tmp_path: Path) -> None:
    python(tmp_path, "python3.13", 127)
    python(tmp_path, "python3.12", 1)
    python(tmp_path, "python3.11", 0)
    python(tmp_path, "python3", 0)
    assert chosen(tmp_path) == "python3.11"


def test_setup_takes_the_newest_python_that_runs(tmp_path: Path) -> None:
    """Control of the law above."""
    python(tmp_path, "python3.13", 0)
    python(tmp_path, "python3.11", 0)
    assert chosen(tmp_path) == "python3.13"


def test_setup_falls_back_to_the_plain_name(tmp_path: Path) -> None:
    python(tmp_path, "python3", 0)
    assert chosen(tmp_path) == "python3"


def test_a_finished_setup_has_nothing_left_to_do(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    python(venv / "bin", "python", 0)
    (venv / ".ready").touch()
    assert "pip" not in make("--dry-run", "setup", f"VENV={venv}")
    (venv / ".ready").unlink()
    assert "pip" in make("--dry-run", "setup", f"VENV={venv}")
