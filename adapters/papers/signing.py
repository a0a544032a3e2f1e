"""The keys that sign the codes of papers: one signs, every one that ever did is published.

    <keys>/papers.key       the seed of the key that signs now, mode 0600
    <folder>/keys.json      [{"id": "9F2C11AB", "public": "<base64>", "since": "2026-11-24"}], oldest first

The id is the first four bytes of the SHA-256 of the public key; it stands in every code, so that a paper of last
year is checked with the key of last year.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from adapters.evidence.signer import locked
from adapters.evidence.tree import write_durably
from adapters.ledger.keys import file_key
from adapters.papers.disk import disk_refused
from domain.kernel.errors import StoreUnavailable
from domain.papers.code import PaperCode, SignedCode

SEED = "papers.key"
PUBLISHED = "keys.json"


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A public key, the day since which it signed, in the words of the published list."""

    id: str
    public: str
    since: date

    @property
    def raw(self) -> bytes:
        return b64decode(self.public)


class PaperKeys:
    """The keys of one node. Several processes may sign; all see a rotation at their next signature."""

    def __init__(self, keys: Path, folder: Path, today: Callable[[], date]) -> None:
        """Nothing is written before the first signature. ``today`` dates a new key."""
        self._seed = keys / SEED
        self._list = folder / PUBLISHED
        self._today = today

    def published(self) -> Sequence[PublishedKey]:
        """Every key that ever signed, oldest first. Refused: ``key-damaged``."""
        try:
            return msgspec.json.decode(self._list.read_bytes(), type=list[PublishedKey])
        except FileNotFoundError:
            return []
        except msgspec.DecodeError as wrong:
            raise StoreUnavailable("key-damaged", path=str(self._list)) from wrong

    def signer(self) -> "PaperSigner":
        """Who signs now; the first key is made on first use. Refused: ``key-missing``, ``key-damaged``."""
        with _told():
            if self._seed.exists():
                signer = PaperSigner(file_key(self._seed, create=False))
                if any(key.id == signer.id for key in self.published()):
                    return signer
            # Also after a crash between a new key and its publication.
            with self._alone():
                # Once a key is published, a new one would quietly take its place.
                signer = PaperSigner(file_key(self._seed, create=not self.published()))
                return self._publish(signer)

    def rotate(self) -> str:
        """From now on a new key signs; the old seed is gone, what it signed stays checkable. The new id."""
        with _told(), self._alone():
            made = Ed25519PrivateKey.generate().private_bytes_raw()
            write_durably(self._seed, made)
            return self._publish(PaperSigner(made)).id

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._list.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(self._list.parent):
            yield

    def _publish(self, signer: "PaperSigner") -> "PaperSigner":
        known = self.published()
        if all(key.id != signer.id for key in known):
            key = PublishedKey(signer.id, b64encode(signer.public).decode(), self._today())
            write_durably(self._list, msgspec.json.encode([*known, key]), mode=0o644)
        return signer

    def genuine(self, read: SignedCode) -> bool:
        """Whether one of our keys signed this code."""
        key = next((key for key in self.published() if key.id == read.code.key), None)
        if key is None:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(key.raw).verify(read.signature, read.code.text.encode())
        except InvalidSignature:
            return False
        return True


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise disk_refused(error) from error


class PaperSigner:
    """The key that signs now."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()
        self.id = sha256(self.public).hexdigest()[:8].upper()

    def sign(self, code: PaperCode) -> str:
        """The whole code, as it is printed."""
        return code.signed(self._key.sign(code.text.encode()))
