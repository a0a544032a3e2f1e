"""``simpul import``: a household enters whole or not at all, once, and a refusal tells no value."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from api.settings import Settings
from api.wiring import open_hub
from domain.kernel.values import Kk, Nik, Sex
from tests.acts.people import SRAGEN_TENGAH, SRI_NIK
from tests.api.cli.conftest import Ran, Simpul
from tests.api.cli.lines import BAD, SECRETS, SRI_KK, budi, household, member, other, write


def counts(ran: Ran) -> tuple[int, ...]:
    """``read``, ``imported``, ``already``, ``rejected`` of a report."""
    assert ran.code == 0, ran.err
    return tuple(ran.json()[name] for name in ("read", "imported", "already", "rejected"))


def facts(data: Path) -> int:
    with open_hub(Settings(data=data)) as hub:
        return hub.ledger.head()


def holder(data: Path, kind: str, number: str) -> str | None:
    with open_hub(Settings(data=data)) as hub:
        return hub.ledger.holder(kind, number)


def test_a_household_enters_with_its_members(simpul: Simpul, data: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "f.ndjson", household(member(), budi()), other(1), b"", other(2))
    ran = simpul("import", file, "--data", data, "--json")
    assert counts(ran) == (3, 3, 0, 0)
    assert ran.json()["facts"] == facts(data) == 3 + 4
    assert holder(data, "nik", SRI_NIK) is not None


def test_a_second_run_finds_everything_there(simpul: Simpul, data: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "f.ndjson", household(), other(1))
    simpul("import", file, "--data", data)
    before = facts(data)
    assert counts(simpul("import", file, "--data", data, "--json")) == (2, 0, 2, 0)
    assert facts(data) == before


def test_a_file_that_has_grown_adds_only_what_is_new(simpul: Simpul, data: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "f.ndjson", household(), other(1))
    simpul("import", file, "--data", data)
    write(file, household(), other(2), other(1))
    assert counts(simpul("import", file, "--data", data, "--json")) == (3, 1, 2, 0)


def test_the_name_of_the_source_tells_whether_it_is_the_same(
    simpul: Simpul, data: Path, tmp_path: Path
) -> None:
    """The file may be renamed when the source is named; without that its name is the source."""
    first, second = (write(tmp_path / name, other(1)) for name in ("a.ndjson", "b.ndjson"))
    simpul("import", first, "--data", data, "--source", "village")
    named = simpul("import", second, "--data", data, "--source", "village", "--json")
    assert counts(named) == (1, 0, 1, 0)
    assert counts(simpul("import", second, "--data", data, "--json")) == (1, 0, 0, 1)


def test_a_changed_line_under_an_old_ref_is_refused(simpul: Simpul, data: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "f.ndjson", household())
    simpul("import", file, "--data", data)
    write(file, household(address="Jl. Lain 1"))
    ran = simpul("import", file, "--data", data, "--json")
    assert counts(ran) == (1, 0, 0, 1)
    assert ran.json()["codes"] == {"command-id-reused": 1}


def values_told(said: str, folder: Path) -> list[str]:
    """What stood in the lines and was told to whoever looks on; the name of the file may be."""
    said = said.replace(str(folder), "")
    return [secret for secret in SECRETS if secret in said]


@pytest.mark.parametrize("what", BAD)
def test_a_bad_member_refuses_the_whole_line_and_tells_no_value(
    simpul: Simpul, data: Path, tmp_path: Path, what: str
) -> None:
    line, path, code = BAD[what]
    file = write(tmp_path / "f.ndjson", other(1), line, other(2))
    rejects = tmp_path / "rejects.ndjson"
    ran = simpul("import", file, "--data", data, "--json", "--rejects", rejects)
    assert counts(ran) == (3, 2, 0, 1), "the lines around it enter"
    assert ran.json()["codes"] == {code: 1}
    told = msgspec.json.decode(rejects.read_bytes())
    assert told == {"line": 2, "path": path, "code": code}
    assert f"line 2: {path}: " in ran.err.replace("\n", " ")
    assert f"({code})" in ran.err.replace("\n", " ")
    assert not values_told(ran.out + ran.err + rejects.read_text("utf-8"), tmp_path)
    assert facts(data) == 2 * 2, "nothing of the refused line entered"
    if code != "nik-already-registered":
        assert holder(data, "kk", SRI_KK) is None


def test_a_told_value_is_found(tmp_path: Path) -> None:
    """The control."""
    assert values_told(f"line 2 of {tmp_path}: 3314105708909001 is taken", tmp_path) == ["33141"]


def grown(number: int) -> dict[str, Any]:
    """A good household of one, each with numbers and a birthday of its own."""
    born, registered = date(1960, 1, 1) + timedelta(number), date(2025, 1, 1) + timedelta(number // 1000)
    kecamatan = SRAGEN_TENGAH.rpartition(".")[0]
    someone = member(nik=Nik.of(kecamatan, born, Sex.FEMALE, 9500).number, birth_date=born.isoformat())
    kk = Kk.of(kecamatan, registered, 9000 + number % 1000).number
    return household(someone, ref=f"home-{number}", kk=kk, registered=registered.isoformat())


def test_of_ten_thousand_households_the_good_are_kept_and_each_broken_line_is_reported(
    simpul: Simpul, data: Path, tmp_path: Path
) -> None:
    kinds = [kind for name, kind in BAD.items() if name != "too large"]
    broken = {1 + n * 97: kinds[n % len(kinds)] for n in range(100)}
    good = iter(range(10_000))
    lines = [broken[at][0] if at in broken else grown(next(good)) for at in range(1, 10_001)]
    rejects = tmp_path / "rejects.ndjson"
    file = write(tmp_path / "f.ndjson", *lines)
    ran = simpul("import", file, "--data", data, "--json", "--rejects", rejects)
    assert counts(ran) == (10_000, 9_900, 0, 100)
    told = [msgspec.json.decode(line) for line in rejects.read_bytes().splitlines()]
    assert told == [
        {"line": at, "path": path, "code": code} for at, (_, path, code) in sorted(broken.items())
    ]
    assert facts(data) == 2 * 9_900


def test_a_mended_line_enters_at_the_next_run(simpul: Simpul, data: Path, tmp_path: Path) -> None:
    """The control of the refusals: the same line without its fault is taken, under the same ref."""
    file = write(tmp_path / "f.ndjson", BAD["malformed NIK"][0])
    assert counts(simpul("import", file, "--data", data, "--json")) == (1, 0, 0, 1)
    write(file, household(member(), budi()))
    assert counts(simpul("import", file, "--data", data, "--json")) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    ("second", "path", "code"),
    [
        (other(1, members=[member()]), "$.members[0].nik", "nik-already-registered"),
        (other(1, kk=SRI_KK), "$.kk", "kk-already-registered"),
    ],
    ids=["nik", "kk"],
)
@pytest.mark.parametrize("runs", [1, 2], ids=["in one file", "against the store"])
def test_a_number_is_given_once(
    simpul: Simpul, data: Path, tmp_path: Path, runs: int, second: dict[str, Any], path: str, code: str
) -> None:
    rejects = tmp_path / "rejects.ndjson"
    files = ([household(), second],) if runs == 1 else ([household()], [second])
    for number, lines in enumerate(files):
        file = write(tmp_path / f"{number}.ndjson", *lines)
        ran = simpul("import", file, "--data", data, "--json", "--rejects", rejects)
    assert ran.json()["codes"] == {code: 1}
    assert msgspec.json.decode(rejects.read_bytes()) == {"line": 3 - runs, "path": path, "code": code}
    assert facts(data) == 2, "only Sri's household and Sri"


def test_only_the_first_refusals_are_printed_and_all_are_kept(
    simpul: Simpul, data: Path, tmp_path: Path
) -> None:
    file = write(tmp_path / "f.ndjson", *([b"{"] * 25))
    rejects = tmp_path / "rejects.ndjson"
    ran = simpul("import", file, "--data", data, "--rejects", rejects)
    assert ran.err.count("(line-not-json)") == 20
    assert "and 5 more" in ran.err
    assert len(rejects.read_bytes().splitlines()) == 25


def test_without_json_the_report_is_a_sentence(simpul: Simpul, data: Path, tmp_path: Path) -> None:
    ran = simpul("import", write(tmp_path / "f.ndjson", household()), "--data", data)
    assert (ran.code, ran.out) == (0, "")
    assert "read 1, imported 1, already there 0, rejected 0" in ran.err


def test_an_empty_file_is_a_file(simpul: Simpul, data: Path, tmp_path: Path) -> None:
    assert counts(simpul("import", write(tmp_path / "f.ndjson"), "--data", data, "--json")) == (0, 0, 0, 0)


def test_standard_input_is_a_file(data: Path) -> None:
    command = [sys.executable, "-m", "api.cli.main", "import", "-", "--data", str(data), "--json"]
    for expected in ((1, 0), (0, 1)):
        given = msgspec.json.encode(household()) + b"\n"
        run = subprocess.run(command, input=given, capture_output=True, check=True)
        report = msgspec.json.decode(run.stdout)
        assert (report["imported"], report["already"]) == expected


def test_invented_people_are_imported_and_found(simpul: Simpul, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "people.ndjson"
    assert simpul("generate", "--residents", 120, "--out", file).code == 0
    lines = file.read_bytes().splitlines()
    report = simpul("import", file, "--data", data, "--json").json()
    assert (report["read"], report["imported"]) == (len(lines), len(lines))
    assert report["facts"] == len(lines) + 120
