"""An application for one permit: submitted, verified, decided, issued.

The promise clock starts when the file is complete (Perbup Sragen 73/2017), the day of completeness
being day 0. Payment comes later: a type with a fee stops at *approved, awaiting tariff*.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, assert_never

from domain.kernel.decider import Claim, Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType, Personal
from domain.kernel.offices import Office
from domain.kernel.regions import Village
from domain.kernel.values import Rupiah
from domain.kernel.working_days import Calendar
from domain.licensing.catalogue import Catalogue, PermitType
from domain.licensing.siup import SiupClasses


class Status(StrEnum):
    """How far an application has come; the last three are final in this version."""

    NONE = "none"
    SUBMITTED = "submitted"
    COMPLETE = "complete"
    APPROVED = "approved"
    AWAITING_TARIFF = "approved-awaiting-tariff"
    REFUSED = "refused"
    ISSUED = "issued"


class Applicant(StrEnum):
    """What licensing must know of the resident who applies: only who lives here is given a permit."""

    LIVES_HERE = "lives-here"
    DEAD = "dead"
    MOVED_AWAY = "moved-away"
    VOID = "void"


OPEN = frozenset({Status.SUBMITTED, Status.COMPLETE, Status.APPROVED, Status.AWAITING_TARIFF})
"""An application of which something is still to be decided or given."""


@dataclass(frozen=True, slots=True)
class Business:
    """Who applies and for what enterprise. KBLI 2009 in 2010, later vintages beside it."""

    applicant: str
    company: str
    legal_form: str
    npwp: str
    kbli: str
    kbli_vintage: str
    address: str
    net_worth: int | None


@dataclass(frozen=True, slots=True)
class ApplicationSubmitted:
    """Filed at ``office`` for catalogue row ``permit``; ``tracking`` is the public code.

    The applicant's subject owns ``business``: forgetting a resident reaches her licences.
    """

    permit: str
    catalogue: str
    tracking: str
    office: str
    village: str
    applicant: str
    submitted_on: date
    siup_class: str | None
    threshold_vintage: str | None
    synthetic: bool
    business: Personal[Business]


@dataclass(frozen=True, slots=True)
class ApplicationVerified:
    """The file is complete and right since ``complete_on``; decided by ``deadline`` at the latest."""

    documents: tuple[str, ...]
    complete_on: date
    deadline: date


@dataclass(frozen=True, slots=True)
class ApplicationApproved:
    """``awaits_tariff``: the type has a fee, so nothing is issued before it is paid to the tariff."""

    decided_on: date
    awaits_tariff: bool


@dataclass(frozen=True, slots=True)
class ApplicationRefused:
    """Decided against the applicant; whoever has the tracking code may read ``reason``.

    It is free text that may name her, and is forgotten with her. Version 1 had it in clear: then its
    subject is empty, and it is told for as long as she is known.
    """

    decided_on: date
    reason: Personal[str]


@dataclass(frozen=True, slots=True)
class PermitIssued:
    """The permit has its number: ``<series>/<type>/<office>/<year>`` (ours, dated data)."""

    number: str
    issued_on: date
    to_trade: bool


@dataclass(frozen=True, slots=True)
class SubmitApplication:
    """File for catalogue row ``permit``. ``net_worth`` (without land and buildings) makes a SIUP's class.

    ``applicant`` is a resident's stream; ``office`` and ``village`` are those valid on day ``on``.
    """

    permit: str
    tracking: str
    applicant: str
    business: Business
    net_worth: Rupiah | None
    office: Office
    village: Village
    on: date
    synthetic: bool = False
    standing: Applicant = Applicant.LIVES_HERE


@dataclass(frozen=True, slots=True)
class VerifyFile:
    """The officer has seen these documents, named as in the catalogue."""

    documents: frozenset[str]
    on: date


@dataclass(frozen=True, slots=True)
class Approve:
    """Decide for the applicant, on the day ``on``."""

    on: date


@dataclass(frozen=True, slots=True)
class Refuse:
    """Decide against the applicant; ``reason`` (not blank) is what she reads."""

    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class IssuePermit:
    """Sign and number the permit: ``number`` is the next of its series, see ``permit_number``."""

    number: str
    on: date


@dataclass(frozen=True, slots=True)
class Application:
    """What later rules must know. ``last_on`` is the day of the last fact: no step is dated before it."""

    status: Status = Status.NONE
    permit: str = ""
    catalogue: str = ""
    tracking: str = ""
    office: str = ""
    village: str = ""
    applicant: str = ""
    submitted_on: date | None = None
    last_on: date | None = None
    siup_class: str | None = None
    threshold_vintage: str | None = None
    synthetic: bool = False
    business: Business | None = None
    deadline: date | None = None
    reason: str | None = None
    number: str | None = None
    issued_on: date | None = None


Event = ApplicationSubmitted | ApplicationVerified | ApplicationApproved | ApplicationRefused | PermitIssued
Command = SubmitApplication | VerifyFile | Approve | Refuse | IssuePermit


def permit_number(serial: int, permit: str, office: str, year: int) -> str:
    """Our number, version 1: series, type code, office code, year of issue."""
    return f"{serial:04d}/{permit}/{office}/{year}"


def application_decider(
    catalogue: Catalogue, siup: SiupClasses, calendar: Calendar
) -> Decider[Command, Event, Application]:
    """The rules under one catalogue; ``evolve`` needs none of it."""

    def decide(application: Application, command: Command) -> Sequence[Event]:
        match command:
            case SubmitApplication(on=on):
                _must_be(application, Status.NONE, on)
                return [_submit(catalogue, siup, command)]
            case VerifyFile(documents, on):
                _must_be(application, Status.SUBMITTED, on)
                return [_verify(_row(application, catalogue), calendar, documents, on)]
            case Approve(on):
                _must_be(application, Status.COMPLETE, on)
                return [ApplicationApproved(on, _row(application, catalogue).awaits_tariff)]
            case Refuse(on, reason):
                _must_be(application, Status.COMPLETE, on)
                if not reason.strip():
                    raise Rejected("reason-missing")
                # Of an applicant who is forgotten nothing can be sealed: it is refused without words.
                told = reason if application.business else None
                return [ApplicationRefused(on, Personal(application.applicant, told))]
            case IssuePermit(number, on):
                if application.status is Status.AWAITING_TARIFF:
                    raise Rejected("permit-awaits-tariff", permit=application.permit)
                _must_be(application, Status.APPROVED, on)
                return [PermitIssued(number, on, _row(application, catalogue).to_trade)]
        assert_never(command)

    return Decider(Application(), decide, evolve, claims)


def _must_be(application: Application, status: Status, on: date) -> None:
    if application.status is not status:
        raise Rejected("wrong-order-of-steps", asked=status.value, next=application.status.value)
    if application.last_on and on < application.last_on:
        raise Rejected("earlier-than-last-step", on=on, last=application.last_on)


def _row(application: Application, catalogue: Catalogue) -> PermitType:
    # Filed under a row that has since ended: it keeps that row.
    return catalogue.rows[application.permit]


def _submit(catalogue: Catalogue, siup: SiupClasses, new: SubmitApplication) -> ApplicationSubmitted:
    row = catalogue.row(new.permit, new.on)
    _must_live_here(new.standing)
    if new.office.kecamatan and not row.delegated_on(new.on):
        raise Rejected("permit-not-delegated", permit=row.code, office=new.office.code)
    if not new.business.company.strip():
        raise Rejected("company-missing")
    vintage = _class_vintage(row, siup, new)
    return ApplicationSubmitted(
        permit=row.code,
        catalogue=catalogue.version,
        tracking=new.tracking,
        office=new.office.code,
        village=new.village.code,
        applicant=new.applicant,
        submitted_on=new.on,
        siup_class=row.code if vintage else None,
        threshold_vintage=vintage,
        synthetic=new.synthetic,
        business=Personal(new.applicant, _judged(new)),
    )


def _must_live_here(applicant: Applicant) -> None:
    match applicant:
        case Applicant.DEAD:
            raise Rejected("applicant-dead")
        case Applicant.MOVED_AWAY:
            raise Rejected("applicant-moved-away")
        case Applicant.VOID:
            raise Rejected("applicant-void")


def _judged(new: SubmitApplication) -> Business:
    # One amount: the net worth that was judged is the one that is kept and sent.
    return replace(new.business, net_worth=None if new.net_worth is None else new.net_worth.amount)


def _class_vintage(row: PermitType, siup: SiupClasses, new: SubmitApplication) -> str | None:
    """The vintage of the threshold under which a SIUP's class fits its net worth."""
    if not siup.is_class(row.code):
        return None
    if new.net_worth is None:
        raise Rejected("net-worth-missing", permit=row.code)
    right = siup.of(new.net_worth, new.on)
    if right.permit != row.code:
        raise Rejected("net-worth-does-not-fit-class", permit=row.code, proposed=right.permit)
    return right.vintage


def _verify(row: PermitType, calendar: Calendar, seen: frozenset[str], on: date) -> ApplicationVerified:
    missing = [document for document in row.requirements if document not in seen]
    if missing:
        raise Rejected("requirement-missing", permit=row.code, missing=missing)
    return ApplicationVerified(row.requirements, on, calendar.deadline(on, row.sla_working_days))


def evolve(application: Application, event: Event) -> Application:
    match event:
        case ApplicationSubmitted():
            return Application(
                status=Status.SUBMITTED,
                permit=event.permit,
                catalogue=event.catalogue,
                tracking=event.tracking,
                office=event.office,
                village=event.village,
                applicant=event.applicant,
                submitted_on=event.submitted_on,
                last_on=event.submitted_on,
                siup_class=event.siup_class,
                threshold_vintage=event.threshold_vintage,
                synthetic=event.synthetic,
                business=event.business.value,
            )
        case ApplicationVerified(_, complete_on, deadline):
            return replace(application, status=Status.COMPLETE, last_on=complete_on, deadline=deadline)
        case ApplicationApproved(decided_on, awaits_tariff):
            status = Status.AWAITING_TARIFF if awaits_tariff else Status.APPROVED
            return replace(application, status=status, last_on=decided_on)
        case ApplicationRefused(decided_on, reason):
            told = reason.value if application.business else None
            return replace(application, status=Status.REFUSED, last_on=decided_on, reason=told)
        case PermitIssued(number, issued_on, _):
            status = Status.ISSUED
            return replace(application, status=status, last_on=issued_on, number=number, issued_on=issued_on)
    assert_never(event)


def claims(event: Event) -> Sequence[Claim]:
    match event:
        case ApplicationSubmitted():
            return (Claim("tracking-code", event.tracking),)
        case PermitIssued(number, _, _):
            return (Claim("permit-number", number),)
    return ()


def refused_v2(event: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had its reason in clear, of no subject."""
    return event | {"reason": {"subject": "", "value": event["reason"]}}


EVENTS = (
    EventType("licensing.application-submitted", 1, ApplicationSubmitted, valid="submitted_on"),
    EventType("licensing.application-verified", 1, ApplicationVerified, valid="complete_on"),
    EventType("licensing.application-approved", 1, ApplicationApproved, valid="decided_on"),
    EventType(
        "licensing.application-refused", 2, ApplicationRefused, valid="decided_on", upcasters=(refused_v2,)
    ),
    EventType("licensing.permit-issued", 1, PermitIssued, valid="issued_on"),
)
