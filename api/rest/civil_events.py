"""Civil events over REST: the catalogue, one address per event, the register, and corrections."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from adapters.reference import reference
from api.acts import civil
from api.acts.civil import asked, corrections, filings
from api.acts.population import NewMember
from api.rest import models
from api.rest.answering import ACTS, READS, acted, refused_answers
from api.rest.asking import ACommandId, AHub, ALook, AnActor, AReading, Expected
from api.rest.models.base import Asked
from api.rest.models.civil import BODIES
from api.wiring import Hub
from domain.access.purposes import Purpose
from domain.access.reading import Seen
from domain.kernel.errors import Malformed, Unknown
from domain.population.civil_events import CivilEvent
from domain.population.correction import CorrectionStage
from domain.population.entry import CivilEventAnnulled, CivilEventRecorded
from projections import corrections as requests

routes = APIRouter(tags=["civil events"])
COMMON = ("on", "reported", "papers", "deed")
FILED: dict[int | str, dict[str, Any]] = {
    202: {"model": models.CivilEventFiled, "description": "Companion mode: filed; it waits for the centre."}
}
VALUES: dict[type[Asked], Callable[..., object]] = {
    models.Home: asked.Home,
    models.Related: asked.Related,
    models.Successor: asked.Successor,
    models.Newborn: asked.Newborn,
    models.ElementValue: asked.ElementValue,
    models.Member: NewMember,
}
"""What each shape within a body is to the acts."""


@routes.get("/civil-events")
def catalogue(hub: AHub) -> models.CivilEventTable:
    """Every civil event: its form, limit, papers, fields and consequences. Forms are made from it."""
    table = hub.desk.reference.civil_events
    return models.CivilEventTable(
        version=table.version, events=[_row(hub, row) for row in table.rows.values()]
    )


def _row(hub: Hub, row: CivilEvent) -> models.CivilEventRow:
    made = {
        "form": row.form(hub.desk.today),
        "decided_by": "centre" if hub.desk.companion and row.centre else "office",
        "post": f"/api/v1/civil-events/{row.code}",
    }
    fields = {name: getattr(row, name) for name in models.CivilEventRow.model_fields if name not in made}
    return models.CivilEventRow.model_validate(fields | made)


@routes.get("/civil-events/{code}", responses=refused_answers(404))
def event(hub: AHub, code: str) -> models.CivilEventRow:
    """One civil event."""
    return _row(hub, hub.desk.reference.civil_events.event(code))


def values(model: Asked) -> dict[str, Any]:
    """The fields of a body that are there, as the acts take them."""
    return {name: plain(value) for name, value in model if value is not None}


def plain(value: object) -> object:
    if isinstance(value, list):
        return tuple(map(plain, value))
    if isinstance(value, Asked):
        return VALUES[type(value)](**{name: plain(inner) for name, inner in value})
    return value


def report(code: str, body: Asked) -> civil.Report:
    """A body as the act takes it."""
    given = values(body)
    common = {name: given.pop(name) for name in COMMON if name in given}
    given.pop("case", None)
    return civil.Report(code, civil.ACTS[code][0](**given), **common)


def _recorder(code: str, body: type[Asked]) -> Callable[..., Response]:
    def record(hub: AHub, by: AnActor, command_id: ACommandId, seen: Expected, new: Asked) -> Response:
        asked_for, case = report(code, new), getattr(new, "case", "")
        done = filings.report(hub.desk, asked_for, by=by, command_id=command_id, seen=seen, case=case)
        return _filed(hub, done) if isinstance(done, filings.Filed) else _done(hub, done)

    record.__annotations__["new"] = body
    record.__name__ = f"record_{code.lower()}"
    return record


def _done(hub: Hub, done: civil.Recorded) -> Response:
    state = done.state
    model = models.CivilEventDone(
        entry=done.entry,
        code=state.code,
        residents=list(state.residents),
        households=list(state.households),
        flags=list(state.flags),
        deed=state.deed or None,
        positions=models.Positions(first=done.receipt.first, last=done.receipt.last),
    )
    return acted(hub, done.receipt, model, 201, done.entry)


def _filed(hub: Hub, done: filings.Filed) -> Response:
    filed = done.state.filed
    assert filed
    model = models.CivilEventFiled(
        filing=done.filing,
        code=filed.code,
        entry=filed.entry,
        residents=list(filed.residents),
        asked=[models.NumberAsked.model_validate(number) for number in filed.asked],
        positions=models.Positions(first=done.receipt.first, last=done.receipt.last),
    )
    return acted(hub, done.receipt, model, 202, done.filing)


for _code, _event in reference().civil_events.rows.items():
    if _code in civil.ACTS:
        routes.add_api_route(
            f"/civil-events/{_code}",
            _recorder(_code, BODIES[_code]),
            methods=["POST"],
            status_code=201,
            response_model=models.CivilEventDone,
            responses=FILED | ACTS if _event.centre else ACTS,
            summary=_event.english,
            description=f"{_event.indonesia} / {_event.english}: one append, all or nothing. `If-Match` takes the "
            "version of the resident (field `resident` or `child`) that the caller saw.",
        )


def ask_for_correction(hub: AHub, by: AnActor, command_id: ACommandId, new: Asked) -> Response:
    """Ask that elements be corrected or a deed be annulled. Another officer decides; until then nothing changes."""
    wanted = asked.CorrectionWanted(**values(new))
    return _corrected(hub, corrections.request(hub.desk, wanted, by=by, command_id=command_id), 201)


ask_for_correction.__annotations__["new"] = BODIES[civil.CORRECTION]
routes.add_api_route(
    f"/civil-events/{civil.CORRECTION}",
    ask_for_correction,
    methods=["POST"],
    status_code=201,
    response_model=models.CorrectionActed,
    responses=ACTS,
)


def _corrected(hub: Hub, done: corrections.Corrected, status: int) -> Response:
    positions = models.Positions(first=done.receipt.first, last=done.receipt.last)
    model = models.CorrectionActed(correction=done.correction, entry=done.entry, positions=positions)
    return acted(hub, done.receipt, model, status, done.correction)


@routes.get("/corrections", responses=READS)
def list_corrections(
    look: ALook,
    reading: AReading,
    stage: Annotated[str | None, Query(examples=["requested"])] = None,
    resident: Annotated[str | None, Query()] = None,
) -> models.CorrectionPage:
    """The latest requests, newest first, at most 100, each with old and new values."""
    if stage and stage not in tuple(CorrectionStage):
        raise Malformed("unknown-stage", stage=stage)
    rows = reading.ask("corrections", lambda view: requests.page(view, stage=stage, resident=resident))
    look.at(Seen.LIST, [row.resident for row in rows], why=Purpose.CORRECTION)
    return models.CorrectionPage(items=[models.CorrectionRow.model_validate(row) for row in rows])


@routes.get("/corrections/{correction}", responses=READS)
def correction(look: ALook, reading: AReading, correction: str) -> models.CorrectionRow:
    """One request."""
    row = reading.find(
        "corrections", lambda view: requests.by_id(view, correction), Unknown("unknown-correction")
    )
    look.at(Seen.RECORD, [row.resident], correction, why=Purpose.CORRECTION)
    return models.CorrectionRow.model_validate(row)


@routes.post(
    "/corrections/{correction}/decision", response_model=models.CorrectionActed, responses=FILED | ACTS
)
def decide(
    hub: AHub,
    by: AnActor,
    command_id: ACommandId,
    expected: Expected,
    correction: str,
    body: models.CorrectionDecision,
) -> Response:
    """Approve, and it is carried out at once; or reject with a reason. It must be another officer."""
    desk = hub.desk
    match body.decision:
        case "approve":
            home = plain(body.home)
            approval = corrections.Approval(home if isinstance(home, asked.Home) else None, body.relation)
            done = filings.approve(
                desk, correction, approval, by=by, command_id=command_id, expected=expected
            )
            if isinstance(done, filings.Filed):
                return _filed(hub, done)
            corrected = corrections.Corrected(done.receipt, correction, done.entry)
        case "reject":
            corrected = corrections.reject(
                desk, correction, body.reason, by=by, command_id=command_id, expected=expected
            )
        case _:
            raise Malformed("unknown-choice", field="decision")
    return _corrected(hub, corrected, 200)


@routes.get("/entries/{entry}", responses=READS)
def entry(hub: AHub, look: ALook, entry: str) -> models.RegisterEntry:
    """An entry of the register of civil events, with what was said and shown."""
    facts = [fact.event for fact in hub.ledger.stream(entry)]
    recorded = next((e for e in facts if isinstance(e, CivilEventRecorded)), None)
    if recorded is None:
        raise Unknown("unknown-entry")
    look.at(Seen.RECORD, recorded.residents, entry)
    annulled = next((e for e in facts if isinstance(e, CivilEventAnnulled)), None)
    return models.RegisterEntry(
        entry=entry,
        code=recorded.code,
        form=recorded.form,
        vintage=recorded.vintage,
        on=recorded.on,
        reported_on=recorded.reported_on,
        residents=list(recorded.residents),
        households=list(recorded.households),
        papers=list(recorded.papers),
        flags=list(recorded.flags),
        deed=recorded.deed.value or None,
        details=_details(recorded),
        annulled_on=annulled.on if annulled else None,
        annulled_by=(annulled.entry or None) if annulled else None,
    )


def _details(recorded: CivilEventRecorded) -> list[models.EntryDetail] | None:
    said = recorded.details.value
    return None if said is None else [models.EntryDetail(name=d.name, value=d.value) for d in said]
