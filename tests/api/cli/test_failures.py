"""What can be foreseen to go wrong is one sentence and exit code 1; the trace waits for ``--debug``."""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.ledger.store import FORMAT
from api.cli.main import main
from domain.kernel.errors import Refused
from tests.api.cli.conftest import Ran, Simpul
from tests.api.cli.lines import household, write


def one_sentence(ran: Ran, *words: str) -> None:
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("simpul: ")
    assert ran.err.count("\n") == 1
    assert all(word in ran.err for word in words), ran.err


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield int(listening.getsockname()[1])


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.10", "::", "example.org"])
def test_the_hub_listens_to_this_machine_only(simpul: Simpul, data: Path, host: str) -> None:
    one_sentence(simpul("serve", "--host", host, "--port", 0, "--data", data), "(not-loopback)", host)
    assert not data.exists(), "refused before anything is made"


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_is_taken_once(simpul: Simpul, data: Path, taken: int, command: str) -> None:
    one_sentence(simpul(command, "--port", taken, "--data", data), "(port-in-use)", str(taken))


def test_a_ministry_needs_a_port_of_its_own(simpul: Simpul, data: Path, taken: int) -> None:
    one_sentence(simpul("simulate", "kemendag", "--port", taken, "--data", data), "in use")


def test_a_file_that_is_not_there_is_named(simpul: Simpul, data: Path, tmp_path: Path) -> None:
    one_sentence(simpul("import", tmp_path / "absent", "--data", data), str(tmp_path / "absent"))
    one_sentence(simpul("import", tmp_path, "--data", data), "directory")
    one_sentence(simpul("generate", "--out", tmp_path / "no" / "folder"), "folder")


def test_a_store_that_cannot_be_made_is_named(simpul: Simpul, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    one_sentence(simpul("projections", "list", "--data", tmp_path / "file" / "store"), "file")


def made(simpul: Simpul, data: Path) -> None:
    """A store with one household."""
    assert simpul("import", write(data.parent / "f.ndjson", household()), "--data", data).code == 0


COMMANDS = (
    ("history", "resident-1"),
    ("projections", "list"),
    ("projections", "rebuild"),
    ("serve", "--port", "0"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_store_of_a_newer_format_is_left_alone(
    simpul: Simpul, data: Path, command: tuple[str, ...]
) -> None:
    made(simpul, data)
    newer(data / "ledger.db")
    before = (data / "ledger.db").read_bytes()
    one_sentence(simpul(*command, "--data", data), "newer version of Simpul", "(store-too-new)")
    assert (data / "ledger.db").read_bytes() == before


def newer(file: Path) -> None:
    db = sqlite3.connect(file)
    db.execute(f"PRAGMA user_version={FORMAT + 1}")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_store_without_its_key_is_not_opened(simpul: Simpul, data: Path, command: tuple[str, ...]) -> None:
    made(simpul, data)
    (data / "keys" / "ledger.key").unlink()
    one_sentence(simpul(*command, "--data", data), "(key-missing)")
    assert not (data / "keys" / "ledger.key").exists(), "no new key is made for old facts"


def test_a_damaged_store_is_told_in_a_sentence(simpul: Simpul, data: Path) -> None:
    made(simpul, data)
    for file in data.glob("ledger.db*"):
        file.unlink()
    (data / "ledger.db").write_bytes(b"no database at all" * 500)
    one_sentence(simpul("projections", "list", "--data", data), "(store-failed)")


def test_debug_shows_where_it_failed(data: Path) -> None:
    with pytest.raises(Refused, match="not-loopback"):
        main(["--debug", "serve", "--host", "0.0.0.0", "--data", str(data)])
    with pytest.raises(FileNotFoundError):
        main(["import", "/nonexistent", "--data", str(data), "--debug"])


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("SIMPUL_PORT", "sebelas", "SIMPUL_PORT"),
        ("SIMPUL_KEMENDAG__BATCH", "0", "SIMPUL_KEMENDAG__BATCH"),
        ("SIMPUL_KEMENDAG", "rahasia", "kemendag"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(data: Path, setting: str, value: str, told: str) -> None:
    command = [sys.executable, "-m", "api.cli.main", "serve", "--port", "0", "--data", str(data)]
    run = subprocess.run(command, env={**os.environ, setting: value}, capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stderr.startswith("simpul: ")
    assert told in run.stderr
    assert value not in run.stderr.replace(told, "")
    assert "Traceback" not in run.stderr
