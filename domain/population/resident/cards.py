"""A resident's own cards: the KTP from 17 or once married, the KIA before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from domain.kernel.errors import Rejected
from domain.population.resident.events import (
    Event,
    KiaIssued,
    KtpIssued,
    KtpReprintDue,
    KtpRequested,
    KtpRequestWithdrawn,
    KtpVoided,
)
from domain.population.resident.guards import must_live_here, person_of
from domain.population.resident.person import KTP_AGE, CardLoss, age, must_have_ktp
from domain.population.resident.state import Resident

KIA_PHOTO_AGE = 5


@dataclass(frozen=True, slots=True)
class RequestKtp:
    """Open counter case ``case`` for her KTP, the first or one in the place of a void card."""

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
class VoidKtp:
    """Void the card that is lost, damaged or no longer true, so that another can be made."""

    reason: CardLoss
    on: date


@dataclass(frozen=True, slots=True)
class IssueKia:
    """Hand over a child card; it may be issued again."""

    on: date


OfCards = RequestKtp | WithdrawKtpRequest | IssueKtp | VoidKtp | IssueKia


def decide_cards(resident: Resident, command: OfCards) -> Sequence[Event]:
    match command:
        case RequestKtp(case, on):
            _may_have_ktp(resident, on)
            return [KtpRequested(case)]
        case WithdrawKtpRequest(case):
            _is_open(resident, case)
            return [KtpRequestWithdrawn(case)]
        case IssueKtp(case, on):
            _is_open(resident, case)
            must_live_here(resident)
            return [KtpIssued(case, on)]
        case VoidKtp(reason, on):
            must_live_here(resident)
            if not resident.ktp_issued_on:
                raise Rejected("no-ktp-to-replace")
            if reason is CardLoss.CHANGED and not resident.ktp_due:
                raise Rejected("ktp-still-true")
            return [KtpVoided(reason.value, on)]
        case IssueKia(on):
            return [_kia(resident, on)]
    assert_never(command)


def reprint(resident: Resident, on: date) -> list[Event]:
    """What follows when something that stands on her card has changed."""
    return [KtpReprintDue(on)] if resident.ktp_issued_on and not resident.ktp_due else []


def _may_have_ktp(resident: Resident, on: date) -> None:
    if resident.person is None:
        raise Rejected("resident-not-registered")
    must_live_here(resident)
    if resident.ktp_issued_on:
        raise Rejected("ktp-already-issued", on=resident.ktp_issued_on)
    if resident.open_case:
        raise Rejected("ktp-already-requested", case=resident.open_case)
    if not resident.obliged(on):
        raise Rejected("ktp-not-yet-obliged", age=KTP_AGE)


def _is_open(resident: Resident, case: str) -> None:
    if resident.open_case != case:
        raise Rejected("ktp-not-requested")


def _kia(resident: Resident, on: date) -> KiaIssued:
    person = person_of(resident)
    if must_have_ktp(person.birth_date, person.marital, on):
        raise Rejected("kia-is-for-children", age=KTP_AGE)
    return KiaIssued(on, age(person.birth_date, on) >= KIA_PHOTO_AGE)
