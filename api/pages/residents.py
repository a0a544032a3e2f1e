"""Residents as an officer sees them: found by NIK or name, listed by village, one page each."""

from fastapi import APIRouter, Response

from api.acts import population
from api.errors import status
from api.pages.asof import AnAsOf
from api.pages.forms import APosted, again
from api.pages.frame import APage, Page, see_other
from api.pages.timeline import timeline
from domain.kernel.errors import Refused, Unknown
from domain.population.case import Document
from domain.population.resident import Standing
from domain.privacy.erasure import Basis
from projections import ktp_queue, papers, residents

routes = APIRouter()
PAGE = 50
FOUND = 50
OFFERED = {
    Standing.ALIVE: ("BIRTH", "MARRIAGE", "MOVE_OUT", "DEATH", "CORRECTION"),
    Standing.MISSING: ("FOUND", "DEATH"),
    Standing.MOVED_OUT: ("MOVE_IN",),
    Standing.ABROAD: ("ABROAD_RETURN",),
    Standing.DEAD: ("CORRECTION",),
}
"""What a clerk records most for somebody who stands so; the catalogue has the rest."""


@routes.get("/penduduk")
def listing(page: APage, asof: AnAsOf, kecamatan: str = "", desa: str = "", sesudah: str = "") -> Response:
    """Residents by village, in pages; a NIK is masked in a list."""
    _ = page.officer
    with page.shown("residents", asof=asof) as view:
        rows = residents.page(
            view, kecamatan=kecamatan or None, village=desa or None, after=sesudah or None, limit=PAGE
        )
    return page.render(
        "residents.html",
        rows=rows,
        kecamatan=kecamatan,
        village=desa,
        full=len(rows) == PAGE,
        searched=False,
        asof=asof,
        on=asof.on(page.hub.clock.now()),
    )


@routes.post("/penduduk/cari")
def search(page: APage, form: APosted) -> Response:
    """Search by NIK or by name: neither ever stands in an address."""
    officer, nik, name = page.officer, form.text("nik").replace(" ", ""), form.text("nama")
    if not nik:
        return see_other(f"/penduduk/hasil/{page.frame.searches.keep(officer.id, name)}")
    try:
        return see_other(f"/penduduk/{population.resident_with_nik(page.hub.desk, nik)}")
    except Refused as refused:
        return page.render(
            "residents.html",
            int(status(refused)),
            problems=[page.problem(refused, "nik")],
            rows=[],
            kecamatan="",
            village="",
            full=False,
            searched=True,
            nik=nik,
        )


@routes.get("/penduduk/hasil/{search}")
def found(page: APage, search: str) -> Response:
    """Who bears the name that this officer searched."""
    name = page.frame.searches.name(page.officer.id, search)
    if name is None:
        raise Unknown("search-forgotten")
    with page.shown("residents") as view:
        rows = residents.search_name(view, name, limit=FOUND)
    return page.render(
        "residents.html",
        rows=rows,
        kecamatan="",
        village="",
        full=False,
        searched=True,
        name=name,
    )


@routes.get("/penduduk/{resident}")
def resident(page: APage, resident: str, entri: str = "") -> Response:
    return resident_page(page, resident, entry=entri)


@routes.post("/penduduk/{resident}/tiket")
def take_ticket(page: APage, form: APosted, resident: str) -> Response:
    """The resident asks for a document, her KTP unless another is named, at the counter of the officer's office."""
    actor, command_id = page.actor, form.command_id
    ticket = population.NewTicket(form.text("document") or Document.KTP, resident)
    try:
        served = population.take_ticket(page.hub.desk, ticket, by=actor, command_id=command_id)
    except Refused as refused:
        return resident_page(page, resident, form, refused)
    page.wait(served.receipt.last)
    return see_other(f"/loket/{served.case}")


def resident_page(
    page: Page,
    resident: str,
    form: APosted | None = None,
    refused: Refused | None = None,
    entry: str = "",
) -> Response:
    """One resident: the only page that shows a NIK, and only to an officer."""
    _ = page.officer
    with page.shown("residents", "ktp_queue") as view:
        row = residents.by_id(view, resident)
        if row is None:
            raise Unknown("unknown-resident")
        household = residents.household(view, row.household)
        family = residents.of_household(view, row.household)
        open_case = ktp_queue.case(view, row.open_case) if row.open_case else None
        printed = papers.of_record(view, resident)
        kin = (*row.spouses.split(), row.mother_id, row.father_id)
        relatives = residents.by_ids(view, [id_ for id_ in kin if id_])
    happened = timeline(page.hub, resident)
    return page.render(
        "resident.html",
        int(status(refused)) if refused else 200,
        problems=[page.problem(refused)] if refused else [],
        command_id=again(form, refused) if form else None,
        resident=row,
        household=household,
        family=family,
        relatives=relatives,
        happened=happened,
        fresh=next((h for h in happened if h.entry == entry), None),
        offered=OFFERED.get(Standing(row.standing), ()) if row.name else (),
        open_case=open_case,
        papers=printed,
        bases=tuple(Basis),
        services=[
            (service.document.value, page.words.term("document", service.document.value))
            for service in page.hub.desk.reference.services.on(page.hub.desk.today)
            if service.document is not Document.KTP
        ],
    )
