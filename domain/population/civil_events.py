"""The catalogue of civil events: form, limit, papers, fields and consequences of each, as dated data.

Facts for the registrar and for every face: the form on the page, the REST schema and the reference page
are made from ``civil_events.toml``. A limit that has passed is a flag, never a refusal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from domain.kernel.errors import Malformed, Unknown


@dataclass(frozen=True, slots=True)
class Form:
    """A form by code and vintage: F-2.01 of 2010 and of 2019 are two forms."""

    code: str
    vintage: str


@dataclass(frozen=True, slots=True)
class Paper:
    """Something that the applicant must show."""

    code: str
    indonesia: str
    english: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that the form asks. ``options`` are its choices, or the one code list it is from."""

    name: str
    kind: str
    required: bool
    indonesia: str
    english: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CivilEvent:
    """One row. ``within``: days to report; ``number``: the series of the deed or letter that it yields.

    ``ktp`` and ``kk`` say what becomes of the cards; ``feed``: whether the Ministry of Home Affairs is told;
    ``centre``: whether in companion mode it decides, and not this office.
    """

    code: str
    indonesia: str
    english: str
    group: str
    forms: tuple[Form, ...]
    within: int | None
    papers: tuple[Paper, ...]
    late_papers: tuple[Paper, ...]
    documents: tuple[str, ...]
    number: str
    fields: tuple[Field, ...]
    ktp: str
    kk: str
    feed: bool
    centre: bool
    source: str

    def form(self, on: date) -> Form:
        """The form of that day. Before the first known one, the first: older forms were not found."""
        return max(
            (form for form in self.forms if int(form.vintage) <= on.year),
            key=lambda form: form.vintage,
            default=self.forms[0],
        )

    def late(self, on: date, reported: date) -> bool:
        """Whether it was reported after the limit."""
        return self.within is not None and (reported - on).days > self.within

    def missing(self, papers: Iterable[str], *, late: bool) -> tuple[str, ...]:
        """The papers that were not shown; a code that is not of this event is ``Malformed``."""
        known = [paper.code for paper in (*self.papers, *self.late_papers)]
        shown = set(papers)
        if not shown.issubset(known):
            raise Malformed("paper-not-asked-for", event=self.code)
        needed = [paper.code for paper in (*self.papers, *(self.late_papers if late else ()))]
        return tuple(code for code in needed if code not in shown)


class CivilEvents:
    """The table, in the order of the law."""

    def __init__(self, version: str, rows: Iterable[CivilEvent]) -> None:
        self.version = version
        self.rows: Mapping[str, CivilEvent] = MappingProxyType({row.code: row for row in rows})

    def event(self, code: str) -> CivilEvent:
        """The row; ``Unknown("unknown-civil-event")``."""
        if code not in self.rows:
            raise Unknown("unknown-civil-event", event=code)
        return self.rows[code]
