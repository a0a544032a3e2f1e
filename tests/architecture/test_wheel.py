"""What is installed is what the checkout runs: every file of the packages, nothing else, nothing heavy."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.architecture.house import PACKAGES, ROOT, written

LARGEST = 2 * 1024 * 1024
"""Bytes of a file: a repository is for what people write."""


def packaged(root: Path) -> set[str]:
    """The files of the packages in a checkout."""
    return {path.relative_to(root).as_posix() for package in PACKAGES for path in written(root / package)}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project built as an installer would, from a copy, so that the checkout stays clean."""
    copy = tmp_path_factory.mktemp("copy")
    for path in written():
        if path.relative_to(ROOT).parts[0] in {*PACKAGES, "pyproject.toml", "README.md", "LICENSE"}:
            target = copy / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    (copy / "domain" / "forgotten.parquet").touch()
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    command = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(copy / "dist"), str(copy)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    (made,) = (copy / "dist").glob("simpul-*.whl")
    return made


def test_a_wheel_holds_every_file_of_the_packages_and_no_other(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == packaged(ROOT)


def test_a_file_that_no_pattern_covers_is_left_out(wheel: Path) -> None:
    """Control: the copy had one file more than the checkout, of a kind that nobody announced."""
    assert "domain/forgotten.parquet" not in zipfile.ZipFile(wheel).namelist()
    assert "domain/kernel/villages.csv" in zipfile.ZipFile(wheel).namelist()


def test_the_licences_of_data_from_others_are_installed(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert sum("/licenses/" in name for name in names) == 5
    assert any(name.endswith("entry_points.txt") for name in names)


def test_an_installed_hub_finds_its_data(wheel: Path, tmp_path: Path) -> None:
    """From the wheel alone: people are invented for the villages, imported by the rules, and listed."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}

    def simpul(*arguments: str) -> str:
        command = [sys.executable, "-m", "api.cli.main", *arguments]
        run = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
        return run.stdout

    simpul("generate", "--residents", "5", "--out", "people")
    assert '"rejected":0' in simpul("import", "people", "--data", "store", "--json")
    whose = [sys.executable, "-c", "import api.cli.main; print(api.cli.main.__file__)"]
    run = subprocess.run(whose, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert str(tmp_path / "installed") in run.stdout, "it was the installed one that ran"


def too_large(files: Iterable[Path]) -> list[Path]:
    return [path for path in files if path.stat().st_size > LARGEST]


def test_no_file_is_large() -> None:
    assert too_large(written()) == []


def test_a_large_file_is_found(tmp_path: Path) -> None:
    """Control: the first byte too many."""
    for name, size in (("fits", LARGEST), ("large", LARGEST + 1)):
        with (tmp_path / name).open("wb") as file:
            file.truncate(size)
    assert too_large(written(tmp_path)) == [tmp_path / "large"]
