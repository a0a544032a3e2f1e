"""Forgetting a person over REST: request, decide, list."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.acts import privacy
from api.acts.privacy import Asked
from api.rest import models
from api.rest.answering import ACTS, READS, acted
from api.rest.asking import ACommandId, AHub, ALook, AnActor, AReading, Expected
from api.wiring import Hub
from domain.access.purposes import Purpose
from domain.access.reading import Seen
from domain.kernel.errors import Malformed
from domain.privacy.erasure import Stage
from projections import erasures

routes = APIRouter(tags=["privacy"])


def _asked(hub: Hub, done: Asked, status: int = 200) -> Response:
    positions = models.Positions(first=done.receipt.first, last=done.receipt.last)
    model = models.ErasureActed(erasure=done.erasure, positions=positions)
    return acted(hub, done.receipt, model, status, done.erasure)


@routes.post("/erasures", status_code=201, response_model=models.ErasureActed, responses=ACTS)
def request(hub: AHub, by: AnActor, command_id: ACommandId, new: models.NewErasure) -> Response:
    """Record that a resident asks to be forgotten. Nothing is forgotten before another officer decides."""
    erasure = privacy.NewErasure(new.resident, new.basis, new.letter)
    return _asked(hub, privacy.request_erasure(hub.desk, erasure, by=by, command_id=command_id), 201)


@routes.get("/erasures", response_model=models.ErasurePage, responses=READS)
def list_erasures(
    look: ALook, reading: AReading, stage: Annotated[str | None, Query(examples=["requested"])] = None
) -> models.ErasurePage:
    """The latest requests, newest first, at most 100."""
    if stage and stage not in tuple(Stage):
        raise Malformed("unknown-stage", stage=stage)
    rows = reading.ask("erasures", lambda view: erasures.page(view, stage=stage))
    look.at(Seen.LIST, [row.resident for row in rows], why=Purpose.ERASURE)
    return models.ErasurePage(items=[models.Erasure.model_validate(row) for row in rows])


@routes.post("/erasures/{erasure}/decision", response_model=models.ErasureActed, responses=ACTS)
def decide(
    hub: AHub,
    by: AnActor,
    command_id: ACommandId,
    expected: Expected,
    erasure: str,
    asked: models.ErasureDecision,
) -> Response:
    """Approve, and she is forgotten at once and for good; or reject with a reason."""
    if asked.decision == "approve":
        done = privacy.approve(hub.desk, hub.ledger, erasure, by=by, command_id=command_id, expected=expected)
    else:
        done = privacy.reject(
            hub.desk, erasure, asked.reason, by=by, command_id=command_id, expected=expected
        )
    return _asked(hub, done)
