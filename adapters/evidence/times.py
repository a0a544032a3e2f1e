"""When each fact was committed: a tree beside the tree, because the time stands outside the record.

256 commit times (int64, microseconds since 1970 UTC, big-endian) are one leaf, and those after the last full 256 are
one more: it costs next to nothing, and *as known at T* is signed like the facts themselves.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from struct import Struct

from adapters.evidence.tree import Tree, fold, leaf_hash, subtrees

BLOCK = 256
INT64 = Struct(">q")


class CommitTimes:
    """Follows the ledger; ``again`` reads the commit times after a position, at most so many, once more."""

    def __init__(self, folder: Path, again: Callable[[int, int], Iterable[int]]) -> None:
        """Opened with the complete blocks of complete tiles: a multiple of 65,536. Add the rest."""
        self._tree = Tree(folder)
        self._again = again
        self._pending = bytearray()

    @property
    def size(self) -> int:
        return self._tree.size * BLOCK + len(self._pending) // INT64.size

    def extend(self, times: Iterable[int]) -> None:
        full: list[bytes] = []
        for at in times:
            self._pending += INT64.pack(at)
            if len(self._pending) == BLOCK * INT64.size:
                full.append(leaf_hash(self._pending))
                self._pending.clear()
        self._tree.extend(full)

    def root(self, size: int | None = None) -> bytes:
        """The root over the first ``size`` commit times (all when None)."""
        size = self.size if size is None else size
        blocks, rest = divmod(size, BLOCK)
        if blocks > self._tree.size:
            raise ValueError("the tree is not that large")
        hashes = [self._tree.subtree(level, number) for level, number in subtrees(0, blocks)]
        return fold([*hashes, leaf_hash(self._rest(blocks, rest))] if rest else hashes)

    def _rest(self, blocks: int, rest: int) -> bytes:
        if blocks == self._tree.size and rest <= len(self._pending) // INT64.size:
            return bytes(self._pending[: rest * INT64.size])
        return b"".join(map(INT64.pack, self._again(blocks * BLOCK, rest)))
