"""simpul verify, checkpoint, export and restore, as an operator or an auditor types them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.evidence.simpul_verify import check
from api.settings import Settings
from api.wiring import open_hub
from tests.api.cli import lines
from tests.api.cli.conftest import Simpul


@pytest.fixture
def filled(simpul: Simpul, data: Path, tmp_path: Path) -> Path:
    """A store with some households."""
    given = lines.write(tmp_path / "in.ndjson", lines.household(), *map(lines.other, range(5)))
    assert simpul("import", given, "--data", data).code == 0
    return data


def read_models(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    with open_hub(Settings(data=data)) as hub:
        hub.views.rebuild()
        with hub.views.store.reading() as connection:
            tables = [table for model in hub.views.models for table in model.tables]
            return {t.name: sorted(map(tuple, connection.execute(t.select())), key=repr) for t in tables}


def test_a_checkpoint_on_demand_is_a_signed_note(simpul: Simpul, filled: Path) -> None:
    made = simpul("checkpoint", "--data", filled)
    assert made.code == 0
    assert made.out.splitlines()[:2] == [
        "simpul.local/ledger",
        str(simpul("verify", "--data", filled, "--json").json()["facts"]),
    ]
    assert made.out == (filled / "evidence" / "checkpoint").read_text("utf-8")
    said = simpul("checkpoint", "--data", filled, "--json").json()
    assert said["checkpoint"] == made.out
    assert said["vkey"] == (filled / "evidence" / "log.vkey").read_text().strip()


def test_a_store_verifies_and_a_changed_one_does_not(simpul: Simpul, filled: Path) -> None:
    simpul("checkpoint", "--data", filled)
    ran = simpul("verify", "--data", filled)
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "result       everything holds")
    kept = filled / "evidence" / "checkpoints"
    kept.write_bytes(kept.read_bytes().replace(b"simpul.local", b"simpul.other", 1))
    ran = simpul("verify", "--data", filled)
    assert ran.code == 1
    assert "FAILED       checkpoint: checkpoints, note 1: " in ran.out
    assert ran.out.endswith("DOES NOT HOLD\n")
    said = simpul("verify", "--data", filled, "--json")
    assert (said.code, said.json()["holds"], said.json()["failures"][0]["check"]) == (1, False, "checkpoint")


def test_before_the_first_checkpoint_all_is_told_as_unsigned(simpul: Simpul, filled: Path) -> None:
    said = simpul("verify", "--data", filled, "--json").json()
    assert (said["holds"], said["signed"], said["unsigned"]) == (True, 0, said["facts"])


def test_an_export_is_checked_and_restored_to_an_equal_node(
    simpul: Simpul, filled: Path, tmp_path: Path
) -> None:
    bundle, copy = tmp_path / "bundle.tar", tmp_path / "copy"
    made = simpul("export", bundle, "--data", filled, "--json").json()
    assert check(bundle, vkey=made["vkey"]).failures == []
    (tmp_path / "vkey").write_text(made["vkey"])
    given = ("restore", bundle, "--data", copy, "--keys", filled / "keys", "--vkey", tmp_path / "vkey")
    said = simpul(*given, "--json").json()
    assert said == {"facts": made["facts"], "root": made["root"], "keys": True}
    assert simpul("verify", "--data", copy, "--json").json()["root"] == made["root"]
    rows = read_models(copy)
    assert rows == read_models(filled)
    assert sum(map(len, rows.values())) > 10


def test_without_keys_the_operator_is_told_what_is_missing(
    simpul: Simpul, filled: Path, tmp_path: Path
) -> None:
    simpul("export", tmp_path / "bundle.tar", "--data", filled)
    said = simpul("restore", tmp_path / "bundle.tar", "--data", tmp_path / "copy")
    assert said.code == 0
    assert "put the key folder" in said.err
    assert "key-missing" in simpul("history", "resident-1", "--data", tmp_path / "copy").err


@pytest.mark.parametrize("command", ["verify", "checkpoint", "export"])
def test_a_store_that_is_not_there_is_not_made(
    simpul: Simpul, data: Path, tmp_path: Path, command: str
) -> None:
    given = [tmp_path / "out.tar"] if command == "export" else []
    said = simpul(command, *given, "--data", data)
    assert (said.code, said.out) == (1, "")
    assert "store-missing" in said.err
    assert not data.exists()


def spoil(bundle: Path) -> None:
    bundle.write_bytes(bundle.read_bytes()[:-1])


def occupy(bundle: Path) -> None:
    copy = bundle.parent / "copy"
    copy.mkdir()
    (copy / "something").touch()


@pytest.mark.parametrize(
    ("before", "said"),
    [(spoil, "bundle-does-not-hold"), (occupy, "Directory not empty"), (Path.unlink, "container")],
)
def test_a_restore_that_cannot_be_is_one_sentence(
    simpul: Simpul, filled: Path, tmp_path: Path, before: Callable[[Path], None], said: str
) -> None:
    bundle = tmp_path / "bundle.tar"
    simpul("export", bundle, "--data", filled)
    before(bundle)
    ran = simpul("restore", bundle, "--data", tmp_path / "copy")
    assert ran.code == 1
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
    assert not (tmp_path / "copy" / "ledger.db").exists()


def test_the_name_of_the_log_is_fixed_on_first_use(simpul: Simpul, filled: Path) -> None:
    from api.wiring import notary

    first = notary(Settings(data=filled, origin="sragen.example/ledger")).checkpoint()
    again = notary(Settings(data=filled, origin="other.example/ledger")).checkpoint()
    assert first == again
    assert simpul("checkpoint", "--data", filled).out.startswith("sragen.example/ledger\n")
