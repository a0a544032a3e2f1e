"""The tree over all facts (RFC 6962): one hash that stands for the whole ledger and for its order.

Leaf index = position - 1. The right edge is in memory; complete tiles of 256 hashes are files in the layout of C2SP
tlog-tiles, ``<folder>/<level>/<number in groups of three>``: memory does not grow with the ledger. A tile is written
once; all of them can be made again from the ledger's leaf hashes.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp

HASH = 32
HEIGHT = 8
WIDTH = 1 << HEIGHT
FULL = WIDTH * HASH
CACHED = 32
"""Tiles that are kept in memory for the next proof."""


def leaf_hash(record: bytes | bytearray) -> bytes:
    """RFC 6962, 2.1: SHA-256 over 0x00 and the record."""
    return sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962, 2.1: SHA-256 over 0x01 and both children."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """An append-only tree with its complete tiles in ``folder``. One writer; not for several threads."""

    def __init__(self, folder: Path) -> None:
        """Opened with as many leaves as stand in complete tiles: a multiple of 256. Add the rest."""
        self._folder = folder
        self._edges: list[bytearray] = [bytearray()]
        """Per level of tiles, the hashes of the tile that is not complete yet."""
        self._cache: dict[tuple[int, int], bytes] = {}
        self._unsynced: set[Path] = set()
        self.size = self._recover() * WIDTH

    def _recover(self) -> int:
        """Find the complete tiles of the lowest level; make those above that a crash prevented."""
        below = bottom = self._complete_tiles()
        level = 1
        while below:
            for number in range(below // WIDTH):
                if not _is_complete(self._path(level, number)):
                    lower = range(number * WIDTH, (number + 1) * WIDTH)
                    self._write(level, number, b"".join(self._tile_root(level - 1, n) for n in lower))
            rest = range(below // WIDTH * WIDTH, below)
            self._edges.append(bytearray().join(self._tile_root(level - 1, number) for number in rest))
            below //= WIDTH
            level += 1
        self._sync()
        return bottom

    def _complete_tiles(self) -> int:
        number = 0
        while _is_complete(self._path(0, number)):
            number += 1
        return number

    # -- growing

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes; every tile that they complete is on the disk afterwards."""
        for leaf in leaves:
            self._push(0, leaf)
            self.size += 1
        self._sync()

    def _push(self, level: int, hash_: bytes) -> None:
        if level == len(self._edges):
            self._edges.append(bytearray())
        edge = self._edges[level]
        edge += hash_
        if len(edge) == FULL:
            tile = bytes(edge)
            self._write(level, self.size >> HEIGHT * (level + 1), tile)
            edge.clear()
            self._push(level + 1, perfect_root(tile))

    def _path(self, level: int, number: int) -> Path:
        return self._folder / str(level) / tile_name(number)

    def _write(self, level: int, number: int, tile: bytes) -> None:
        path = self._path(level, number)
        if path.exists() and path.read_bytes() == tile:
            return  # another process, or this one before a crash
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_durably(path, tile, and_folder=False)
        self._cache.pop((level, number), None)
        self._unsynced.add(path.parent)

    def _sync(self) -> None:
        for folder in self._unsynced:
            sync_folder(folder)
        self._unsynced.clear()

    # -- asking

    def root(self, size: int | None = None) -> bytes:
        """The root of the first ``size`` leaves (all when None)."""
        return self._range(0, self._known(size))

    def leaves(self, begin: int, end: int) -> list[bytes]:
        """The leaf hashes ``begin``..``end``."""
        return [self.subtree(0, number) for number in range(begin, end)]

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The audit path of leaf ``index`` (from 0), from the leaf upwards (RFC 6962, 2.1.1)."""
        begin, end = 0, self._known(size)
        if not 0 <= index < end:
            raise ValueError("no such leaf")
        path: list[bytes] = []
        while end - begin > 1:
            middle = begin + split(end - begin)
            if index < middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(begin, middle))
                begin = middle
        return path[::-1]

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """The proof that the first ``old`` leaves of ``size`` are those of the older tree (RFC 6962, 2.1.2)."""
        begin, end = 0, self._known(size)
        if not 0 <= old <= end:
            raise ValueError("no such size")
        if old in (0, end):
            return []
        proof: list[bytes] = []
        complete = True
        while old < end:
            middle = begin + split(end - begin)
            if old <= middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(begin, middle))
                begin, complete = middle, False
        return [*([] if complete else [self._range(begin, end)]), *reversed(proof)]

    def _known(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise ValueError("the tree is not that large")
        return size

    def _range(self, begin: int, end: int) -> bytes:
        """The hash of the leaves ``begin``..``end``, a subtree of some tree of RFC 6962."""
        hashes = [self.subtree(level, number) for level, number in subtrees(begin, end)]
        return fold(hashes)

    def subtree(self, level: int, number: int) -> bytes:
        """The hash of the ``number``-th complete subtree of 2**level leaves."""
        tile_level, height = divmod(level, HEIGHT)
        tile, at = divmod(number << height, WIDTH)
        hashes = self._tile(tile_level, tile)[at * HASH : (at + (1 << height)) * HASH]
        return perfect_root(hashes)

    def _tile(self, level: int, number: int) -> bytes | bytearray:
        if number == self.size >> HEIGHT * (level + 1):
            return self._edges[level]
        return self._complete_tile(level, number)

    def _complete_tile(self, level: int, number: int) -> bytes:
        tile = self._cache.get((level, number))
        if tile is None:
            tile = self._path(level, number).read_bytes()
            if len(self._cache) == CACHED:
                self._cache.clear()
            self._cache[level, number] = tile
        return tile

    def _tile_root(self, level: int, number: int) -> bytes:
        return perfect_root(self._path(level, number).read_bytes())


def _is_complete(path: Path) -> bool:
    try:
        return path.stat().st_size == FULL
    except (FileNotFoundError, NotADirectoryError):
        return False


def tile_name(number: int) -> str:
    """Groups of three digits, all but the last with an x before: 1234067 is x001/x234/067."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03d}")
    return "/".join(reversed(groups))


def split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def subtrees(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees (level, number) that make up the leaves ``begin``..``end``, left to right."""
    while begin < end:
        level = (end - begin).bit_length() - 1
        yield level, begin >> level
        begin += 1 << level


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees of falling size; that of no leaves is the hash of nothing."""
    if not hashes:
        return sha256(b"").digest()
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def perfect_root(hashes: bytes | bytearray) -> bytes:
    """The root over 2**n hashes that stand one after the other."""
    row = bytes(hashes)
    while len(row) > HASH:
        row = b"".join(
            sha256(b"\x01" + row[at : at + 2 * HASH]).digest() for at in range(0, len(row), 2 * HASH)
        )
    return row


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether ``leaf`` is number ``index`` of the ``size`` leaves under ``root`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for hash_ in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(hash_, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, hash_)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of ``size`` leaves continues that of ``old`` leaves (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= size:
        return False
    if old in (0, size):
        return not proof and old_root == (root if old == size else fold([]))
    hashes = [old_root, *proof] if old & (old - 1) == 0 else [*proof]
    if not hashes:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = hashes[0]
    for hash_ in hashes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(hash_, first), node_hash(hash_, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, hash_)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old_root and second == root


def write_durably(path: Path, content: bytes, *, mode: int = 0o600, and_folder: bool = True) -> None:
    """The file with this content, or the one that was there: never half of it."""
    descriptor, name = mkstemp(prefix=".new-", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    if and_folder:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
