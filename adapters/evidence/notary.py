"""The notary of a node: grows the trees behind the ledger, and has them signed on demand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from adapters.evidence.signer import SignedCheckpoint, Signer
from adapters.evidence.store import Leaves
from adapters.evidence.times import CommitTimes
from adapters.evidence.tree import WIDTH, Tree
from adapters.ledger.store import unavailable
from domain.kernel.errors import StoreUnavailable

BATCH = 10_000
"""Leaves that are read at once."""


class Trees:
    """The tree of facts and that of their commit times, grown from leaf hashes. Not for several threads."""

    def __init__(self, folder: Path, leaves: Leaves) -> None:
        self._leaves = leaves
        self.facts = Tree(folder / "tile")
        self.times = CommitTimes(folder / "time-tile", self._times)
        self._must_fit()
        self._read(self.times.size, self.facts.size, lambda _: None)

    def _must_fit(self) -> None:
        """The newest complete tile holds what the ledger holds there: the tiles are of this ledger."""
        begin = max(0, self.facts.size - WIDTH)
        newest = self.facts.leaves(begin, self.facts.size)
        if [leaf.hash for leaf in self._leaves.leaves(begin, WIDTH)][: len(newest)] != newest:
            raise StoreUnavailable("checkpoint-refused", signed=self.facts.size, found=begin)

    def _times(self, position: int, limit: int) -> list[int]:
        return [leaf.committed_at for leaf in self._leaves.leaves(position, limit)]

    def follow(self, upto: int | None = None, progress: Callable[[int], None] = lambda _: None) -> int:
        """Take in what was appended (up to a position); how many facts are in the trees now.

        Refused: ``ledger-skipped`` when positions have a hole.
        """
        return self._read(self.facts.size, upto, progress)

    def _read(self, at: int, upto: int | None, progress: Callable[[int], None]) -> int:
        while upto is None or at < upto:
            batch = self._leaves.leaves(at, BATCH if upto is None else min(BATCH, upto - at))
            if not batch:
                break
            if batch[-1].position != at + len(batch):
                raise StoreUnavailable("ledger-skipped", position=at)
            # Each tree opens with its own complete tiles: one may be ahead of the other.
            self.facts.extend(leaf.hash for leaf in batch[max(0, self.facts.size - at) :])
            self.times.extend(leaf.committed_at for leaf in batch[max(0, self.times.size - at) :])
            at += len(batch)
            progress(at)
        return at

    def roots(self, size: int) -> tuple[bytes, bytes]:
        return self.facts.root(size), self.times.root(size)


class Notary:
    """Trees and signer together; any thread may ask. Nothing is opened before the first question."""

    def __init__(self, leaves: Leaves, *, keys: Path, folder: Path, origin: str) -> None:
        """``origin`` names the log on first use; later the name stands with the key."""
        self._leaves = leaves
        self._keys = keys
        self._folder = folder
        self._origin = origin
        self._lock = RLock()
        self._open: tuple[Trees, Signer] | None = None
        self.signed = 0
        """How many facts are signed, as far as this process knows."""

    def follow(self, limit: int) -> bool:
        """Take in at most ``limit`` facts; whether there may be more."""
        with self._opened() as (trees, _):
            upto = trees.facts.size + limit
            return trees.follow(upto) == upto

    def waiting(self) -> int:
        """How many facts were taken in and wait for a signature; negative: some that were signed are not there."""
        with self._opened() as (trees, _):
            return trees.facts.size - self.signed

    def sign(self, size: int | None = None) -> SignedCheckpoint:
        """Sign what was taken in, or its first ``size`` facts. Refused: ``checkpoint-refused``."""
        with self._opened() as (trees, signer):
            known = trees.facts.size
            made = signer.sign(known if size is None else size, known, trees.roots)
            self.signed = max(self.signed, made.size)
            return made

    def checkpoint(
        self, size: int | None = None, progress: Callable[[int], None] = lambda _: None
    ) -> SignedCheckpoint:
        """Sign everything that is in the ledger now, or its first ``size`` facts."""
        with self._opened() as (trees, _):
            trees.follow(progress=progress)
            return self.sign(size)

    def sign_note(self, text: str) -> bytes:
        """Sign another text of this log, whose first line says what it is."""
        with self._opened() as (_, signer):
            return signer.note(text)

    @property
    def vkey(self) -> str:
        """The public key that others check with."""
        with self._opened() as (_, signer):
            return signer.vkey

    @contextmanager
    def _opened(self) -> Iterator[tuple[Trees, Signer]]:
        """One at a time. After a failure everything is opened anew: a full disk leaves half a step."""
        with self._lock:
            try:
                yield self._open_now()
            except OSError as error:
                self._open = None
                raise unavailable(error) from error
            except BaseException:
                self._open = None
                raise

    def _open_now(self) -> tuple[Trees, Signer]:
        if self._open is None:
            self._leaves.leaves(0, 1)  # first of all: is there a ledger?
            signer = Signer.open(self._keys, self._folder, self._origin)
            last = signer.last()
            self.signed = last.size if last else 0
            self._open = Trees(self._folder, self._leaves), signer
        return self._open
