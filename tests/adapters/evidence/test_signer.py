"""The signer signs what continues its own history, and never a fork of it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from adapters.evidence.notary import Notary
from adapters.evidence.note import LogKey
from adapters.evidence.signer import KEPT, KEY, NEWEST, STATE, VKEY, LastSigned, read_state, whole_entries
from adapters.evidence.simpul_verify import Checkpoint, Vkey, kept_notes, open_note, parse_checkpoint
from domain.kernel.errors import StoreUnavailable
from tests.adapters.evidence.boxes import edited, fill, ledger, node, notary


def newest(folder: Path) -> Checkpoint:
    """The published checkpoint, its signature checked."""
    evidence = folder / "evidence"
    return parse_checkpoint(
        open_note((evidence / NEWEST).read_bytes(), Vkey.parse((evidence / VKEY).read_text()))
    )


def kept(folder: Path) -> list[int]:
    notes = kept_notes((folder / "evidence" / KEPT).read_bytes())
    return [int(note.split(b"\n")[1]) for note in notes[::2]]


def test_every_checkpoint_is_kept_and_the_newest_published(tmp_path: Path) -> None:
    node(tmp_path, (3, 10))
    assert newest(tmp_path).size == 10
    assert kept(tmp_path) == [3, 10]


def test_the_same_again_is_the_same_note_and_is_not_kept_twice(tmp_path: Path) -> None:
    node(tmp_path, (10,))
    assert notary(tmp_path).checkpoint().note == (tmp_path / "evidence" / NEWEST).read_bytes()
    assert kept(tmp_path) == [10]


def test_an_empty_ledger_can_be_signed(tmp_path: Path) -> None:
    with ledger(tmp_path):
        assert notary(tmp_path).checkpoint().size == 0
    assert newest(tmp_path).root.hex().startswith("e3b0c442")


def test_a_part_of_what_was_signed_may_be_signed_and_is_not_published(tmp_path: Path) -> None:
    node(tmp_path, (10,))
    assert notary(tmp_path).checkpoint(7).size == 7
    assert newest(tmp_path).size == 10
    assert kept(tmp_path) == [10]


def shorter(folder: Path) -> None:
    edited(folder, lambda c: c.execute("DELETE FROM log WHERE pos > 280"))


def another(folder: Path) -> None:
    edited(folder, lambda c: c.execute("UPDATE log SET leaf_hash = zeroblob(32) WHERE pos = 290"))


def other_times(folder: Path) -> None:
    edited(folder, lambda c: c.execute("UPDATE log SET committed_at = committed_at + 1 WHERE pos > 298"))


def shorter_than_the_tiles(folder: Path) -> None:
    edited(folder, lambda c: c.execute("DELETE FROM log WHERE pos > 200"))


def grown_again(folder: Path) -> None:
    shorter(folder)
    with ledger(folder) as found:
        fill(found, 60, "fork")


FORKS: list[Callable[[Path], None]] = [shorter, another, other_times, shorter_than_the_tiles, grown_again]


@pytest.mark.parametrize("fork", FORKS)
def test_a_fork_is_refused(tmp_path: Path, fork: Callable[[Path], None]) -> None:
    node(tmp_path)
    before = newest(tmp_path)
    fork(tmp_path)
    with pytest.raises(StoreUnavailable, match="checkpoint-refused"):
        notary(tmp_path).checkpoint()
    assert newest(tmp_path) == before
    assert kept(tmp_path) == [100, 256, 300]


@pytest.mark.parametrize("fork", [shorter, another, other_times, grown_again])
def test_a_signer_without_memory_would_sign_it(tmp_path: Path, fork: Callable[[Path], None]) -> None:
    """Control: it is the memory that refuses."""
    node(tmp_path)
    fork(tmp_path)
    (tmp_path / "keys" / STATE).unlink()
    assert notary(tmp_path).checkpoint().note != b""


def test_a_restored_backup_does_not_bring_its_own_memory(tmp_path: Path) -> None:
    """The signer's memory is with the keys, not with the ledger: an older ledger meets it."""
    node(tmp_path / "node", (10,))
    shutil.copytree(tmp_path / "node", tmp_path / "backup")
    with ledger(tmp_path / "node") as found:
        fill(found, 5)
    notary(tmp_path / "node").checkpoint()
    for name in ("ledger.db", "evidence"):
        old, new = tmp_path / "backup" / name, tmp_path / "node" / name
        shutil.rmtree(new) if new.is_dir() else new.unlink()
        shutil.copytree(old, new) if old.is_dir() else shutil.copy(old, new)
    with ledger(tmp_path / "node") as found:
        fill(found, 9, "other")
    with pytest.raises(StoreUnavailable, match="checkpoint-refused"):
        notary(tmp_path / "node").checkpoint()


def crashed_before_it_was_kept(folder: Path, state: LastSigned) -> None:
    entries = (folder / "evidence" / KEPT).read_bytes()
    (folder / "evidence" / KEPT).write_bytes(entries[: len(entries) // 2])


def crashed_within_an_entry(folder: Path, state: LastSigned) -> None:
    (folder / "evidence" / KEPT).write_bytes((folder / "evidence" / KEPT).read_bytes()[:-50])


def crashed_before_it_was_published(folder: Path, state: LastSigned) -> None:
    note = LogKey.parse((folder / "keys" / KEY).read_text()).sign(Checkpoint("x", 3, bytes(32)).text())
    (folder / "evidence" / NEWEST).write_bytes(note)


def lost_to_the_power(folder: Path, state: LastSigned) -> None:
    """The length of the file was on the disk, what stood there was not."""
    content = (folder / "evidence" / KEPT).read_bytes()
    (folder / "evidence" / KEPT).write_bytes(content[:-60] + bytes(60))


CRASHES = [
    crashed_before_it_was_kept,
    crashed_within_an_entry,
    crashed_before_it_was_published,
    lost_to_the_power,
]


@pytest.mark.parametrize("crash", CRASHES)
def test_what_a_crash_interrupted_is_completed(
    tmp_path: Path, crash: Callable[[Path, LastSigned], None]
) -> None:
    node(tmp_path, (10, 12))
    files = [tmp_path / "evidence" / KEPT, tmp_path / "evidence" / NEWEST]
    before = [file.read_bytes() for file in files]
    state = read_state(tmp_path / "keys" / STATE)
    assert state
    crash(tmp_path, state)
    assert [file.read_bytes() for file in files] != before
    notary(tmp_path).checkpoint()
    assert [file.read_bytes() for file in files] == before


def test_two_processes_sign_for_one_log(tmp_path: Path) -> None:
    with ledger(tmp_path) as found:
        both = notary(tmp_path), notary(tmp_path)
        for turn in range(6):
            fill(found, 7, f"turn-{turn}")
            both[turn % 2].checkpoint()
    assert kept(tmp_path) == [7, 14, 21, 28, 35, 42]


def vanished(folder: Path) -> None:
    (folder / "keys" / KEY).unlink()


def exchanged(folder: Path) -> None:
    (folder / "keys" / KEY).write_text(LogKey("other.example", bytes(32)).text())


def forgetful(folder: Path) -> None:
    (folder / "keys" / STATE).write_text("{}")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (vanished, "signing-key-missing"),
        (exchanged, "key-of-another-log"),
        (forgetful, "signer-state-damaged"),
    ],
)
def test_a_key_or_a_memory_that_is_not_ours_is_told(
    tmp_path: Path, change: Callable[[Path], None], code: str
) -> None:
    node(tmp_path, (10,))
    change(tmp_path)
    with pytest.raises(StoreUnavailable, match=code):
        notary(tmp_path).checkpoint()


def test_the_memory_is_on_the_disk_before_the_signature_is_given(tmp_path: Path) -> None:
    """A disk that takes nothing more gives no signature."""
    node(tmp_path, (10,))
    with ledger(tmp_path) as found:
        fill(found, 3)
    state = (tmp_path / "keys" / STATE).read_bytes()
    (tmp_path / "evidence" / KEPT).unlink()
    (tmp_path / "evidence" / KEPT).mkdir()
    signing: Notary = notary(tmp_path)
    with pytest.raises(StoreUnavailable, match="store-failed"):
        signing.checkpoint()
    assert newest(tmp_path).size == 10
    (tmp_path / "evidence" / KEPT).rmdir()
    assert msgspec.json.decode(state, type=LastSigned).size == 10
    assert signing.checkpoint().size == 13
    assert newest(tmp_path).size == 13


def test_entries_end_where_they_end(tmp_path: Path) -> None:
    node(tmp_path, (3, 5))
    content = (tmp_path / "evidence" / KEPT).read_bytes()
    first = content.index(b"test.example/ledger\n5\n")
    assert [whole_entries(content[:n]) for n in (0, first - 1, first, first + 1, len(content) - 1)] == [
        0, 0, first, first, first,
    ]  # fmt: skip
    assert whole_entries(content) == len(content)
