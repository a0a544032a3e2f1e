"""The clock of a counter case: when what happened, whose time it was, and the code on the applicant's receipt.

The promise (KTP in five minutes, Sragen 2003) runs from *file complete* to *handed over*, less the waits that
are not the office's. Server time counts. The figures follow from the facts of the case and the published
opening hours alone, so that anybody who holds both recomputes them.
"""

from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from math import ceil

from domain.kernel.segments import (
    Cause,
    Closed,
    Segment,
    Wait,
    by_cause,
    office_time,
    segments,
    unattended,
)
from domain.population.case import (
    Called,
    Case,
    CaseWithdrawn,
    Event,
    FileCompleted,
    HandedOver,
    NoShow,
    Step,
    TicketTaken,
    WaitEnded,
    WaitStarted,
    case_decider,
)

KTP_PROMISE = timedelta(minutes=5)
CODE = 12
"""Letters and digits of a receipt's code: 60 bits, nobody finds one by trying."""


def always_open(_: datetime, __: datetime) -> tuple[()]:
    """No closed hours are known."""
    return ()


@dataclass(frozen=True, slots=True)
class Times:
    """When the milestones of a case happened (server time), and when anything did: all that its clock needs."""

    taken: datetime | None = None
    called: datetime | None = None
    complete: datetime | None = None
    ended: datetime | None = None
    waits: tuple[Wait, ...] = ()
    moments: tuple[datetime, ...] = ()

    def seen(self, event: object, at: datetime) -> "Times":
        """The milestones after ``event``, recorded at ``at``."""
        moments = self.moments if at in self.moments[-1:] else (*self.moments, at)
        return replace(self._seen(event, at), moments=moments)

    def _seen(self, event: object, at: datetime) -> "Times":
        match event:
            case TicketTaken():
                return replace(self, taken=at)
            case Called():
                return replace(self, called=at)
            case FileCompleted():
                return replace(self, complete=at)
            case WaitStarted(cause):
                return replace(self, waits=(*self.waits, Wait(Cause(cause), at)))
            case WaitEnded():
                return replace(self, waits=(*self.waits[:-1], replace(self.waits[-1], end=at)))
            case HandedOver() | CaseWithdrawn() | NoShow():
                return replace(self, ended=at)
        return self

    def segments(self, now: datetime, closed: Closed = always_open) -> tuple[Segment, ...]:
        """Whose time it was from *file complete* to the hand-over (or ``now``)."""
        if not self.complete:
            return ()
        end = self.ended or now
        moments = [at for at in self.moments if self.complete <= at < end]
        return segments(self.complete, end, self.waits, unattended([*moments, end], closed))

    def office_time(self, now: datetime, closed: Closed = always_open) -> timedelta:
        return office_time(self.segments(now, closed))


def times(recorded: Iterable[tuple[object, datetime]]) -> Times:
    """The milestones of a whole case."""
    result = Times()
    for event, at in recorded:
        result = result.seen(event, at)
    return result


@dataclass(frozen=True, slots=True)
class Figures:
    """What a receipt tells of a case. ``seconds`` are begun seconds by cause; ``waited``: from ticket to call."""

    taken: datetime | None
    called: datetime | None
    complete: datetime | None
    ended: datetime | None
    waited: int | None
    segments: tuple[Segment, ...]
    seconds: Mapping[str, int]


def figures(times: Times, now: datetime, closed: Closed) -> Figures:
    """The published figures, as of ``now`` while the case is open."""
    parts = times.segments(now, closed)
    waited = begun(times.called - times.taken) if times.called and times.taken else None
    spent = {cause.value: begun(length) for cause, length in by_cause(parts).items()}
    seconds = {Cause.OFFICE.value: 0, **spent} if times.complete else {}
    return Figures(times.taken, times.called, times.complete, times.ended, waited, parts, seconds)


@dataclass(frozen=True, slots=True)
class CaseClock:
    """The whole clock of a case as its receipt tells it. ``within``: five minutes were kept; None while it is open,
    or when it ended without a document.
    """

    code: str
    document: str
    office: str
    ticket: int
    on: date | None
    step: str
    suket: str
    figures: Figures
    office_seconds: int | None
    within: bool | None


def case_clock(
    case: str, recorded: Iterable[tuple[Event, datetime]], closed: Closed, now: datetime | None = None
) -> CaseClock:
    """The clock of ``case`` from its facts and the opening hours alone; ``now`` None: as of its last fact."""
    state, seen, on = Case(), Times(), None
    for event, at in recorded:
        state, seen = case_decider.evolve(state, event), seen.seen(event, at)
        on = event.on if isinstance(event, TicketTaken) else on
    made = figures(seen, now or seen.moments[-1], closed)
    office = made.seconds.get(Cause.OFFICE.value)
    done = state.step is Step.HANDED_OVER
    return CaseClock(
        receipt_code(case),
        state.document.value,
        state.office,
        state.ticket,
        on,
        state.step.value,
        state.suket,
        made,
        office,
        timedelta(seconds=office) <= KTP_PROMISE if done and office is not None else None,
    )


def begun(length: timedelta) -> int:
    """Seconds, each that has begun: five minutes and a half second are not five minutes."""
    return ceil(length.total_seconds())


def receipt_code(case: str) -> str:
    """The code that stands on the receipt of ``case``: it finds the case, and tells nothing of it."""
    code = b32encode(blake2b(case.encode(), digest_size=8, person=b"simpul receipt").digest()).decode()[:CODE]
    return "-".join((code[:4], code[4:8], code[8:]))


def typed_code(typed: str) -> str:
    """A code in groups of four, however it was typed."""
    plain = "".join(c for c in typed.upper() if c.isascii() and c.isalnum())[:CODE]
    return "-".join(plain[i : i + 4] for i in range(0, len(plain), 4))
