"""The key under which NIK and KK numbers are looked up, and requests are remembered.

A plain hash of a NIK is guessed in hours; a keyed one is not. The key stands in a file of its own, mode
0600, made on first use and never changed: with another key no number would be found.
"""

import os
from pathlib import Path
from secrets import token_bytes
from tempfile import mkstemp

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from adapters.ledger.store import unavailable
from domain.kernel.errors import StoreUnavailable

BYTES = 32


class Keys:
    """Keyed hashes (HMAC-SHA-256) under the key file of this node."""

    def __init__(self, key: bytes) -> None:
        self._begun = HMAC(key, SHA256())

    @classmethod
    def open(cls, folder: Path, *, create: bool) -> "Keys":
        """The key in ``folder``, made when absent and allowed.

        Refused: ``key-missing`` when a ledger is there without its key, ``key-damaged``.
        """
        return cls(file_key(folder / "ledger.key", create=create))

    @property
    def mark(self) -> bytes:
        """Whether a key is this one, and nothing else of it: it stands in the ledger and in its bundles."""
        return self.digest("bundle", b"")

    def digest(self, purpose: str, value: bytes) -> bytes:
        """32 bytes; equal values of different purposes do not show as equal."""
        mac = self._begun.copy()
        mac.update(purpose.encode() + b"\0" + value)
        return mac.finalize()


def file_key(path: Path, *, create: bool) -> bytes:
    """32 random bytes in a file of their own, mode 0600; made when absent and allowed."""
    if not path.exists():
        if not create:
            raise StoreUnavailable("key-missing", path=str(path))
        make_folder(path.parent)
        try:
            _make(path)
        except OSError as error:
            raise unavailable(error) from error
    key = path.read_bytes()
    if len(key) != BYTES:
        raise StoreUnavailable("key-damaged", path=str(path))
    return key


def make_folder(folder: Path) -> None:
    """A folder for our own eyes, made when absent. Refused: ``store-read-only``, ``store-full``."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unavailable(error) from error


def _make(path: Path) -> None:
    descriptor, name = mkstemp(prefix=path.name, dir=path.parent)  # of mode 0600
    new = Path(name)
    with os.fdopen(descriptor, "wb") as file:
        file.write(token_bytes(BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        # Two processes may start at once: the first link wins, both then read the same key.
        os.link(new, path)
    except FileExistsError:
        pass
    finally:
        new.unlink()
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
