"""The tree is the one of RFC 6962, whatever its size, and survives what happens to its files."""

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from adapters.evidence.simpul_verify import Frontier
from adapters.evidence.tree import (
    FULL,
    WIDTH,
    Tree,
    leaf_hash,
    tile_name,
    verify_consistency,
    verify_inclusion,
)
from tests.adapters.evidence import reference

LEAVES = [leaf_hash(b"fact %d" % n) for n in range(1200)]
MANY = [leaf_hash(b"%d" % n) for n in range(WIDTH * WIDTH + WIDTH + 3)]
"""Enough for tiles of the third level."""
# The test vector of the reference implementation that belongs to RFC 6962.
VECTOR = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]


def grown(folder: Path, leaves: list[bytes]) -> Tree:
    tree = Tree(folder)
    tree.extend(leaves[tree.size :])
    return tree


def test_the_root_is_that_of_the_rfc_at_every_size(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    edge = Frontier()
    assert tree.root() == edge.root() == reference.mth([])
    for size, leaf in enumerate(LEAVES[:600], 1):
        tree.extend([leaf])
        edge.add(leaf)
        assert tree.root() == edge.root() == reference.mth(LEAVES[:size]), size


def test_the_vector_of_eight_leaves(tmp_path: Path) -> None:
    tree = grown(tmp_path, [leaf_hash(bytes.fromhex(record)) for record in VECTOR])
    assert tree.root().hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_a_past_root_is_found_in_the_tiles(tmp_path: Path) -> None:
    tree = grown(tmp_path, LEAVES)
    for size in Random(1).sample(range(1201), 100):
        assert tree.root(size) == reference.mth(LEAVES[:size]), size


def test_proofs_are_those_of_the_rfc_and_hold(tmp_path: Path) -> None:
    tree = grown(tmp_path, LEAVES)
    random = Random(2)
    for _ in range(300):
        size = random.randint(1, 1200)
        index, old = random.randrange(size), random.randint(0, size)
        root, leaves = tree.root(size), LEAVES[:size]
        path, proof = tree.inclusion(index, size), tree.consistency(old, size)
        assert path == reference.path(index, leaves)
        assert proof == reference.proof(old, leaves)
        assert verify_inclusion(LEAVES[index], index, size, path, root)
        assert verify_consistency(old, tree.root(old), size, root, proof)


def test_a_forged_proof_does_not_hold(tmp_path: Path) -> None:
    tree = grown(tmp_path, LEAVES)
    random = Random(3)
    for _ in range(300):
        size = random.randint(2, 1200)
        index, old = random.randrange(size), random.randint(1, size - 1)
        root, path, proof = tree.root(size), tree.inclusion(index, size), tree.consistency(old, size)
        other = random.choice([n for n in (index - 1, index + 1, size) if n != index])
        assert not verify_inclusion(leaf_hash(b"forged"), index, size, path, root)
        assert not verify_inclusion(LEAVES[index], other, size, path, root)
        assert not verify_inclusion(LEAVES[index], index, size, forged(path, random), root)
        assert not verify_inclusion(LEAVES[index], index, size, path, leaf_hash(b"forged"))
        assert not verify_consistency(old, tree.root(old), size, leaf_hash(b"forged"), proof)
        assert not verify_consistency(old, leaf_hash(b"forged"), size, root, proof)
        assert not verify_consistency(old, tree.root(old), size, root, forged(proof, random))


def forged(proof: list[bytes], random: Random) -> list[bytes]:
    """A hash changed, one too few, or one too many."""
    at = random.randrange(len(proof))
    return random.choice([
        [*proof[:at], leaf_hash(proof[at]), *proof[at + 1 :]],
        proof[:at] + proof[at + 1 :],
        [*proof[: at + 1], leaf_hash(b"more"), *proof[at + 1 :]],
    ])  # fmt: skip


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600, 1200])
def test_complete_tiles_survive_a_restart(tmp_path: Path, size: int) -> None:
    grown(tmp_path, LEAVES[:size])
    again = Tree(tmp_path)
    assert again.size == size // WIDTH * WIDTH
    again.extend(LEAVES[again.size : size])
    assert again.root() == reference.mth(LEAVES[:size])


def test_tiles_of_higher_levels_hold_the_roots_of_those_below(tmp_path: Path) -> None:
    tree = grown(tmp_path, MANY)
    assert (tmp_path / "1" / "000").stat().st_size == FULL
    edge = Frontier()
    for leaf in MANY:
        edge.add(leaf)
    assert tree.root() == grown(tmp_path, MANY).root() == edge.root()
    path = tree.inclusion(65_500)
    assert verify_inclusion(MANY[65_500], 65_500, len(MANY), path, tree.root())


def test_a_tile_above_that_is_lost_is_made_again(tmp_path: Path) -> None:
    root = grown(tmp_path, MANY).root()
    (tmp_path / "1" / "000").unlink()
    assert grown(tmp_path, MANY).root() == root
    assert (tmp_path / "1" / "000").stat().st_size == FULL


@pytest.mark.parametrize("left", [0, 100, FULL - 1])
def test_a_tile_that_is_cut_short_is_written_again(tmp_path: Path, left: int) -> None:
    root = grown(tmp_path, LEAVES).root()
    tile = tmp_path / "0" / "002"
    tile.write_bytes(tile.read_bytes()[:left])
    assert Tree(tmp_path).size == 2 * WIDTH
    assert grown(tmp_path, LEAVES).root() == root
    assert tile.stat().st_size == FULL


KILLED = """
import os, signal, sys
from pathlib import Path
from adapters.evidence.tree import Tree, leaf_hash

def leaves(last):
    for n in range(1200):
        if n == last:
            os.kill(os.getpid(), signal.SIGKILL)
        yield leaf_hash(b"fact %d" % n)

Tree(Path(sys.argv[1])).extend(leaves(int(sys.argv[2])))
"""


@pytest.mark.parametrize("tiles", [1, 3, 4])
def test_a_process_killed_between_two_tiles_leaves_a_tree_that_goes_on(tmp_path: Path, tiles: int) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(tiles * WIDTH + 5)]
    ended = subprocess.run(command, cwd=Path(__file__).parents[3], check=False)
    assert ended.returncode == -9
    assert Tree(tmp_path).size == tiles * WIDTH
    assert grown(tmp_path, LEAVES).root() == reference.mth(LEAVES)


def test_memory_does_not_grow_with_the_ledger(tmp_path: Path) -> None:
    tree = grown(tmp_path, MANY)
    assert sum(map(len, tree._edges)) < len(tree._edges) * FULL
    assert len(tree._edges) == 3


@pytest.mark.parametrize(
    ("number", "name"),
    [(0, "000"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067"), (1000000, "x001/x000/000")],
)
def test_tiles_have_the_names_of_tlog_tiles(number: int, name: str) -> None:
    assert tile_name(number) == name


def test_what_is_not_in_the_tree_cannot_be_asked(tmp_path: Path) -> None:
    tree = grown(tmp_path, LEAVES[:10])
    with pytest.raises(ValueError, match="not that large"):
        tree.root(11)
    with pytest.raises(ValueError, match="no such leaf"):
        tree.inclusion(10)
    with pytest.raises(ValueError, match="no such size"):
        tree.consistency(11)
    assert not verify_inclusion(LEAVES[0], 10, 10, [], LEAVES[0])
    assert not verify_consistency(3, LEAVES[0], 2, LEAVES[0], [])
