"""What the centre holds otherwise than this registry: both values of each element, and which an officer finds right."""

from fastapi import APIRouter, Response

from api.acts.civil import comparing
from api.errors import status
from api.pages.forms import APosted, Posted, again
from api.pages.frame import APage, Page, see_other
from domain.access.purposes import Purpose
from domain.access.reading import Seen
from domain.kernel.errors import Malformed, Refused
from domain.population.comparison import STANDING
from projections import differences, residents

routes = APIRouter()
RIGHT = {"theirs": True, "ours": False}


@routes.get("/selisih")
def overview(page: APage, kecamatan: str | None = None) -> Response:
    """Who waits for a finding; of the officer's own kecamatan unless another is asked."""
    return _list(page, _own(page) if kecamatan is None else kecamatan)


@routes.post("/selisih/{comparison}")
def settle(page: APage, form: APosted, comparison: str) -> Response:
    """One of the two is right. Who comes second is told who was first."""
    by = page.actor
    try:
        done = comparing.settle(
            page.hub.desk,
            _settlement(form, comparison),
            by=by,
            command_id=form.command_id,
            expected=form.expected,
        )
    except Refused as refused:
        return _list(page, form.text("kecamatan"), form, refused, comparison)
    page.wait(done.receipt.last)
    return see_other("/pembetulan" if done.correction else f"/selisih?kecamatan={form.text('kecamatan')}")


def _settlement(form: Posted, comparison: str) -> comparing.Settlement:
    right = form.text("right")
    if right not in RIGHT:
        raise Malformed("unknown-choice", field="right")
    for field in ("elements", "reason"):
        if not form.text(field):
            raise Malformed("field-missing", field=field)
    return comparing.Settlement(comparison, form.all("elements"), RIGHT[right], form.text("reason"))


def _own(page: Page) -> str:
    officer, desk = page.officer, page.hub.desk
    return desk.reference.offices.office(officer.office, desk.today).kecamatan or ""


def _list(
    page: Page,
    kecamatan: str,
    form: Posted | None = None,
    refused: Refused | None = None,
    comparison: str = "",
) -> Response:
    _ = page.officer
    with page.shown("differences", "residents") as view:
        rows = differences.page(view, kecamatan=kecamatan)
        people = residents.by_ids(view, [row.resident for row in rows if row.resident])
        count = differences.waiting(view)
    page.looks(Seen.LIST, [row.resident or row.comparison for row in rows], why=Purpose.CORRECTION)
    return page.render(
        "differences.html",
        int(status(refused)) if refused else 200,
        problems=[page.problem(refused, comparison)] if refused else [],
        rows=rows,
        people=people,
        count=count,
        kecamatan=kecamatan,
        given=form or Posted({}, {}),
        refused=comparison,
        command_id=again(form, refused).hex if form else "",
        standing=STANDING,
    )
