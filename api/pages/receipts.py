"""The receipt of a visit: its times, whose time it was, and the code with which anybody recomputes it."""

from fastapi import APIRouter, Response

from api.pages.drawings import clock_bar
from api.pages.forms import APosted
from api.pages.frame import APage, see_other
from domain.kernel.errors import Unknown
from domain.population.clock import KTP_PROMISE, case_clock, typed_code
from projections import ktp_queue

routes = APIRouter()


@routes.get("/tanda-terima")
def ask(page: APage) -> Response:
    return page.render("receipt_ask.html")


@routes.post("/tanda-terima")
def find(form: APosted) -> Response:
    return see_other(f"/tanda-terima/{typed_code(form.text('kode')) or '-'}")


@routes.get("/tanda-terima/{code}")
def receipt(page: APage, code: str) -> Response:
    """The receipt, to be read or printed. It names nobody: whoever holds the code was there."""
    with page.hub.views.now() as view:
        row = ktp_queue.by_code(view, typed_code(code))
    if row is None:
        raise Unknown("unknown-receipt")
    hub = page.hub
    recorded = ((fact.event, fact.header.recorded_at) for fact in hub.ledger.stream(row.case))
    clock = case_clock(row.case, recorded, hub.desk.reference.opening.closed, hub.clock.now())
    return page.render(
        "receipt.html",
        clock=clock,
        figures=clock.figures,
        bar=clock_bar(clock.figures.segments),
        promise=KTP_PROMISE,
        free=hub.desk.reference.services.free(row.document, row.on),
    )
