"""What an official looks at data for: she states it once, and for an hour every reading of hers says so."""

from fastapi import APIRouter, Response

from api.pages.forms import APosted, local
from api.pages.frame import PURPOSE_COOKIE, APage, see_other

routes = APIRouter()
HOUR = 3600
"""Seconds. Whoever forgets to take it back looks for another purpose than she says no longer than that."""


@routes.get("/keperluan")
def choose(page: APage, kembali: str = "/") -> Response:
    """The purposes of today, and the one that is stated."""
    _ = page.officer
    named = [(row.code, page.names.purpose(row.code, page.words.language)) for row in page.purposes]
    choices = [("", page.t("purposes.of-page")), *named]
    return page.render("purposes.html", back=local(kembali, "/"), choices=choices)


@routes.post("/keperluan")
def state(page: APage, form: APosted) -> Response:
    """State a purpose; an empty one takes it back, and what each page is for stands again."""
    _ = page.officer
    desk, code = page.hub.desk, form.text("purpose")
    answer = see_other(form.back("/"))
    if code:
        stated = desk.reference.purposes.stated(code, desk.today)
        answer.set_cookie(PURPOSE_COOKIE, stated, max_age=HOUR, httponly=True, samesite="lax")
    else:
        answer.delete_cookie(PURPOSE_COOKIE, httponly=True, samesite="lax")
    return answer
