"""The code on a paper: what its QR code says, without any personal data, and how it is told apart from a fake.

    SIMPUL1 . kind . key id . paper . issued on . digest . salt . signature
    SIMPUL1.KK.9F2C11AB.0198C0DE...32 hex...20261124.<26 of base32>.<16 of base32>.<103 of base32>

All in capitals, digits, hyphens and dots, which a QR code stores densely. The signature (Ed25519) is over everything
before the last dot. The digest is of the printed fields and the salt: whoever holds the paper can have them
compared, and whoever does not cannot guess a field from it.
"""

import json
import re
from base64 import b32decode, b32encode
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from domain.kernel.errors import Malformed
from domain.papers.contents import Contents, Issue
from domain.papers.paper import Paper, PaperStatus

MARK = "SIMPUL1"
SALT = 10
"""Bytes."""
DIGEST = 16
"""Bytes: a second set of fields with the same digest is out of reach, and the code stays small."""
SIGNATURE = 64
SHAPE = re.compile(
    r"SIMPUL1\.([A-Z0-9-]{1,10})\.([0-9A-F]{8})\.([0-9A-F]{32})\.([0-9]{8})\.([A-Z2-7]{26})\.([A-Z2-7]{16})\.([A-Z2-7]{103})"
)


@dataclass(frozen=True, slots=True)
class PaperCode:
    """What the code says; ``paper`` is the paper's stream, digest and salt are bytes."""

    kind: str
    key: str
    paper: str
    issued_on: date
    digest: bytes
    salt: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        paper = self.paper.removeprefix("paper-").upper()
        day = f"{self.issued_on:%Y%m%d}"
        return ".".join((MARK, self.kind, self.key, paper, day, base32(self.digest), base32(self.salt)))

    def signed(self, signature: bytes) -> str:
        """The whole code."""
        return f"{self.text}.{base32(signature)}"


@dataclass(frozen=True, slots=True)
class SignedCode:
    """A code as it was read, not yet believed."""

    code: PaperCode
    signature: bytes


def read(text: str) -> SignedCode:
    """The code in ``text``, which may stand behind the ``#`` of an address. Refused: ``malformed-paper-code``."""
    plain = "".join(text.rpartition("#")[2].split()).upper()
    found = SHAPE.fullmatch(plain)
    if found is None:
        raise Malformed("malformed-paper-code")
    kind, key, paper, day, digest, salt, signature = found.groups()
    try:
        issued_on = date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        raise Malformed("malformed-paper-code") from None
    code = PaperCode(kind, key, f"paper-{paper.lower()}", issued_on, _bytes(digest), _bytes(salt))
    if code.signed(_bytes(signature)) != plain:  # one code, one spelling
        raise Malformed("malformed-paper-code")
    return SignedCode(code, _bytes(signature))


class Verdict(StrEnum):
    """What is told about a paper whose code was read."""

    VALID = "valid"
    EXPIRED = "expired"
    REPLACED = "replaced"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    FORGED = "forged"


def judge(code: PaperCode, paper: Paper, on: date, *, genuine: bool) -> Verdict:
    """The verdict of day ``on``; ``genuine``: the signature holds. ``paper`` is what the ledger knows of it."""
    if not genuine:
        return Verdict.FORGED
    match paper.status:
        case PaperStatus.REPLACED:
            return Verdict.REPLACED
        case PaperStatus.REVOKED:
            return Verdict.REVOKED
        case PaperStatus.VALID if (paper.kind, paper.issued_on) == (code.kind, code.issued_on):
            return Verdict.EXPIRED if paper.until and paper.until < on else Verdict.VALID
    # Signed here, but never given out: the act broke off after the signature.
    return Verdict.UNKNOWN


def digest(contents: Contents, salt: bytes) -> bytes:
    """The salted hash of what stands on a paper."""
    fields = json.dumps(plain(contents), sort_keys=True, separators=(",", ":"))
    return sha256(salt + fields.encode()).digest()[:DIGEST]


def plain(fields: Contents | Issue) -> dict[str, Any]:
    """The fields as JSON has them: days and moments as ISO text."""
    return asdict(fields, dict_factory=lambda pairs: {name: _plain(value) for name, value in pairs})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def base32(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return b32decode(text + "=" * (-len(text) % 8))
