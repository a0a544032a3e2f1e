"""A new household at the desk: one address, one head, as many members as live there."""

import re
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from fastapi import APIRouter, Response

from adapters.ids import new_id
from api import alike
from api.acts import population
from api.acts.population import NewHousehold, NewMember
from api.errors import status
from api.pages.forms import APosted, Checked, Posted, again
from api.pages.frame import APage, Page, Problem, see_other
from api.pages.newcomers import NOBODY, Warned, warned
from api.pages.timeline import of_household
from domain.access.reading import Seen
from domain.kernel.errors import AlreadyClaimed, Malformed, Refused, Unknown
from domain.kernel.values import Nik
from domain.population.household.events import HouseholdRegistered, KkRenumbered
from domain.population.resident import MAX_NAME
from projections import papers, residents
from projections.residents import HouseholdRow

routes = APIRouter()
MEMBER = tuple(f.name for f in fields(NewMember))
OPTIONAL = ("nik", "mother", "father")
DEFAULTS = {
    "religion": "1",
    "blood": "13",
    "education": "5",
    "citizenship": "1",
    "birth_place": "Sragen",
}
MOST = 20
"""Rows of one form. A larger household is rare: import takes any number."""
PATH = re.compile(r"members\[(\d+)\]")
FIELD = {
    "malformed-nik": "nik",
    "nik-already-registered": "nik",
    "birth-in-the-future": "birth_date",
    "registered-before-birth": "birth_date",
    "name-missing-or-too-long": "name",
    "household-needs-one-head": "relation",
}
"""The field of a member that a code speaks of."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What the form shows: the household's fields, and a row of fields per member."""

    household: dict[str, str]
    members: list[dict[str, str]]


def blank(first: bool) -> dict[str, str]:
    """The fields of a new row; the first is the head of the household."""
    relation = {"relation": "1", "sex": "1", "marital": "2"} if first else {}
    return dict.fromkeys(MEMBER, "") | DEFAULTS | relation


@routes.get("/keluarga/baru")
def empty(page: APage) -> Response:
    _ = page.officer
    return _form(page, Filled({}, [blank(first=True), blank(first=False)]), new_id().hex)


@routes.post("/keluarga/baru")
def register(page: APage, form: APosted) -> Response:
    """Register the household, or add and remove rows for a reader without JavaScript."""
    actor, filled = page.actor, _filled(form)
    if form.text("do") == "add" and len(filled.members) < MOST:
        filled.members.append(blank(first=False))
        return _form(page, filled, form.text("command_id"))
    if form.text("do").startswith("remove-") and len(filled.members) > 1:
        kept = [m for i, m in enumerate(filled.members) if form.text("do") != f"remove-{i}"]
        return _form(page, Filled(filled.household, kept), form.text("command_id"))
    checked = Checked(page, _numbered(filled))
    new = _household(checked, len(filled.members))
    if checked.problems:
        return _form(page, filled, form.text("command_id"), checked.problems, 422)
    shown = warned(page, form, lambda _: map(alike.of_member, new.members))
    if shown.open and not any(_is_taken(page, m.nik, new) for m in new.members):
        # A number that is taken is refused by the act: nobody is asked about her as well.
        return _form(page, filled, form.text("command_id"), shown=shown)
    new = replace(new, unlike=shown.unlike)
    try:
        done = population.register_household(page.hub.desk, new, by=actor, command_id=form.command_id)
    except Refused as refused:
        problems = [page.problem(refused, name) for name in _fields(page, refused, new)]
        command_id = again(form, refused).hex
        return _form(page, filled, command_id, problems, int(status(refused)), shown=shown)
    page.wait(done.receipt.last)
    return see_other(f"/keluarga/{done.household}?baru=1")


@routes.get("/keluarga/{household}")
def household(page: APage, household: str, baru: int = 0) -> Response:
    """A family card on the screen: address and everybody's NIK."""
    _ = page.officer
    with page.shown("residents") as view:
        row = residents.household(view, household)
        if row is None:
            raise Unknown("unknown-household")
        members = residents.of_household(view, household)
        printed = papers.of_record(view, household)
    page.looks(Seen.RECORD, [member.resident for member in members], household)
    return page.render(
        "household.html",
        household=row,
        members=members,
        papers=printed,
        fresh=bool(baru),
        numbers=_numbers(page, row),
        happened=of_household(page.hub, household),
    )


def _numbers(page: Page, row: HouseholdRow) -> list[tuple[str | None, date]]:
    """The KK numbers of the household, the one of today first, each with the day from which it holds."""
    if row.version == 1:  # nearly every household has the number it was registered with
        return [(row.kk, row.registered_on)]
    found: list[tuple[str | None, date]] = []
    for fact in page.hub.ledger.stream(row.household):
        match fact.event:
            case HouseholdRegistered(registered_on=on, residence=at) | KkRenumbered(on, at):
                found.append((at.value.kk if at.value else None, on))
    return found[::-1]


def _form(
    page: Page,
    filled: Filled,
    command_id: str,
    problems: list[Problem] | None = None,
    code: int = 200,
    *,
    shown: Warned = NOBODY,
) -> Response:
    context: dict[str, Any] = {"filled": filled, "command_id": command_id, "problems": problems or []}
    context["warned"] = shown
    return page.render("household_new.html", code, most=MOST, blank=blank(first=False), **context)


def _filled(form: Posted) -> Filled:
    household = {name: form.text(name) for name in ("village", "address", "rt", "rw", "kk")}
    rows = [int(n) for n in form.all("row") if n.isascii() and n.isdigit()][:MOST]
    return Filled(household, [{f: form.text(f"m{row}-{f}") for f in MEMBER} for row in rows or [0]])


def _numbered(filled: Filled) -> Posted:
    """The fields under their new row numbers: rows that were removed leave no gap."""
    flat = dict(filled.household)
    for i, member in enumerate(filled.members):
        flat |= {f"m{i}-{name}": value for name, value in member.items()}
    return Posted(flat, {})


def _household(checked: Checked, count: int) -> NewHousehold:
    """The request of the form; what does not fit is in ``checked.problems``."""
    return NewHousehold(
        checked.needed("village"),
        checked.needed("address"),
        three(checked.needed("rt")),
        three(checked.needed("rw")),
        tuple(member(checked, f"m{i}-") for i in range(count)),
        checked.posted.text("kk").replace(" ", "") or None,
    )


def three(digits: str) -> str:
    """RT and RW are printed with three digits."""
    return digits.zfill(3) if digits.isdigit() else digits


def member(checked: Checked, prefix: str) -> NewMember:
    """Somebody who enters the registry, from the fields that begin with ``prefix``."""
    given: dict[str, Any] = {}
    for name in MEMBER:
        if name == "birth_date":
            given[name] = checked.day(prefix + name)
        elif name in OPTIONAL:
            given[name] = checked.posted.text(prefix + name)
        else:
            given[name] = checked.needed(prefix + name)
    given["nik"] = given["nik"].replace(" ", "") or None
    return NewMember(**given)


def _fields(page: Page, refused: Refused, new: NewHousehold) -> list[str]:
    """The fields that a refusal is about: by the path it names, else by what the rows hold."""
    path = str(refused.parameters.get("path", ""))
    row = PATH.fullmatch(path)
    if row:
        leaf = FIELD.get(refused.code) or refused.parameters.get("list", "name")
        return [f"m{row[1]}-{leaf}"]
    if path or refused.code == "kk-already-registered":
        return [path or "kk"]
    return [f"m{i}-{FIELD[refused.code]}" for i in _rows(page, refused, new)] or [""]


def _rows(page: Page, refused: Refused, new: NewHousehold) -> list[int]:
    """The members that break the rule which was named without a place."""
    match refused.code:
        case "birth-in-the-future":
            return [i for i, m in enumerate(new.members) if m.birth_date > page.hub.desk.today]
        case "nik-already-registered" if isinstance(refused, AlreadyClaimed):
            return [i for i, m in enumerate(new.members) if _is_taken(page, m.nik, new)]
        case "name-missing-or-too-long":
            return [i for i, m in enumerate(new.members) if len(m.name) > MAX_NAME]
        case "household-needs-one-head":
            return [0]
    return []


def _is_taken(page: Page, nik: str | None, new: NewHousehold) -> bool:
    if nik is None:
        return False
    twice = sum(m.nik == nik for m in new.members) > 1
    try:
        return twice or page.hub.ledger.holder("nik", Nik(nik).number) is not None
    except Malformed:
        return False
