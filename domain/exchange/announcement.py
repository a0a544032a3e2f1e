"""The public contract for applications: what they are told, in shapes of their own.

No shape has a place for a personal value; a record is named by its opaque id. A shape that is published is kept:
a field may be added, never removed, renamed or given another meaning; what must change is a new version beside
the old one. ``EXAMPLES`` hold one of each.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

PREFIX = "simpul"


@dataclass(frozen=True, slots=True)
class ResidentRegistered:
    """A resident entered the registry, in a household and a village."""

    resident: str
    household: str
    village: str
    on: date
    synthetic: bool


@dataclass(frozen=True, slots=True)
class ResidentPlaced:
    """A resident lives in this household and village from that day on."""

    resident: str
    household: str
    village: str
    on: date


@dataclass(frozen=True, slots=True)
class ResidentDied:
    """A resident died on that day."""

    resident: str
    on: date


@dataclass(frozen=True, slots=True)
class DeathReversed:
    """The deed of a resident's death was annulled: she lives."""

    resident: str
    on: date


@dataclass(frozen=True, slots=True)
class ResidentLeft:
    """A resident lives elsewhere from that day on: ``moved-out`` within the country, or ``abroad``."""

    resident: str
    standing: str
    on: date


@dataclass(frozen=True, slots=True)
class ResidentReturned:
    """A resident who had left lives here again, under the same id."""

    resident: str
    on: date


@dataclass(frozen=True, slots=True)
class RecordVoided:
    """The record of a resident is void; ``instead`` is the record that holds, or the entry that says so."""

    resident: str
    instead: str
    on: date


@dataclass(frozen=True, slots=True)
class CivilEventNoted:
    """A civil event, ``code`` of the published catalogue, has changed the record of a resident or a household."""

    record: str
    code: str
    on: date


@dataclass(frozen=True, slots=True)
class KtpIssued:
    """An identity card was handed over."""

    resident: str
    on: date


@dataclass(frozen=True, slots=True)
class HouseholdRegistered:
    """A household received its family card; ``members`` are residents."""

    household: str
    village: str
    members: tuple[str, ...]
    on: date
    synthetic: bool


@dataclass(frozen=True, slots=True)
class HouseholdMoved:
    """A whole household lives in this village from that day on."""

    household: str
    village: str
    on: date


@dataclass(frozen=True, slots=True)
class HouseholdClosed:
    """Nobody is left in a household: its family card is void."""

    household: str
    on: date


@dataclass(frozen=True, slots=True)
class SubjectForgotten:
    """These residents or households are forgotten: delete what you know of them, wherever you have it from."""

    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApplicationSubmitted:
    """An application for a permit, a row of the published catalogue, was filed at an office."""

    application: str
    applicant: str
    permit: str
    catalogue: str
    office: str
    village: str
    on: date
    synthetic: bool


@dataclass(frozen=True, slots=True)
class ApplicationVerified:
    """Its file is complete since that day; it is decided by ``deadline`` at the latest."""

    application: str
    on: date
    deadline: date


@dataclass(frozen=True, slots=True)
class ApplicationApproved:
    """It was decided for the applicant; ``awaits_tariff``: nothing is issued before a fee is paid."""

    application: str
    awaits_tariff: bool
    on: date


@dataclass(frozen=True, slots=True)
class ApplicationRefused:
    """It was decided against the applicant. The reason is hers, and is not told here."""

    application: str
    on: date


@dataclass(frozen=True, slots=True)
class PermitIssued:
    """The permit has its number."""

    application: str
    number: str
    on: date


Announced = (
    ResidentRegistered
    | ResidentPlaced
    | ResidentDied
    | DeathReversed
    | ResidentLeft
    | ResidentReturned
    | RecordVoided
    | CivilEventNoted
    | KtpIssued
    | HouseholdRegistered
    | HouseholdMoved
    | HouseholdClosed
    | SubjectForgotten
    | ApplicationSubmitted
    | ApplicationVerified
    | ApplicationApproved
    | ApplicationRefused
    | PermitIssued
)


class PublicType(NamedTuple):
    """One version of one type: its name without version, who publishes it, its shape and an example."""

    name: str
    version: int
    offices: tuple[str, ...]
    shape: type[Announced]
    example: Announced

    @property
    def type(self) -> str:
        """The ``type`` of its CloudEvents."""
        return f"{self.name}.v{self.version}"


KEPENDUDUKAN, PERIZINAN = "kependudukan", "perizinan"
_SRI, _HOME, _SHOP = "resident-5f0c9d31", "household-77aa0b12", "application-1c2d3e4f"
_VILLAGE, _DAY = "33.14.10.1003", date(2026, 11, 24)


def _type(office: str, name: str, example: Announced, *more: str) -> PublicType:
    return PublicType(f"{PREFIX}.{office}.{name}", 1, (office, *more), type(example), example)


PUBLIC: tuple[PublicType, ...] = (
    _type(
        KEPENDUDUKAN, "resident-registered", ResidentRegistered(_SRI, _HOME, _VILLAGE, _DAY, synthetic=True)
    ),
    _type(KEPENDUDUKAN, "resident-placed", ResidentPlaced(_SRI, _HOME, _VILLAGE, _DAY)),
    _type(KEPENDUDUKAN, "resident-died", ResidentDied(_SRI, _DAY)),
    _type(KEPENDUDUKAN, "death-reversed", DeathReversed(_SRI, _DAY)),
    _type(KEPENDUDUKAN, "resident-left", ResidentLeft(_SRI, "moved-out", _DAY)),
    _type(KEPENDUDUKAN, "resident-returned", ResidentReturned(_SRI, _DAY)),
    _type(KEPENDUDUKAN, "record-voided", RecordVoided(_SRI, "resident-0d4e8a77", _DAY)),
    _type(KEPENDUDUKAN, "civil-event-noted", CivilEventNoted(_SRI, "BIRTH", _DAY)),
    _type(KEPENDUDUKAN, "ktp-issued", KtpIssued(_SRI, _DAY)),
    _type(
        KEPENDUDUKAN,
        "household-registered",
        HouseholdRegistered(_HOME, _VILLAGE, (_SRI,), _DAY, synthetic=True),
    ),
    _type(KEPENDUDUKAN, "household-moved", HouseholdMoved(_HOME, _VILLAGE, _DAY)),
    _type(KEPENDUDUKAN, "household-closed", HouseholdClosed(_HOME, _DAY)),
    _type(KEPENDUDUKAN, "subject-forgotten", SubjectForgotten((_SRI,)), PERIZINAN),
    _type(
        PERIZINAN,
        "application-submitted",
        ApplicationSubmitted(_SHOP, _SRI, "SIUP-KECIL", "2026.1", "KEC-10", _VILLAGE, _DAY, synthetic=True),
    ),
    _type(PERIZINAN, "application-verified", ApplicationVerified(_SHOP, _DAY, date(2026, 11, 27))),
    _type(PERIZINAN, "application-approved", ApplicationApproved(_SHOP, awaits_tariff=False, on=_DAY)),
    _type(PERIZINAN, "application-refused", ApplicationRefused(_SHOP, _DAY)),
    _type(PERIZINAN, "permit-issued", PermitIssued(_SHOP, "0001/SIUP-KECIL/KEC-10/2026", _DAY)),
)
"""Everything that applications may be told, in its newest and in every older version."""
