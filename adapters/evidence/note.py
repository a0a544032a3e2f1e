"""Signed notes and checkpoints (C2SP signed-note v1.0.0, tlog-checkpoint v1.0.0) with Ed25519.

Any auditor's tool that speaks these formats can check us without our code. The private key is kept in the text form
of that family of tools: ``PRIVATE+KEY+<name>+<key id>+<base64 of type and seed>``.
"""

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.evidence.simpul_verify import DASH, ED25519, Vkey, base64_bytes, key_id
from adapters.evidence.tree import write_durably
from domain.kernel.errors import StoreUnavailable

PRIVATE = "PRIVATE+KEY"


@dataclass(frozen=True, slots=True, repr=False)
class LogKey:
    """The key of a log. Its name is the origin of the log's checkpoints: a URL without scheme."""

    name: str
    seed: bytes

    @classmethod
    def open(cls, path: Path, name: str, *, create: bool) -> "LogKey":
        """The key in ``path``; made there under ``name`` when absent and allowed.

        Refused: ``signing-key-missing``, ``key-damaged``.
        """
        if not path.exists():
            if not create:
                raise StoreUnavailable("signing-key-missing", path=str(path))
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = cls(name, Ed25519PrivateKey.generate().private_bytes_raw())
            write_durably(path, made.text().encode())
        try:
            return cls.parse(path.read_text("ascii"))
        except ValueError as wrong:
            raise StoreUnavailable("key-damaged", path=str(path)) from wrong

    @classmethod
    def parse(cls, text: str) -> "LogKey":
        kind, name, id_, encoded = text.removeprefix(PRIVATE).strip().split("+", 3)
        raw = base64_bytes(encoded)
        made = cls(name, raw[1:])
        if kind or raw[:1] != bytes([ED25519]) or len(made.seed) != 32 or made.vkey.id.hex() != id_:
            raise ValueError("not a private key of a log")
        return made

    def text(self) -> str:
        encoded = b64encode(bytes([ED25519]) + self.seed).decode()
        return f"{PRIVATE}+{self.name}+{self.vkey.id.hex()}+{encoded}\n"

    @property
    def vkey(self) -> Vkey:
        """What others check with: published."""
        public = self._private().public_key().public_bytes_raw()
        return Vkey(self.name, key_id(self.name, public), public)

    def sign(self, text: str) -> bytes:
        """The note: ``text``, an empty line, one signature line. Equal texts give equal notes."""
        if not text.endswith("\n"):
            raise ValueError("the text of a note ends with a newline")
        signature = self.vkey.id + self._private().sign(text.encode())
        return f"{text}\n{DASH}{self.name} {b64encode(signature).decode()}\n".encode()

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)
