"""Where is my permit? The public answer to a tracking code, without login and without a name."""

from fastapi import APIRouter, Response

from api.pages.frame import APage
from projections import where_is_my_permit

routes = APIRouter()


@routes.get("/lacak")
def track(page: APage, kode: str = "") -> Response:
    """The steps of one application. A wrong code gets the same page, without steps."""
    code = _code(kode)
    with page.shown("where_is_my_permit") as view:
        found = where_is_my_permit.public(view, code)
    return page.render("track.html", 404 if code and not found else 200, code=code, found=found)


def _code(typed: str) -> str:
    """The code in groups of four, however it was typed."""
    plain = "".join(c for c in typed.upper() if c.isascii() and c.isalnum())[:12]
    return "-".join(plain[i : i + 4] for i in range(0, len(plain), 4))
