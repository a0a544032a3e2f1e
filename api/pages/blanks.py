"""The blank stock of the offices: what is left, who waits for a card, and the lines of the stock book."""

from fastapi import APIRouter, Response

from api.acts import blank_stock as acts
from api.errors import status
from api.pages.forms import APosted, Checked, Posted, again
from api.pages.frame import APage, Page, see_other
from domain.access.reading import Seen
from domain.kernel.errors import Malformed, Refused
from domain.population.blank_stock import CENTRE, OPENING, Spoilage
from projections import blank_stock, ktp_queue, parking, residents

routes = APIRouter()
SHOWN = 100
"""Cards that wait, on one page: the first ones."""


@routes.get("/blangko")
def stocks(page: APage) -> Response:
    """Every office that keeps its stock."""
    _ = page.officer
    with page.hub.views.now() as view:
        rows = blank_stock.stocks(view)
        parked = parking.count(view, "blank_stock")
    return page.render("blanks.html", rows=rows, incomplete=parked)


@routes.get("/blangko/{office}")
def stock(page: APage, office: str) -> Response:
    return stock_page(page, office)


@routes.post("/blangko")
def move(page: APage, form: APosted) -> Response:
    """A line into the stock book of the officer's office."""
    actor, command_id = page.actor, form.command_id
    checked = Checked(page, form)
    new = acts.NewMovement(
        form.text("movement"),
        _count(checked),
        form.text("source"),
        form.text("to"),
        form.text("letter"),
        form.text("reason"),
    )
    if checked.problems:
        return stock_page(page, actor.office, form, checked)
    try:
        done = acts.move(page.hub.desk, new, by=actor, command_id=command_id)
    except Refused as refused:
        checked.refuse(refused, "count" if refused.code in ABOUT_COUNT else "")
        return stock_page(page, actor.office, form, checked, int(status(refused)))
    page.wait(done.receipt.last)
    return see_other(f"/blangko/{done.office}")


ABOUT_COUNT = frozenset({"malformed-count", "not-enough-blanks"})


def _count(checked: Checked) -> int:
    written = checked.needed("count").replace(".", "").replace(" ", "")
    if written and not (written.isascii() and written.isdigit() and len(written) < 8):
        checked.refuse(Malformed("malformed-count", least=0, most=9_999_999), "count")
        return 0
    return int(written or 0)


def stock_page(
    page: Page, office: str, form: Posted | None = None, checked: Checked | None = None, code: int = 422
) -> Response:
    """One office: its figures, its backlog, its book; and the forms, when it is the officer's own."""
    own = page.officer.office == office
    today = page.hub.desk.today
    page.hub.desk.reference.offices.office(office, today)
    with page.hub.views.now() as view:
        row = blank_stock.of_office(view, office)
        places = blank_stock.backlog(view, office, SHOWN)
        cases = {place.case: ktp_queue.case(view, place.case) for place in places}
        people = residents.by_ids(view, [case.resident for case in cases.values() if case])
        lines = blank_stock.lines(view, office)
        parked = parking.count(view, "blank_stock", "ktp_queue", "residents")
    page.looks(Seen.LIST, people)
    return page.render(
        "blanks_office.html",
        code if checked else 200,
        problems=checked.problems if checked else [],
        command_id=again(form) if form else None,
        asked=form.text("movement") if form else "",
        office=office,
        own=own,
        stock=row,
        places=places,
        cases=cases,
        people=people,
        lines=lines,
        sources=[
            (CENTRE, page.t("blanks.centre")),
            (OPENING, page.t("blanks.opening")),
            *_others(page, office),
        ],
        others=_others(page, office),
        reasons=[(reason.value, page.words.term("spoilage", reason)) for reason in Spoilage],
        incomplete=parked,
    )


def _others(page: Page, office: str) -> list[tuple[str, str]]:
    return [(other.code, other.name) for other in page.names.counters if other.code != office]
