"""Who acts: the only source of ``Actor``.

Until login exists, officers come from a seeded, dated list (``officers.csv``, invented people), are
chosen on a page and kept in a signed cookie; REST takes ``Authorization: Bearer demo-<officer id>``.
That is why ``simpul serve`` refuses any address but loopback.
"""

import csv
from dataclasses import dataclass
from datetime import date
from importlib import resources

from domain.kernel.errors import Refused
from domain.kernel.events import Actor
from domain.kernel.values import Period


class NotSignedIn(Refused):
    """No officer is known for this request. 401."""

    def __init__(self, code: str = "not-signed-in") -> None:
        super().__init__(code)


class WrongToken(NotSignedIn):
    """The bearer token of a feed is wrong, or the feed is closed. 401."""

    def __init__(self) -> None:
        super().__init__("feed-token-wrong")


@dataclass(frozen=True, slots=True)
class Officer:
    id: str
    name: str
    role: str
    office: str
    valid: Period

    def acting(self, channel: str, purpose: str = "service") -> Actor:
        return Actor(self.id, self.role, self.office, purpose, channel)


SYSTEM = Actor("simpul", "system", "SIMPUL", "delivery", "courier")
"""The hub itself, e.g. when a courier records a ministry's receipt."""
IMPORTER = Actor("simpul", "system", "SIMPUL", "import", "import")
ERASER = Actor("simpul", "system", "SIMPUL", "erasure", "hub")
"""The hub itself, when it has destroyed a key that two officers gave up."""
CENTRE = Actor("kemendagri", "ministry", "PUSAT", "answer", "inbound")
"""The Ministry of Home Affairs, when its national system answers a file."""


class Officers:
    """The dated list."""

    def __init__(self, officers: tuple[Officer, ...]) -> None:
        self._officers = {officer.id: officer for officer in officers}

    @classmethod
    def seeded(cls) -> "Officers":
        with resources.files("api").joinpath("officers.csv").open(encoding="utf-8") as lines:
            return cls(tuple(_officer(row) for row in csv.DictReader(lines)))

    def on(self, day: date) -> list[Officer]:
        """Who serves on that day."""
        return [officer for officer in self._officers.values() if day in officer.valid]

    def get(self, officer: str | None, day: date) -> Officer:
        """``NotSignedIn`` when there is no such officer on that day."""
        found = self._officers.get(officer or "")
        if found is None or day not in found.valid:
            raise NotSignedIn
        return found

    def name(self, officer: str) -> str:
        """Her name, whenever she serves or served; who is not in the list is named as he stands."""
        found = self._officers.get(officer)
        return found.name if found else officer

    def bearer(self, authorization: str | None, prefix: str, day: date) -> Officer:
        """The officer of an ``Authorization: Bearer <prefix><id>`` header."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not prefix or not token.startswith(prefix):
            raise NotSignedIn
        return self.get(token.removeprefix(prefix), day)


def _officer(row: dict[str, str]) -> Officer:
    start, end = row["valid_from"], row["valid_to"]
    valid = Period(date.fromisoformat(start), date.fromisoformat(end) if end else None)
    return Officer(row["id"], row["name"], row["role"], row["office"], valid)
