"""The 59 permits and 10 non-permits: what each needs, how long it takes, on what law it stands."""

from fastapi import APIRouter, Response

from api.pages.frame import APage
from domain.kernel.errors import Unknown

routes = APIRouter()
KINDS = {"izin": "izin", "non-izin": "non_izin"}


@routes.get("/izin")
def catalogue(page: APage, jenis: str = "", cari: str = "") -> Response:
    """The catalogue, of one kind or of both, with names that contain ``cari``."""
    wanted = KINDS.get(jenis)
    groups = [
        (category, [row for row in rows if _matches(cari, row.code, row.name_id, row.name_en)])
        for category, rows in page.names.permits
        if wanted in {None, category}
    ]
    table = page.hub.desk.reference.catalogue
    return page.render("catalogue.html", groups=groups, kind=jenis, search=cari, table=table)


def _matches(search: str, *texts: str) -> bool:
    return any(search.strip().casefold() in text.casefold() for text in texts)


@routes.get("/izin/layanan/{code}")
def service(page: APage, code: str) -> Response:
    """One service. A row that is not documented for Sragen is marked as an example."""
    row = page.hub.desk.reference.catalogue.rows.get(code)
    if row is None:
        raise Unknown("unknown-permit", permit=code)
    return page.render("service.html", row=row)
