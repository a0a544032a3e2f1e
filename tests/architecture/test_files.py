"""What stands in the files of the project: no address of a registry, every pin with its hash, no data file left behind."""

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from importlib.metadata import Distribution, distributions
from pathlib import Path
from tomllib import loads

import pytest

from tests.architecture.house import PACKAGES, ROOT, text, written

# Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = [f"{name}.org" for name in ("pypi", "pythonhosted", "registry.npmjs")]
PROJECT = loads((ROOT / "pyproject.toml").read_text("utf-8"))


def naming_a_registry(files: Iterable[Path]) -> list[Path]:
    return [path for path in files if any(host in (text(path) or "").lower() for host in REGISTRIES)]


def test_no_file_names_a_package_registry() -> None:
    assert naming_a_registry(written()) == []


def test_a_named_registry_is_found(tmp_path: Path) -> None:
    """Control: in a file of any kind, but not in what tools made."""
    made = tmp_path / "build"
    made.mkdir()
    for folder in (tmp_path, made):
        (folder / "requirements.lock").write_text(f"https://{REGISTRIES[0].upper()}/simple", "utf-8")
    assert naming_a_registry(written(tmp_path)) == [tmp_path / "requirements.lock"]


def pins(lock: str) -> Mapping[str, bool]:
    """Every requirement of a lock, and whether a hash stands with it."""
    entries = re.split(r"\n(?=[A-Za-z0-9])", "\n" + lock)[1:]
    return {re.split(r"[\s;]", entry)[0]: "--hash=sha256:" in entry for entry in entries}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_every_package_with_hashes_and_holds_no_address(name: str) -> None:
    lock = (ROOT / name).read_text("utf-8")
    assert "://" not in lock
    assert len(pins(lock)) > 40
    assert all("==" in pin and hashed for pin, hashed in pins(lock).items())


def test_a_pin_without_a_hash_is_found() -> None:
    """Control."""
    lock = "rich==15.0.0 \\\n    --hash=sha256:00\n    # via typer\nbabel==2.18.0\n"
    assert pins(lock) == {"rich==15.0.0": True, "babel==2.18.0": False}


def test_what_the_tests_add_changes_nothing_the_hub_runs_on() -> None:
    hub = pins((ROOT / "requirements.lock").read_text("utf-8"))
    assert hub.keys() <= pins((ROOT / "requirements-dev.lock").read_text("utf-8")).keys()


def unpacked(files: Iterable[str], patterns: Iterable[str]) -> list[str]:
    """Files of the packages that an installation would leave behind."""
    kept = (*patterns, "*.py")
    return [name for name in files if not any(fnmatch(Path(name).name, pattern) for pattern in kept)]


def test_every_data_file_is_installed_with_its_package() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    files = [path.as_posix() for package in PACKAGES for path in written(ROOT / package)]
    assert any(name.endswith("villages.csv") for name in files)
    assert unpacked(files, patterns) == []


def test_a_forgotten_data_file_is_found() -> None:
    """Control."""
    files = ("domain/a.py", "domain/a.csv", "domain/a.parquet")
    assert unpacked(files, ["*.csv"]) == ["domain/a.parquet"]


def owners(installed: Iterable[Distribution]) -> dict[str, set[str]]:
    """Which distributions bring a top-level package of one of our names."""
    found: dict[str, set[str]] = {package: set() for package in PACKAGES}
    for distribution in installed:
        for top in _tops(distribution) & found.keys():
            found[top].add(distribution.metadata["Name"])
    return found


def _tops(distribution: Distribution) -> set[str]:
    named = (distribution.read_text("top_level.txt") or "").split()
    return {*named, *(path.parts[0] for path in distribution.files or ())}


def test_nobody_else_owns_the_name_of_one_of_our_packages() -> None:
    assert owners(distributions()) == {package: {"simpul"} for package in PACKAGES}


def test_another_owner_of_a_name_is_found(tmp_path: Path) -> None:
    """Control: such a distribution really is published."""
    plant = tmp_path / "adapters-1.0.dist-info"
    plant.mkdir()
    (plant / "METADATA").write_text("Metadata-Version: 2.1\nName: adapters\nVersion: 1.0\n", "utf-8")
    (plant / "RECORD").write_text("adapters/__init__.py,,\n", "utf-8")
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "__init__.py").touch()  # newer Pythons list a file only where it is
    assert owners(distributions(path=[str(tmp_path)]))["adapters"] == {"adapters"}
