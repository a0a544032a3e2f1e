"""Papers at the desk: print one, look at it, print it once more with a reason, revoke it."""

from fastapi import APIRouter, Response

from api.acts import papers as acts
from api.acts.papers import NewPaper, Printed
from api.errors import status
from api.pages.forms import APosted, Posted, again
from api.pages.frame import APage, Page, see_other
from api.rest.papers import pdf_answer
from domain.access.reading import Seen
from domain.kernel.errors import Malformed, Refused, Unknown
from domain.papers.paper import PaperStatus, ReprintReason, RevocationReason
from projections import papers, parking

routes = APIRouter()


@routes.post("/dokumen")
def issue(page: APage, form: APosted) -> Response:
    """Print a paper about a record. One that still holds and would say the same is shown instead."""
    officer, by = page.officer, page.actor
    new = NewPaper(form.text("kind"), form.text("about"))
    try:
        done = acts.issue(
            page.hub.desk, page.hub.press, new, signer=officer.name, by=by, command_id=form.command_id
        )
    except Refused as refused:
        if refused.code == "paper-still-holds":
            return see_other(f"/dokumen/{refused.parameters['paper']}?masih=1")
        raise
    page.wait(done.receipt.last)
    return see_other(f"/dokumen/{done.paper}?baru=1")


@routes.get("/dokumen/{paper}")
def paper(page: APage, paper: str, baru: int = 0, masih: int = 0) -> Response:
    return _page(page, paper, fresh=bool(baru), same=bool(masih))


@routes.get("/dokumen/{paper}/pdf")
def pdf(page: APage, paper: str) -> Response:
    """The paper as it was printed."""
    page.looks(Seen.PAPER, acts.subjects(page.hub.desk, paper), paper)
    return pdf_answer(acts.open_pdf(page.hub.desk, page.hub.press, paper), paper)


@routes.post("/dokumen/{paper}")
def act(page: APage, form: APosted, paper: str) -> Response:
    """Print once more, or revoke: the button says which."""
    _ = page.actor
    try:
        done = _do(page, form, paper)
    except Refused as refused:
        return _page(page, paper, form, refused)
    page.wait(done.receipt.last)
    return see_other(f"/dokumen/{paper}")


def _do(page: Page, form: Posted, paper: str) -> Printed:
    desk, by, id_, seen = page.hub.desk, page.actor, form.command_id, form.expected
    match form.text("do"):
        case "reprint":
            return acts.reprint(desk, paper, form.text("reason"), by=by, command_id=id_, expected=seen)
        case "revoke":
            return acts.revoke(desk, paper, form.text("reason"), by=by, command_id=id_, expected=seen)
    raise Malformed("unknown-step", step=form.text("do"))


def _page(
    page: Page,
    paper: str,
    form: Posted | None = None,
    refused: Refused | None = None,
    *,
    fresh: bool = False,
    same: bool = False,
) -> Response:
    _ = page.officer
    with page.hub.views.now() as view:
        row = papers.by_id(view, paper)
        parked = parking.count(view, "papers")
    if row is None:
        raise Unknown("unknown-paper")
    page.looks(Seen.RECORD, row.subjects, paper)
    return page.render(
        "paper.html",
        int(status(refused)) if refused else 200,
        problems=[page.problem(refused)] if refused else [],
        command_id=again(form, refused) if form else None,
        paper=row,
        readable=len(page.hub.ledger.readable(row.subjects)) == len(row.subjects),
        holds=row.status == PaperStatus.VALID,
        reprint_reasons=tuple(ReprintReason),
        revocation_reasons=tuple(RevocationReason),
        record=_record(row.about),
        fresh=fresh,
        same=same,
        incomplete=parked,
    )


def _record(about: str) -> str:
    """The page of the record that a paper is about."""
    pages = {
        "household": "/keluarga",
        "case": "/loket",
        "application": "/izin/berkas",
        "entry": "/entri",
        "resident": "/penduduk",
    }
    return f"{pages.get(about.partition('-')[0], '/riwayat')}/{about}"
