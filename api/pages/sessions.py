"""Who sits at the screen: an officer for one working day, in a signed cookie.

There is no password yet (``api/identity.py``): the signature only keeps a reader from inventing one.
"""

import os
import secrets
from contextlib import suppress
from datetime import date
from pathlib import Path

from itsdangerous import BadSignature, URLSafeSerializer

COOKIE = "simpul-officer"
KEY_BYTES = 32


class Sessions:
    """Signs and reads the cookie under a key file that only this installation has."""

    def __init__(self, folder: Path) -> None:
        self._serializer = URLSafeSerializer(_key(folder / "session.key"), salt="officer")

    def write(self, officer: str, day: date) -> str:
        return str(self._serializer.dumps([officer, day.isoformat()]))

    def read(self, cookie: str | None, day: date) -> str | None:
        """The officer's id; None when the cookie is not ours, or of another day."""
        try:
            officer, signed_in = self._serializer.loads(cookie or "")
        except BadSignature:
            return None
        return str(officer) if signed_in == day.isoformat() else None


def _key(path: Path) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError), os.fdopen(_create(path), "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
    return path.read_bytes()


def _create(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
