"""Papers in a bundle: the sealed files as they lie in the safe, there and back, and no byte of them otherwise."""

import gzip
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from adapters.evidence.bundle import export
from adapters.evidence.note import LogKey
from adapters.evidence.restore import restore
from adapters.evidence.signer import KEY
from adapters.evidence.simpul_verify import Bundle, check
from adapters.ledger.keys import Keys
from tests.adapters.evidence.boxes import TOPICS, node, notary, store
from tests.adapters.evidence.bundles import AT, packed, parts

SAFE = {sha256(bytes([n])).hexdigest(): bytes([n]) * (n * 900) for n in (1, 2, 3)}
PUBLISHED = b'[{"id":"9F2C11AB","public":"AAAA","since":"2026-11-24"}]'


def tree(folder: Path) -> Mapping[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    folder = node(tmp_path / "origin")
    papers = folder / "papers"
    for name, sealed in SAFE.items():
        (papers / name[:2]).mkdir(parents=True, exist_ok=True)
        (papers / name[:2] / name).write_bytes(sealed)
    (papers / "keys.json").write_bytes(PUBLISHED)
    return folder


@pytest.fixture
def bundle(origin: Path) -> Path:
    out, keys = origin / "bundle.tar", Keys.open(origin / "keys", create=False)
    (origin / "papers" / "00").mkdir(exist_ok=True)
    (origin / "papers" / "00" / ".unfinished").write_bytes(b"not a paper")
    export(
        store(origin),
        notary(origin),
        origin / "evidence",
        keys,
        TOPICS,
        out,
        at=AT,
        papers=origin / "papers",
    )
    (origin / "papers" / "00" / ".unfinished").unlink()
    return out


def test_the_safe_comes_back_byte_by_byte(origin: Path, bundle: Path, tmp_path: Path) -> None:
    assert check(bundle).failures == []
    restore(bundle, tmp_path / "new")
    assert tree(tmp_path / "new" / "papers") == tree(origin / "papers")
    assert len(tree(origin / "papers")) == len(SAFE) + 1


def test_any_byte_of_a_paper_changed_is_refused_and_the_part_is_named(bundle: Path, tmp_path: Path) -> None:
    whole = bundle.read_bytes()
    for part in ("papers.ndjson.gz", "paper-keys.json"):
        offset, size = Bundle(bundle).parts[part]
        for at in range(offset, offset + size, max(1, size // 25)):
            bad = tmp_path / "bad.tar"
            bad.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            assert [(f.check, f.where) for f in check(bad).failures] == [("manifest", part)]


def test_a_paper_is_put_nowhere_but_into_the_safe(origin: Path, bundle: Path, tmp_path: Path) -> None:
    """Also when somebody who holds the key of the log signs a bundle with such a name."""
    key = LogKey.parse((origin / "keys" / KEY).read_text())
    given = parts(bundle)
    row = json.loads(gzip.decompress(given["papers.ndjson.gz"]).splitlines()[0])
    assert b64decode(row["sealed"]) in SAFE.values()
    forged = json.dumps({"name": "../../../escaped", "sealed": b64encode(b"x").decode()}).encode() + b"\n"
    out = packed(given | {"papers.ndjson.gz": gzip.compress(forged)}, tmp_path / "forged.tar", key)
    assert check(out).failures == [], "it is the signer's own"
    with pytest.raises(ValueError, match="not the name of a paper"):
        restore(out, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.rglob("escaped"))


def test_a_node_that_never_printed_has_no_safe(tmp_path: Path) -> None:
    folder = node(tmp_path / "origin")
    keys = Keys.open(folder / "keys", create=False)
    export(store(folder), notary(folder), folder / "evidence", keys, TOPICS, folder / "b.tar", at=AT)
    restore(folder / "b.tar", tmp_path / "new")
    assert not (tmp_path / "new" / "papers").exists()
