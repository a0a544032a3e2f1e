"""What may happen to a resident, as facts. Every date ``on`` is the day from which the fact holds."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.kernel.events import EventType, Personal
from domain.population.resident.person import Change, Parents, Person, Residence


@dataclass(frozen=True, slots=True)
class ResidentRegistered:
    """A person entered the registry. The residence belongs to the household's own subject.

    ``flags`` name what does not fit without making it impossible, e.g. ``nik-region-differs``.
    ``entry`` is the register entry of the birth or arrival that brought her in; empty for BIODATA alone.
    ``spouse`` is the stream of whom she is married to, when both came on one card.
    """

    household: str
    village: str
    registered_on: date
    nik_source: str
    synthetic: bool
    flags: tuple[str, ...]
    nik: Personal[str]
    person: Personal[Person]
    residence: Personal[Residence]
    entry: str = ""
    spouse: str = ""


@dataclass(frozen=True, slots=True)
class NikGiven:
    """A foreigner who may stay for good received a NIK."""

    on: date
    source: str
    nik: Personal[str]


@dataclass(frozen=True, slots=True)
class CivilEventNoted:
    """A civil event has changed this record: ``code`` of the catalogue, ``entry`` of the register.

    The last fact of the event in this stream: what the Ministry of Home Affairs is told is the record as it
    stands here, once per event and resident.
    """

    code: str
    entry: str
    on: date


@dataclass(frozen=True, slots=True)
class KtpRequested:
    """A counter case for the resident's KTP is open."""

    case: str


@dataclass(frozen=True, slots=True)
class KtpRequestWithdrawn:
    """The case ended without a card."""

    case: str


@dataclass(frozen=True, slots=True)
class KtpIssued:
    """The card was handed over on ``issued_on``. Valid for life: Law 24/2013 knows no expiry."""

    case: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class KtpVoided:
    """The card is void: ``reason`` is a code of ``CardLoss``. The next one is ready to be printed."""

    reason: str
    on: date


@dataclass(frozen=True, slots=True)
class KtpReprintDue:
    """Something that is printed on the card has changed: it must be replaced."""

    on: date


@dataclass(frozen=True, slots=True)
class KiaIssued:
    """A child card (KIA) was handed over; ``photo`` from the fifth birthday."""

    on: date
    photo: bool


@dataclass(frozen=True, slots=True)
class ResidentPlaced:
    """She stands on this family card, in this relation to its head, at this address."""

    household: str
    village: str
    relation: str
    on: date
    residence: Personal[Residence]


@dataclass(frozen=True, slots=True)
class Died:
    """The resident died on that day, and left her household."""

    on: date


@dataclass(frozen=True, slots=True)
class DeathReversed:
    """The deed of her death was annulled: she lives. ``original`` is the entry that was wrong."""

    original: str
    on: date


@dataclass(frozen=True, slots=True)
class DepartureAnnounced:
    """She has a letter for a move within the regency; ``level`` of ``MoveLevel``. The address changes on arrival."""

    level: str
    on: date


@dataclass(frozen=True, slots=True)
class MovedAway:
    """She lives elsewhere: ``standing`` is ``moved-out`` or ``abroad``. Record and NIK are kept."""

    standing: str
    on: date


@dataclass(frozen=True, slots=True)
class Returned:
    """Somebody who had moved away lives here again, under the same NIK."""

    on: date


@dataclass(frozen=True, slots=True)
class WentMissing:
    """She is reported missing. She stays on the family card."""

    on: date


@dataclass(frozen=True, slots=True)
class Found:
    """Who was missing is found alive."""

    on: date


@dataclass(frozen=True, slots=True)
class RecordVoided:
    """The whole record is void: ``reason`` of ``Voiding``; ``instead`` is the record or entry that says so."""

    reason: str
    instead: str
    on: date


@dataclass(frozen=True, slots=True)
class Married:
    """She married; ``spouse`` is the other's stream, empty when the other is not registered here."""

    spouse: str
    marital: str
    on: date


@dataclass(frozen=True, slots=True)
class MarriageEnded:
    """A marriage ended, ``how`` of ``MarriageEnd``; ``marital`` is her status after it."""

    spouse: str
    how: str
    marital: str
    on: date


@dataclass(frozen=True, slots=True)
class MarriageRestored:
    """A divorce or a death was annulled: the marriage has never ended.

    ``known``: whether it was recorded here; one that came with its household names nobody, as before.
    """

    spouse: str
    known: bool
    marital: str
    on: date


@dataclass(frozen=True, slots=True)
class ParentsLinked:
    """A child has these parents, ``kind`` of ``Filiation``; streams are empty when not registered here.

    Parents by adoption are added: those by birth stay on record.
    """

    kind: str
    mother: str
    father: str
    on: date
    names: Personal[Parents]


@dataclass(frozen=True, slots=True)
class FiliationReversed:
    """The deed that told whose child she is, entry ``original``, was annulled: these are her parents without it.

    What other deeds and corrections say of them holds on.
    """

    original: str
    mother: str
    father: str
    adopters: tuple[str, ...]
    on: date
    names: Personal[Parents]


@dataclass(frozen=True, slots=True)
class ChildRecorded:
    """A child of hers (or his) is registered; the birth date is the child's own."""

    child: str
    on: date
    born: Personal[date]


@dataclass(frozen=True, slots=True)
class ChildReversed:
    """The deed that made ``child`` hers (or his), entry ``original``, was annulled: it is no child of hers."""

    child: str
    original: str
    on: date


@dataclass(frozen=True, slots=True)
class ElementsChanged:
    """Elements of her record changed: each before and after. The NIK never does (PP 40/2019 art. 30)."""

    on: date
    changes: Personal[tuple[Change, ...]]


@dataclass(frozen=True, slots=True)
class StayGranted:
    """A foreigner may stay, ``kind`` of ``StayKind``, ``until`` that day."""

    kind: str
    until: date
    on: date


Event = (
    ResidentRegistered
    | NikGiven
    | CivilEventNoted
    | KtpRequested
    | KtpRequestWithdrawn
    | KtpIssued
    | KtpVoided
    | KtpReprintDue
    | KiaIssued
    | ResidentPlaced
    | Died
    | DeathReversed
    | DepartureAnnounced
    | MovedAway
    | Returned
    | WentMissing
    | Found
    | RecordVoided
    | Married
    | MarriageEnded
    | MarriageRestored
    | ParentsLinked
    | FiliationReversed
    | ChildRecorded
    | ChildReversed
    | ElementsChanged
    | StayGranted
)


def _registered_to_2(values: dict[str, Any]) -> dict[str, Any]:
    # Version 1 knew no register of civil events: whoever entered did so by BIODATA.
    return {**values, "entry": ""}


def _registered_to_3(values: dict[str, Any]) -> dict[str, Any]:
    # Version 2 named no spouse: who came as a couple is one by the family card.
    return {**values, "spouse": ""}


PUBLISHED = (
    EventType(
        "population.resident-registered",
        3,
        ResidentRegistered,
        valid="registered_on",
        upcasters=(_registered_to_2, _registered_to_3),
    ),
    EventType("population.ktp-requested", 1, KtpRequested),
    EventType("population.ktp-request-withdrawn", 1, KtpRequestWithdrawn),
    EventType("population.ktp-issued", 1, KtpIssued, valid="issued_on"),
    EventType("population.ktp-voided", 1, KtpVoided, valid="on"),
    EventType("population.ktp-reprint-due", 1, KtpReprintDue, valid="on"),
    EventType("population.kia-issued", 1, KiaIssued, valid="on"),
    EventType("population.nik-given", 1, NikGiven, valid="on"),
    EventType("population.resident-placed", 1, ResidentPlaced, valid="on"),
    EventType("population.died", 1, Died, valid="on"),
    EventType("population.death-reversed", 1, DeathReversed, valid="on"),
    EventType("population.departure-announced", 1, DepartureAnnounced, valid="on"),
    EventType("population.moved-away", 1, MovedAway, valid="on"),
    EventType("population.returned", 1, Returned, valid="on"),
    EventType("population.went-missing", 1, WentMissing, valid="on"),
    EventType("population.found", 1, Found, valid="on"),
    EventType("population.record-voided", 1, RecordVoided, valid="on"),
    EventType("population.married", 1, Married, valid="on"),
    EventType("population.marriage-ended", 1, MarriageEnded, valid="on"),
    EventType("population.marriage-restored", 1, MarriageRestored, valid="on"),
    EventType("population.parents-linked", 1, ParentsLinked, valid="on"),
    EventType("population.filiation-reversed", 1, FiliationReversed, valid="on"),
    EventType("population.child-recorded", 1, ChildRecorded, valid="on"),
    EventType("population.child-reversed", 1, ChildReversed, valid="on"),
    EventType("population.elements-changed", 1, ElementsChanged, valid="on"),
    EventType("population.stay-granted", 1, StayGranted, valid="on"),
    EventType("population.civil-event-noted", 1, CivilEventNoted, valid="on"),
)
"""The names in the ledger; the package itself tells them as ``EVENTS``."""
