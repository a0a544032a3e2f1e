"""Of ledger and keys one alone may be closed to writing: that is what is said, and not that it is broken."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from adapters.ledger.ledger import Ledger
from tests.acts.people import StandingClock
from tests.adapters.ledger.shelf import EVENTS, label, put
from tests.adapters.ledger.test_store import refusal

NOBODY = 65534


@pytest.mark.parametrize("closed", ["ledger", "keys"])
def test_of_ledger_and_keys_one_alone_may_be_on_a_read_only_disk(
    small_disk: Path, tmp_path: Path, closed: str
) -> None:
    at_ = {"ledger": tmp_path / "ledger", "keys": tmp_path / "keys"} | {closed: small_disk / closed}
    in_place(**at_).close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert refusal(lambda: in_place(**at_)) == "store-read-only"
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    with closing(in_place(**at_)) as ledger:
        assert put(ledger, label("box-1", "b")).first == 1, "the control"


def in_place(ledger: Path, keys: Path) -> Ledger:
    return Ledger.open(ledger / "ledger.db", keys=keys, events=EVENTS, clock=StandingClock())


@contextmanager
def ordinary() -> Iterator[None]:
    """As somebody whom the modes of files bind: root is nobody meanwhile."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.fixture
def home_of_nobody() -> Iterator[Path]:
    """A folder that an ordinary user can reach, with a ledger of hers and its keys."""
    with TemporaryDirectory(prefix="simpul-") as name:
        folder = Path(name)
        in_place(folder / "ledger", folder / "keys").close()
        for path in (folder, *folder.rglob("*")):
            if os.geteuid() == 0:
                os.chown(path, NOBODY, NOBODY)
        with ordinary():
            in_place(folder / "ledger", folder / "keys").close()  # the control: nothing is closed
        yield folder
        for path in folder.iterdir():
            path.chmod(0o700)


@pytest.mark.parametrize("missing", ["nothing", "its file", "the folder"])
@pytest.mark.parametrize("closed", ["ledger", "keys"])
def test_a_closed_folder_is_read_only_and_not_broken(home_of_nobody: Path, closed: str, missing: str) -> None:
    folder = home_of_nobody / closed
    if missing == "its file":
        for file in folder.glob("*.db*"):
            file.unlink()
    places = {name: home_of_nobody / name for name in ("ledger", "keys")}
    if missing == "the folder":
        places[closed] = folder / "new"
        (home_of_nobody / "ledger" / "ledger.db").unlink()  # else its key would be missed
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    with ordinary():
        assert refusal(lambda: in_place(**places)) == "store-read-only"
