"""Permits at the one-stop office: apply, verify, decide, issue."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from adapters.ids import new_id
from api.acts import licensing, population
from api.acts.licensing import Filed, NewApplication
from api.errors import status
from api.pages.asof import AnAsOf
from api.pages.forms import APosted, Checked, Posted, again
from api.pages.frame import APage, Page, Problem, see_other
from domain.access.purposes import Purpose
from domain.access.reading import Seen
from domain.kernel.errors import Malformed, Refused, Unknown
from domain.licensing.application import Status
from projections import papers, where_is_my_permit

routes = APIRouter()
PAGE = 50
LEGAL_FORMS = ("PO", "CV", "PT", "FIRMA", "KOPERASI", "LAINNYA")
FIELDS = ("permit", "nik", "company", "legal_form", "npwp", "kbli", "address", "village", "net_worth")
FIELD = {
    "unknown-resident": "nik",
    "malformed-nik": "nik",
    "unknown-village": "village",
    "unknown-permit": "permit",
    "permit-not-delegated": "permit",
    "net-worth-missing": "net_worth",
    "net-worth-does-not-fit-class": "net_worth",
    "malformed-kbli": "kbli",
    "company-missing": "company",
    "reason-missing": "reason",
}
"""The field of a form that a code speaks of."""


@routes.get("/izin/ajukan")
def empty(page: APage, permit: str = "") -> Response:
    _ = page.officer
    return _form(page, dict.fromkeys(FIELDS, "") | {"permit": permit}, new_id().hex)


@routes.post("/izin/ajukan")
def apply(page: APage, form: APosted) -> Response:
    """File the application. ``permit_use`` is the one click that takes the proposed SIUP class."""
    actor = page.actor
    values = {name: form.text(name) for name in FIELDS}
    values["permit"] = form.text("permit_use") or values["permit"]
    checked = Checked(page, Posted(values, {}))
    try:
        new = _application(page, checked)
        if checked.problems:
            return _form(page, values, form.text("command_id"), checked.problems, 422)
        filed = licensing.apply_for_permit(page.hub.desk, new, by=actor, command_id=form.command_id)
    except Refused as refused:
        problems = [*checked.problems, page.problem(refused, FIELD.get(refused.code, ""))]
        proposed = str(refused.parameters.get("proposed", ""))
        return _form(page, values, again(form, refused).hex, problems, int(status(refused)), proposed)
    page.wait(filed.receipt.last)
    return see_other(f"/izin/berkas/{filed.application}")


def _application(page: Page, checked: Checked) -> NewApplication:
    values = {name: checked.needed(name) for name in ("permit", "nik", "company", "address", "village")}
    worth = checked.rupiah("net_worth")
    applicant = ""
    if values["nik"]:
        applicant = population.resident_with_nik(page.hub.desk, values["nik"].replace(" ", ""))
    form = checked.posted
    return NewApplication(
        permit=values["permit"],
        applicant=applicant,
        company=values["company"],
        legal_form=form.text("legal_form"),
        npwp=form.text("npwp"),
        kbli=form.text("kbli"),
        address=values["address"],
        village=values["village"],
        net_worth=worth,
    )


def _form(
    page: Page,
    values: dict[str, str],
    command_id: str,
    problems: list[Problem] | None = None,
    code: int = 200,
    proposed: str = "",
) -> Response:
    row = page.hub.desk.reference.catalogue.rows.get(values["permit"])
    return page.render(
        "apply.html",
        code,
        values=values,
        command_id=command_id,
        problems=problems or [],
        proposed=proposed,
        row=row,
        legal_forms=[(form, page.words.term("legal-form", form)) for form in LEGAL_FORMS],
    )


@routes.get("/izin/berkas")
def listing(
    page: APage, asof: AnAsOf, chosen: Annotated[str, Query(alias="status")] = "", sesudah: str = ""
) -> Response:
    """The applications filed at the officer's office."""
    office = page.officer.office
    with page.shown("where_is_my_permit", asof=asof) as view:
        rows = where_is_my_permit.page(
            view, status=chosen or None, office=office, after=sesudah or None, limit=PAGE
        )
        counts = where_is_my_permit.counts(view, office=office)
    page.looks(Seen.LIST, [row.applicant for row in rows], why=Purpose.LICENSING)
    return page.render(
        "applications.html",
        rows=rows,
        counts=counts,
        chosen=chosen,
        statuses=[s for s in Status if s is not Status.NONE],
        full=len(rows) == PAGE,
        asof=asof,
        on=asof.on(page.hub.clock.now()),
    )


@routes.get("/izin/berkas/{application}")
def application(page: APage, application: str) -> Response:
    return application_page(page, application)


@routes.post("/izin/berkas/{application}")
def decide(page: APage, form: APosted, application: str) -> Response:
    """Verify, approve, refuse or issue: the button says which."""
    _ = page.actor
    try:
        done = _do(page, form, application)
    except Refused as refused:
        return application_page(page, application, form, refused)
    page.wait(done.receipt.last)
    return see_other(f"/izin/berkas/{application}")


def _do(page: Page, form: Posted, application: str) -> Filed:
    desk, by, id_, seen = page.hub.desk, page.actor, form.command_id, form.expected
    match form.text("do"):
        case "verify":
            documents = form.all("document")
            return licensing.verify(desk, application, documents, by=by, command_id=id_, expected=seen)
        case "approve":
            return licensing.approve(desk, application, by=by, command_id=id_, expected=seen)
        case "refuse":
            reason = form.text("reason")
            return licensing.refuse(desk, application, reason, by=by, command_id=id_, expected=seen)
        case "issue":
            return licensing.issue(desk, application, by=by, command_id=id_, expected=seen)
    raise Malformed("unknown-step", step=form.text("do"))


def application_page(
    page: Page, application: str, form: Posted | None = None, refused: Refused | None = None
) -> Response:
    """One file: what was asked, what was seen, what may come next."""
    _ = page.officer
    with page.shown("where_is_my_permit") as view:
        row = where_is_my_permit.by_id(view, application)
        printed = papers.of_record(view, application)
    if row is None:
        raise Unknown("unknown-application")
    page.looks(Seen.RECORD, [row.applicant], application, why=Purpose.LICENSING)
    problems = [page.problem(refused, FIELD.get(refused.code, ""))] if refused else []
    return page.render(
        "application.html",
        int(status(refused)) if refused else 200,
        problems=problems,
        command_id=again(form, refused) if form else None,
        application=row,
        papers=printed,
        row=page.hub.desk.reference.catalogue.rows[row.permit],
        ticked=form.all("document") if form else (),
        reason=form.text("reason") if form else "",
    )
