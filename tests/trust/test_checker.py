"""The checker and the disk of the trust commands find what they are there for."""

from contextlib import closing
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from tests.acts.people import command
from tests.adapters.ledger.writing import submission
from tests.trust.checker import Checker
from tests.trust.power import Change, Cut, Disk, everything, nothing, reachable, some, upto, watched
from tests.trust.stores import STORES

A, B = command("a"), command("b")


def checked(*facts: tuple[int, str, int, UUID]) -> Checker:
    checker = Checker()
    for fact in facts:
        checker._take(*fact)
    return checker


def test_a_whole_row_of_facts_is_found_whole() -> None:
    whole = checked((1, "box", 1, A), (2, "lid", 1, A), (3, "box", 2, B))
    assert (whole.gaps, whole.doubled, whole.commands) == (0, 0, 2)
    assert whole.lost({"a": (1, 2), "b": (3, 3)}) == []
    assert whole.lost({"b": (0, 0)}) == [], "where it is was not told"


def test_what_is_lost_elsewhere_twice_or_skipped_is_found() -> None:
    assert checked((1, "box", 1, A), (3, "box", 2, B)).gaps == 1
    assert checked((1, "box", 1, A), (2, "box", 3, B)).gaps == 1
    assert checked((1, "box", 1, A), (2, "box", 2, B), (3, "box", 3, A)).doubled == 1
    assert checked((1, "box", 1, A)).lost({"a": (1, 2), "b": (2, 2)}) == ["a", "b"]


def restored(cut: Cut, folder: Path, keep: object) -> dict[str, bytes]:
    folder.mkdir()
    cut.restore(folder, keep)  # type: ignore[arg-type]  # one of the ways of power
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_what_was_synced_stays_and_the_rest_is_lost_or_not(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    disk.created("a")
    disk.change(Change("a", 0, b"synced"))
    disk.synced("a")
    disk.change(Change("a", 6, b" or not"))
    disk.created("b")
    disk.change(Change("b", 2, b"x"))
    cut = disk.cut()
    assert restored(cut, tmp_path / "nothing", nothing) == {"a": b"synced"}
    assert restored(cut, tmp_path / "all", everything) == {"a": b"synced or not", "b": b"\0\0x"}
    firsts = [restored(cut, tmp_path / f"first-{n}", upto(Random(n), 3)) for n in range(20)]
    assert {"a": b"synced or not"} in firsts
    assert {"a": b"synced", "b": b""} not in firsts, "in order"
    assert {"a": b"synced", "b": b""} in [
        restored(cut, tmp_path / f"some-{n}", some(Random(n))) for n in range(40)
    ]


def test_a_name_that_was_taken_away_comes_back_unless_the_folder_was_synced(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    disk.created("a")
    disk.synced("a")
    disk.change(Change("a", 0, None))
    assert restored(disk.cut(), tmp_path / "back", nothing) == {"a": b""}
    disk.created("b")
    disk.synced("b", names=True)
    assert restored(disk.cut(), tmp_path / "gone", nothing) == {"b": b""}


@pytest.mark.skipif(not reachable(), reason="this Python hides its SQLite")
def test_the_disk_hears_what_sqlite_writes(tmp_path: Path) -> None:
    """Everything that was heard, applied, is the folder as it is."""
    live = tmp_path / "live"
    with watched(Disk(live)) as disk, closing(STORES["sqlite"].open(live)):
        files = restored(disk.cut(), tmp_path / "found", everything)
        assert {"ledger.db", "ledger.db-wal"} <= files.keys()
        assert files["ledger.db"] == (live / "ledger.db").read_bytes()
        assert files["ledger.db-wal"] == (live / "ledger.db-wal").read_bytes()


def test_who_is_there_and_cannot_be_read_is_found(tmp_path: Path) -> None:
    with closing(STORES["sqlite"].open(tmp_path)) as ledger:
        for name in ("a", "b"):
            one = submission(name)
            ledger.execute(one.acts, by=one.by, command_id=one.command_id)
        ledger.destroy_keys(["subject a"])  # as if it had not been durable when its fact was
        checker = Checker()
        checker.read(ledger)
    assert (checker.people, checker.sealed_for_ever) == (2, 1)
