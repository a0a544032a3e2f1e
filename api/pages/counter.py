"""The counter of an office: who waits, whose time is running, and the next step in one click."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from api.acts import calling, population
from api.acts.calling import CallNext, callable_now
from api.acts.population import NextStep
from api.errors import status
from api.pages.asof import NOW, AnAsOf, AsOf
from api.pages.drawings import clock_bar
from api.pages.forms import APosted, Posted, again
from api.pages.frame import APage, Page, see_other
from domain.access.reading import Seen
from domain.kernel.errors import Refused, Unknown
from domain.kernel.segments import Cause, Closed
from domain.papers.paper import PaperKind
from domain.population.case import CaseWithdrawn, Document, Step, steps
from domain.population.clock import KTP_PROMISE
from projections import blank_stock, ktp_queue, papers, residents
from projections.readmodel import View

routes = APIRouter()
RECENT = 10
WIDEST = 20
"""Letters of a window's name."""
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
def queue(page: APage, asof: AnAsOf, loket: str = "1", layanan: str = "") -> Response:
    """The queue of the officer's office, today: of one service or of all, as seen from one window; or who
    still waited in the evening of a day.
    """
    return queue_page(page, loket, layanan, asof)


def queue_page(
    page: Page,
    window: str,
    document: str,
    asof: AsOf = NOW,
    form: Posted | None = None,
    refused: Refused | None = None,
) -> Response:
    office, now = page.officer.office, page.hub.clock.now()
    on, until, closed = asof.on(now), asof.until(now), page.hub.desk.reference.opening.closed
    with page.shown("ktp_queue", "residents", "blank_stock", asof=asof) as view:
        everybody = ktp_queue.queue(view, office, on)
        waiting = [row for row in everybody if document in ("", row.document)]
        ended = ktp_queue.recent(view, office, A_DAY)
        day = ktp_queue.day(view, on, office)
        people = residents.by_ids(view, [row.resident for row in (*waiting, *ended[:RECENT])])
        blanks = Blanks.seen(view, office)
    page.looks(Seen.LIST, people)
    return page.render(
        "counter.html",
        int(status(refused)) if refused else 200,
        problems=[page.problem(refused)] if refused else [],
        command_id=again(form, refused) if form else None,
        window=window[:WIDEST] or "1",
        document=document,
        services=services(page, everybody),
        here=f"/loket?{urlencode({'loket': window, 'layanan': document})}",
        queue=waiting,
        everybody=len(everybody),
        taken=len(everybody) + sum(row.on == on for row in ended),
        recent=ended[:RECENT],
        spent=spent([row for row in (*waiting, *ended) if row.on == on], until, closed),
        day=day,
        people=people,
        next_step=next_step,
        label=blanks.label,
        blanks=blanks,
        promise=KTP_PROMISE,
        closed=closed,
        asof=asof,
        on=on,
        until=until,
    )


def services(page: Page, rows: Iterable[ktp_queue.CaseRow]) -> list[tuple[str, int]]:
    """What the counter offers today, each with how many are in the queue for it."""
    waiting = Counter(row.document for row in rows)
    today = page.hub.desk.today
    return [(s.document.value, waiting[s.document.value]) for s in page.hub.desk.reference.services.on(today)]


@dataclass(frozen=True, slots=True)
class Blanks:
    """The blanks of an office as its clerks see them; ``stock`` None: it keeps none."""

    stock: blank_stock.StockRow | None
    ready: frozenset[str]

    @classmethod
    def seen(cls, view: View, office: str) -> "Blanks":
        return cls(blank_stock.of_office(view, office), blank_stock.ready(view, office))

    def label(self, row: ktp_queue.CaseRow) -> str | None:
        """The word on the button of the next step: without a blank, printing gives a suket."""
        step = next_step(row)
        free = self.stock is None or self.stock.left > self.stock.ready or row.case in self.ready
        if step == "print-card" and row.document == Document.KTP and not free:
            return "give-suket"
        return step


@routes.post("/loket/panggil")
def call_next(page: APage, form: APosted) -> Response:
    """Call the next ticket to the officer's window."""
    actor, command_id = page.actor, form.command_id
    window, document = form.text("loket")[:WIDEST] or "1", form.text("layanan")
    with page.hub.views.now() as view:
        rows = ktp_queue.queue(view, actor.office, page.hub.desk.today, document or None)
    waiting = [(row.case, row.version) for row in rows if callable_now(row.step, row.waiting)]
    asked = CallNext(window, document)
    try:
        served = calling.call_next(page.hub.desk, asked, waiting, by=actor, command_id=command_id)
    except Refused as refused:
        return queue_page(page, window, document, form=form, refused=refused)
    page.wait(served.receipt.last)
    return see_other(f"/loket/{served.case}")


def spent(rows: Iterable[ktp_queue.CaseRow], now: datetime, closed: Closed) -> list[tuple[str, timedelta]]:
    """Whose time the cases took so far, by cause; the longest first."""
    total: defaultdict[str, timedelta] = defaultdict(timedelta)
    for row in rows:
        for part in row.times.segments(now, closed):
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
    with page.shown("ktp_queue", "residents") as view:
        row = ktp_queue.case(view, case)
        if row is None:
            raise Unknown("unknown-case")
        resident = residents.by_id(view, row.resident)
        blanks = Blanks.seen(view, row.office)
        printed = papers.of_record(view, case)
    page.looks(Seen.RECORD, [row.resident], case)
    closed = page.hub.desk.reference.opening.closed
    order = steps(Document(row.document))
    return page.render(
        "case.html",
        int(status(refused)) if refused else 200,
        problems=[page.problem(refused)] if refused else [],
        command_id=again(form, refused) if form else None,
        case=row,
        resident=resident,
        bar=clock_bar(row.times.segments(now, closed)),
        office_time=row.times.office_time(now, closed),
        order=order,
        reached=order.index(Step(row.step)) if row.step in order else 0,
        next_step=next_step,
        label=blanks.label(row),
        by_stock=row.waiting == Cause.BLANK and bool(row.suket),
        waits=[
            (cause.value, page.words.term("cause", cause))
            for cause in WAITS
            if cause is not Cause.BLANK or blanks.stock is None or row.document != Document.KTP
        ],
        promise=KTP_PROMISE,
        files=page.hub.desk.companion,
        seen=_seen(page, case),
        papers=printed,
        printable=_printable(row, resident) if resident and resident.name else (),
        closed_for=_withdrawn(page, case),
    )


def _printable(row: ktp_queue.CaseRow, resident: residents.ResidentRow) -> tuple[PaperKind, ...]:
    """What can be printed now: a receipt at any time, the rest belongs to a KTP of somebody who lives here."""
    if row.document != Document.KTP or row.step == Step.WITHDRAWN or not resident.counted:
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


def _withdrawn(page: Page, case: str) -> str:
    """Why the case ended without a document; empty when it did not."""
    facts = [fact.event for fact in page.hub.ledger.stream(case)]
    return next((event.reason for event in facts if isinstance(event, CaseWithdrawn)), "")


def _seen(page: Page, case: str) -> list[tuple[str, datetime, str]]:
    """Every event of the case: name, server time and office."""
    facts = page.hub.ledger.stream(case)
    return [(f.header.event, f.header.recorded_at, f.header.actor) for f in facts]
