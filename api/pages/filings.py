"""What waits for the centre: each file with since when and its place in the line, and what was answered."""

from collections.abc import Sequence

from fastapi import APIRouter, Response

from api.pages.civil_known import Known, known
from api.pages.frame import APage, Page
from domain.access.reading import Seen
from domain.kernel.errors import Unknown
from domain.population.filing import FilingStage
from projections import filings
from projections.filings import FilingRow

routes = APIRouter()
ANSWERED = (FilingStage.GRANTED, FilingStage.REFUSED)


@routes.get("/berkas")
def overview(page: APage) -> Response:
    """Who waits, the first in line first; then the latest answers."""
    _ = page.officer
    with page.shown("filings", "residents") as view:
        waiting = filings.page(view, stage=FilingStage.WAITING)
        answered = [row for row in filings.page(view) if row.stage in ANSWERED]
        count, since = filings.waiting(view)
        around = known(view, _named([*waiting, *answered]))
    page.looks(Seen.LIST, [*around.people, *_named([*waiting, *answered])])
    return page.render(
        "filings.html", waiting=waiting, answered=answered, count=count, since=since, known=around
    )


@routes.get("/berkas/{filing}")
def one(page: APage, filing: str) -> Response:
    """One file: what was asked of the centre, how long it has taken so far, and its answer."""
    _ = page.officer
    with page.shown("filings", "residents") as view:
        row = filings.by_id(view, filing)
        if row is None:
            raise Unknown("unknown-filing")
        around = known(view, row.residents)
    page.looks(Seen.RECORD, row.residents, filing)
    return _shown(page, row, around)


def _shown(page: Page, row: FilingRow, around: Known) -> Response:
    waited = (row.answered_at or page.hub.clock.now()) - row.filed_at
    return page.render("filing.html", row=row, known=around, waited=waited)


def _named(rows: Sequence[FilingRow]) -> list[str]:
    return list(dict.fromkeys(resident for row in rows for resident in row.residents))
