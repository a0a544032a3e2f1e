"""Unusual readings: what somebody else than the officer concerned should look into, each with its reason."""

from datetime import date

from fastapi import APIRouter, Response

from api.acts import watching as acts
from api.acts.watching import NewWatch
from api.errors import status
from api.pages.forms import APosted
from api.pages.frame import APage, Page, see_other
from domain.access.inquiry import Finding
from domain.kernel.errors import Refused
from projections import alarms

routes = APIRouter()
HERE = "/peringatan"


@routes.get(HERE)
def overview(page: APage, sejak: str = "", sampai: str = "", pantau: str = "") -> Response:
    """The alarms of a week, or of the days that are named. It names officers and nobody else."""
    return _list(page, sejak, sampai, watching=pantau)


@routes.post("/peringatan/{alarm}")
def look_into(page: APage, form: APosted, alarm: str) -> Response:
    """Another officer says what came of it."""
    try:
        done = acts.look_into(
            page.hub.watching, alarm, form.text("finding"), by=page.actor, command_id=form.command_id
        )
    except Refused as refused:
        return _list(page, refused=refused)
    return _after(page, done.last, HERE)


@routes.post("/pantauan")
def begin(page: APage, form: APosted) -> Response:
    """Watch the readings of a resident; the officer that she is makes an official of her."""
    officer = form.text("officer")
    new = NewWatch(form.text("resident"), "official" if officer else "prominent", officer)
    try:
        done = acts.begin(page.hub.watching, new, by=page.actor, command_id=form.command_id)
    except Refused as refused:
        return _list(page, refused=refused)
    return _after(page, done.last, f"{HERE}#pantauan")


@routes.post("/pantauan/akhir")
def end(page: APage, form: APosted) -> Response:
    """Watch them no more."""
    resident, kind = form.text("resident"), form.text("kind")
    try:
        done = acts.end(page.hub.watching, resident, kind, by=page.actor, command_id=form.command_id)
    except Refused as refused:
        return _list(page, refused=refused)
    return _after(page, done.last, f"{HERE}#pantauan")


def _after(page: Page, position: int, address: str) -> Response:
    page.hub.readings.views.wait(position, page.hub.settings.wait)
    return see_other(address)


def _list(
    page: Page, since: str = "", until: str = "", refused: Refused | None = None, watching: str = ""
) -> Response:
    _ = page.officer
    serving = {officer.id: officer.name for officer in page.hub.officers.on(page.hub.desk.today)}
    rows = acts.raised(page.hub.watching, _day(since), _day(until))
    with page.hub.readings.views.now() as view:
        watched = alarms.watches(view)
    return page.render(
        "alarms.html",
        int(status(refused)) if refused else 200,
        problems=[page.problem(refused)] if refused else [],
        rows=rows,
        watched=watched,
        findings=tuple(Finding),
        since=since,
        until=until,
        watching=watching,
        officers=serving,
        as_whom=[("", page.t("alarms.prominent")), *serving.items()],
    )


def _day(text: str) -> date | None:
    """A day that cannot be read asks for none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
