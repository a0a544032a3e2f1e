"""Records that may be of one person: the list, the two side by side, and what an officer finds."""

from collections.abc import Sequence

from fastapi import APIRouter, Response

from api import alike
from api.acts import civil
from api.acts.alike import load, tell_apart
from api.acts.civil import asked
from api.errors import status
from api.pages.forms import APosted, Posted, again
from api.pages.frame import APage, Page, see_other
from domain.access.reading import Seen
from domain.kernel.errors import Malformed, Refused, Unknown
from projections import residents
from projections.readmodel import View
from projections.residents import ResidentRow

routes = APIRouter()
SHOWN = ("name", "sex", "birth_place", "birth_date", "mother", "father")
"""What tells people apart, the first to be compared."""
OTHERWISE = ("religion", "marital", "blood", "education", "occupation", "citizenship")


@routes.get("/kembar")
def overview(page: APage, kecamatan: str | None = None) -> Response:
    """Pairs that wait for a decision; of the officer's own kecamatan unless another is asked."""
    officer, desk = page.officer, page.hub.desk
    if kecamatan is None:
        kecamatan = desk.reference.offices.office(officer.office, desk.today).kecamatan or ""
    with page.shown(*alike.MODELS) as view:
        rows = alike.waiting(view, kecamatan=kecamatan or None)
    page.looks(Seen.LIST, [id_ for row in rows for id_ in (row.pair.one, row.pair.other)])
    return page.render("duplicates.html", rows=rows, kecamatan=kecamatan)


@routes.get("/kembar/{one}/{other}")
def pair(page: APage, one: str, other: str) -> Response:
    """Both records, what differs marked."""
    _ = page.officer
    return _pair(page, one, other)


@routes.post("/kembar/{one}/{other}")
def decide(page: APage, form: APosted, one: str, other: str) -> Response:
    """The same person, or two. Who decides second is told who was first."""
    by, desk = page.actor, page.hub.desk
    try:
        if form.text("verdict") == "different":
            page.wait(tell_apart(desk, one, other, by=by, command_id=form.command_id).last)
            return see_other("/kembar")
        new = _duplicate(form, one, other)
        done = civil.find_same(desk, new, by=by, command_id=form.command_id, papers=form.all("papers"))
    except Refused as refused:
        return _pair(page, one, other, form, refused)
    page.wait(done.receipt.last)
    return see_other(f"/penduduk/{new.resident}?entri={done.entry}")


def _duplicate(form: Posted, one: str, other: str) -> asked.Duplicate:
    survivor = form.text("survivor")
    for field, there in (("survivor", survivor in (one, other)), ("reason", form.text("reason"))):
        if not there:
            raise Malformed("field-missing", field=field)
    heads = (asked.Successor(head) for head in [form.text("head")] if head)
    return asked.Duplicate(survivor, other if survivor == one else one, form.text("reason"), tuple(heads))


def _pair(
    page: Page, one: str, other: str, form: Posted | None = None, refused: Refused | None = None
) -> Response:
    with page.shown(*alike.MODELS) as view:
        rows = residents.by_ids(view, [one, other])
        if rows.keys() != {one, other}:
            raise Unknown("unknown-resident")
        homes = [residents.household(view, rows[id_].household) for id_ in (one, other)]
        near = _near(view, [rows[one], rows[other]])
    page.looks(Seen.LIST, [one, other, *(row.resident for row in near)])
    found = load(page.hub.desk, one, other)
    return page.render(
        "duplicate.html",
        int(status(refused)) if refused else 200,
        problems=[page.problem(refused, _place(refused))] if refused else [],
        pair=[rows[one], rows[other]],
        homes=homes,
        near=near,
        score=_score(rows[one], rows[other]),
        found=found,
        first=SHOWN,
        rest=OTHERWISE,
        papers=page.hub.desk.reference.civil_events.event(civil.DUPLICATE).papers,
        given=form or Posted({}, {}),
        command_id=again(form, refused).hex if form else "",
    )


def _place(refused: Refused) -> str:
    """The field at which it is told."""
    return "head" if refused.code == "new-head-needed" else str(refused.parameters.get("field", ""))


def _near(view: View, pair: Sequence[ResidentRow]) -> list[ResidentRow]:
    """Who lives with either: one of them may become head."""
    homes = dict.fromkeys(row.household for row in pair if row.household)
    both = {row.resident for row in pair}
    return [row for home in homes for row in residents.of_household(view, home) if row.resident not in both]


def _score(one: ResidentRow, other: ResidentRow) -> int | None:
    """How alike, in percent of what may be; None when somebody is forgotten."""
    score = alike.likeness(one, other)
    return None if score is None else round(100 * score)
