"""The domain stands on the standard library alone, and no layer or context reaches where it must not."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house import ROOT

THE_WORLD = frozenset({
    "asyncio", "http", "importlib", "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "signal", "socket",
    "sqlite3", "ssl", "subprocess", "sys", "tempfile", "time", "urllib",
})  # fmt: skip
"""Modules of the standard library that reach the clock, the disk, the network, chance or the process."""

SKELETON = (
    "domain/kernel/values.py",
    "domain/population/resident.py",
    "domain/licensing/application.py",
    "domain/exchange/delivery.py",
    "domain/access/reading.py",
    "domain/privacy/erasure.py",
    "domain/papers/paper.py",
    "adapters/courier.py",
    "adapters/ledger/postgres.py",
    "adapters/ledger/sqlite.py",
    "adapters/kemendag/mapping.py",
    "adapters/kemendag/client.py",
    "adapters/kemendag/simulator.py",
    "adapters/kemendagri/mapping.py",
    "adapters/kemendagri/client.py",
    "adapters/kemendagri/simulator.py",
    "projections/residents.py",
    "api/acts/population.py",
    "api/rest/routes.py",
    "api/feeds/routes.py",
    "api/pages/routes.py",
    "api/wiring.py",
)
"""The smallest tree in which every contract of pyproject.toml has its modules."""


def imported(source: str) -> set[str]:
    """The full names of the modules that a source imports anywhere, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "." * node.level)
    return names


def foreign(source: str) -> set[str]:
    """What a module of the domain may not import."""
    tops = {name.partition(".")[0] for name in imported(source)}
    return tops - (sys.stdlib_module_names - THE_WORLD) - {"domain"}


def calls_open(source: str) -> bool:
    called = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    names = {function.id for function in called if isinstance(function, ast.Name)}
    return not names.isdisjoint({"open", "input", "__import__"})


MODULES = sorted((ROOT / "domain").rglob("*.py"))


def test_the_domain_has_its_modules() -> None:
    """Control of the laws below: they looked at something."""
    assert ROOT / "domain" / "kernel" / "decider.py" in MODULES


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_domain_imports_the_standard_library_alone_and_does_nothing(module: Path) -> None:
    source = module.read_text("utf-8")
    assert foreign(source) == set()
    assert not calls_open(source)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import msgspec", {"msgspec"}),
        ("from sqlalchemy.sql import text", {"sqlalchemy"}),
        ("from adapters.clock import SystemClock", {"adapters"}),
        ("def now():\n    import time\n    return time.time()", {"time"}),
        ("from os.path import exists", {"os"}),
        ("from . import values", {""}),
        ("from datetime import date\nfrom domain.kernel.values import Nik", set()),
    ],
)
def test_a_foreign_import_is_found_wherever_it_hides(source: str, found: set[str]) -> None:
    assert foreign(source) == found


def test_an_opened_file_is_found() -> None:
    assert calls_open("rows = open('villages.csv')")
    assert not calls_open("ledger.open('villages.csv')")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in SKELETON:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", "utf-8")
    for folder in [path for path in tmp_path.rglob("*") if path.is_dir()]:
        (folder / "__init__.py").write_text("", "utf-8")
    return tmp_path


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    """The contracts of this project, held against another tree."""
    tool = Path(sys.executable).with_name("lint-imports")
    command = [str(tool), "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


def test_an_innocent_tree_keeps_every_contract(tree: Path) -> None:
    """Control of the law below: the skeleton itself breaks nothing, and is what was looked at."""
    answer = lint_imports(tree)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert " 0 broken" in answer.stdout


@pytest.mark.parametrize(
    ("where", "line", "broken"),
    [
        ("domain/kernel/values.py", "import api.wiring", "the domain knows nobody"),
        ("adapters/courier.py", "import projections.residents", "the domain knows nobody"),
        ("domain/licensing/application.py", "import domain.population.resident", "Contexts exchange facts"),
        ("domain/kernel/values.py", "import domain.exchange.delivery", "The kernel knows no context"),
        ("projections/residents.py", "import pydantic", "Shapes are checked at the faces"),
        ("adapters/kemendag/client.py", "import adapters.kemendagri.client", "Ministries do not know"),
        ("adapters/kemendag/simulator.py", "import adapters.kemendag.mapping", "A simulated ministry"),
        ("api/rest/routes.py", "import adapters.kemendag.client", "A face names no ministry"),
    ],
)
def test_a_forbidden_import_breaks_its_contract(tree: Path, where: str, line: str, broken: str) -> None:
    (tree / where).write_text(line, "utf-8")
    answer = lint_imports(tree)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    summary = [row for row in answer.stdout.splitlines() if row.endswith("BROKEN")]
    assert any(broken in row for row in summary), answer.stdout
