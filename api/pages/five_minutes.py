"""How many were served within five minutes, and whose time the others waited for: a table, and two drawings."""

from datetime import date, timedelta

from fastapi import APIRouter, Response

from api.pages.drawings import cause_bar, day_columns
from api.pages.frame import APage
from domain.kernel.segments import Cause
from domain.population.case import Document
from projections import five_minutes, parking

routes = APIRouter()
WEEKS = timedelta(days=27)
LONGEST = timedelta(days=365)


@routes.get("/lima-menit")
def shares(page: APage, dari: str = "", sampai: str = "", kantor: str = "", layanan: str = "KTP") -> Response:
    """The share of each office and day; of four weeks when no days are named. For everybody: it names nobody."""
    end = _day(sampai) or page.hub.desk.today
    start = min(end, max(_day(dari) or end - WEEKS, end - LONGEST))
    document = layanan if layanan in tuple(Document) else Document.KTP.value
    with page.hub.views.now() as view:
        rows = five_minutes.shares(view, document, start, end, kantor or None)
        parked = parking.count(view, "ktp_queue")
    by_office = [
        five_minutes.total((row for row in rows if row.office == office), end, office)
        for office in sorted({row.office for row in rows})
    ]
    total = five_minutes.total(rows, end)
    return page.render(
        "five_minutes.html",
        start=start,
        end=end,
        office=kantor,
        document=document,
        services=[
            (s.document.value, page.words.term("document", s.document.value))
            for s in page.hub.desk.reference.services.on(end)
        ],
        offices=[(office.code, office.name) for office in page.names.counters],
        rows=rows,
        by_office=by_office,
        total=total,
        columns=day_columns(rows, start, end),
        bar=cause_bar({cause: spent.seconds for cause, spent in total.causes.items()}),
        causes=tuple(Cause),
        incomplete=parked,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
