"""Civil events at the desk: the catalogue, and one form per row that is made from the row's fields."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Response

from adapters.ids import new_id
from api import alike
from api.acts import civil
from api.acts.civil import asked, corrections, filings
from api.acts.civil.cards import OF_KK
from api.errors import status
from api.pages.civil_form import MOST, SPARE, Answers, persons_count, place_of
from api.pages.civil_known import Known, first, known, named_in, partner
from api.pages.forms import APosted, Posted, again
from api.pages.frame import APage, Page, Problem, see_other
from api.pages.newcomers import NOBODY, Warned, warned
from api.pages.timeline import timeline
from domain.access.reading import Seen
from domain.kernel.errors import Conflict, Refused, Unknown
from domain.population.civil_events import CivilEvent
from domain.population.resident.elements import CHANGEABLE
from projections import residents

routes = APIRouter()


@routes.get("/peristiwa")
def catalogue(page: APage, cari: str = "", penduduk: str = "", kasus: str = "") -> Response:
    """Every civil event, by group; with ``penduduk`` each leads to a form about her, for counter case ``kasus``."""
    _ = page.officer
    rows = [row for row in page.hub.desk.reference.civil_events.rows.values() if _sought(row, cari)]
    groups = {row.group: [r for r in rows if r.group == row.group] for row in rows}
    with page.shown("residents") as view:
        resident = residents.by_id(view, penduduk) if penduduk else None
    if resident:
        page.looks(Seen.RECORD, [resident.resident], resident.resident)
    version = page.hub.desk.reference.civil_events.version
    return page.render(
        "civil_events.html", groups=groups, search=cari, resident=resident, version=version, case=kasus
    )


def _sought(row: CivilEvent, words: str) -> bool:
    papers = (p for paper in row.papers for p in (paper.indonesia, paper.english))
    of = " ".join((row.code, row.indonesia, row.english, *row.documents, *papers)).casefold()
    return all(word in of for word in words.casefold().split())


@routes.get("/peristiwa/{code}")
def empty(page: APage, code: str, penduduk: str = "", kasus: str = "") -> Response:
    """The form of one civil event; counter case ``kasus`` waits for it where the centre decides."""
    _ = page.officer
    row = page.hub.desk.reference.civil_events.event(code)
    with page.shown("residents") as view:
        resident = residents.by_id(view, penduduk) if penduduk else None
        if penduduk and resident is None:
            raise Unknown("unknown-resident")
        spouse = partner(view, resident) if resident else ""
    today = page.hub.desk.today.isoformat()
    answers = Answers.of(page, row, first(row, resident, spouse, today))
    return _form(page, answers, about=penduduk, case=kasus)


@routes.post("/peristiwa/{code}")
def record(page: APage, form: APosted, code: str) -> Response:
    """Record the event; or show who was named by NIK, or another row, without recording anything."""
    _ = page.actor
    row = page.hub.desk.reference.civil_events.event(code)
    answers = Answers.of(page, row, form)
    given, do = answers.given(), form.text("do")
    if do != "record":
        return _form(page, answers, more=do == "add")
    report = answers.report(given) if code in civil.ACTS else None
    shown = NOBODY
    if report:
        event = report
        shown = warned(page, form, lambda view: alike.entering(event.what, event.on, view))
        if shown.open:
            return _form(page, answers, shown=shown)
        report = replace(report, unlike=shown.unlike)
    try:
        address = _recorded(page, answers, given, report)
    except Refused as refused:
        problem = page.problem(refused, place_of(row, refused))
        return _form(page, answers, [problem], int(status(refused)), refused, shown=shown)
    return see_other(address) if address else _form(page, answers, answers.checked.problems, 422)


def _recorded(page: Page, answers: Answers, given: dict[str, Any], report: civil.Report | None) -> str:
    """Where to look after the act; empty when something on the form does not fit."""
    desk, form, by = page.hub.desk, answers.posted, page.actor
    if answers.row.code == civil.CORRECTION:
        if answers.checked.problems:
            return ""
        wanted = asked.CorrectionWanted(**given)
        page.wait(corrections.request(desk, wanted, by=by, command_id=form.command_id).receipt.last)
        return "/pembetulan"
    if report is None:
        return ""
    principal = given.get("resident") or given.get("child")
    seen = form.expected if principal and principal == form.text("about") else None
    done = filings.report(desk, report, by=by, command_id=form.command_id, seen=seen, case=form.text("case"))
    page.wait(done.receipt.last)
    if isinstance(done, filings.Filed):
        return f"/berkas/{done.filing}"
    return f"/penduduk/{done.state.residents[0]}?entri={done.entry}"


def _form(
    page: Page,
    answers: Answers,
    problems: list[Problem] | None = None,
    code: int = 200,
    refused: Refused | None = None,
    *,
    about: str = "",
    case: str = "",
    more: bool = False,
    shown: Warned = NOBODY,
) -> Response:
    row, posted = answers.row, answers.posted
    about = about or posted.text("about")
    with page.shown("residents") as view:
        around = known(view, [*filter(None, [about]), *named_in(answers)], _households(posted))
    if around.people:
        page.looks(Seen.LIST, [*around.people])
    resident = around.people.get(about)
    version = posted.text("version") if posted.text("version") and not isinstance(refused, Conflict) else ""
    rows = {f.name: persons_count(posted, f.name) + more for f in row.fields if f.kind == "persons"}
    return page.render(
        "civil_event.html",
        code,
        problems=problems or [],
        row=row,
        form=row.form(page.hub.desk.today),
        given=posted,
        command_id=(again(posted, refused).hex if posted.text("command_id") else new_id().hex),
        about=about,
        case=case or posted.text("case"),
        filed=page.hub.desk.companion and row.centre and row.code != civil.CORRECTION,
        version=version or (resident.version if resident else ""),
        resident=resident,
        warned=shown,
        known=around,
        spare=SPARE,
        rows={name: min(count, MOST) for name, count in rows.items()},
        elements=[e for e in CHANGEABLE if row.code == civil.CORRECTION or e in OF_KK],
        entries=_entries(page, row, about, around),
        open=_open(row, posted, problems or []),
        choices=lambda f: [(option, page.words.term("choice", option)) for option in f.options],
    )


def _open(row: CivilEvent, posted: Posted, problems: list[Problem]) -> set[str]:
    """The optional parts of the form that are shown unfolded: what is filled, and what is asked now."""
    filled = [name for name, value in posted.values.items() if value and not name.endswith("-rows")]
    asked_now = {problem.field.partition("-")[0] for problem in problems}
    if "members" in asked_now:
        asked_now.add("home")
    return asked_now | {f.name for f in row.fields if any(n.startswith(f"{f.name}-") for n in filled)}


def _households(posted: Posted) -> list[str]:
    return [v for values in posted.lists.values() for v in values if v.startswith("household-")]


def _entries(page: Page, row: CivilEvent, about: str, around: Known) -> list[tuple[str, str]]:
    """The deeds of the resident that a correction may annul."""
    if row.code != civil.CORRECTION or about not in around.people:
        return []
    return [
        (h.entry, f"{page.names.civil_event(h.code, page.words.language)}, {page.words.day(h.on)}")
        for h in timeline(page.hub, about)
        if h.code in corrections.ANNULLED_HERE and not h.register.annulled_on
    ]
