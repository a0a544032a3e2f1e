"""The call display in a waiting room: ticket numbers and windows, for everybody, without a name."""

from fastapi import APIRouter, Response

from api.pages.frame import APage, Page
from domain.population.case import Step
from projections import ktp_queue, parking

routes = APIRouter()


@routes.get("/antrean")
def offices(page: APage) -> Response:
    """Every office with a counter of population, to choose from."""
    today = page.hub.desk.today
    with page.hub.views.now() as view:
        waiting = {o.code: _waiting(ktp_queue.queue(view, o.code, today)) for o in page.names.counters}
    return page.render("calls_offices.html", offices=page.names.counters, waiting=waiting)


@routes.get("/antrean/{office}")
def display(page: APage, office: str) -> Response:
    """The screen of one office. It draws itself anew, with and without JavaScript."""
    return _drawn(page, office, "calls.html")


@routes.get("/antrean/{office}/langsung")
def live(page: APage, office: str) -> Response:
    """The changing part of the screen, fetched again every second."""
    return _drawn(page, office, "_calls.html")


def _drawn(page: Page, office: str, template: str) -> Response:
    today = page.hub.desk.today
    page.hub.desk.reference.offices.office(office, today)
    with page.hub.views.now() as view:
        calls = ktp_queue.calls(view, office, today)
        queue = ktp_queue.queue(view, office, today)
        parked = parking.count(view, "ktp_queue")
    return page.render(template, office=office, calls=calls, waiting=_waiting(queue), incomplete=parked)


def _waiting(rows: list[ktp_queue.CaseRow]) -> list[int]:
    """The tickets that wait to be called, in order."""
    return [row.ticket for row in rows if row.step == Step.WAITING]
