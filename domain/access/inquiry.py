"""An inquiry (penelusuran): somebody else than the official whom an alarm is about has looked into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.kernel.decider import Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType


class Finding(StrEnum):
    """What came of it."""

    EXPLAINED = "explained"
    UNCLEAR = "unclear"
    MISUSE = "misuse"


@dataclass(frozen=True, slots=True)
class AlarmLookedInto:
    """The alarm about ``officer`` was looked into by another one, with this finding."""

    officer: str
    by: str
    finding: str
    on: date


@dataclass(frozen=True, slots=True)
class LookInto:
    """Say what came of an alarm about ``officer``."""

    officer: str
    by: str
    finding: Finding
    on: date


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What was found last; None before."""

    finding: str | None = None


Event = AlarmLookedInto
FINAL = frozenset({Finding.EXPLAINED.value, Finding.MISUSE.value})


def decide(inquiry: Inquiry, command: LookInto) -> Sequence[Event]:
    if command.by == command.officer:
        raise Rejected("another-officer-looks-into-it")
    if inquiry.finding in FINAL:
        raise Rejected("alarm-already-looked-into", finding=inquiry.finding)
    return [AlarmLookedInto(command.officer, command.by, command.finding.value, command.on)]


def evolve(_: Inquiry, event: Event) -> Inquiry:
    return Inquiry(event.finding)


inquiry_decider = Decider(Inquiry(), decide, evolve)

EVENTS = (EventType("access.alarm-looked-into", 1, AlarmLookedInto, valid="on"),)
