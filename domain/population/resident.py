"""A resident (penduduk), known for life by one NIK."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from domain.kernel.decider import Claim, Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType, Personal
from domain.kernel.regions import Village
from domain.kernel.values import Nik

KTP_AGE = 17
"""Years; whoever is or was married needs a KTP earlier. Law 23/2006 art. 63."""
NEVER_MARRIED = "1"
MAX_NAME = 60


class KtpState(StrEnum):
    """Words of the national card system."""

    NOT_OBLIGED = "BELUM WAJIB"
    NOT_RECORDED = "BELUM REKAM"
    ISSUED = "CARD ISSUED"


class NikSource(StrEnum):
    """Who gave the NIK: this regency (authoritative mode) or the centre, another regency (companion)."""

    ALLOCATED = "allocated"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Person:
    """What a family card prints of a person. Codes of Permendagri 109/2019, F-1.01, as text."""

    name: str
    sex: str
    birth_place: str
    birth_date: date
    religion: str
    marital: str
    blood: str
    education: str
    occupation: str
    relation: str
    citizenship: str
    mother: str
    father: str
    codes: str = "2019"


@dataclass(frozen=True, slots=True)
class Residence:
    """Where a household lives: its KK number and its address below the village."""

    kk: str
    address: str
    rt: str
    rw: str


@dataclass(frozen=True, slots=True)
class ResidentRegistered:
    """A person entered the registry (BIODATA). The residence belongs to the household's own subject.

    ``flags`` name what does not fit without making it impossible, e.g. ``nik-region-differs``.
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


@dataclass(frozen=True, slots=True)
class KtpRequested:
    """A counter case for the resident's first KTP is open."""

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
class RegisterResident:
    """Enter a person on day ``on``; ``today`` is the day of the act. The codes are checked by the act."""

    resident: str
    household: str
    nik: Nik
    source: NikSource
    person: Person
    village: Village
    residence: Residence
    on: date
    today: date
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class RequestKtp:
    """Open counter case ``case`` for her first KTP."""

    case: str
    on: date


@dataclass(frozen=True, slots=True)
class WithdrawKtpRequest:
    """End ``case`` without a card."""

    case: str


@dataclass(frozen=True, slots=True)
class IssueKtp:
    """Hand the card over: ``case`` is the one that is open."""

    case: str
    on: date


@dataclass(frozen=True, slots=True)
class Resident:
    """What later rules must know. ``person`` is None before registration and once forgotten."""

    registered: bool = False
    household: str = ""
    village: str = ""
    synthetic: bool = False
    nik: str | None = None
    person: Person | None = None
    residence: Residence | None = None
    open_case: str | None = None
    ktp_issued_on: date | None = None

    def ktp(self, on: date) -> KtpState:
        if self.ktp_issued_on:
            return KtpState.ISSUED
        return KtpState.NOT_RECORDED if self.obliged(on) else KtpState.NOT_OBLIGED

    def obliged(self, on: date) -> bool:
        return self.person is not None and must_have_ktp(self.person.birth_date, self.person.marital, on)


Event = ResidentRegistered | KtpRequested | KtpRequestWithdrawn | KtpIssued
Command = RegisterResident | RequestKtp | WithdrawKtpRequest | IssueKtp


def age(born: date, on: date) -> int:
    """Completed years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def must_have_ktp(born: date, marital: str, on: date) -> bool:
    return marital != NEVER_MARRIED or age(born, on) >= KTP_AGE


def decide(resident: Resident, command: Command) -> Sequence[Event]:
    match command:
        case RegisterResident():
            return [_register(resident, command)]
        case RequestKtp(case, on):
            _may_have_ktp(resident, on)
            return [KtpRequested(case)]
        case WithdrawKtpRequest(case):
            _is_open(resident, case)
            return [KtpRequestWithdrawn(case)]
        case IssueKtp(case, on):
            _is_open(resident, case)
            return [KtpIssued(case, on)]
    assert_never(command)


def _register(resident: Resident, new: RegisterResident) -> ResidentRegistered:
    if resident.registered:
        raise Rejected("resident-already-registered")
    person = new.person
    if not person.name.strip() or len(person.name) > MAX_NAME:
        raise Rejected("name-missing-or-too-long", limit=MAX_NAME)
    if new.on > new.today:
        raise Rejected("registered-in-the-future", on=new.on)
    if person.birth_date > new.today:
        raise Rejected("birth-in-the-future", on=person.birth_date)
    if person.birth_date > new.on:
        raise Rejected("registered-before-birth", on=new.on)
    return ResidentRegistered(
        new.household,
        new.village.code,
        new.on,
        new.source.value,
        new.synthetic,
        tuple(_flags(new)),
        Personal(new.resident, new.nik.number),
        Personal(new.resident, person),
        Personal(new.household, new.residence),
    )


def _flags(new: RegisterResident) -> Iterable[str]:
    # A corrected birth date or a move keeps the NIK (PP 40/2019 art. 30): seen, and let through.
    if new.nik.kecamatan != new.village.kecamatan.code:
        yield "nik-region-differs"
    if not new.nik.fits(new.person.birth_date):
        yield "nik-date-differs"
    if new.nik.sex != new.person.sex:
        yield "nik-sex-differs"


def _may_have_ktp(resident: Resident, on: date) -> None:
    if resident.person is None:
        raise Rejected("resident-not-registered")
    if resident.ktp_issued_on:
        raise Rejected("ktp-already-issued", on=resident.ktp_issued_on)
    if resident.open_case:
        raise Rejected("ktp-already-requested", case=resident.open_case)
    if not resident.obliged(on):
        raise Rejected("ktp-not-yet-obliged", age=KTP_AGE)


def _is_open(resident: Resident, case: str) -> None:
    if resident.open_case != case:
        raise Rejected("ktp-not-requested")


def evolve(resident: Resident, event: Event) -> Resident:
    match event:
        case ResidentRegistered():
            return Resident(
                registered=True,
                household=event.household,
                village=event.village,
                synthetic=event.synthetic,
                nik=event.nik.value,
                person=event.person.value,
                residence=event.residence.value,
            )
        case KtpRequested(case):
            return replace(resident, open_case=case)
        case KtpRequestWithdrawn():
            return replace(resident, open_case=None)
        case KtpIssued(_, issued_on):
            return replace(resident, open_case=None, ktp_issued_on=issued_on)
    assert_never(event)


def claims(event: Event) -> Sequence[Claim]:
    if isinstance(event, ResidentRegistered) and event.nik.value is not None:
        return (Claim("nik", event.nik.value, secret=True),)
    return ()


resident_decider = Decider(Resident(), decide, evolve, claims)

EVENTS = (
    EventType("population.resident-registered", 1, ResidentRegistered, valid="registered_on"),
    EventType("population.ktp-requested", 1, KtpRequested),
    EventType("population.ktp-request-withdrawn", 1, KtpRequestWithdrawn),
    EventType("population.ktp-issued", 1, KtpIssued, valid="issued_on"),
)
