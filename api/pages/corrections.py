"""Who asked for a correction, what would change, and the decision of another officer."""

from fastapi import APIRouter, Response

from api.acts import civil
from api.acts.civil import corrections as acts
from api.acts.civil import filings
from api.errors import status
from api.pages.civil_form import Answers
from api.pages.civil_known import known
from api.pages.forms import APosted, Posted, again
from api.pages.frame import APage, Page, see_other
from domain.access.purposes import Purpose
from domain.access.reading import Seen
from domain.kernel.errors import Malformed, Refused
from domain.population.civil_events import CivilEvent, Field
from domain.population.correction import CorrectionStage
from domain.population.entry import entry_decider
from projections import corrections

routes = APIRouter()
HOME = Field("home", "home", False, "Tempat tinggal", "Home", ())


@routes.get("/pembetulan")
def overview(page: APage) -> Response:
    return _list(page)


@routes.post("/pembetulan/{correction}")
def decide(page: APage, form: APosted, correction: str) -> Response:
    """Another officer decides; what is approved is carried out in the same moment."""
    by = page.actor
    try:
        if form.text("decision") == "approve":
            return see_other(_approve(page, form, correction))
        if not form.text("reason"):
            raise Malformed("field-missing")
        done = acts.reject(
            page.hub.desk,
            correction,
            form.text("reason"),
            by=by,
            command_id=form.command_id,
            expected=form.expected,
        )
        page.wait(done.receipt.last)
    except Refused as refused:
        return _list(page, form, refused, correction)
    return see_other("/pembetulan")


def _approve(page: Page, form: Posted, correction: str) -> str:
    """Where to look after it."""
    answers = Answers.of(page, _correction(page), form)
    approval = acts.Approval(answers.home("home"), form.text("relation"))
    done = filings.approve(
        page.hub.desk,
        correction,
        approval,
        by=page.actor,
        command_id=form.command_id,
        expected=form.expected,
    )
    page.wait(done.receipt.last)
    return f"/berkas/{done.filing}" if isinstance(done, filings.Filed) else "/pembetulan"


def _correction(page: Page) -> CivilEvent:
    return page.hub.desk.reference.civil_events.event(civil.CORRECTION)


def _list(
    page: Page, form: Posted | None = None, refused: Refused | None = None, correction: str = ""
) -> Response:
    _ = page.officer
    with page.shown("corrections", "residents") as view:
        rows = corrections.page(view)
        around = known(view, [row.resident for row in rows])
    page.looks(Seen.LIST, [*around.people], why=Purpose.CORRECTION)
    deeds = {
        row.entry: page.hub.ledger.load(entry_decider, row.entry).state.code for row in rows if row.entry
    }
    return page.render(
        "corrections.html",
        int(status(refused)) if refused else 200,
        problems=[page.problem(refused, correction)] if refused else [],
        rows=sorted(rows, key=lambda row: row.stage != CorrectionStage.REQUESTED),
        known=around,
        deeds=deeds,
        given=form or Posted({}, {}),
        refused=correction,
        command_id=again(form, refused).hex if form else "",
        home=HOME,
    )
