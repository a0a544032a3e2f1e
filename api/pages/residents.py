"""Residents as an officer sees them: found by number or name, listed by village, one page each."""

from collections.abc import Sequence
from datetime import date

from fastapi import APIRouter, Response

from api import alike, finding
from api.acts import population
from api.errors import status
from api.pages.asof import AnAsOf
from api.pages.forms import APosted, again
from api.pages.frame import APage, Page, see_other
from api.pages.timeline import timeline
from domain.access.reading import Seen
from domain.kernel.errors import Refused, Unknown
from domain.population import offers
from domain.population.case import Document
from domain.population.entry import Entry, entry_decider
from domain.population.resident import Standing
from domain.privacy.erasure import Basis
from projections import ktp_queue, papers, residents
from projections.name_search import Asked
from projections.residents import ResidentRow

routes = APIRouter()
PAGE = 50
FOUND = 50


@routes.get("/penduduk")
def listing(page: APage, asof: AnAsOf, kecamatan: str = "", desa: str = "", sesudah: str = "") -> Response:
    """Residents by village, in pages; a NIK is masked in a list."""
    _ = page.officer
    with page.shown("residents", asof=asof) as view:
        rows = residents.page(
            view, kecamatan=kecamatan or None, village=desa or None, after=sesudah or None, limit=PAGE
        )
    page.looks(Seen.LIST, [row.resident for row in rows])
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
    """Search by NIK, KK number or name: none of them ever stands in an address."""
    officer, desk = page.officer, page.hub.desk
    nik, kk = (form.text(name).replace(" ", "") for name in ("nik", "kk"))
    try:
        if nik:
            return see_other(f"/penduduk/{population.resident_with_nik(desk, nik)}")
        if kk:
            return _family_card(page, finding.household_with_kk(desk, kk))
    except Refused as refused:
        field = "nik" if nik else "kk"
        problems = [page.problem(refused, field)]
        return _result(page, [], int(status(refused)), problems=problems, nik=nik, kk=kk)
    asked = Asked(form.text("nama"), _day(form.text("lahir")), form.text("tempat") or None)
    return see_other(f"/penduduk/hasil/{page.frame.searches.keep(officer.id, asked)}")


def _day(text: str) -> date | None:
    """What narrows a search and cannot be read narrows nothing."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _family_card(page: Page, household: str) -> Response:
    with page.shown("residents") as view:
        rows = residents.of_household(view, household)
    return _result(page, rows)


def _result(page: Page, rows: Sequence[ResidentRow], code: int = 200, **said: object) -> Response:
    page.looks(Seen.SEARCH, [row.resident for row in rows])
    rest: dict[str, object] = {"kecamatan": "", "village": "", "full": False, "searched": True}
    return page.render(
        "residents.html", code, rows=rows, on=page.hub.desk.today, **({"problems": []} | rest | said)
    )


@routes.get("/penduduk/hasil/{search}")
def found(page: APage, search: str) -> Response:
    """Who bears a name like the one that this officer searched, the likeliest first."""
    asked = page.frame.searches.asked(page.officer.id, search)
    if asked is None:
        raise Unknown("search-forgotten")
    with page.shown(*finding.MODELS) as view:
        rows = finding.named(view, asked, FOUND)
    return _result(page, rows, name=asked.name, born=asked.born, place=asked.place)


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
    with page.shown("residents", "ktp_queue", "name_index") as view:
        row = residents.by_id(view, resident)
        if row is None:
            raise Unknown("unknown-resident")
        household = residents.household(view, row.household)
        family = residents.of_household(view, row.household)
        open_case = ktp_queue.case(view, row.open_case) if row.open_case else None
        printed = papers.of_record(view, resident)
        kin = (*row.spouses.split(), row.mother_id, row.father_id)
        relatives = residents.by_ids(view, [id_ for id_ in kin if id_])
        twins = alike.waiting(view, resident=resident)
    today, whom = page.hub.desk.today, _whom(row, page.hub.desk.today)
    happened = timeline(page.hub, resident)
    page.looks(Seen.RECORD, [resident, *(member.resident for member in family), *relatives], resident)
    return page.render(
        "resident.html",
        int(status(refused)) if refused else 200,
        problems=[page.problem(refused)] if refused else [],
        command_id=again(form, refused) if form else None,
        resident=row,
        household=household,
        family=family,
        relatives=relatives,
        twins=twins,
        happened=happened,
        fresh=_fresh(page, entry, resident) if entry else None,
        offered=offers.events(whom, today, page.hub.desk.reference.ages) if whom else (),
        may_have_ktp=whom is not None and offers.ktp(whom),
        open_case=open_case,
        papers=printed,
        bases=tuple(Basis),
        services=[
            (service.document.value, page.words.term("document", service.document.value))
            for service in page.hub.desk.reference.services.on(today)
            if service.document is not Document.KTP
            and (service.document is not Document.KIA or (whom and offers.kia(whom, today)))
        ],
    )


def _fresh(page: Page, entry: str, resident: str) -> Entry | None:
    """What was recorded a moment ago, also when it changed nothing of her record."""
    if not entry.startswith("entry-"):
        return None
    state = page.hub.ledger.load(entry_decider, entry).state
    return state if resident in state.residents else None


def _whom(row: ResidentRow, today: date) -> offers.Whom | None:
    """Nothing is offered for somebody who is forgotten."""
    if not (row.birth_date and row.sex and row.marital):
        return None
    return offers.Whom(Standing(row.standing), row.sex, row.birth_date, row.marital, row.ktp(today))
