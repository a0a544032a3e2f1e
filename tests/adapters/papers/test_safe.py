"""The safe: what is put in comes out the same, and only while everybody on the paper is known."""

from hashlib import blake2b
from pathlib import Path

import pytest

from adapters.papers.safe import Safe
from domain.kernel.errors import StoreUnavailable

PDF = b"%PDF-1.7 Sri Wahyuni 3314105708909001 " * 50
NAME = "ab" * 32
SECRETS = ["aa", "bb"]


class Blind:
    """The keyed hash of a ledger."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __call__(self, purpose: str, value: str) -> str:
        return blake2b(f"{purpose} {value}".encode(), key=self._key, digest_size=32).hexdigest()


@pytest.fixture
def safe(tmp_path: Path) -> Safe:
    made = Safe(tmp_path, Blind(b"ledger"))
    made.put(NAME, PDF, SECRETS)
    return made


def test_a_paper_comes_out_as_it_was_put_in(safe: Safe) -> None:
    assert safe.take(NAME, SECRETS) == PDF


def test_the_file_tells_nothing_and_nobody_else_may_read_it(safe: Safe, tmp_path: Path) -> None:
    path = tmp_path / "ab" / NAME
    assert b"Sri" not in path.read_bytes()
    assert b"%PDF" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("secrets", [["aa"], ["bb", "aa"], ["aa", "b"], []])
def test_other_shares_do_not_open_it(safe: Safe, secrets: list[str]) -> None:
    with pytest.raises(StoreUnavailable, match="record-damaged"):
        safe.take(NAME, secrets)


def test_the_shares_alone_open_nothing_without_the_key_of_the_ledger(safe: Safe, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="record-damaged"):
        Safe(tmp_path, Blind(b"another")).take(NAME, SECRETS)


def test_a_changed_or_exchanged_file_is_told(safe: Safe, tmp_path: Path) -> None:
    other = "cd" * 32
    safe.put(other, b"another paper", SECRETS)
    mine, theirs = tmp_path / "ab" / NAME, tmp_path / "cd" / other
    mine.write_bytes(theirs.read_bytes())
    with pytest.raises(StoreUnavailable, match="record-damaged"):
        safe.take(NAME, SECRETS)


def test_a_missing_file_is_told(safe: Safe) -> None:
    with pytest.raises(StoreUnavailable, match="paper-missing"):
        safe.take("ee" * 32, SECRETS)


def test_each_person_gets_a_share_of_her_own_and_every_paper_other_ones(safe: Safe) -> None:
    first, second = safe.shares(["resident-1", "household-1"]), safe.shares(["resident-1", "household-1"])
    assert [share.subject for share in first] == ["resident-1", "household-1"]
    assert len({share.secret for share in (*first, *second)}) == 4


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "ab").write_bytes(b"a file where a folder should be")
    with pytest.raises(StoreUnavailable, match="store-failed"):
        Safe(tmp_path, Blind(b"ledger")).put(NAME, PDF, SECRETS)
