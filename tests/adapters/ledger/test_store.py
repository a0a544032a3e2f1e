"""What a file cannot do is said in one word, and nothing is lost: full, read-only, busy, too new, no database."""

import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from adapters.ledger.keys import Keys
from adapters.ledger.ledger import Ledger
from adapters.ledger.subject_keys import SubjectKeys
from domain.kernel.errors import StoreUnavailable
from domain.kernel.events import Receipt
from tests.acts.people import StandingClock
from tests.adapters.ledger.conftest import Place
from tests.adapters.ledger.shelf import EVENTS, label, labels, only_sqlite, opened, put, writer

pytestmark = only_sqlite


def refusal(do: Callable[[], object]) -> str:
    with pytest.raises(StoreUnavailable) as refused:
        do()
    return refused.value.code


def at(store: str | Path, keys: Path) -> Ledger:
    """A ledger in a place of its own; ``store`` may be an address that SQLite understands."""
    lookup, subjects = Keys.open(keys, create=False), SubjectKeys.open(keys)
    try:
        return Ledger(Path(store), keys=lookup, subjects=subjects, events=EVENTS, clock=StandingClock())
    except StoreUnavailable:
        subjects.close()
        raise


def test_every_commit_is_on_the_disk_before_it_is_answered(ledger: Ledger) -> None:
    put(ledger, label("box-1", "a"))
    names = ("synchronous", "journal_mode")
    assert [writer(ledger).execute(f"PRAGMA {name}").fetchone()[0] for name in names] == [2, "wal"], (
        "2 is FULL"
    )


def test_a_store_of_a_newer_release_is_left_alone(ledger: Ledger, tmp_path: Path) -> None:
    put(ledger, label("box-1", "a"))
    ledger.close()
    with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as database:
        database.execute("PRAGMA user_version = 99")
        assert refusal(lambda: opened(tmp_path)) == "store-too-new"
        assert database.execute("PRAGMA user_version").fetchone() == (99,)
        database.execute("PRAGMA user_version = 1")
    with closing(opened(tmp_path)) as again:
        assert labels(again, "box-1") == ("a",), "the control: ours is opened"


@pytest.mark.parametrize("content", [b"no database, " * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_no_database_is_left_alone(ledger: Ledger, tmp_path: Path, content: bytes) -> None:
    ledger.close()
    for file in tmp_path.glob("ledger.db*"):
        file.unlink()
    (tmp_path / "ledger.db").write_bytes(content)
    assert refusal(lambda: opened(tmp_path)) == "store-failed"
    assert (tmp_path / "ledger.db").read_bytes() == content


def test_who_cannot_get_the_store_is_told_to_come_again(ledger: Ledger, tmp_path: Path) -> None:
    put(ledger, label("box-1", "a"))
    writer(ledger).execute("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert refusal(lambda: put(ledger, label("box-1", "b"))) == "store-busy"
        assert labels(ledger, "box-1") == ("a",), "reading goes on meanwhile"
        other.execute("ROLLBACK")
    assert not put(ledger, label("box-1", "b")).repeated


def test_a_read_only_store_is_read_and_not_written(ledger: Ledger, tmp_path: Path) -> None:
    put(ledger, label("box-1", "a"))
    read_only = f"file:{tmp_path / 'ledger.db'}?mode=ro"
    with closing(at(read_only, tmp_path / "keys")) as locked:
        assert refusal(lambda: put(locked, label("box-1", "b"))) == "store-read-only"
        assert labels(locked, "box-1") == ("a",)
    with closing(at(read_only.replace("=ro", "=rw"), tmp_path / "keys")) as writable:
        assert put(writable, label("box-1", "b")).first == 2, "the control"


def test_a_store_that_became_read_only_is_told_and_read_on(ledger: Ledger) -> None:
    put(ledger, label("box-1", "a"))
    writer(ledger).execute("PRAGMA query_only = ON")
    assert refusal(lambda: put(ledger, label("box-1", "b"))) == "store-read-only"
    assert labels(ledger, "box-1") == ("a",)
    writer(ledger).execute("PRAGMA query_only = OFF")
    assert put(ledger, label("box-1", "b")).first == 2


def test_a_node_on_a_read_only_disk_says_so_at_its_start(small_disk: Path, place: Place) -> None:
    with closing(opened(place(small_disk))) as ledger:
        put(ledger, label("box-1", "a"))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert refusal(lambda: opened(small_disk)) == "store-read-only"
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    with closing(opened(small_disk)) as ledger:
        assert put(ledger, label("box-1", "b")).first == 2, "and goes on when it can be written"


def test_a_full_disk_loses_nothing_and_work_goes_on_when_there_is_room(
    ledger: Ledger, small_disk: Path, tmp_path: Path
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * 400_000)
    with closing(at(small_disk / "ledger.db", tmp_path / "keys")) as full:
        accepted = fill(full)
        assert refusal(lambda: large(full, accepted)) == "store-full"
        assert (full.head(), labels(full, f"box-{accepted}")) == (accepted * 2, ())
        assert full.holder("label", f"small {accepted}") is None
        assert labels(full, "box-0") == ("small 0", "0" * 9_999), "reading goes on meanwhile"
        with closing(at(small_disk / "ledger.db", tmp_path / "keys")) as restarted:
            assert restarted.head() == accepted * 2, "and a hub that is started now can be read"
        ballast.unlink()
        again = large(full, accepted)
        assert (again.first, again.repeated) == (full.head() - 1, False)
    with closing(at(small_disk / "ledger.db", tmp_path / "keys")) as restarted:
        assert [f.position for f in restarted.after(0, 1000)] == list(range(1, accepted * 2 + 3))
        assert large(restarted, 0).repeated


def large(ledger: Ledger, n: int) -> Receipt:
    """Command ``n``: a small fact and a large one."""
    return put(ledger, label(f"box-{n}", f"small {n}"), label(f"box-{n}", f"{n}" * 9_999), name=f"large {n}")


def fill(ledger: Ledger) -> int:
    """Label boxes until the disk is full; how many were accepted."""
    for n in range(1000):
        try:
            large(ledger, n)
        except StoreUnavailable:
            return n
    raise AssertionError("the disk is not full")
