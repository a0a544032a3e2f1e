"""simpul verify finds what was changed in a store, says where, and raises no false alarm."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from adapters.evidence.signer import KEPT, NEWEST, STATE, VKEY
from adapters.evidence.simpul_verify import Failure, leaf_hash
from adapters.evidence.verify import StoreReport, entry_length, verify_store
from domain.kernel.errors import StoreUnavailable
from domain.kernel.events import EventType
from tests.adapters.evidence.boxes import TOPICS, edited, fill, ledger, node, notary
from tests.adapters.evidence.tampering import CHANGES, SIZE, Change, flipped, set_back
from tests.adapters.ledger.shelf import Labelled


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return node(tmp_path_factory.mktemp("clean"))


@pytest.fixture
def copy(clean: Path, tmp_path: Path) -> Callable[[], Path]:
    """A fresh copy each time."""
    return lambda: Path(shutil.copytree(clean, tmp_path / "copy", dirs_exist_ok=True))


Copy = Callable[[], Path]


def found(folder: Path) -> list[Failure]:
    return verify_store(folder, TOPICS).failures


def checks(folder: Path) -> set[str]:
    return {failure.check for failure in found(folder)}


def test_a_clean_store_holds(clean: Path) -> None:
    report = verify_store(clean, TOPICS)
    assert (report.failures, report.warnings) == ([], [])
    assert (report.facts, report.signed, report.unsigned, report.checkpoints) == (SIZE, SIZE, 0, 3)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257])
def test_stores_of_any_size_hold(tmp_path: Path, size: int) -> None:
    with ledger(tmp_path) as opened:
        if size:
            fill(opened, size)
        notary(tmp_path).checkpoint()
    assert verify_store(tmp_path, TOPICS) == StoreReport(
        facts=size,
        root=verify_store(tmp_path, TOPICS).root,
        signed=size,
        checkpoints=1,
        vkey=(tmp_path / "evidence" / VKEY).read_text().strip(),
    )


def test_facts_that_are_not_signed_yet_are_counted(tmp_path: Path) -> None:
    report = verify_store(node(tmp_path, (10,), unsigned=7), TOPICS)
    assert (report.failures, report.signed, report.unsigned) == ([], 10, 7)


def test_a_store_that_never_signed_holds(tmp_path: Path) -> None:
    report = verify_store(node(tmp_path, (), unsigned=4), TOPICS)
    assert (report.failures, report.vkey, report.unsigned) == ([], "", 4)


def test_a_store_is_verified_while_it_is_written(tmp_path: Path) -> None:
    with ledger(tmp_path) as opened:
        fill(opened, 50)
        notary(tmp_path).checkpoint()
        fill(opened, 5, "more")
        report = verify_store(tmp_path, TOPICS)
    assert (report.failures, report.facts, report.unsigned) == ([], 55, 5)


def test_names_that_the_catalogue_does_not_know_are_counted_and_verified(copy: Copy) -> None:
    topics = [EventType("shelf.box-labelled", 1, Labelled)]
    folder = copy()
    given = sum(row[3] == "shelf.box-given.v1" for row in rows(folder))
    report = verify_store(folder, topics)
    assert (report.failures, report.unknown) == ([], {"shelf.box-given.v1": given})
    assert given > SIZE // 4
    edited(folder, lambda c: c.execute("UPDATE log SET record = CAST(record || x'20' AS BLOB) WHERE pos = 3"))
    assert verify_store(folder, topics).failures[0][:2] == ("leaf-hash", "position 3")


# -- what somebody with the file does to it


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_store_is_found_and_its_place_named(copy: Copy, change: Change) -> None:
    for seed in range(8):
        folder = copy()
        random, places = Random(f"{change.__name__} {seed}"), [""]

        def edit(c: sqlite3.Connection, random: Random = random, places: list[str] = places) -> None:
            c.execute("BEGIN")
            places[0] = change(c, random) or ""
            c.execute("COMMIT")

        edited(folder, edit)
        failures = found(folder)
        assert failures, f"seed {seed}: {places}"
        assert places[0] in {"", *(failure.where for failure in failures)}, failures


def test_a_forged_record_is_placed_between_two_checkpoints(copy: Copy) -> None:
    def forge(c: sqlite3.Connection) -> None:
        (old,) = c.execute("SELECT record FROM log WHERE pos = 200").fetchone()
        new = old[:-1] + b"!"
        c.execute("UPDATE log SET record = ?, leaf_hash = ? WHERE pos = 200", (new, leaf_hash(new)))

    folder = copy()
    edited(folder, forge)
    assert Failure("root", "positions 101 to 256", "the facts are not those that were signed") in found(
        folder
    )


def test_guards_that_are_gone_are_missed(copy: Copy) -> None:
    folder = copy()
    with sqlite3.connect(folder / "ledger.db") as connection:
        connection.execute("DROP TRIGGER log_is_never_deleted")
    connection.close()
    assert found(folder) == [Failure("store", "ledger.db", "the trigger log_is_never_deleted is gone")]


def rows(folder: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "ledger.db")
    try:
        return connection.execute("SELECT * FROM log").fetchall()
    finally:
        connection.close()


def test_a_flipped_bit_of_the_file_is_found_or_changes_no_fact(copy: Copy, clean: Path) -> None:
    before, random, harmful = rows(clean), Random(8), 0
    for _ in range(60):
        folder = copy()
        path = folder / "ledger.db"
        path.write_bytes(flipped(path.read_bytes(), random))
        try:
            failures = found(folder)
        except StoreUnavailable as refused:
            assert refused.code in ("store-too-new", "store-failed")  # noqa: PT017 - either way is right
            failures = [Failure("store", "ledger.db", refused.code)]
        harmful += bool(failures)
        assert failures or rows(folder) == before
    assert harmful > 20


@pytest.mark.parametrize("name", [NEWEST, KEPT, VKEY])
def test_a_changed_checkpoint_is_found(copy: Copy, name: str) -> None:
    random = Random(name)
    for _ in range(25):
        folder = copy()
        path = folder / "evidence" / name
        path.write_bytes(flipped(path.read_bytes(), random))
        assert found(folder), path.read_bytes()


def test_a_checkpoint_that_was_taken_away_or_added_is_found(copy: Copy) -> None:
    folder = copy()
    path = folder / "evidence" / KEPT
    entries = path.read_bytes()
    length = entry_length("test.example/ledger", 100)
    changes = [entries[length:], entries[:length] + entries[2 * length :], entries[:length] + entries, b""]
    for changed in changes:
        path.write_bytes(changed)
        assert "checkpoint" in checks(folder)
    path.unlink()
    assert "checkpoint" in checks(folder)
    (folder / "evidence" / NEWEST).unlink()
    path.write_bytes(entries)
    assert "checkpoint" in checks(folder)
    shutil.rmtree(folder / "evidence")
    assert "key" in checks(folder)


def test_an_older_checkpoint_does_not_hide_a_cut(copy: Copy) -> None:
    """Evidence and ledger are set back together: the signer's memory tells."""
    folder = copy()
    set_back(folder)
    assert {"missing-facts", "checkpoint"} <= checks(folder)
    (folder / "keys" / STATE).unlink()
    assert "missing-facts" not in checks(folder), "the control"


def test_a_changed_tile_is_found_and_an_absent_one_is_not_missed(copy: Copy) -> None:
    folder = copy()
    tile = folder / "evidence" / "tile" / "0" / "000"
    tile.write_bytes(flipped(tile.read_bytes(), Random(1)))
    assert found(folder) == [Failure("tile", "0/000", "does not hold the hashes of the ledger")]
    tile.unlink()
    assert found(folder) == []


def test_traces_of_a_crash_are_no_alarm(copy: Copy) -> None:
    folder = copy()
    path = folder / "evidence" / KEPT
    entries, length = path.read_bytes(), entry_length("test.example/ledger", 100)
    newest = (folder / "evidence" / NEWEST).read_bytes()
    second = entries[length : 2 * length]
    (folder / "evidence" / NEWEST).write_bytes(second[: second.index(b"\n\ntest.example") + 1])
    for left in (len(entries), len(entries) - 7, len(entries) - length):
        path.write_bytes(entries[:left])
        report = verify_store(folder, TOPICS)
        assert (report.failures, len(report.warnings)) == ([], 1)
    notary(folder).checkpoint()
    assert (path.read_bytes(), (folder / "evidence" / NEWEST).read_bytes()) == (entries, newest)


def test_a_key_of_ones_own_is_compared(copy: Copy) -> None:
    folder = copy()
    key = (folder / "evidence" / VKEY).read_text()
    assert verify_store(folder, TOPICS, vkey=key).failures == []
    other = node(folder.parent / "other", (3,)) / "evidence" / VKEY
    assert {f.check for f in verify_store(folder, TOPICS, vkey=other.read_text()).failures} == {"key"}


def with_a_space(key: str) -> str:
    name, id_, encoded = key.split("+", 2)
    return f"{name}+ {id_}+{encoded}"


def with_another_end(key: str) -> str:
    return f"{key[:-1]}\v"


@pytest.mark.parametrize("other", [str.rstrip, with_another_end, with_a_space])
def test_another_spelling_of_the_key_is_a_change(copy: Copy, other: Callable[[str], str]) -> None:
    folder = copy()
    path = folder / "evidence" / VKEY
    path.write_text(other(path.read_text()))
    assert [(f.check, f.where) for f in verify_store(folder, TOPICS).failures] == [("key", VKEY)]


def test_a_store_that_is_not_there_or_newer_is_told(tmp_path: Path, copy: Copy) -> None:
    with pytest.raises(StoreUnavailable, match="store-missing"):
        verify_store(tmp_path / "none", TOPICS)
    assert not (tmp_path / "none").exists()
    folder = copy()
    edited(folder, lambda c: c.execute("PRAGMA user_version = 99"))
    with pytest.raises(StoreUnavailable, match="store-too-new"):
        verify_store(folder, TOPICS)


def test_verifying_writes_nothing(copy: Copy) -> None:
    folder = copy()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found(folder) == []
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {p.name for p in after.keys() - before.keys()} <= {"ledger.db-wal", "ledger.db-shm"}
    assert {path: content for path, content in after.items() if path in before} == before
