"""``simpul projections rebuild``, stopped on the way and begun again."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.cli.conftest import OF_READINGS, Simpul

PEOPLE = 1000


@pytest.fixture
def stopped(simpul: Simpul, data: Path, tmp_path: Path) -> str:
    """What it said when somebody pressed Ctrl-C after the first thousand facts."""
    people = tmp_path / "people.ndjson"
    assert simpul("generate", "--residents", PEOPLE, "--out", people).code == 0
    assert simpul("import", people, "--data", data).code == 0
    command = [sys.executable, "-m", "tests.api.cli.pressing", str(data)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 130, ran.stderr
    return ran.stderr


def lags(simpul: Simpul, data: Path) -> set[int]:
    """Of the registry: nobody has looked at anybody, so that the read models of the readings never lag."""
    listed = simpul("projections", "list", "--data", data, "--json").json()
    return {model["lag"] for model in listed if model["name"] not in OF_READINGS}


def test_ctrl_c_says_how_far_it_came_and_the_next_one_goes_on(
    simpul: Simpul, data: Path, stopped: str
) -> None:
    (facts,) = lags(simpul, data)
    assert f"stopped at fact 1,000 of {facts:,}; the next rebuild goes on from there" in stopped
    again = simpul("projections", "rebuild", "--data", data)
    assert (again.code, lags(simpul, data)) == (0, {0})
    assert "going on after fact 1,000, where it was stopped; --from-start begins anew" in again.err
    assert "going on" not in simpul("projections", "rebuild", "--data", data).err


def test_it_begins_anew_when_asked_or_when_others_are_meant(simpul: Simpul, data: Path, stopped: str) -> None:
    assert stopped
    assert list(data.glob("*.unfinished"))
    assert "going on" not in simpul("projections", "rebuild", "--from-start", "--data", data).err
    assert lags(simpul, data) == {0}
    assert list(data.glob("*.unfinished")) == []
