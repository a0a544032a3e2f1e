"""Records that may be of one person over REST: before a registration, the list, and the finding."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import alike
from api.acts import civil
from api.acts.alike import tell_apart
from api.acts.civil import asked
from api.rest import models
from api.rest.answering import ACTS, READS, acted, refused_answers
from api.rest.asking import ACommandId, AHub, ALook, AnActor, AReading
from api.rest.civil_events import plain
from api.rest.population import listed, must_be_known
from domain.access.reading import Seen
from domain.kernel.errors import Malformed
from domain.kernel.events import Receipt
from domain.population.duplicates import traits
from domain.population.pair import pair_id

routes = APIRouter(tags=["population"])


@routes.post(
    "/residents/candidates",
    response_model=models.Candidates,
    responses=refused_answers(400, 401, 415, 422),
)
def candidates(look: ALook, reading: AReading, new: models.Newcomers) -> models.Candidates:
    """Before a registration: residents who may be one of these people. A candidate is never a refusal."""
    people = [traits(n.name, n.sex, n.birth_date, n.birth_place, n.mother, n.father) for n in new.newcomers]
    found = reading.ask("name_index", lambda view: alike.candidates(view, people))
    look.at(Seen.SEARCH, [row.resident.resident for row in found])
    return models.Candidates(
        items=[
            models.Candidate(
                index=row.index, score=round(row.score, 3), resident=listed(row.resident, reading.day)
            )
            for row in found
        ]
    )


@routes.get("/duplicates", responses=READS)
def list_duplicates(
    hub: AHub,
    look: ALook,
    reading: AReading,
    kecamatan: Annotated[str | None, Query(examples=["33.14.10"])] = None,
    resident: Annotated[str | None, Query()] = None,
) -> models.Pairs:
    """Pairs of residents who may be one and of whom nobody has decided."""
    must_be_known(hub, kecamatan, None)
    rows = reading.ask("name_index", lambda view: alike.waiting(view, kecamatan=kecamatan, resident=resident))
    look.at(Seen.LIST, [id_ for row in rows for id_ in (row.pair.one, row.pair.other)])
    return models.Pairs(
        items=[
            models.Pair(
                score=round(row.pair.score, 3),
                one=listed(row.one, reading.day),
                other=listed(row.other, reading.day),
            )
            for row in rows
        ]
    )


@routes.post("/duplicates/findings", status_code=201, response_model=models.Found, responses=ACTS)
def find(hub: AHub, by: AnActor, command_id: ACommandId, body: models.Finding) -> Response:
    """The same person: the civil event of a duplicate is recorded. Or two: the pair leaves the list for good."""
    if body.verdict == "different":
        receipt = tell_apart(hub.desk, body.one, body.other, by=by, command_id=command_id)
        return _found(hub, receipt, body, pair_id(body.one, body.other), None)
    if body.survivor not in (body.one, body.other):
        raise Malformed("unknown-choice", field="survivor")
    if not body.reason.strip():
        raise Malformed("field-missing", field="reason")
    duplicate = body.other if body.survivor == body.one else body.one
    successors = tuple(s for s in map(plain, body.successors) if isinstance(s, asked.Successor))
    new = asked.Duplicate(body.survivor, duplicate, body.reason, successors)
    done = civil.find_same(hub.desk, new, by=by, command_id=command_id, papers=tuple(body.papers))
    return _found(hub, done.receipt, body, done.entry, done.entry)


def _found(hub: AHub, receipt: Receipt, body: models.Finding, stream: str, entry: str | None) -> Response:
    positions = models.Positions(first=receipt.first, last=receipt.last)
    model = models.Found(verdict=body.verdict, entry=entry, positions=positions)
    return acted(hub, receipt, model, 201, stream)
