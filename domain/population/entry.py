"""An entry of the civil register: one civil event as it was reported, with its form, papers and deed.

What the event changed stands with those whom it changed; the entry keeps what was said and shown. A
stillbirth is an entry and nothing else: it makes no person and takes no NIK.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, assert_never

from domain.kernel.decider import Claim, Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType, Personal


@dataclass(frozen=True, slots=True)
class Detail:
    """Something that was reported and changes nobody's record: a place, a cause, a decision's number."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class CivilEventRecorded:
    """``code`` of the catalogue, on the form of that code and vintage; ``on`` it happened.

    ``papers`` were shown; ``flags`` name what is late or odd and was let through. Deed number and details
    belong to ``residents[0]``.
    """

    code: str
    form: str
    vintage: str
    on: date
    reported_on: date
    residents: tuple[str, ...]
    households: tuple[str, ...]
    papers: tuple[str, ...]
    flags: tuple[str, ...]
    deed: Personal[str]
    details: Personal[tuple[Detail, ...]]


@dataclass(frozen=True, slots=True)
class CivilEventAnnulled:
    """The deed of this entry is annulled by ``entry``, another of the register.

    ``correction`` is the approved request; empty where an event of its own annuls, e.g. DIVORCE_ANNUL.
    """

    correction: str
    on: date
    entry: str = ""


@dataclass(frozen=True, slots=True)
class RecordCivilEvent:
    """Enter a civil event. ``deed`` is its number, empty when it yields none."""

    code: str
    form: str
    vintage: str
    on: date
    reported_on: date
    today: date
    residents: tuple[str, ...]
    households: tuple[str, ...]
    papers: tuple[str, ...]
    flags: tuple[str, ...]
    deed: str
    details: tuple[Detail, ...]


@dataclass(frozen=True, slots=True)
class AnnulCivilEvent:
    """Annul the deed of this entry by another ``entry``, and as ``correction`` was approved to, if one was."""

    correction: str
    on: date
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What later rules must know."""

    code: str = ""
    on: date | None = None
    residents: tuple[str, ...] = ()
    households: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    deed: str | None = None
    annulled_on: date | None = None
    annulled_by: str = ""


Event = CivilEventRecorded | CivilEventAnnulled
Command = RecordCivilEvent | AnnulCivilEvent


def decide(entry: Entry, command: Command) -> Sequence[Event]:
    match command:
        case RecordCivilEvent():
            return [_recorded(entry, command)]
        case AnnulCivilEvent(correction, on, by):
            if not entry.code:
                raise Rejected("entry-not-recorded")
            if entry.annulled_on:
                raise Rejected("already-annulled", on=entry.annulled_on)
            return [CivilEventAnnulled(correction, on, by)]
    assert_never(command)


def _recorded(entry: Entry, new: RecordCivilEvent) -> CivilEventRecorded:
    if entry.code:
        raise Rejected("entry-already-recorded")
    if not new.residents:
        raise Rejected("nobody-named")
    if new.on > new.today:
        raise Rejected("happened-in-the-future", on=new.on)
    if new.reported_on > new.today:
        raise Rejected("reported-in-the-future", on=new.reported_on)
    if new.reported_on < new.on:
        raise Rejected("reported-before-it-happened", on=new.on, reported=new.reported_on)
    subject = new.residents[0]
    return CivilEventRecorded(
        new.code,
        new.form,
        new.vintage,
        new.on,
        new.reported_on,
        new.residents,
        new.households,
        new.papers,
        new.flags,
        Personal(subject, new.deed),
        Personal(subject, new.details),
    )


def evolve(entry: Entry, event: Event) -> Entry:
    match event:
        case CivilEventRecorded():
            return Entry(
                event.code, event.on, event.residents, event.households, event.flags, event.deed.value
            )
        case CivilEventAnnulled(_, on, by):
            return replace(entry, annulled_on=on, annulled_by=by)
    assert_never(event)


def claims(event: Event) -> Sequence[Claim]:
    """A deed number is used once."""
    if isinstance(event, CivilEventRecorded) and event.deed.value:
        return (Claim("deed", event.deed.value, secret=True),)
    return ()


def _annulled_to_2(values: dict[str, Any]) -> dict[str, Any]:
    # Version 1 knew annulments by correction only, and the correction knows its entry.
    return {**values, "entry": ""}


entry_decider = Decider(Entry(), decide, evolve, claims)

EVENTS = (
    EventType("population.civil-event-recorded", 1, CivilEventRecorded, valid="on"),
    EventType(
        "population.civil-event-annulled", 2, CivilEventAnnulled, valid="on", upcasters=(_annulled_to_2,)
    ),
)
