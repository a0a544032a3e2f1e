"""The counter over REST: the next call, the clock of a case, the share under five minutes, the blanks."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.acts import blank_stock as acts
from api.acts import calling
from api.rest import models
from api.rest.answering import ACTS, READS, RECORDS, acted, etag, record, refused_answers
from api.rest.asking import ACommandId, AHub, AnActor, AnOfficer, AReading, Reading
from api.wiring import Hub
from domain.kernel.errors import Malformed, Unknown
from domain.population.case import Step
from domain.population.clock import case_clock, typed_code
from projections import blank_stock, five_minutes, ktp_queue
from projections.blank_stock import StockRow
from projections.five_minutes import Share

routes = APIRouter(tags=["counter"])
LONGEST = 366
"""Days in one answer."""
PAGE, MOST = 100, 1000
"""Places of a backlog in one answer."""


@routes.get("/counter-services")
def services(hub: AHub) -> list[models.CounterService]:
    """What the population counter hands out today."""
    return [
        models.CounterService(
            document=service.document.value,
            name_id=service.name_id,
            name_en=service.name_en,
            form=service.form,
            promise_seconds=int(service.promise.total_seconds()) if service.promise else None,
            source=service.source,
        )
        for service in hub.desk.reference.services.on(hub.desk.today)
    ]


@routes.post("/cases/next", response_model=models.Served, responses=ACTS)
def call_next(hub: AHub, by: AnActor, command_id: ACommandId, new: models.NextCall) -> Response:
    """Call the next ticket of the officer's office to a window. Two clerks at once get two tickets."""
    asked = calling.CallNext(new.counter, new.document)
    with hub.views.now() as view:
        queue = ktp_queue.queue(view, by.office, hub.desk.today, new.document or None)
    waiting = [(row.case, row.version) for row in queue if calling.callable_now(row.step, row.waiting)]
    done = calling.call_next(hub.desk, asked, waiting, by=by, command_id=command_id)
    positions = models.Positions(first=done.receipt.first, last=done.receipt.last)
    return acted(hub, done.receipt, models.Served(case=done.case, positions=positions), 200, done.case)


@routes.get("/calls/{office}", responses=refused_answers(422))
def calls(hub: AHub, reading: AReading, office: str) -> models.CallDisplay:
    """The call display of an office, for anybody: windows and ticket numbers."""
    today = hub.desk.today
    hub.desk.reference.offices.office(office, today)
    called = reading.ask("ktp_queue", lambda view: ktp_queue.calls(view, office, today))
    queue = reading.ask("ktp_queue", lambda view: ktp_queue.queue(view, office, today))
    return models.CallDisplay(
        office=office,
        on=today,
        calls=[models.WindowCall.model_validate(row) for row in called],
        waiting=sum(row.step == Step.WAITING for row in queue),
    )


@routes.get("/cases/{case}/clock", response_model=models.CaseClock, responses=READS)
def clock(hub: AHub, _: AnOfficer, case: str) -> models.CaseClock:
    """Whose time a case took, with every part: up to now while it is open."""
    return _clock(hub, case, Unknown("unknown-case"))


@routes.get("/receipts/{code}", response_model=models.CaseClock, responses=refused_answers(404))
def receipt(hub: AHub, reading: AReading, code: str) -> models.CaseClock:
    """The clock behind the code of a receipt, for anybody who has it, without a token."""
    missing = Unknown("unknown-receipt")
    row = reading.find("ktp_queue", lambda view: ktp_queue.by_code(view, typed_code(code)), missing)
    return _clock(hub, row.case, missing)


def _clock(hub: Hub, case: str, missing: Unknown) -> models.CaseClock:
    facts = hub.ledger.stream(case) if case.startswith("case-") else []
    if not facts:
        raise missing
    recorded = ((fact.event, fact.header.recorded_at) for fact in facts)
    closed = hub.desk.reference.opening.closed
    return models.CaseClock.model_validate(case_clock(case, recorded, closed, hub.clock.now()))


@routes.get("/five-minutes", response_model=models.FiveMinutes, responses=refused_answers(401, 404, 422))
def share(
    hub: AHub,
    _: AnOfficer,
    reading: AReading,
    start: Annotated[date | None, Query(description="First day; absent: the last.")] = None,
    end: Annotated[date | None, Query(description="Last day; absent: today.")] = None,
    document: Annotated[str, Query(description="Which service.")] = "KTP",
    office: Annotated[str | None, Query(description="One office; absent: all.")] = None,
) -> models.FiveMinutes:
    """How many were served within five minutes of the office's time: by office, day and cause."""
    last = end or hub.desk.today
    first = start or last
    if not 0 <= (last - first).days < LONGEST:
        raise Malformed("malformed-days", most=LONGEST)
    hub.desk.reference.services.service(document, last)
    days = reading.ask("ktp_queue", lambda view: five_minutes.shares(view, document, first, last, office))
    all_ = five_minutes.total(days, last)
    return models.FiveMinutes(
        document=document,
        start=first,
        end=last,
        served=all_.served,
        within=all_.within,
        share=all_.share,
        causes=_causes(all_),
        days=[_share(hub, day) for day in days],
    )


def _share(hub: Hub, row: Share) -> models.Share:
    return models.Share(
        on=row.on,
        office=row.office,
        kecamatan=_kecamatan(hub, row.office),
        served=row.served,
        within=row.within,
        share=row.share,
        causes=_causes(row),
    )


def _causes(row: Share) -> dict[str, models.Spent]:
    return {cause.value: models.Spent.model_validate(spent) for cause, spent in row.causes.items()}


def _kecamatan(hub: Hub, office: str) -> str | None:
    try:
        return hub.desk.reference.offices.office(office, hub.desk.today).kecamatan
    except Malformed:
        return None


@routes.get("/blank-stock", response_model=list[models.BlankStock], responses=READS)
def stocks(hub: AHub, _: AnOfficer, reading: AReading) -> list[models.BlankStock]:
    """The blanks of every office that keeps its stock."""
    rows = reading.ask("blank_stock", blank_stock.stocks)
    return [models.BlankStock(**_stock(hub, row)) for row in rows]


def _stock(hub: Hub, row: StockRow) -> dict[str, Any]:
    kept = {name: value for name, value in asdict(row).items() if name != "version"}
    return kept | {"left": row.left, "kecamatan": _kecamatan(hub, row.office)}


@routes.get("/blank-stock/{office}", response_model=models.BlankStockOfOffice, responses=RECORDS)
def stock(
    hub: AHub,
    _: AnOfficer,
    reading: AReading,
    request: Request,
    office: str,
    limit: Annotated[int, Query(ge=0, le=MOST, description="Places of the backlog, the first ones.")] = PAGE,
) -> Response:
    """The blanks of one office, who waits for one and how long, and the latest lines of its book."""
    missing = Unknown("unknown-stock", office=office)
    row = reading.find("blank_stock", lambda view: blank_stock.of_office(view, office), missing)
    model = models.BlankStockOfOffice(
        **_stock(hub, row),
        backlog=_backlog(hub, reading, office, limit),
        lines=[
            models.StockLine.model_validate(line)
            for line in reading.ask("blank_stock", lambda view: blank_stock.lines(view, office))
        ],
    )
    # How long somebody has waited changes by itself: only a book without a backlog can be known already.
    seen = (
        etag(row.version, limit)
        if not model.backlog
        else etag(row.version, limit, int(hub.clock.now().timestamp()))
    )
    return record(request, model, seen, reading.headers)


def _backlog(hub: Hub, reading: Reading, office: str, limit: int) -> list[models.BacklogPlace]:
    rows = reading.ask("blank_stock", lambda view: blank_stock.backlog(view, office, limit))
    now = hub.clock.now()
    return [
        models.BacklogPlace(
            place=place,
            **asdict(row),
            waited_seconds=int(((row.until or now) - row.since).total_seconds()),
        )
        for place, row in enumerate(rows, 1)
    ]


@routes.post("/blank-stock/movements", status_code=201, response_model=models.Moved, responses=ACTS)
def move(hub: AHub, by: AnActor, command_id: ACommandId, new: models.NewMovement) -> Response:
    """Write a line into the stock book of the officer's office. Blanks that come go to the backlog first."""
    movement = acts.NewMovement(**dict(new))
    done = acts.move(hub.desk, movement, by=by, command_id=command_id)
    positions = models.Positions(first=done.receipt.first, last=done.receipt.last)
    model = models.Moved(office=done.office, positions=positions)
    return acted(hub, done.receipt, model, 201, acts.stream(done.office))
