"""What waits for an officer: one page of counts, each with the way to where it is settled."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Response

from api import alike
from api.acts import watching
from api.pages.frame import APage, Page
from domain.access.inquiry import Finding
from domain.access.reading import Seen
from domain.population.correction import CorrectionStage
from domain.privacy.erasure import Stage
from projections import blank_stock, corrections, erasures, filings, residents
from projections.readmodel import View

routes = APIRouter()
MODELS = (*alike.MODELS, "corrections", "erasures", "filings", "blank_stock")
MOST = 100
"""The lists end there: as many are at least so many."""


@dataclass(frozen=True, slots=True)
class Waits:
    """``count`` of a kind wait, and the page where they are settled."""

    kind: str
    address: str
    count: int


@routes.get("/menunggu")
def overview(page: APage) -> Response:
    """In the officer's own kecamatan; in the whole regency at an office that serves all of it."""
    desk = page.hub.desk
    kecamatan = desk.reference.offices.office(page.officer.office, desk.today).kecamatan or ""
    with page.shown(*MODELS) as view:
        counts = list(_decisions(page, view, kecamatan))
        ktp = residents.ktp_due(view, kecamatan=kecamatan, limit=MOST)
        cards = residents.print_due(view, kecamatan=kecamatan, limit=MOST)
    page.looks(Seen.LIST, [*(row.resident for row in ktp), *(row.head for row in cards if row.head)])
    alarms = Waits("alarms", "/peringatan", _alarms(page))
    return page.render(
        "waiting.html", counts=[*counts, alarms], kecamatan=kecamatan, ktp=ktp, cards=cards, most=MOST
    )


def _decisions(page: Page, view: View, kecamatan: str) -> Iterator[Waits]:
    """What she herself has asked for is decided by another."""
    officer = page.officer
    asked = corrections.page(view, stage=CorrectionStage.REQUESTED.value)
    yield Waits("corrections", "/pembetulan", sum(row.asked_by != officer.id for row in asked))
    pairs = alike.waiting(view, kecamatan=kecamatan or None)
    yield Waits("duplicates", f"/kembar?kecamatan={kecamatan}", len(pairs))
    yield Waits("filings", "/berkas", filings.waiting(view)[0])
    stock = blank_stock.of_office(view, officer.office)
    yield Waits("blanks", f"/blangko/{officer.office}", stock.waiting if stock else 0)
    forget = erasures.page(view, stage=Stage.REQUESTED.value)
    yield Waits("erasures", "/penghapusan", sum(row.requested_by != officer.id for row in forget))


def _alarms(page: Page) -> int:
    """Those that somebody else than their officer has not explained yet."""
    return sum(
        row.finding in {None, Finding.UNCLEAR} and row.raised.officer != page.officer.id
        for row in watching.raised(page.hub.watching)
    )
