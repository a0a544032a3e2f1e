"""``POST /feeds/kemendagri/answers``: the centre answers a file that this office has sent it.

An idempotent command of the ministry: its message id is the command id, so a message that comes again is
answered as before and changes nothing. Contract: ``docs/ministries.md``.
"""

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPBearer

from api.acts.civil import filings
from api.feeds.routes import must_hold
from api.identity import CENTRE
from api.rest import models
from api.rest.answering import acted, refused_answers
from api.rest.asking import must_be_json
from api.wiring import Hub
from domain.kernel.errors import Malformed
from domain.population.filing import FilingStage

DECISIONS = {"granted": True, "refused": False}
bearer = HTTPBearer(
    scheme_name="centre", description="The token with which the centre answers.", auto_error=False
)


def router(hub: Hub) -> APIRouter:
    """The answers to one hub."""
    routes = APIRouter(tags=["feeds"], dependencies=[Depends(must_be_json)])

    @routes.post(
        "/feeds/kemendagri/answers",
        response_model=models.AnswerTaken,
        responses=refused_answers(400, 401, 404, 409, 410, 413, 415, 422, 503),
    )
    def take(request: Request, _: Annotated[object, Depends(bearer)], body: models.CentralAnswer) -> Response:
        """The centre says yes, with its numbers, or no, with its reason. A repeated `message` changes nothing."""
        token = hub.settings.kemendagri.inbound_token.get_secret_value()
        must_hold(token, request.headers.get("authorization", ""))
        done = filings.answer(hub.desk, _answer(body), by=CENTRE)
        filed = done.state.filed
        granted = done.state.stage is FilingStage.GRANTED
        model = models.AnswerTaken(
            filing=done.filing,
            stage=done.state.stage.value,
            entry=filed.entry if filed and granted else "",
            positions=models.Positions(first=done.receipt.first, last=done.receipt.last),
        )
        return acted(hub, done.receipt, model, 200, done.filing)

    return routes


def _answer(body: models.CentralAnswer) -> filings.CentralAnswer:
    if body.decision not in DECISIONS:
        raise Malformed("unknown-choice", field="decision")
    times = Counter(given.stream for given in body.numbers)
    if twice := [stream for stream, count in times.items() if count > 1]:
        raise Malformed("central-number-twice", streams=twice)
    return filings.CentralAnswer(
        body.message,
        body.receipt,
        body.sent,
        body.filing,
        DECISIONS[body.decision],
        dict(sorted((given.stream, given.number) for given in body.numbers)),
        body.reason,
    )
