"""What stands on papers by rule and not by record: how long they hold, and the title above a signature. Rows are data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from domain.kernel.values import Period
from domain.papers.paper import PaperKind

CLERK = "Petugas"
"""Who has no title of her own."""


@dataclass(frozen=True, slots=True)
class Validity:
    """Papers of ``kind`` that are issued on a day within ``valid`` hold for so long."""

    kind: PaperKind
    holds: timedelta
    valid: Period
    source: str


@dataclass(frozen=True, slots=True)
class Title:
    """What an officer of ``role`` is called above her signature on a day within ``valid``."""

    role: str
    title: str
    valid: Period
    source: str


class PaperTerms:
    """Both dated tables."""

    def __init__(self, validity: Iterable[Validity], titles: Iterable[Title]) -> None:
        self.validity = tuple(validity)
        self.titles = tuple(titles)

    def last_day(self, kind: PaperKind, issued: date) -> date | None:
        """The last day of a paper that is issued then; None: it holds until it is replaced."""
        rows = (row for row in self.validity if row.kind is kind and issued in row.valid)
        return next((issued + row.holds for row in rows), None)

    def title(self, role: str, on: date) -> str:
        rows = (row.title for row in self.titles if row.role == role and on in row.valid)
        return next(rows, CLERK)
