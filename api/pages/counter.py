"""The counter of an office: who waits, whose time is running, and the next step in one click."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from fastapi import APIRouter, Response

from api.acts import population
from api.acts.population import NextStep
from api.errors import status
from api.pages.drawings import clock_bar
from api.pages.forms import APosted, Posted, again
from api.pages.frame import APage, Page, see_other
from domain.kernel.errors import Refused, Unknown
from domain.kernel.segments import Cause
from domain.papers.paper import PaperKind
from domain.population.case import KTP_PROMISE, Document, Step, steps
from projections import ktp_queue, papers, parking, residents

routes = APIRouter()
RECENT = 10
A_DAY = 500
"""More cases than an office ends in a day."""
ACTS = {
    Step.CALLED: "call",
    Step.COMPLETE: "complete-file",
    Step.RECORDED: "record-biometrics",
    Step.PRINTED: "print-card",
    Step.HANDED_OVER: "hand-over",
}
"""The act that leads to a step."""
WAITS = tuple(cause for cause in Cause if cause is not Cause.OFFICE)


@routes.get("/loket")
def queue(page: APage) -> Response:
    """The queue of the officer's office, today."""
    office, today = page.officer.office, page.hub.desk.today
    with page.hub.views.now() as view:
        waiting = ktp_queue.queue(view, office, today)
        ended = ktp_queue.recent(view, office, A_DAY)
        day = ktp_queue.day(view, today, office)
        people = residents.by_ids(view, [row.resident for row in (*waiting, *ended[:RECENT])])
        parked = parking.count(view, "ktp_queue", "residents")
    return page.render(
        "counter.html",
        queue=waiting,
        recent=ended[:RECENT],
        spent=spent(page, [row for row in (*waiting, *ended) if row.on == today]),
        day=day,
        people=people,
        next_step=next_step,
        promise=KTP_PROMISE,
        incomplete=parked,
    )


def spent(page: Page, rows: Iterable[ktp_queue.CaseRow]) -> list[tuple[str, timedelta]]:
    """Whose time the cases took so far, by cause; the longest first."""
    now = page.hub.clock.now()
    total: defaultdict[str, timedelta] = defaultdict(timedelta)
    for row in rows:
        for part in row.times.segments(now):
            total[part.cause.value] += part.length
    return sorted(total.items(), key=lambda of: of[1], reverse=True)


@routes.get("/loket/{case}")
def case(page: APage, case: str) -> Response:
    return case_page(page, case)


@routes.post("/loket/{case}")
def serve(page: APage, form: APosted, case: str) -> Response:
    """The next step. The version in the form tells two clerks on one case apart."""
    actor, command_id = page.actor, form.command_id
    step = NextStep(form.text("step"), form.text("counter"), form.text("cause"))
    try:
        served = population.serve(
            page.hub.desk, case, step, by=actor, command_id=command_id, expected=form.expected
        )
    except Refused as refused:
        return case_page(page, case, form, refused)
    page.wait(served.receipt.last)
    return see_other(form.back(f"/loket/{case}"))


def case_page(page: Page, case: str, form: Posted | None = None, refused: Refused | None = None) -> Response:
    """One visit: its steps, and whose time it was."""
    _ = page.officer
    now = page.hub.clock.now()
    with page.hub.views.now() as view:
        row = ktp_queue.case(view, case)
        if row is None:
            raise Unknown("unknown-case")
        resident = residents.by_id(view, row.resident)
        printed = papers.of_record(view, case)
    order = steps(Document(row.document))
    return page.render(
        "case.html",
        int(status(refused)) if refused else 200,
        problems=[page.problem(refused)] if refused else [],
        command_id=again(form, refused) if form else None,
        case=row,
        resident=resident,
        bar=clock_bar(row.times.segments(now)),
        office_time=row.times.office_time(now),
        order=order,
        reached=order.index(Step(row.step)) if row.step in order else 0,
        next_step=next_step,
        waits=[(cause.value, page.words.term("cause", cause)) for cause in WAITS],
        promise=KTP_PROMISE,
        seen=_seen(page, case),
        papers=printed,
        printable=_printable(row) if resident and resident.name else (),
    )


def _printable(row: ktp_queue.CaseRow) -> tuple[PaperKind, ...]:
    """What can be printed now: a receipt at any time, the rest belongs to a KTP."""
    if row.document != Document.KTP or row.step == Step.WITHDRAWN:
        return (PaperKind.RECEIPT,)
    if row.step in (Step.RECORDED, Step.PRINTED):
        return (PaperKind.RECEIPT, PaperKind.KTP_SHEET, PaperKind.CERTIFICATE)
    return (PaperKind.RECEIPT, PaperKind.KTP_SHEET)


def next_step(row: ktp_queue.CaseRow) -> str | None:
    """The act that must come now; None when the case has ended."""
    order = steps(Document(row.document))
    if row.step not in order[:-1]:
        return None
    return ACTS[order[order.index(Step(row.step)) + 1]]


def _seen(page: Page, case: str) -> list[tuple[str, datetime, str]]:
    """Every event of the case: name, server time and office."""
    facts = page.hub.ledger.stream(case)
    return [(f.header.event, f.header.recorded_at, f.header.actor) for f in facts]
