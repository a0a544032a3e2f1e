"""What of a resident is protected by law: shown to whoever says what for, and that is a reading of its own."""

from fastapi import APIRouter, Response

from api.acts import protected
from api.acts.protected import NewDisability
from api.errors import status
from api.pages.forms import APosted
from api.pages.frame import APage, Page
from domain.access.reading import Seen
from domain.kernel.errors import Refused, Unknown
from projections import residents

routes = APIRouter()


@routes.post("/penduduk/{resident}/dilindungi")
def open_(page: APage, form: APosted, resident: str) -> Response:
    """Open it. A form and no link: nothing that fetches pages by itself opens anything."""
    purpose = protected.opening(page.hub.desk, resident, form.text("purpose"))
    return _opened(page, resident, purpose)


@routes.post("/penduduk/{resident}/disabilitas")
def record(page: APage, form: APosted, resident: str) -> Response:
    """Record what she declared, then show it as it stands: to the same officer, for the same purpose."""
    purpose = protected.opening(page.hub.desk, resident, form.text("purpose"))
    new = NewDisability(resident, form.text("code"))
    try:
        protected.record_disability(page.hub.desk, new, by=page.actor, command_id=form.command_id)
    except Refused as refused:
        return _opened(page, resident, purpose, refused)
    return _opened(page, resident, purpose)


def _opened(page: Page, resident: str, purpose: str, refused: Refused | None = None) -> Response:
    with page.shown("residents") as view:
        row = residents.by_id(view, resident)
    if row is None:
        raise Unknown("unknown-resident")
    page.looks(Seen.PROTECTED, [resident], resident, stated=purpose)
    return page.render(
        "protected.html",
        int(status(refused)) if refused else 200,
        problems=[page.problem(refused)] if refused else [],
        resident=row,
        purpose=purpose,
        disability=protected.disability(page.hub.desk, resident),
    )
