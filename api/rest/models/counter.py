"""The counter's queue, its clock and its blanks, as REST asks and answers them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from api.rest.models.base import Answered, Asked, Positions

MOVED = Annotated[str, Field(max_length=40)]


class CounterService(Answered):
    """One document that the counter hands out today; ``promise_seconds`` null: none was promised."""

    document: str = Field(examples=["KTP"])
    name_id: str
    name_en: str
    form: str = Field(examples=["F-1.02"])
    promise_seconds: int | None
    source: str


class NextCall(Asked):
    """Call whoever comes next to window ``counter``; of one service when ``document`` is named."""

    counter: Annotated[str, Field(min_length=1, max_length=20)] = Field(examples=["3"])
    document: Annotated[str, Field(max_length=20)] = Field("", examples=["KTP"])


class WindowCall(Answered):
    """Whom a window called last."""

    counter: str
    ticket: int
    document: str
    called_at: datetime


class CallDisplay(Answered):
    """The call display of an office today: windows and ticket numbers, no names."""

    office: str
    on: date
    calls: list[WindowCall]
    waiting: int


class Segment(Answered):
    """A part of the time of a case, and whose it was."""

    cause: str = Field(examples=["office"])
    start: datetime
    end: datetime


class ClockFigures(Answered):
    """Milestones in server time. ``seconds`` are begun seconds by cause; ``waited``: from ticket to call."""

    taken: datetime | None
    called: datetime | None
    complete: datetime | None
    ended: datetime | None
    waited: int | None
    segments: list[Segment]
    seconds: dict[str, int] = Field(examples=[{"office": 180, "central-system": 1200}])


class CaseClock(Answered):
    """The clock of a case as its receipt tells it: the same as `simpul clock recompute` finds in a bundle.

    ``within``: five minutes of the office's time were kept; null while the case is open.
    """

    code: str = Field(examples=["7KQ2-9FXM-ABCD"])
    document: str
    office: str
    ticket: int
    on: date | None
    step: str
    suket: str
    figures: ClockFigures
    office_seconds: int | None
    within: bool | None


class Spent(Answered):
    """What one cause took: of how many cases, how many seconds, and how many of them still kept the promise."""

    cases: int
    seconds: int
    within: int


class Share(Answered):
    """One office and day: how many were handed over, and how many of them within five minutes."""

    on: date
    office: str
    kecamatan: str | None = Field(description="null for the population office itself.")
    served: int
    within: int
    share: float = Field(examples=[0.92])
    causes: dict[str, Spent]


class FiveMinutes(Answered):
    """The share under five minutes by office, day and cause. A case counts for the day of its ticket."""

    document: str
    start: date
    end: date
    served: int
    within: int
    share: float
    causes: dict[str, Spent]
    days: list[Share]


class BlankStock(Answered):
    """The blanks of an office. ``left`` = received - used - spoiled - sent + difference; ``ready``: set aside."""

    office: str
    kecamatan: str | None
    received: int
    used: int
    spoiled: int
    sent: int
    difference: int
    left: int
    ready: int
    waiting: int
    counted_on: date | None


class BacklogPlace(Answered):
    """A case that waits for its card; ``until``: when a blank was set aside for it."""

    place: int
    case: str
    state: str = Field(examples=["waiting"])
    complete: datetime
    since: datetime
    until: datetime | None
    waited_seconds: int


class StockLine(Answered):
    """A line of the stock book; ``other``: from where, to where, or why."""

    at: datetime
    line: str = Field(examples=["received"])
    count: int
    other: str
    letter: str


class BlankStockOfOffice(BlankStock):
    """The blanks of an office with its backlog and the latest lines of its book."""

    backlog: list[BacklogPlace]
    lines: list[StockLine]


class NewMovement(Asked):
    """A line of the stock book of the officer's office: ``receive`` (from ``source``: an office, ``KEMENDAGRI`` or
    ``STOK-AWAL``), ``spoil`` (``reason``: misprint, damaged, chip-fault), ``send`` (``to`` an office) or ``count``.
    """

    movement: MOVED = Field(examples=["receive"])
    count: int = Field(description="Number of blanks.", examples=[500])
    source: MOVED = Field("", examples=["KEMENDAGRI"])
    to: MOVED = Field("", examples=[""])
    letter: Annotated[str, Field(max_length=60)] = Field("", examples=["470/112/2026"])
    reason: MOVED = Field("", examples=[""])


class Moved(Answered):
    """The stock book after a movement."""

    office: str
    positions: Positions
