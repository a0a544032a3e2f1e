"""A clerk who fills the form of a civil event: the fields of the catalogue from the values that an act takes.

Whom the page shows she chooses; anybody else she names by NIK, as she would at the desk.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from api.acts.civil import asked
from domain.population.civil_events import CivilEvent
from tests.acts.office import Office

Filled = dict[str, str | list[str]]


@dataclass
class Filling:
    """``shown``: the page as it is before anything is filled in."""

    office: Office
    shown: str

    def form(self, row: CivilEvent, what: object) -> Filled:
        """What stands in the form when it says ``what``."""
        form: Filled = {}
        for field in row.fields:
            form |= KINDS[field.kind](self, field.name, getattr(what, field.name))
        return form

    def knows(self, id_: str) -> bool:
        return f'value="{id_}"' in self.shown

    def nik(self, id_: str) -> str:
        return self.office.resident(id_).nik or ""

    def text(self, name: str, value: object) -> Filled:
        return {name: value.isoformat() if isinstance(value, date) else str(value or "")}

    def resident(self, name: str, id_: str) -> Filled:
        if not id_ or self.knows(id_):
            return {name: id_}
        return {name: "", f"{name}-nik": self.nik(id_)}

    def residents(self, name: str, ids: tuple[str, ...]) -> Filled:
        return {name: [*ids]}

    def home(self, name: str, home: asked.Home | None) -> Filled:
        if home is None:
            return {}
        names = ("household", "village", "address", "rt", "rw", "kk")
        return {f"{name}-{of}": str(getattr(home, of) or "") for of in names}

    def members(self, name: str, members: tuple[asked.Related, ...]) -> Filled:
        form: Filled = {}
        for i, m in enumerate(members):
            if f'name="{name}-of-{m.resident}"' in self.shown:
                form[f"{name}-of-{m.resident}"] = m.relation
            else:
                form |= {f"{name}-{i}-nik": self.nik(m.resident), f"{name}-{i}-relation": m.relation}
        return form

    def person(self, name: str, person: Any) -> Filled:
        form: Filled = {}
        for of in fields(person):
            form |= self.text(f"{name}-{of.name}", getattr(person, of.name))
        return form

    def persons(self, name: str, people: tuple[object, ...]) -> Filled:
        form: Filled = {}
        for i, one in enumerate(people):
            form |= self.person(f"{name}-{i}", one)
        return form

    def changes(self, name: str, changes: tuple[asked.ElementValue, ...]) -> Filled:
        return {f"{name}-{change.element}": change.value for change in changes}

    def successors(self, name: str, successors: tuple[asked.Successor, ...]) -> Filled:
        form: Filled = {}
        for new in successors:
            home = self.office.resident(new.head).household
            form[f"{name}-head-{home}"] = new.head
            form |= {f"{name}-of-{home}-{r.resident}": r.relation for r in new.relations}
        return form


KINDS: Mapping[str, Callable[[Filling, str, Any], Filled]] = {
    **dict.fromkeys(("household", "text", "choice", "code", "day", "entry"), Filling.text),
    "resident": Filling.resident,
    "residents": Filling.residents,
    "home": Filling.home,
    "members": Filling.members,
    "person": Filling.person,
    "newborn": Filling.person,
    "persons": Filling.persons,
    "changes": Filling.changes,
    "successors": Filling.successors,
}
"""How a field of each kind is filled."""
