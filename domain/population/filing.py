"""A file for the centre: a civil event that this office has taken in and the national system decides.

In companion mode the centre gives NIK and KK numbers and says what holds. The file is accepted, timed and
placed here whether the centre can be reached or not; its answer carries out the event or refuses it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from domain.kernel.decider import Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType, Personal

MAX_REASON = 500


class FilingStage(StrEnum):
    """How far a file has come."""

    NONE = "none"
    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"


class NumberKind(StrEnum):
    """What the centre is asked to number: a resident or a household."""

    NIK = "nik"
    KK = "kk"


@dataclass(frozen=True, slots=True)
class NumberAsked:
    """A number that the centre must give: for which stream, and in which kecamatan it is asked for."""

    kind: str
    stream: str
    kecamatan: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender proves of a message: its own id and receipt, and when it was sent."""

    message: str
    receipt: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class EventFiled:
    """A civil event, ``code`` of the catalogue, goes to the centre; ``entry`` is what it will be entered as.

    ``file`` is what the form says, as JSON; whoever is not registered yet is taken out of it and stands in
    ``persons``, each her own subject. ``deed`` is the number that another office gave.
    """

    code: str
    form: str
    vintage: str
    on: date
    reported_on: date
    entry: str
    case: str
    residents: tuple[str, ...]
    households: tuple[str, ...]
    papers: tuple[str, ...]
    asked: tuple[NumberAsked, ...]
    synthetic: bool
    deed: Personal[str]
    file: Personal[str]
    persons: tuple[Personal[str], ...]


@dataclass(frozen=True, slots=True)
class FilingGranted:
    """The centre has said yes: the event was carried out in the same append."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class FilingRefused:
    """The centre has said no, and why; nothing was changed."""

    answer: Answer
    reason: Personal[str]


@dataclass(frozen=True, slots=True)
class FileEvent:
    """Take a civil event in for the centre."""

    filed: EventFiled


@dataclass(frozen=True, slots=True)
class GrantFiling:
    """The centre says yes; ``given`` are the streams to which it gives a number."""

    answer: Answer
    given: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefuseFiling:
    """The centre says no."""

    answer: Answer
    reason: str


@dataclass(frozen=True, slots=True)
class Filing:
    """What later rules must know; ``filed`` is None as long as nothing was filed."""

    stage: FilingStage = FilingStage.NONE
    filed: EventFiled | None = None
    answer: Answer | None = None
    reason: str | None = None


Event = EventFiled | FilingGranted | FilingRefused
Command = FileEvent | GrantFiling | RefuseFiling


def decide(filing: Filing, command: Command) -> Sequence[Event]:
    match command:
        case FileEvent(filed):
            if filing.stage is not FilingStage.NONE:
                raise Rejected("filing-already-there")
            return [filed]
        case GrantFiling(answer, given):
            filed = _waiting(filing)
            asked = [number.stream for number in filed.asked]
            if missing := sorted({*asked} - {*given}):
                raise Rejected("central-number-missing", streams=missing)
            if other := sorted({*given} - {*asked}):
                raise Rejected("central-number-not-asked", streams=other)
            return [FilingGranted(answer)]
        case RefuseFiling(answer, reason):
            filed = _waiting(filing)
            if not reason.strip() or len(reason) > MAX_REASON:
                raise Rejected("central-reason-needed", limit=MAX_REASON)
            return [FilingRefused(answer, Personal(filed.file.subject, reason))]
    assert_never(command)


def _waiting(filing: Filing) -> EventFiled:
    if filing.stage is not FilingStage.WAITING or filing.filed is None:
        raise Rejected("filing-already-answered", stage=filing.stage.value)
    return filing.filed


def evolve(filing: Filing, event: Event) -> Filing:
    match event:
        case EventFiled():
            return Filing(FilingStage.WAITING, event)
        case FilingGranted(answer):
            return replace(filing, stage=FilingStage.GRANTED, answer=answer)
        case FilingRefused(answer, reason):
            return replace(filing, stage=FilingStage.REFUSED, answer=answer, reason=reason.value)
    assert_never(event)


filing_decider = Decider(Filing(), decide, evolve)

EVENTS = (
    EventType("population.event-filed", 1, EventFiled, valid="reported_on"),
    EventType("population.filing-granted", 1, FilingGranted),
    EventType("population.filing-refused", 1, FilingRefused),
)
