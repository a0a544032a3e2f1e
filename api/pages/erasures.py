"""Who asked to be forgotten, and the two buttons of the officer who decides."""

from fastapi import APIRouter, Response

from api.acts import privacy
from api.errors import status
from api.pages.forms import APosted
from api.pages.frame import APage, Page, see_other
from domain.access.purposes import Purpose
from domain.access.reading import Seen
from domain.kernel.errors import Refused
from domain.privacy.erasure import Reason
from projections import erasures, residents

routes = APIRouter()


@routes.get("/penghapusan")
def overview(page: APage) -> Response:
    return _list(page)


@routes.post("/penghapusan")
def request(page: APage, form: APosted) -> Response:
    """An officer records the letter of a resident."""
    new = privacy.NewErasure(form.text("resident"), form.text("basis"), form.text("letter"))
    try:
        done = privacy.request_erasure(page.hub.desk, new, by=page.actor, command_id=form.command_id)
    except Refused as refused:
        return _list(page, refused)
    page.wait(done.receipt.last)
    return see_other("/penghapusan")


@routes.post("/penghapusan/{erasure}")
def decide(page: APage, form: APosted, erasure: str) -> Response:
    """Another officer decides."""
    desk, by, id_ = page.hub.desk, page.actor, form.command_id
    try:
        if form.text("decision") == "approve":
            done = privacy.approve(desk, page.hub.ledger, erasure, by=by, command_id=id_)
        else:
            done = privacy.reject(desk, erasure, form.text("reason"), by=by, command_id=id_)
    except Refused as refused:
        return _list(page, refused)
    page.wait(done.receipt.last)
    return see_other("/penghapusan")


def _list(page: Page, refused: Refused | None = None) -> Response:
    _ = page.officer
    with page.shown("erasures") as view:
        rows = erasures.page(view)
        people = residents.by_ids(view, [row.resident for row in rows])
    page.looks(Seen.LIST, people, why=Purpose.ERASURE)
    return page.render(
        "erasures.html",
        int(status(refused)) if refused else 200,
        problems=[page.problem(refused)] if refused else [],
        rows=rows,
        people=people,
        reasons=tuple(Reason),
    )
