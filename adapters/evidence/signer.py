"""The signer: signs what continues everything it has signed before, and nothing else.

Its memory stands beside its key, apart from the ledger, and is on the disk before a signature is given out: a ledger
that was restored from an older backup, or replaced, gets no signature (``checkpoint-refused``).

    <keys>/checkpoint.key        the private key, mode 0600
    <keys>/checkpoint.signed     what was signed last: size, both roots, length of the kept checkpoints
    <evidence>/log.vkey          the public key
    <evidence>/checkpoints       every checkpoint, each with that of the commit times, in the order of signing
    <evidence>/checkpoint        the newest
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from adapters.evidence.note import LogKey
from adapters.evidence.simpul_verify import TIMES_ORIGIN, Checkpoint
from adapters.evidence.tree import write_durably
from domain.kernel.errors import StoreUnavailable

KEY = "checkpoint.key"
STATE = "checkpoint.signed"
VKEY = "log.vkey"
KEPT = "checkpoints"
NEWEST = "checkpoint"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LastSigned:
    """The largest tree that was signed, and how many bytes of checkpoints are kept with it."""

    size: int
    root: bytes
    times: bytes
    kept: int


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint (``note``) and that of the commit times (``beside``), as signed notes."""

    size: int
    root: bytes
    times: bytes
    note: bytes
    beside: bytes

    @property
    def entry(self) -> bytes:
        """As it is kept: both notes, an empty line after each."""
        return self.note + b"\n" + self.beside + b"\n"


Roots = Callable[[int], tuple[bytes, bytes]]
"""The roots of facts and of commit times at a size."""


class Signer:
    """One log. Several processes may sign for it: they take turns."""

    def __init__(self, key: LogKey, keys: Path, evidence: Path) -> None:
        self._key = key
        self._state = keys / STATE
        self._evidence = evidence

    @classmethod
    def open(cls, keys: Path, evidence: Path, origin: str) -> "Signer":
        """The signer of a node; key and public key are made on first use, under the name ``origin``."""
        evidence.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(evidence):
            # Once there are checkpoints, a new key would quietly begin another log.
            new = not (evidence / VKEY).exists() and not (keys / STATE).exists()
            key = LogKey.open(keys / KEY, origin, create=new)
            published = f"{key.vkey}\n".encode()
            if not (evidence / VKEY).exists():
                write_durably(evidence / VKEY, published, mode=0o644)
            elif (evidence / VKEY).read_bytes() != published:
                raise StoreUnavailable("key-of-another-log", path=str(evidence / VKEY))
            return cls(key, keys, evidence)

    @property
    def vkey(self) -> str:
        return str(self._key.vkey)

    def last(self) -> LastSigned | None:
        """What was signed last, by any process. Refused: ``signer-state-damaged``."""
        return read_state(self._state)

    def sign(self, size: int, available: int, roots: Roots) -> SignedCheckpoint:
        """Sign the first ``size`` of ``available`` facts. Refused: ``checkpoint-refused``.

        Fewer than were signed before may be signed again (for an export); only growth is kept.
        """
        with locked(self._evidence):
            last = self.last()
            if last is not None:
                self._must_continue(last, available, roots)
                self._mend(last)
            made = self._make(size, *roots(size))
            if last is None or size > last.size:
                self._give_out(made)
            return made

    def note(self, text: str) -> bytes:
        """Sign another text of this log, whose first line says what it is."""
        return self._key.sign(text)

    def _must_continue(self, last: LastSigned, available: int, roots: Roots) -> None:
        # We hold the tree itself: that its first leaves have the root that was signed is the whole proof.
        if available < last.size:
            raise StoreUnavailable("checkpoint-refused", signed=last.size, found=available)
        if roots(last.size) != (last.root, last.times):
            raise StoreUnavailable("checkpoint-refused", signed=last.size, found=available)

    def _make(self, size: int, root: bytes, times: bytes) -> SignedCheckpoint:
        name = self._key.name
        note = self._key.sign(Checkpoint(name, size, root).text())
        beside = self._key.sign(Checkpoint(name + TIMES_ORIGIN, size, times).text())
        return SignedCheckpoint(size, root, times, note, beside)

    def _give_out(self, made: SignedCheckpoint) -> None:
        """First our memory, then the kept ones, then the newest: a crash leaves what can be completed."""
        kept = _length(self._evidence / KEPT) + len(made.entry)
        state = LastSigned(made.size, made.root, made.times, kept)
        write_durably(self._state, msgspec.json.encode(state))
        self._keep(made)

    def _keep(self, made: SignedCheckpoint) -> None:
        path = self._evidence / KEPT
        with path.open("ab") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(made.entry)
            file.flush()
            os.fsync(file.fileno())
        write_durably(self._evidence / NEWEST, made.note, mode=0o644)

    def _mend(self, last: LastSigned) -> None:
        """Complete what a crash interrupted. Equal texts have equal signatures: the same bytes come again."""
        path, newest = self._evidence / KEPT, self._evidence / NEWEST
        made = self._make(last.size, last.root, last.times)
        if _length(path) == last.kept and _tail(path, len(made.entry)) == made.entry:
            if not newest.exists() or newest.read_bytes() != made.note:
                write_durably(newest, made.note, mode=0o644)
            return
        whole = whole_entries(path.read_bytes()) if path.exists() else 0
        if whole + len(made.entry) != last.kept:
            log.error("checkpoints-changed", bytes=whole + len(made.entry), expected=last.kept)
        with path.open("ab") as file:
            file.truncate(whole)
        self._give_out(made)


def _tail(path: Path, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(-min(length, _length(path)), os.SEEK_END)
        return file.read()


def _length(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def whole_entries(kept: bytes) -> int:
    """Bytes up to the end of the last whole entry (four paragraphs); a crash leaves part of one."""
    ends = [at for at in range(len(kept)) if kept.startswith(b"\n\n", at)]
    return ends[len(ends) // 4 * 4 - 1] + 2 if len(ends) >= 4 else 0


def read_state(path: Path) -> LastSigned | None:
    """The signer's memory; None before the first signature. Refused: ``signer-state-damaged``."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=LastSigned)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as wrong:
        raise StoreUnavailable("signer-state-damaged", path=str(path)) from wrong


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time; released when the process ends, however it ends."""
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def standing(folder: Path) -> Iterator[None]:
    """Nobody signs meanwhile; nothing is written."""
    lock = folder / ".lock"
    if not lock.exists():
        yield
        return
    with lock.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield
