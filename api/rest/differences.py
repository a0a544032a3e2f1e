"""What the centre holds otherwise than this registry over REST: the list, and which of them is right."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.acts.civil import comparing
from api.rest import models
from api.rest.answering import ACTS, READS, acted
from api.rest.asking import ACommandId, AHub, ALook, AnActor, AReading, Expected
from api.rest.population import must_be_known
from domain.access.purposes import Purpose
from domain.access.reading import Seen
from projections import differences

routes = APIRouter(tags=["civil events"])


@routes.get("/differences", responses=READS)
def list_differences(
    hub: AHub,
    look: ALook,
    reading: AReading,
    kecamatan: Annotated[str, Query(examples=["33.14.10"])] = "",
    resident: Annotated[str, Query()] = "",
) -> models.ComparisonPage:
    """People of whom the centre holds something otherwise, and nobody has settled it."""
    must_be_known(hub, kecamatan or None, None)
    rows = reading.ask(
        "differences", lambda view: differences.page(view, kecamatan=kecamatan, resident=resident)
    )
    look.at(Seen.LIST, [row.resident or row.comparison for row in rows], why=Purpose.CORRECTION)
    return models.ComparisonPage(items=[models.ComparisonRow.model_validate(row) for row in rows])


@routes.post(
    "/differences/{comparison}/settlements", status_code=201, response_model=models.Settled, responses=ACTS
)
def settle(
    hub: AHub,
    by: AnActor,
    command_id: ACommandId,
    comparison: str,
    body: models.Settlement,
    expected: Expected = None,
) -> Response:
    """Theirs is right: a correction is asked for, which another officer decides. Or ours: it does not come back."""
    new = comparing.Settlement(comparison, tuple(body.elements), body.right == "theirs", body.reason)
    done = comparing.settle(hub.desk, new, by=by, command_id=command_id, expected=expected)
    model = models.Settled(
        comparison=comparison,
        correction=done.correction,
        positions=models.Positions(first=done.receipt.first, last=done.receipt.last),
    )
    return acted(hub, done.receipt, model, 201, comparison)
