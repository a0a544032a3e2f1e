"""The rule book itself: no test sleeps, none patches what it tests, and each skip says why."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import ROOT

MAY_WAIT = ("tests/acceptance/node.py", "until")
"""The one function that looks again and again at another process."""
PATCHING = frozenset({"monkeypatch", "mocker", "mock", "unittest.mock", "MagicMock", "pytest_mock"})
SLEEPS = frozenset({"sleep", "time.sleep", "asyncio.sleep"})


def dotted(node: ast.expr) -> str:
    return ast.unparse(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""


def functions(tree: ast.AST, inside: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Every node, with the name of the function that it stands in."""
    for node in ast.iter_child_nodes(tree):
        here = node.name if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else inside
        yield here, node
        yield from functions(node, here)


def sleeping(source: str) -> list[str]:
    """The functions that call a sleep."""
    nodes = functions(ast.parse(source))
    return [name for name, node in nodes if isinstance(node, ast.Call) and dotted(node.func) in SLEEPS]


def patching(source: str) -> set[str]:
    """What a test names to change the program under its feet."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.arg(arg=name) | ast.Name(id=name) | ast.ImportFrom(module=str(name)):
                found.add(name)
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
    return found & PATCHING


def unexplained_skips(source: str) -> int:
    """Marks and calls that leave out a test without a reason."""
    count = 0
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=function, args=args, keywords=keywords):
                name = dotted(function)
                told = any(keyword.arg in {"reason", "msg"} for keyword in keywords)
                if name == "pytest.skip" or name.endswith("mark.skip"):
                    count += not (told or args)
                elif name.endswith(("mark.skipif", "mark.xfail")):
                    count += not told
            case ast.Assign(value=ast.Attribute() as mark) if dotted(mark).endswith("mark.skip"):
                count += 1
            case ast.FunctionDef(decorator_list=marks):
                count += sum(dotted(mark).endswith(("mark.skip", "mark.xfail")) for mark in marks)
    return count


FILES = sorted((ROOT / "tests").rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_test_waits_for_conditions_changes_nothing_and_runs(file: Path) -> None:
    source, name = file.read_text("utf-8"), file.relative_to(ROOT).as_posix()
    assert [f for f in sleeping(source) if (name, f) != MAY_WAIT] == []
    assert patching(source) == set()
    assert unexplained_skips(source) == 0


def test_the_one_that_may_wait_is_there() -> None:
    """Control: the look that finds it finds any other."""
    assert sleeping((ROOT / MAY_WAIT[0]).read_text("utf-8")) == [MAY_WAIT[1]]


@pytest.mark.parametrize(
    "source",
    [
        "import time\ndef test_a():\n    time.sleep(1)",
        "from time import sleep\ndef test_a():\n    for _ in range(3):\n        sleep(0.1)",
        "import asyncio\nasync def test_a():\n    await asyncio.sleep(1)",
        "import time\ndef test_a():\n    go = lambda: time.sleep(1)",
    ],
)
def test_a_sleep_is_found(source: str) -> None:
    """Control."""
    assert sleeping(source) == ["test_a"]
    assert sleeping("def sleep(): ...\ndef test_a():\n    clock.sleep(1)") == []


@pytest.mark.parametrize(
    "source",
    [
        "def test_a(monkeypatch): ...",
        "from unittest.mock import patch",
        "import unittest.mock",
        "thing = MagicMock()",
    ],
)
def test_a_patch_is_found(source: str) -> None:
    """Control."""
    assert patching(source)
    assert not patching("def test_a(clock): ...")


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("@pytest.mark.skip\ndef test_a(): ...", 1),
        ("@pytest.mark.skip()\ndef test_a(): ...", 1),
        ("@pytest.mark.skipif(True)\ndef test_a(): ...", 1),
        ("@pytest.mark.xfail\ndef test_a(): ...", 1),
        ("def test_a():\n    pytest.skip()", 1),
        ("pytestmark = pytest.mark.skip", 1),
        ("@pytest.mark.skipif(True, reason='no curl')\ndef test_a(): ...", 0),
        ("def test_a():\n    pytest.skip('no curl')", 0),
    ],
)
def test_a_skip_without_a_reason_is_found(source: str, count: int) -> None:
    """Control."""
    assert unexplained_skips(source) == count
