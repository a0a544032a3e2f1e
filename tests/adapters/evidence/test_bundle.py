"""A bundle is refused by both verifiers when any byte of it is changed, cut or added; whole, it makes an equal node."""

import gzip
import json
import shutil
import sqlite3
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from adapters.evidence import simpul_verify
from adapters.evidence.note import LogKey
from adapters.evidence.restore import restore
from adapters.evidence.signer import KEPT, KEY, NEWEST, VKEY
from adapters.evidence.simpul_verify import PARTS, Bundle, check
from domain.kernel.errors import Refused, StoreUnavailable
from tests.adapters.evidence.boxes import edited, fill, ledger, node, notary, store
from tests.adapters.evidence.bundles import (
    FORGERIES,
    HERE,
    NODE,
    exported,
    forged_record,
    lines,
    packed,
    parts,
    second,
    spoiled,
    with_facts,
)
from tests.adapters.ledger.shelf import label as labelled
from tests.adapters.ledger.shelf import labels, put

needs_node = pytest.mark.skipif(
    NODE is None, reason="the second verifier runs in Node, which is not installed"
)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return node(tmp_path_factory.mktemp("origin"))


@pytest.fixture(scope="module")
def bundle(origin: Path) -> Path:
    out = origin / "bundle.tar"
    exported(origin, out)
    return out


def test_a_bundle_holds(bundle: Path, origin: Path) -> None:
    report = check(bundle)
    assert report.failures == []
    assert (report.facts, report.checkpoints, report.origin) == (300, 3, "test.example/ledger")
    assert check(bundle, vkey=(origin / "evidence" / VKEY).read_text()).failures == []
    assert check(bundle, pure=True).failures == []


@needs_node
def test_the_second_verifier_says_the_same(bundle: Path, tmp_path: Path) -> None:
    said, report = second([bundle], tmp_path)[0], check(bundle)
    assert said == {**vars(report), "failures": []}


def test_no_file_of_keys_and_nothing_personal_is_in_it(bundle: Path, origin: Path) -> None:
    whole = bundle.read_bytes()
    clear = whole + b"".join(gzip.decompress(Bundle(bundle).read(n)) for n in PARTS if n.endswith(".gz"))
    clear += b"".join(b64decode(row["record"]) for row in Bundle(bundle).rows("facts.ndjson.gz"))
    secrets = [path.read_bytes() for path in (origin / "keys").glob("*.key")]
    seed = LogKey.parse((origin / "keys" / KEY).read_text()).seed
    assert [secret for secret in (*secrets, seed, b"Sri Wahyuni") if secret in clear] == []
    assert b"owner-box" in clear, "the control"


# -- changed, cut, added


def test_any_byte_changed_cut_or_added_is_refused(bundle: Path, tmp_path: Path) -> None:
    paths = spoiled(bundle, Random(1), tmp_path)
    assert len(paths) > 150
    for path in paths:
        assert check(path).failures, path


@needs_node
def test_the_second_verifier_refuses_the_same_for_the_same_reasons(bundle: Path, tmp_path: Path) -> None:
    paths = [bundle, *spoiled(bundle, Random(2), tmp_path)]
    for path, said in zip(paths, second(paths, tmp_path), strict=True):
        theirs = {(f["check"], f["where"]) for f in said["failures"]}
        ours = {(f.check, f.where) for f in check(path).failures}
        if ("manifest", "facts.ndjson.gz") in ours:
            # How far a torn stream can be read is the unzipper's affair.
            theirs, ours = ({pair for pair in found if pair[0] == "manifest"} for found in (theirs, ours))
        assert {name for name, _ in theirs} == {name for name, _ in ours}, path


# -- by somebody who makes a bundle anew: the parts fit each other, and one thing is wrong


@pytest.fixture(scope="module")
def key(origin: Path) -> LogKey:
    """The log's own key in the hands of a forger: what she signs must still agree with what was signed before."""
    return LogKey.parse((origin / "keys" / KEY).read_text())


@pytest.mark.parametrize(("forge", "name", "where"), FORGERIES)
def test_a_forgery_in_a_well_made_bundle_is_found_and_its_place_named(
    bundle: Path,
    key: LogKey,
    tmp_path: Path,
    forge: Callable[[list[dict[str, Any]]], None],
    name: str,
    where: str,
) -> None:
    given = parts(bundle)
    facts = lines(given)
    forge(facts)
    path = packed(with_facts(given, facts), tmp_path / "forged.tar", key)
    found = {(failure.check, failure.where) for failure in check(path).failures}
    assert (name, where) in found
    assert "manifest" not in {check for check, _ in found}
    if NODE:
        said = second([path], tmp_path)[0]
        assert {(f["check"], f["where"]) for f in said["failures"]} == found


def test_a_bundle_that_is_only_packed_again_holds(bundle: Path, key: LogKey, tmp_path: Path) -> None:
    """Control of the forgeries: it is not the packing that is found."""
    given = parts(bundle)
    assert packed(given, tmp_path / "same.tar").read_bytes() == bundle.read_bytes()
    again = packed(with_facts(given, lines(given)), tmp_path / "again.tar", key)
    assert check(again).failures == []


def test_a_record_that_was_changed_without_its_hash_is_placed(bundle: Path, tmp_path: Path) -> None:
    given = parts(bundle)
    facts = lines(given)
    forged_record(facts)
    found = check(packed(with_facts(given, facts, hashed=False), tmp_path / "forged.tar")).failures
    assert ("leaf-hash", "position 150") in {failure[:2] for failure in found}
    assert ("manifest", "facts.ndjson.gz") in {failure[:2] for failure in found}


def test_somebody_elses_key_is_found_only_with_a_key_of_ones_own(
    bundle: Path, origin: Path, tmp_path: Path
) -> None:
    other = node(tmp_path / "other", (5,))
    exported(other, tmp_path / "other.tar")
    assert check(tmp_path / "other.tar").failures == []
    mine = (origin / "evidence" / VKEY).read_text()
    assert [f.check for f in check(tmp_path / "other.tar", vkey=mine).failures] == ["key"]


def test_a_checkpoint_that_was_kept_must_be_continued(
    bundle: Path, origin: Path, key: LogKey, tmp_path: Path
) -> None:
    old = simpul_verify.kept_notes((origin / "evidence" / KEPT).read_bytes())[0]
    assert check(bundle, since=old).failures == []
    fork = key.sign(simpul_verify.Checkpoint(key.name, 200, bytes(32)).text())
    assert {f.check for f in check(bundle, since=fork).failures} == {"root"}
    later = key.sign(simpul_verify.Checkpoint(key.name, 400, bytes(32)).text())
    assert {f.check for f in check(bundle, since=later).failures} == {"since", "missing-facts"}
    assert {f.check for f in check(bundle, since=b"nonsense").failures} == {"checkpoint"}


# -- the verifiers as programs


def program(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Without our packages, and without those that are installed."""
    command = [sys.executable, "-I", "-S", HERE / "simpul_verify.py", *arguments]
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, cwd="/"
    )


def test_the_verifier_runs_alone(bundle: Path, tmp_path: Path) -> None:
    assert len((HERE / "simpul_verify.py").read_text("utf-8").splitlines()) <= 600
    alone = shutil.copy(HERE / "simpul_verify.py", tmp_path)
    ran = subprocess.run(
        [sys.executable, "-I", "-S", alone, bundle], capture_output=True, text=True, check=False, cwd="/"
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.endswith("everything holds\n")


def test_exit_codes_and_words(bundle: Path, origin: Path, tmp_path: Path) -> None:
    assert (
        program(
            bundle, "--vkey", origin / "evidence" / VKEY, "--since", origin / "evidence" / NEWEST
        ).returncode
        == 0
    )
    bad = tmp_path / "bad.tar"
    bad.write_bytes(bundle.read_bytes() + b"\0")
    ran = program(bad)
    assert ran.returncode == 1
    assert "FAILED       container" in ran.stdout
    said = json.loads(program(bad, "--json").stdout)
    assert (said["holds"], said["failures"][0]["check"]) == (False, "container")
    assert program(tmp_path / "none.tar").returncode == 1
    assert program().returncode == program(bundle, "--since", tmp_path / "none").returncode == 2


@needs_node
def test_the_second_program_answers_alike(bundle: Path, origin: Path, tmp_path: Path) -> None:
    def ran(*arguments: object) -> int:
        given = [NODE, "--no-warnings", HERE / "simpul_verify.mjs", *arguments]
        return subprocess.run([str(part) for part in given], capture_output=True, check=False).returncode

    assert ran(bundle, "--vkey", origin / "evidence" / VKEY, "--since", origin / "evidence" / NEWEST) == 0
    bad = tmp_path / "bad.tar"
    bad.write_bytes(bundle.read_bytes()[:-1])
    assert [ran(bad), ran(tmp_path / "none.tar"), ran(), ran(bundle, "--since", tmp_path / "none")] == [
        1,
        1,
        2,
        2,
    ]


# -- export and restore


def tables(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    names = ("log", "claim", "command", "subject")
    with closing(sqlite3.connect(folder / "ledger.db")) as c:
        return {name: c.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names}


def test_a_restored_node_is_equal_and_goes_on(origin: Path, bundle: Path, tmp_path: Path) -> None:
    made = restore(bundle, tmp_path / "new", keys=origin / "keys")
    assert tables(tmp_path / "new") == tables(origin)
    assert (made.facts, made.keys) == (300, True)
    assert notary(tmp_path / "new").checkpoint().note == (origin / "evidence" / NEWEST).read_bytes()
    with ledger(origin) as old, ledger(tmp_path / "new") as new:
        assert labels(new, "box-0") == labels(old, "box-0") != ()
        assert new.after(0, 300) == old.after(0, 300)
        assert new.holder("label", "box-0 b") == "box-0", "a secret claim is found"
        with pytest.raises(Refused, match="label-already-registered"):
            put(new, labelled("box-new", "box-0 b", secret=True))
        fill(new, 20, "later")
    assert notary(tmp_path / "new").checkpoint().size == 320


def test_without_keys_the_facts_are_there_and_the_node_waits_for_them(
    origin: Path, bundle: Path, tmp_path: Path
) -> None:
    assert not restore(bundle, tmp_path / "new").keys
    assert tables(tmp_path / "new") == tables(origin)
    with pytest.raises(StoreUnavailable, match="key-missing"), ledger(tmp_path / "new"):
        pass
    with pytest.raises(StoreUnavailable, match="signing-key-missing"):
        notary(tmp_path / "new").checkpoint()
    keys = tmp_path / "new" / "keys"
    shutil.rmtree(keys, ignore_errors=True)
    shutil.copytree(node(tmp_path / "other", (10,)) / "keys", keys)
    with pytest.raises(StoreUnavailable, match="keys-of-another-ledger"), ledger(tmp_path / "new"):
        pass
    shutil.rmtree(keys)
    shutil.copytree(origin / "keys", keys)
    with ledger(tmp_path / "new") as new:
        assert labels(new, "box-0") != ()


def test_an_export_of_a_node_that_is_written_holds_one_moment(tmp_path: Path) -> None:
    with ledger(tmp_path / "node") as found:
        fill(found, 30)
        with store(tmp_path / "node").snapshot() as before:
            fill(found, 30, "more")
            assert before.head() == 30
        notary(tmp_path / "node").checkpoint()
        assert exported(tmp_path / "node", tmp_path / "b.tar").facts == 60
        fill(found, 30, "later")
    assert restore(tmp_path / "b.tar", tmp_path / "new").facts == 60


def test_a_node_that_was_restored_from_an_older_bundle_signs_nothing(tmp_path: Path) -> None:
    """It would be a fork of what was signed."""
    folder = node(tmp_path / "node", (10,))
    exported(folder, tmp_path / "b.tar")
    with ledger(folder) as found:
        fill(found, 5, "later")
    notary(folder).checkpoint()
    restore(tmp_path / "b.tar", tmp_path / "new", keys=folder / "keys")
    with pytest.raises(StoreUnavailable, match="checkpoint-refused"):
        notary(tmp_path / "new").checkpoint()


def test_a_folder_that_is_not_empty_is_left_alone(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    restore(bundle, tmp_path / "new")
    before = tables(tmp_path / "new")
    with pytest.raises(OSError, match="not empty"):
        restore(bundle, tmp_path / "new")
    assert tables(tmp_path / "new") == before


def test_from_a_damaged_bundle_nothing_is_restored(bundle: Path, tmp_path: Path) -> None:
    for path in spoiled(bundle, Random(3), tmp_path)[::9]:
        with pytest.raises(Refused, match="bundle-does-not-hold"):
            restore(path, tmp_path / "new")
        assert not (tmp_path / "new").exists()
    assert list(tmp_path.glob(".new-*")) == []


def test_keys_must_be_there_and_of_this_ledger_and_of_its_age(tmp_path: Path) -> None:
    folder = node(tmp_path / "node", (10,))
    exported(folder, tmp_path / "b.tar")
    other = node(tmp_path / "other", (10,)) / "keys"
    partly = Path(shutil.copytree(folder / "keys", tmp_path / "partly"))
    (partly / "subjects.db").unlink()
    older = Path(shutil.copytree(folder / "keys", tmp_path / "older"))
    with closing(sqlite3.connect(older / "subjects.db", isolation_level=None)) as c:
        c.execute("UPDATE sqlite_sequence SET seq = 2")
    for keys, code in ((other, "keys-of-another-node"), (partly, "key-missing"), (older, "keys-too-old")):
        with pytest.raises(Refused, match=code):
            restore(tmp_path / "b.tar", tmp_path / "new", keys=keys)
        assert not (tmp_path / "new").exists()
    assert restore(tmp_path / "b.tar", tmp_path / "new", keys=folder / "keys").keys, "the control"


def test_a_damaged_store_is_not_exported(tmp_path: Path) -> None:
    folder = node(tmp_path / "node", (10,))
    edited(folder, lambda c: c.execute("UPDATE log SET record = CAST(record || x'20' AS BLOB) WHERE pos = 3"))
    with pytest.raises(StoreUnavailable, match="store-damaged"):
        exported(folder, tmp_path / "b.tar")
    assert [path.name for path in tmp_path.iterdir()] == ["node"]


def test_a_bundle_is_never_overwritten(bundle: Path, origin: Path) -> None:
    before = bundle.read_bytes()
    with pytest.raises(FileExistsError):
        exported(origin, bundle)
    assert bundle.read_bytes() == before
