"""``simpul compare``: a file of the centre is compared once, and what is wrong in it is told without its values."""

from pathlib import Path
from typing import Any

import msgspec

from api.settings import Settings
from api.wiring import open_hub
from tests.acts.people import SRI_NIK
from tests.api.cli.conftest import Simpul
from tests.api.cli.lines import SRI_KK, household, member, write

KNOWN = {
    "NIK": SRI_NIK,
    "TGL_BERLAKU": "2026-11-24",
    "NO_PROP": 33,
    "NO_KAB": 14,
    "NO_KEC": 10,
    "NO_KEL": 1003,
    "SINTETIS": True,
}


def line(**told: Any) -> bytes:
    return msgspec.json.encode(KNOWN | told)


def facts(data: Path) -> int:
    with open_hub(Settings(data=data)) as hub:
        return hub.ledger.head()


def test_good_lines_are_compared_bad_ones_are_told_and_a_second_run_changes_nothing(
    simpul: Simpul, data: Path, tmp_path: Path
) -> None:
    simpul("import", write(tmp_path / "here.ndjson", household(member())), "--data", data)
    before = facts(data)
    file = write(
        tmp_path / "centre.ndjson",
        line(NAMA_LGKP="Sri Wulan", NO_KK=SRI_KK),
        line(NIK="3314105708909999", NAMA_LGKP="Wagiyem"),
        line(NAMA_LGKP="Sri Rahasia"),
        line(NIK="3314105708909998", AGAMA="Rahasia"),
        b"{Rahasia",
    )
    ran = simpul("compare", file, "--data", data, "--json")
    assert ran.code == 0, ran.err
    assert ran.json() == {
        "read": 5,
        "equal": 0,
        "different": 1,
        "unknown": 1,
        "forgotten": 0,
        "rejected": 3,
    }
    for said in ("line 3: $.NIK", "(record-twice)", "line 4: $.AGAMA", "(line-not-json)"):
        assert said in ran.err
    assert "Rahasia" not in ran.err
    assert facts(data) == before + 3, "the message, and two people"
    again = simpul("compare", file, "--data", data, "--json")
    assert again.json() == ran.json()
    assert facts(data) == before + 3
    assert "different 1" in simpul("compare", file, "--data", data).err
