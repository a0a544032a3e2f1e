"""Residents, households and the KTP counter over REST."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from api import finding
from api.acts import population
from api.acts.population import NewMember
from api.errors import BadRequest
from api.rest import models
from api.rest.answering import ACTS, READS, RECORDS, acted, etag, record, refused_answers
from api.rest.asking import ACommandId, AHub, ALook, AnActor, AnOfficer, AReading, Expected
from api.wiring import Hub
from domain.access.reading import Seen
from domain.kernel.errors import Malformed, Unknown
from domain.kernel.segments import Cause
from projections import ktp_queue, residents
from projections.ktp_queue import CaseRow
from projections.name_search import Asked
from projections.residents import ResidentRow

routes = APIRouter(tags=["population"])
PAGE = 50
MOST = 500
SHOWN_OF_NIK = 6


@routes.post("/households", status_code=201, response_model=models.Registered, responses=ACTS)
def register_household(hub: AHub, by: AnActor, command_id: ACommandId, new: models.NewHousehold) -> Response:
    """Register a household and its residents, all or nothing."""
    household = population.NewHousehold(
        new.village,
        new.address,
        new.rt,
        new.rw,
        tuple(NewMember(**dict(member)) for member in new.members),
        new.kk,
        new.registered,
    )
    done = population.register_household(hub.desk, household, by=by, command_id=command_id)
    model = models.Registered(
        household=done.household, residents=list(done.residents), positions=_positions(done)
    )
    return acted(hub, done.receipt, model, 201, done.household)


def _positions(done: population.Registered | population.Served) -> models.Positions:
    return models.Positions(first=done.receipt.first, last=done.receipt.last)


@routes.get("/households/{household}", response_model=models.Household, responses=RECORDS)
def household(look: ALook, reading: AReading, request: Request, household: str) -> Response:
    """A family card with its members."""
    row = reading.find(
        "residents", lambda view: residents.household(view, household), Unknown("unknown-household")
    )
    members = reading.ask("residents", lambda view: residents.of_household(view, household))
    look.at(Seen.RECORD, [member.resident for member in members], household)
    fields = asdict(row) | {"members": [listed(member, reading.day) for member in members]}
    versions = sum(member.version for member in members)
    seen = etag(row.version, versions, reading.day)
    return record(request, models.Household(**fields), seen, reading.headers)


@routes.get("/residents", response_model=models.ResidentPage, responses=READS)
def list_residents(
    hub: AHub,
    look: ALook,
    reading: AReading,
    kecamatan: Annotated[str | None, Query(examples=["33.14.10"])] = None,
    village: Annotated[str | None, Query(examples=["33.14.10.1003"])] = None,
    after: Annotated[str | None, Query(description="As in `next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = PAGE,
    q: Annotated[
        str | None, Query(description="A name as heard: the likeliest first. Never a number.")
    ] = None,
) -> models.ResidentPage:
    """Residents by village and name, in pages, or those with a name like ``q``; the NIK is masked."""
    must_be_known(hub, kecamatan, village)
    if q is not None:
        found = _likely(reading, Asked(q, village=village), limit)
        look.at(Seen.SEARCH, [item.resident for item in found.items])
        return found
    rows = reading.ask(
        "residents",
        lambda view: residents.page(view, kecamatan=kecamatan, village=village, after=after, limit=limit),
    )
    look.at(Seen.LIST, [row.resident for row in rows])
    more = {"kecamatan": kecamatan, "village": village, "after": rows[-1].resident if rows else None}
    query = urlencode({k: v for k, v in more.items() if v} | {"limit": limit} | reading.query)
    following = f"/api/v1/residents?{query}" if len(rows) == limit else None
    return models.ResidentPage(items=[listed(row, reading.day) for row in rows], next=following)


def _likely(reading: AReading, asked: Asked, limit: int) -> models.ResidentPage:
    if any(c.isdigit() for c in asked.name):
        raise BadRequest("number-in-address")
    rows = reading.ask("name_index", lambda view: finding.named(view, asked, limit))
    return models.ResidentPage(items=[listed(row, reading.day) for row in rows])


def must_be_known(hub: Hub, kecamatan: str | None, village: str | None) -> None:
    """A code that nobody has is an error, not an empty list."""
    regions = hub.desk.reference.regions
    if kecamatan and kecamatan not in regions.kecamatan:
        raise Malformed("unknown-kecamatan", kecamatan=kecamatan)
    if village and village not in regions.villages:
        raise Malformed("unknown-village", village=village)


@routes.post(
    "/residents/search", response_model=models.ResidentPage, responses=refused_answers(400, 401, 415, 422)
)
def search(hub: AHub, look: ALook, reading: AReading, asked: models.Search) -> Response:
    """Who has this NIK, is on this family card, or has a name like this, the likeliest first? At most 50;
    nobody is an empty list.
    """
    if [asked.nik, asked.kk, asked.name].count(None) != 2:
        raise BadRequest("search-needs-nik-or-name")
    must_be_known(hub, None, asked.village)
    try:
        rows = _searched(hub, reading, asked)
    except Unknown:
        rows = []
    look.at(Seen.SEARCH, [row.resident for row in rows])
    found = models.ResidentPage(items=[listed(row, reading.day) for row in rows])
    # Made by hand: what was checked when it was made need not be checked again.
    return Response(found.model_dump_json(), headers=reading.headers, media_type="application/json")


def _searched(hub: Hub, reading: AReading, asked: models.Search) -> Sequence[ResidentRow]:
    if asked.nik is not None:
        row = _resident(reading, finding.with_nik(hub.desk, asked.nik))
        return [row] if row.name else []  # the number of somebody who is forgotten finds nobody
    if asked.kk is not None:
        card = finding.household_with_kk(hub.desk, asked.kk)
        return reading.ask("residents", lambda view: residents.of_household(view, card))
    wanted = Asked(asked.name or "", asked.born, asked.birth_place, asked.village)
    return reading.ask("name_index", lambda view: finding.named(view, wanted, PAGE))


def _resident(reading: AReading, resident: str) -> ResidentRow:
    return reading.find(
        "residents", lambda view: residents.by_id(view, resident), Unknown("unknown-resident")
    )


@routes.get("/residents/{resident}", response_model=models.Resident, responses=RECORDS)
def resident(look: ALook, reading: AReading, request: Request, resident: str) -> Response:
    """One resident with her NIK."""
    row = _resident(reading, resident)
    look.at(Seen.RECORD, [resident], resident)
    fields = {name: value for name, value in asdict(row).items() if name in models.Resident.model_fields}
    fields |= {"flags": row.flags.split(), "spouses": row.spouses.split()}
    model = models.Resident(**fields, ktp=row.ktp(reading.day).value)
    seen = etag(row.version, reading.day, "known" if row.name else "forgotten")
    return record(request, model, seen, reading.headers)


def listed(row: ResidentRow, on: date) -> models.ResidentListed:
    """A resident as a list shows her on a day."""
    return models.ResidentListed(
        resident=row.resident,
        household=row.household,
        village=row.village,
        nik=row.nik[:SHOWN_OF_NIK].ljust(len(row.nik), "*") if row.nik else None,
        name=row.name,
        sex=row.sex,
        birth_date=row.birth_date,
        ktp=row.ktp(on).value,
        relation=row.relation,
        standing=row.standing,
    )


@routes.post("/cases", status_code=201, response_model=models.Served, responses=ACTS)
def take_ticket(hub: AHub, by: AnActor, command_id: ACommandId, new: models.NewTicket) -> Response:
    """Take a queue ticket at the counter of the officer's office."""
    ticket = population.NewTicket(new.document, new.resident)
    done = population.take_ticket(hub.desk, ticket, by=by, command_id=command_id)
    model = models.Served(case=done.case, positions=_positions(done))
    return acted(hub, done.receipt, model, 201, done.case)


@routes.get("/cases", response_model=models.CasePage, responses=READS)
def list_cases(
    hub: AHub,
    officer: AnOfficer,
    look: ALook,
    reading: AReading,
    office: Annotated[str | None, Query(description="Absent: the officer's own.")] = None,
    on: Annotated[date | None, Query(description="Absent: today, or the day of `valid`.")] = None,
    document: Annotated[str | None, Query(description="Of one service; absent: of all.")] = None,
) -> models.CasePage:
    """The open cases of an office and day, by ticket."""
    day, where = on or reading.day, office or officer.office
    hub.desk.reference.offices.office(where, day)
    rows = reading.ask("ktp_queue", lambda view: ktp_queue.queue(view, where, day, document))
    look.at(Seen.LIST, [row.resident for row in rows])
    return models.CasePage(office=where, on=day, items=[_case(row) for row in rows])


@routes.get("/cases/{case}", response_model=models.Case, responses=RECORDS)
def case(look: ALook, reading: AReading, request: Request, case: str) -> Response:
    """One case. Its ETag is the version to send as `If-Match` with the next step."""
    row = reading.find("ktp_queue", lambda view: ktp_queue.case(view, case), Unknown("unknown-case"))
    look.at(Seen.RECORD, [row.resident], case)
    return record(request, _case(row), etag(row.version), reading.headers)


def _case(row: CaseRow) -> models.Case:
    times = row.times
    waits = [
        models.Wait(cause=Cause(wait.cause).value, start=wait.start, end=wait.end) for wait in times.waits
    ]
    return models.Case(
        case=row.case,
        document=row.document,
        resident=row.resident,
        office=row.office,
        ticket=row.ticket,
        on=row.on,
        step=row.step,
        waiting=row.waiting,
        suket=row.suket or None,
        counter=row.counter or None,
        code=row.code,
        taken=times.taken,
        called=times.called,
        complete=times.complete,
        ended=times.ended,
        waits=waits,
        office_seconds=row.office_seconds,
        version=row.version,
    )


@routes.post("/cases/{case}/steps", response_model=models.Served, responses=ACTS)
def serve(
    hub: AHub, by: AnActor, command_id: ACommandId, expected: Expected, case: str, asked: models.NextStep
) -> Response:
    """The next step of a case, in the order of the counter."""
    step = population.NextStep(asked.step, asked.counter, asked.cause)
    done = population.serve(hub.desk, case, step, by=by, command_id=command_id, expected=expected)
    model = models.Served(case=done.case, positions=_positions(done), suket=done.suket or None)
    return acted(hub, done.receipt, model, 200, done.case)
