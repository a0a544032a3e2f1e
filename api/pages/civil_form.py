"""What the form of a civil event says: the fields of the catalogue, each read by its kind."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.acts import civil, population
from api.acts.civil import asked
from api.pages.forms import Checked, Posted
from api.pages.frame import Page
from api.pages.households import member, three
from domain.kernel.errors import Malformed, Refused, Unknown
from domain.kernel.values import Kk
from domain.population.civil_events import CivilEvent
from domain.population.resident.elements import CHANGEABLE

SPARE = 3
"""Rows for people whom the page does not know yet."""
MOST = 20
ADDRESS = ("village", "address", "rt", "rw")
NEWBORN = ("name", "sex", "birth_place", "religion", "blood", "relation", "citizenship")
AT: Mapping[str, tuple[str, ...]] = {
    "new-head-needed": ("successors", "relations", "members"),
    "household-needs-one-head": ("members", "newcomers", "relation", "person"),
    "leaving-spouse-needed": ("members",),
    "home-needed": ("home", "address"),
    "household-closed": ("home", "household"),
    "lives-there-already": ("members", "home"),
    "deed-number-needed": ("deed",),
    "deed-already-registered": ("deed",),
    "spouse-needed": ("husband",),
    "not-married": ("husband",),
    "not-married-to-each-other": ("husband",),
    "already-married-to-each-other": ("husband",),
    "two-people-needed": ("wife", "duplicate"),
    "parent-needed": ("father",),
    "own-parent": ("mother", "father"),
    "household-of-the-child-needed": ("household",),
    "nobody-named": ("members", "residents", "newcomers"),
    "not-a-member": ("successors", "relations", "members"),
    "newcomer-brings-a-nik": ("newcomers",),
    "nik-already-registered": ("newborn", "person", "newcomers"),
    "malformed-nik": ("newborn", "person", "newcomers"),
    "nothing-changes": ("changes", "name", "citizenship"),
    "element-cannot-change": ("changes",),
    "name-missing-or-too-long": ("name", "newborn", "person", "newcomers", "changes"),
    "stay-ends-before-it-begins": ("until",),
    "no-ktp-to-replace": ("why",),
    "ktp-still-true": ("why",),
    "annulled-by-its-own-event": ("entry",),
    "already-annulled": ("entry",),
    "unknown-entry": ("entry",),
    "kk-already-registered": ("home", "successors"),
    "happened-in-the-future": ("on",),
    "before-birth": ("on",),
    "birth-in-the-future": ("on",),
    "reported-before-it-happened": ("reported",),
    "reported-in-the-future": ("reported",),
}
"""The fields that a code may speak of, the likeliest first."""
COMMON = ("on", "reported", "deed")
PRINCIPAL = ("resident", "child", "residents", "mother", "husband", "household", "members", "person")


def place_of(row: CivilEvent, refused: Refused) -> str:
    """The field of the form at which a refusal is told; what speaks of somebody stands at her field."""
    kinds = {f.name: f.kind for f in row.fields}
    path = str(refused.parameters.get("path", ""))
    if path in ("village", "kk"):
        homes = [name for name, kind in kinds.items() if kind == "home"]
        return f"{homes[0]}-{path}" if homes else ""
    wanted = (*AT.get(refused.code, ()), str(refused.parameters.get("field", "")), path, *PRINCIPAL)
    return next((name for name in wanted if name in kinds or name in COMMON), "")


@dataclass
class Answers:
    """Reads the fields of one row; what does not fit is in ``checked.problems``.

    ``named``: the residents whom a NIK named. A NIK stands in the body of a form, never in an address.
    """

    checked: Checked
    row: CivilEvent
    named: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page, row: CivilEvent, posted: Posted) -> "Answers":
        return cls(Checked(page, posted), row)

    @property
    def posted(self) -> Posted:
        return self.checked.posted

    def given(self) -> dict[str, Any]:
        """The fields that are filled, as the acts take them."""
        values = {f.name: KINDS[f.kind](self, f.name) for f in self.row.fields}
        wrong = {problem.field.partition("-")[0] for problem in self.checked.problems}
        for needed in self.row.fields:
            if needed.required and not values[needed.name] and needed.name not in wrong:
                self.checked.refuse(Malformed("field-missing"), needed.name)
        return {name: value for name, value in values.items() if value}

    def report(self, given: Mapping[str, Any]) -> civil.Report | None:
        """The civil event to be recorded; None when something is missing."""
        on = self.checked.day("on")
        reported = self.checked.day("reported") if self.posted.text("reported") else None
        if self.checked.problems:
            return None
        what = civil.ACTS[self.row.code][0](**given)
        papers, deed = self.posted.all("papers"), self.posted.text("deed")
        return civil.Report(self.row.code, what, on, reported, papers, deed)

    # -- by kind

    def text(self, name: str) -> str:
        return self.posted.text(name)

    def day(self, name: str) -> object:
        return self.checked.day(name) if self.text(name) else None

    def resident(self, name: str) -> str:
        """Chosen from those whom the page knows, or named by NIK."""
        return self._by_nik(f"{name}-nik") or self.text(name)

    def residents(self, name: str) -> tuple[str, ...]:
        ids = (*self.posted.all(name), self._by_nik(f"{name}-nik"))
        return tuple(dict.fromkeys(id_ for id_ in ids if id_))

    def household(self, name: str) -> str:
        """Chosen, or named by its KK number."""
        number = self.text(f"{name}-kk").replace(" ", "")
        if not number:
            return self.text(name)
        try:
            holder = self.checked.page.hub.ledger.holder("kk", Kk(number).number)
            if holder is None:
                raise Unknown("unknown-household")
        except Refused as refused:
            self.checked.refuse(refused, f"{name}-kk")
            return ""
        return holder

    def entry(self, name: str) -> str:
        """Chosen, or named by the number of its deed: a stillbirth stands on nobody's record."""
        number = self.text(f"{name}-deed")
        if not number:
            return self.text(name)
        holder = self.checked.page.hub.ledger.holder("deed", number)
        if holder is None:
            self.checked.refuse(Unknown("unknown-entry"), f"{name}-deed")
        return holder or ""

    def home(self, name: str) -> asked.Home | None:
        household = self.household(f"{name}-household")
        village, address, rt, rw = (self.text(f"{name}-{of}") for of in ADDRESS)
        if not (household or village or address):
            return None
        kk = self.text(f"{name}-kk").replace(" ", "") or None
        return asked.Home(household, village, address, three(rt), three(rw), kk)

    def members(self, name: str) -> tuple[asked.Related, ...]:
        known = tuple(asked.Related(id_, code) for id_, code in self._keyed(f"{name}-of-"))
        return (*known, *self._spare(name))

    def newborn(self, name: str) -> asked.Newborn | None:
        values = {of: self.checked.needed(f"{name}-{of}") for of in NEWBORN}
        nik = self.text(f"{name}-nik").replace(" ", "") or None
        return asked.Newborn(nik=nik, **values) if all(values.values()) else None

    def person(self, name: str) -> object:
        return member(self.checked, f"{name}-")

    def persons(self, name: str) -> tuple[object, ...]:
        """The rows in which anybody is named; an empty row is nobody."""
        rows = range(persons_count(self.posted, name))
        return tuple(member(self.checked, f"{name}-{i}-") for i in rows if self.text(f"{name}-{i}-name"))

    def changes(self, name: str) -> tuple[asked.ElementValue, ...]:
        """Each element that is filled; one that stays empty stays as it is."""
        values = ((element, self.text(f"{name}-{element}")) for element in CHANGEABLE)
        return tuple(asked.ElementValue(element, value) for element, value in values if value)

    def successors(self, name: str) -> tuple[asked.Successor, ...]:
        """One for each household in which a new head is chosen."""
        return tuple(
            asked.Successor(
                head,
                tuple(asked.Related(*of) for of in self._keyed(f"{name}-of-{home}-") if of[0] != head),
                self.text(f"{name}-kk-{home}").replace(" ", "") or None,
            )
            for home, head in self._keyed(f"{name}-head-")
        )

    def _keyed(self, prefix: str) -> Iterator[tuple[str, str]]:
        for key, value in self.posted.values.items():
            if key.startswith(prefix) and value:
                yield key.removeprefix(prefix), value

    def _spare(self, name: str) -> Iterator[asked.Related]:
        for i in range(SPARE):
            if resident := self._by_nik(f"{name}-{i}-nik"):
                yield asked.Related(resident, self.checked.needed(f"{name}-{i}-relation"))

    def _by_nik(self, name: str) -> str:
        nik = self.text(name).replace(" ", "")
        if not nik:
            return ""
        try:
            resident = population.resident_with_nik(self.checked.page.hub.desk, nik)
        except Refused as refused:
            self.checked.refuse(refused, name)
            return ""
        self.named.append(resident)
        return resident


def persons_count(posted: Posted, name: str) -> int:
    """How many rows for new people the form has."""
    shown = posted.text(f"{name}-rows")
    return min(int(shown), MOST) if shown.isascii() and shown.isdigit() else 1


KINDS: Mapping[str, Callable[[Answers, str], Any]] = {
    "resident": Answers.resident,
    "residents": Answers.residents,
    "household": Answers.household,
    "entry": Answers.entry,
    "text": Answers.text,
    "choice": Answers.text,
    "code": Answers.text,
    "day": Answers.day,
    "home": Answers.home,
    "members": Answers.members,
    "person": Answers.person,
    "persons": Answers.persons,
    "newborn": Answers.newborn,
    "changes": Answers.changes,
    "successors": Answers.successors,
}
"""How a field of each kind of the catalogue is read."""
