"""Help answers at once, for every command, and wrong use is told apart from failure."""

import subprocess
import sys
from typing import Any

import pytest
import typer

from api.cli.main import app
from tests.api.cli.conftest import Simpul

HEAVY = (
    "fastapi",
    "starlette",
    "uvicorn",
    "zeep",
    "lxml",
    "sqlalchemy",
    "eventsourcing",
    "pydantic",
    "rich.progress",
)
"""What commands need and help does not."""


def commands(command: Any, words: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command and group, by its words."""
    found = [words]
    for name, sub in getattr(command, "commands", {}).items():
        found += commands(sub, (*words, name))
    return found


ALL = commands(typer.main.get_command(app))


def loaded(module: str) -> set[str]:
    """Those of ``HEAVY`` that a fresh interpreter holds after importing ``module``."""
    ask = f"import sys, {module}; print(*(m for m in {HEAVY!r} if m in sys.modules))"
    run = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_the_commands_are_those_that_others_rely_on() -> None:
    names = {words[0] for words in ALL if words}
    assert names >= {"serve", "demo", "import", "generate", "simulate", "projections", "history", "bench"}
    assert {("projections", "list"), ("projections", "rebuild")} <= set(ALL)


@pytest.mark.parametrize("words", ALL, ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_explains_itself(simpul: Simpul, words: tuple[str, ...], flag: str) -> None:
    ran = simpul(*words, flag)
    assert (ran.code, ran.err) == (0, "")
    assert "Usage: " in ran.out
    assert all(word in ran.out for word in words)


def test_help_does_not_wait_for_heavy_modules() -> None:
    assert loaded("api.cli.main") == set()


def test_a_command_loads_what_it_needs() -> None:
    """The control: the same look finds them where they are."""
    assert {"fastapi", "uvicorn", "sqlalchemy"} <= loaded("api.cli.serve")


def test_the_installed_command_is_this_program() -> None:
    run = subprocess.run([sys.executable, "-m", "api.cli.main", "--help"], capture_output=True, check=True)
    assert b"interoperability hub" in run.stdout


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("projections",),
        ("nonsense",),
        ("serve", "--nonsense"),
        ("import",),
        ("history",),
        ("history", "resident-1", "--at", "yesterday"),
        ("generate", "--residents", "0"),
        ("generate", "--residents", "many"),
        ("generate", "--on", "24-11-2026"),
        ("demo", "--residents", "0"),
        ("serve", "--port", "70000"),
        ("simulate", "kemenkes"),
        ("simulate", "kemendag", "--port", "-1"),
        ("bench", "--only", "nonsense"),
        ("bench", "ledger", "--only", "append-one"),
        ("bench", "ledger", "--quick", "--long"),
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_two(simpul: Simpul, words: tuple[str, ...]) -> None:
    ran = simpul(*words)
    assert ran.code == 2
    assert "Usage: " in ran.out + ran.err or "Invalid value" in ran.err
    assert "Traceback" not in ran.err
