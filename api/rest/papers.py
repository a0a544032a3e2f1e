"""Papers over REST: give out, fetch as PDF, print once more, revoke; and for anybody: check a code."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.acts import papers as acts
from api.acts.papers import Printed
from api.rest import models
from api.rest.answering import ACTS, READS, RECORDS, acted, etag, record, refused_answers
from api.rest.asking import ACommandId, AHub, ALook, AnActor, AnOfficer, AReading, Expected
from api.wiring import Hub
from domain.access.reading import Seen
from domain.kernel.errors import Unknown
from projections import papers
from projections.papers import PaperRow

routes = APIRouter(tags=["papers"])
PDF = "application/pdf"


def _printed(hub: Hub, done: Printed, status: int = 200) -> Response:
    positions = models.Positions(first=done.receipt.first, last=done.receipt.last)
    return acted(
        hub, done.receipt, models.PaperActed(paper=done.paper, positions=positions), status, done.paper
    )


@routes.post("/papers", status_code=201, response_model=models.PaperActed, responses=ACTS)
def issue(
    hub: AHub, officer: AnOfficer, by: AnActor, command_id: ACommandId, new: models.NewPaper
) -> Response:
    """Give out a paper about a record. The one before it is replaced; when nothing has changed, reprint instead."""
    paper = acts.NewPaper(new.kind, new.about)
    done = acts.issue(hub.desk, hub.press, paper, signer=officer.name, by=by, command_id=command_id)
    return _printed(hub, done, 201)


@routes.get("/papers", response_model=models.PaperPage, responses=READS)
def list_papers(
    hub: AHub,
    look: ALook,
    reading: AReading,
    record: Annotated[str, Query(description="A household, resident, case or application.", max_length=80)],
) -> models.PaperPage:
    """The papers about a record, or on which a resident or household stands; newest first, at most 100."""
    rows = reading.ask("papers", lambda view: papers.of_record(view, record))
    look.at(Seen.LIST, [one for row in rows for one in row.subjects], record)
    return models.PaperPage(items=[_paper(hub, row) for row in rows])


@routes.get("/papers/{paper}", response_model=models.Paper, responses=RECORDS)
def paper(hub: AHub, look: ALook, reading: AReading, request: Request, paper: str) -> Response:
    """One paper. Its ETag is the version to send as `If-Match`."""
    row = reading.find("papers", lambda view: papers.by_id(view, paper), Unknown("unknown-paper"))
    look.at(Seen.RECORD, row.subjects, paper)
    return record(request, _paper(hub, row), etag(row.version), reading.headers)


def _paper(hub: Hub, row: PaperRow) -> models.Paper:
    readable = len(hub.ledger.readable(row.subjects)) == len(row.subjects)
    return models.Paper(**{k: v for k, v in asdict(row).items() if k != "subjects"}, readable=readable)


@routes.get(
    "/papers/{paper}/pdf",
    response_class=Response,
    responses={
        200: {"content": {PDF: {}}, "description": "PDF/A-2a."},
        **refused_answers(401, 404, 410, 503),
    },
)
def pdf(hub: AHub, look: ALook, paper: str) -> Response:
    """The paper as it was printed; 410 `paper-forgotten` once a person on it is forgotten."""
    look.at(Seen.PAPER, acts.subjects(hub.desk, paper), paper)
    return pdf_answer(acts.open_pdf(hub.desk, hub.press, paper), paper)


def pdf_answer(content: bytes, paper: str) -> Response:
    """A PDF under a name that tells nothing, kept by nobody on the way."""
    headers = {"Content-Disposition": f'inline; filename="{paper}.pdf"', "Cache-Control": "no-store"}
    return Response(content, media_type=PDF, headers=headers)


@routes.post(
    "/papers/{paper}/reprints",
    response_model=models.PaperActed,
    responses=ACTS | refused_answers(410),
)
def reprint(
    hub: AHub, by: AnActor, command_id: ACommandId, expected: Expected, paper: str, asked: models.Reprint
) -> Response:
    """Record that the kept paper is printed once more, and why."""
    done = acts.reprint(hub.desk, paper, asked.reason, by=by, command_id=command_id, expected=expected)
    return _printed(hub, done)


@routes.post("/papers/{paper}/revocation", response_model=models.PaperActed, responses=ACTS)
def revoke(
    hub: AHub, by: AnActor, command_id: ACommandId, expected: Expected, paper: str, asked: models.Revocation
) -> Response:
    """Declare that the paper holds no more."""
    done = acts.revoke(hub.desk, paper, asked.reason, by=by, command_id=command_id, expected=expected)
    return _printed(hub, done)


@routes.post("/verification", responses=refused_answers(400, 413, 415, 422))
def check(hub: AHub, asked: models.CodeToCheck) -> models.CheckedPaper:
    """What the code on a paper is worth today, for anybody: no token, and no personal data in the answer."""
    return models.CheckedPaper.model_validate(acts.check(hub.desk, hub.press, asked.code))


@routes.get("/verification/keys")
def keys(hub: AHub) -> list[models.PaperKey]:
    """Every key that signs or ever signed the codes of papers, oldest first, for anybody who checks them offline."""
    return [models.PaperKey.model_validate(key) for key in hub.press.keys.published()]
