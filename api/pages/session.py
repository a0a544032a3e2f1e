"""Who sits at the screen today: an officer chosen from the list, until login exists."""

from itertools import groupby

from fastapi import APIRouter, Response

from api.pages.forms import APosted, local
from api.pages.frame import PURPOSE_COOKIE, APage, see_other
from api.pages.sessions import COOKIE

routes = APIRouter()


@routes.get("/masuk")
def choose(page: APage, kembali: str = "/") -> Response:
    """The officers who serve today, by office."""
    serving = sorted(page.hub.officers.on(page.hub.desk.today), key=lambda officer: officer.office)
    offices = [(code, list(there)) for code, there in groupby(serving, key=lambda officer: officer.office)]
    return page.render("signin.html", offices=offices, back=local(kembali, "/"))


@routes.post("/masuk")
def sign_in(page: APage, form: APosted) -> Response:
    day = page.hub.desk.today
    officer = page.hub.officers.get(form.text("officer"), day)
    answer = see_other(form.back("/"))
    cookie = page.frame.sessions.write(officer.id, day)
    answer.set_cookie(COOKIE, cookie, httponly=True, samesite="lax")
    return answer


@routes.post("/keluar")
def sign_out(_: APosted) -> Response:
    answer = see_other("/")
    for name in (COOKIE, PURPOSE_COOKIE):
        answer.delete_cookie(name, httponly=True, samesite="lax")
    return answer
