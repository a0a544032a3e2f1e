"""The safe: papers as they were printed, each sealed under a key of its own.

    <folder>/<first two digits>/<SHA-256 of the PDF>     12-byte nonce, AES-256-GCM of the PDF

The key of a file follows from one share per person on the paper; the shares are personal data of the fact that the
paper was issued. When one of these people is forgotten her share is gone, and with it the file, in every copy.
A bundle takes the files along as they are. A file whose fact was never recorded (a crash, a refused act) cannot be opened by anybody.
"""

from collections.abc import Callable, Sequence
from os import urandom
from pathlib import Path
from secrets import token_hex

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.evidence.tree import write_durably
from adapters.papers.disk import disk_refused
from domain.kernel.errors import StoreUnavailable
from domain.papers.code import SALT
from domain.papers.paper import Share

NONCE = 12
SHARE = 32
"""Bytes of a share: a file is as safe as the one that is missing."""


class Safe:
    """The files of one node. ``blind`` is the ledger's keyed hash: shares alone, without its key, open nothing."""

    def __init__(self, folder: Path, blind: Callable[[str, str], str]) -> None:
        self._folder = folder
        self._blind = blind

    def shares(self, subjects: Sequence[str]) -> tuple[Share, ...]:
        """A fresh share for each person on a paper."""
        return tuple(Share(subject, token_hex(SHARE)) for subject in subjects)

    def salt(self, secrets: Sequence[str]) -> bytes:
        """What the hash of the fields is salted with: found again while everybody on the paper is known."""
        return bytes.fromhex(self._blind("paper-salt", ".".join(secrets)))[:SALT]

    def put(self, name: str, pdf: bytes, secrets: Sequence[str]) -> None:
        """Seal and keep a paper under the SHA-256 of its bytes, ``name``. Refused: ``store-full`` and the like."""
        nonce = urandom(NONCE)
        sealed = nonce + self._cipher(secrets).encrypt(nonce, pdf, name.encode())
        path = self._path(name)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_durably(path, sealed)
        except OSError as error:
            raise disk_refused(error) from error

    def take(self, name: str, secrets: Sequence[str]) -> bytes:
        """The paper. Refused: ``paper-missing``, ``record-damaged``."""
        try:
            sealed = self._path(name).read_bytes()
        except FileNotFoundError as missing:
            raise StoreUnavailable("paper-missing") from missing
        try:
            return self._cipher(secrets).decrypt(sealed[:NONCE], sealed[NONCE:], name.encode())
        except InvalidTag as damage:
            raise StoreUnavailable("record-damaged") from damage

    def _cipher(self, secrets: Sequence[str]) -> AESGCM:
        return AESGCM(bytes.fromhex(self._blind("paper", ".".join(secrets))))

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name
