"""The keys of papers: made once, published, turned over without making an old paper a fake."""

import json
from datetime import date
from pathlib import Path

import pytest

from adapters.papers.signing import PaperKeys
from domain.kernel.errors import StoreUnavailable
from domain.papers.code import PaperCode, read

DAY = date(2026, 11, 24)


def keys(folder: Path, today: date = DAY) -> PaperKeys:
    return PaperKeys(folder / "keys", folder / "papers", lambda: today)


def signed(by: PaperKeys, kind: str = "KK") -> str:
    signer = by.signer()
    code = PaperCode(kind, signer.id, "paper-" + "0" * 32, DAY, b"D" * 16, b"S" * 10)
    return signer.sign(code)


def test_nothing_is_written_before_the_first_signature(tmp_path: Path) -> None:
    assert keys(tmp_path).published() == []
    assert list(tmp_path.iterdir()) == []


def test_the_first_signature_makes_a_key_and_publishes_it(tmp_path: Path) -> None:
    mine = keys(tmp_path)
    code = signed(mine)
    (published,) = mine.published()
    assert (published.id, published.since) == (code.split(".")[2], DAY)
    assert mine.genuine(read(code))
    assert (tmp_path / "keys" / "papers.key").stat().st_mode & 0o777 == 0o600
    assert signed(keys(tmp_path)) == code, "the same key after a restart, and equal codes for equal words"


def test_a_code_of_which_one_letter_was_changed_is_not_genuine(tmp_path: Path) -> None:
    mine = keys(tmp_path)
    code = signed(mine)
    for changed in (code.replace(".KK.", ".KIA."), code.replace("20261124", "20261125")):
        assert not mine.genuine(read(changed))
    digest = code.split(".")[5]
    assert not mine.genuine(read(code.replace(digest, "B" * 24 + digest[24:])))


def test_a_key_of_somebody_else_is_not_ours(tmp_path: Path) -> None:
    ours, theirs = keys(tmp_path / "ours"), keys(tmp_path / "theirs")
    signed(ours)
    code = signed(theirs)
    assert not ours.genuine(read(code))
    renamed = code.replace(theirs.signer().id, ours.signer().id)
    assert not ours.genuine(read(renamed)), "nor under the name of ours"


def test_after_a_rotation_old_papers_stay_genuine_and_new_ones_bear_the_new_key(tmp_path: Path) -> None:
    mine = keys(tmp_path)
    old = signed(mine)
    seed = (tmp_path / "keys" / "papers.key").read_bytes()
    other = keys(tmp_path, date(2027, 1, 1))
    assert other.rotate() == mine.signer().id, "whoever else signs sees it at once"
    new = signed(mine)
    assert old.split(".")[2] != new.split(".")[2]
    assert all(mine.genuine(read(code)) for code in (old, new))
    assert [key.since for key in mine.published()] == [DAY, date(2027, 1, 1)]
    assert (tmp_path / "keys" / "papers.key").read_bytes() != seed, "nobody can sign with the old one again"


def test_a_crash_between_a_new_key_and_its_publication_is_mended(tmp_path: Path) -> None:
    mine = keys(tmp_path)
    code = signed(mine)
    (tmp_path / "papers" / "keys.json").write_bytes(b"[]")
    assert signed(mine) == code
    assert mine.genuine(read(code))


def test_a_lost_key_is_told_and_no_other_takes_its_place(tmp_path: Path) -> None:
    mine = keys(tmp_path)
    signed(mine)
    (tmp_path / "keys" / "papers.key").unlink()
    with pytest.raises(StoreUnavailable, match="key-missing"):
        mine.signer()


def test_a_damaged_list_is_told(tmp_path: Path) -> None:
    mine = keys(tmp_path)
    signed(mine)
    (tmp_path / "papers" / "keys.json").write_text(json.dumps([{"id": 7}]), "utf-8")
    with pytest.raises(StoreUnavailable, match="key-damaged"):
        mine.published()
