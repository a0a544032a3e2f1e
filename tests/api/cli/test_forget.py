"""``forget``: request, decide, list; and nothing of her is left in the folder."""

from pathlib import Path

import pytest

from api.acts.population import register_household
from api.settings import Settings
from api.wiring import open_hub
from tests.acts.people import REGISTRAR, SRI, SRI_NIK, StandingClock, command, household
from tests.api.cli.conftest import Simpul


@pytest.fixture
def sri(data: Path) -> str:
    with open_hub(Settings(data=data, synthetic=True), StandingClock()) as hub:
        made = register_household(hub.desk, household(SRI), by=REGISTRAR, command_id=command("sri"))
    return made.residents[0]


def holding(data: Path, text: str) -> list[str]:
    files = [file for file in data.rglob("*") if file.is_file()]
    return sorted(file.name for file in files if text.encode() in file.read_bytes())


def test_a_resident_is_forgotten_by_two_officers(simpul: Simpul, data: Path, sri: str) -> None:
    there = ("--data", data, "--json")
    asked = simpul("forget", "request", sri, "--letter", "470/1", "--officer", "dewi", *there).json()
    assert asked["stage"] == "requested"
    assert holding(data, SRI_NIK) == ["views.db"], "the control: the read models know her"
    own = simpul("forget", "decide", asked["erasure"], "--approve", "--officer", "dewi", *there)
    assert (own.code, "second-officer-needed" in own.err) == (1, True)
    done = simpul("forget", "decide", asked["erasure"], "--approve", "--officer", "bagus", *there).json()
    assert (done["stage"], done["scrubbed"]) == ("forgotten", True)
    assert holding(data, SRI_NIK) == []
    (row,) = simpul("forget", "list", *there).json()
    assert (row["stage"], row["resident"]) == ("forgotten", sri)
    assert simpul("history", sri, "--data", data).code == 0


def test_a_request_is_rejected_with_a_reason(simpul: Simpul, data: Path, sri: str) -> None:
    there = ("--officer", "bagus", "--data", data)
    simpul("forget", "request", sri, "--letter", "470/1", "--officer", "dewi", "--data", data)
    assert simpul("forget", "decide", f"erasure-{sri}", *there).code == 2, "neither one nor the other"
    ran = simpul("forget", "decide", f"erasure-{sri}", "--reject", "legal-process", *there)
    assert (ran.code, "rejected" in ran.err + ran.out) == (0, True)


def test_an_empty_list_says_so(simpul: Simpul, data: Path, sri: str) -> None:
    ran = simpul("forget", "list", "--data", data)
    assert (ran.code, "nobody has asked" in ran.out + ran.err) == (0, True)
