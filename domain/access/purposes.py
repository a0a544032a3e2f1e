"""What personal data are looked at for (keperluan): a short dated list. Rows are data.

UU 27/2022 art. 28 and 31: data are used for the purpose that was told, and a log tells which. A route implies
one; an official may state another, and answers for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.kernel.errors import Malformed, Rejected
from domain.kernel.values import Period


class Purpose(StrEnum):
    """The purposes that a route implies; the list has more, which only an official states."""

    SERVICE = "service"
    LICENSING = "licensing"
    CORRECTION = "correction"
    AUDIT = "audit"
    ERASURE = "erasure"
    SUBJECT_REQUEST = "subject-request"


@dataclass(frozen=True, slots=True)
class PurposeRow:
    """``stated``: an official may state it. ``opens``: it opens protected elements (UU 24/2013 art. 84)."""

    code: str
    name_id: str
    name_en: str
    stated: bool
    opens: bool
    valid: Period
    source: str


class Purposes:
    """The dated list, in the order in which it is offered."""

    def __init__(self, rows: Iterable[PurposeRow]) -> None:
        self.rows = {row.code: row for row in rows}

    def on(self, day: date) -> tuple[PurposeRow, ...]:
        """What an official may state on that day."""
        return tuple(row for row in self.rows.values() if row.stated and day in row.valid)

    def stated(self, code: str, day: date) -> str:
        """``code`` as an official states it; ``Malformed("unknown-purpose")`` when she may not."""
        known = {row.code for row in self.on(day)}
        if code not in known:
            raise Malformed("unknown-purpose", known=sorted(known))
        return code

    def opening(self, code: str, day: date) -> str:
        """The same where protected elements are opened; ``Rejected("purpose-opens-nothing")`` when it does not."""
        if not self.rows[self.stated(code, day)].opens:
            raise Rejected(
                "purpose-opens-nothing", purpose=code, known=[row.code for row in self.on(day) if row.opens]
            )
        return code
