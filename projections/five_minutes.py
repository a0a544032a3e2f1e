"""How many were served within five minutes, and whose time the others waited for: by office, day and cause.

Asked of the rows of the queue (``ktp_queue.py``): every figure is a sum over cases that anybody can open.
A case counts for the day of its ticket.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case as when
from sqlalchemy import func, select

from domain.kernel.segments import Cause
from domain.population.case import Step
from domain.population.clock import KTP_PROMISE
from projections.ktp_queue import SECONDS, cases
from projections.readmodel import View

PROMISE = int(KTP_PROMISE.total_seconds())
_served = cases.c.step == Step.HANDED_OVER.value
_kept = cases.c.office_seconds <= PROMISE


@dataclass(frozen=True, slots=True)
class Spent:
    """What one cause took: of how many cases, how many seconds, and how many of them still kept the promise."""

    cases: int
    seconds: int
    within: int

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.cases + other.cases, self.seconds + other.seconds, self.within + other.within)


@dataclass(frozen=True, slots=True)
class Share:
    """The cases of one office and day that were handed over; each cause with what it took of them."""

    on: date
    office: str
    served: int
    within: int
    causes: dict[Cause, Spent]

    @property
    def share(self) -> float:
        return self.within / self.served if self.served else 0.0


def shares(view: View, document: str, start: date, end: date, office: str | None = None) -> list[Share]:
    """The days from ``start`` to ``end``, both included, on which anything was handed over; by day and office."""
    sums = [
        column
        for seconds in SECONDS.values()
        for column in (
            func.sum(when((seconds > 0, 1), else_=0)),
            func.sum(seconds),
            func.sum(when(((seconds > 0) & _kept, 1), else_=0)),
        )
    ]
    query = (
        select(cases.c.on, cases.c.office, func.count(), func.sum(when((_kept, 1), else_=0)), *sums)
        .where(_served, cases.c.document == document, cases.c.on.between(start, end))
        .group_by(cases.c.on, cases.c.office)
        .order_by(cases.c.on, cases.c.office)
    )
    asked = query.where(cases.c.office == office) if office else query
    return [
        Share(on, where, served, within, dict(zip(SECONDS, _by_three(rest), strict=True)))
        for on, where, served, within, *rest in view.connection.execute(asked)
    ]


def _by_three(values: list[int]) -> Iterable[Spent]:
    return (Spent(*values[i : i + 3]) for i in range(0, len(values), 3))


def total(shares: Iterable[Share], on: date, office: str = "") -> Share:
    """Several days or offices as one."""
    served = within = 0
    causes = dict.fromkeys(Cause, Spent(0, 0, 0))
    for share in shares:
        served, within = served + share.served, within + share.within
        causes = {cause: causes[cause] + share.causes[cause] for cause in Cause}
    return Share(on, office, served, within, causes)
