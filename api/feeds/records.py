"""``POST /feeds/kemendagri/records``: the centre sends residents as it holds them, to be compared with ours.

An idempotent command of the ministry like its answers: its message id is the command id. Contract:
``docs/ministries.md``, and ``DATA_PENDUDUK`` in ``adapters/kemendagri/contracts/``.
"""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPBearer

from api.acts.civil import comparing
from api.feeds.routes import must_hold
from api.identity import CENTRE
from api.rest import models
from api.rest.answering import acted, refused_answers
from api.rest.asking import must_be_json
from api.wiring import Hub
from domain.kernel.errors import Malformed
from domain.population.comparison import HeldRecord
from domain.population.filing import Answer

bearer = HTTPBearer(
    scheme_name="centre", description="The token with which the centre answers.", auto_error=False
)


def router(hub: Hub) -> APIRouter:
    """What one hub is sent to compare."""
    routes = APIRouter(tags=["feeds"], dependencies=[Depends(must_be_json)])

    @routes.post(
        "/feeds/kemendagri/records",
        response_model=models.RecordsTaken,
        responses=refused_answers(400, 401, 404, 409, 413, 415, 422, 503),
    )
    def take(request: Request, _: Annotated[object, Depends(bearer)], body: models.HeldRecords) -> Response:
        """Residents as the centre holds them. What differs waits for an officer; a repeated `message` changes nothing."""
        token = hub.settings.kemendagri.inbound_token.get_secret_value()
        must_hold(token, request.headers.get("authorization", ""))
        proof = Answer(body.message, body.receipt, body.sent)
        done = comparing.take_in(
            hub.desk, comparing.HeldRecords(proof, tuple(_records(hub, body))), by=CENTRE
        )
        told = done.told
        model = models.RecordsTaken(
            records=told.records,
            equal=told.equal,
            different=told.different,
            unknown=told.unknown,
            forgotten=told.forgotten,
            positions=models.Positions(first=done.receipt.first, last=done.receipt.last),
        )
        return acted(hub, done.receipt, model, 200, done.stream)

    return routes


def _records(hub: Hub, body: models.HeldRecords) -> Iterator[HeldRecord]:
    for index, record in enumerate(body.records):
        try:
            yield hub.held(record)
        except Malformed as misfit:
            path = ".".join(filter(None, (f"records[{index}]", str(misfit.parameters["path"]))))
            raise Malformed("record-not-to-contract", path=path) from None
