"""The key store: one key per data subject, wrapped, in a file or a database of its own, apart from the ledger.

Keys are made ahead, so that a registration costs one commit: a key that was made and never used is no
loss. Back the store up for 35 days at most, apart from the ledger: a restored older copy revives what
was destroyed since. The key that wraps them is never in it.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from secrets import token_bytes
from threading import Lock

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from adapters.clock import SystemClock
from adapters.ledger.key_file import KeyFile
from adapters.ledger.keys import file_key, make_folder
from adapters.ledger.wrapped import About, WrappedKeys
from domain.kernel.errors import StoreUnavailable
from domain.kernel.ports import Clock

AHEAD = 1000
"""Keys made in one commit."""
BYTES = 32


class SubjectKeys:
    """Keys wrapped (RFC 3394) under the key-encryption key in ``kek.key``."""

    def __init__(self, wrapped: WrappedKeys, kek: bytes, clock: Clock | None = None) -> None:
        """Refused: ``wrong-key`` when another key-encryption key has wrapped what is there."""
        self._wrapped = wrapped
        self._kek = kek
        self._clock = clock or SystemClock()
        self._lock = Lock()
        self._ahead: deque[tuple[int, bytes]] = deque()
        self.id = self._which()

    @classmethod
    def open(cls, folder: Path, url: str = "") -> "SubjectKeys":
        """The store in ``folder`` or at the address of a PostgreSQL database, made when absent.

        Refused: ``key-missing`` when its key in ``folder`` is lost, ``wrong-key`` when that is another.
        """
        make_folder(folder)
        wrapped = wrapped_keys(folder, url)
        try:
            new = wrapped.about() is None and not wrapped.last_given()
            return cls(wrapped, file_key(folder / "kek.key", create=new))
        except BaseException:
            wrapped.close()
            raise

    def _which(self) -> bytes:
        """The id of this store, whose seal our key opens."""
        about = self._wrapped.about()
        if about is None:
            id_ = token_bytes(BYTES)
            self._wrapped.begin(About(id_, aes_key_wrap(self._kek, id_)))
            about = self._wrapped.about()
            assert about is not None
        if self._unwrap(about.sealed) != about.id:
            raise StoreUnavailable("wrong-key")
        return about.id

    def take(self) -> tuple[int, bytes]:
        """A new key, durable already, that nobody else gets."""
        with self._lock:
            if not self._ahead:
                made = [token_bytes(BYTES) for _ in range(AHEAD)]
                # A backup that was restored does not know which numbers were given since: they are lower than
                # the time, because a thousand keys take longer to make than as many microseconds.
                now = int(self._clock.now().timestamp() * 1_000_000)
                ids = self._wrapped.add([aes_key_wrap(self._kek, key) for key in made], beyond=now)
                self._ahead.extend(zip(ids, made, strict=True))
            return self._ahead.popleft()

    def keys(self, ids: Sequence[int]) -> Mapping[int, bytes]:
        """Those of these keys that are there: a destroyed one is not.

        Refused: ``wrong-key`` when the key-encryption key does not fit.
        """
        return {id_: self._unwrap(wrapped) for id_, wrapped in self._wrapped.find(ids)}

    def _unwrap(self, wrapped: bytes) -> bytes:
        try:
            return aes_key_unwrap(self._kek, wrapped)
        except InvalidUnwrap as wrong:
            raise StoreUnavailable("wrong-key") from wrong

    def changes(self) -> object:
        """Something that is another once a key was destroyed, by whatever process."""
        return self._wrapped.changes()

    def destroy(self, ids: Sequence[int]) -> None:
        """Remove keys for good. A second time is no harm.

        Refused: ``store-busy``: they cannot be used any more, but somebody hinders that nothing is left of them.
        """
        self._wrapped.remove(ids)

    def settled(self) -> int:
        """The ledger position up to which every key that had to be destroyed is, in this very store."""
        return self._wrapped.settled()

    def settle(self, position: int) -> None:
        self._wrapped.settle(position)

    def close(self) -> None:
        self._wrapped.close()


def wrapped_keys(folder: Path, url: str = "") -> WrappedKeys:
    """The wrapped keys in a folder, or at the address of a PostgreSQL database."""
    if not url:
        return KeyFile(folder)
    from adapters.ledger.key_database import KeyDatabase  # a node on SQLite does without the driver

    return KeyDatabase(url)
