"""From facts to what applications are told: the dictionary of the public contract.

It is given facts that were read without any key, so that nothing personal can come through.
"""

from typing import Any

from domain.exchange import announcement as public
from domain.exchange.announcement import PUBLIC, Announced, PublicType
from domain.kernel.events import Recorded
from domain.licensing import application
from domain.population.household import events as household
from domain.population.resident import events as resident
from domain.privacy.erasure import SubjectForgotten

TYPES: dict[type[Announced], PublicType] = {kind.shape: kind for kind in PUBLIC}
"""The type under which a shape is published."""

TOLD: tuple[type, ...] = (
    resident.ResidentRegistered,
    resident.ResidentPlaced,
    resident.Died,
    resident.DeathReversed,
    resident.MovedAway,
    resident.Returned,
    resident.RecordVoided,
    resident.CivilEventNoted,
    resident.KtpIssued,
    household.HouseholdRegistered,
    household.HouseholdMoved,
    household.HouseholdClosed,
    SubjectForgotten,
    application.ApplicationSubmitted,
    application.ApplicationVerified,
    application.ApplicationApproved,
    application.ApplicationRefused,
    application.PermitIssued,
)
"""The facts of which applications are told; all others need not even be read."""


def announced(fact: Recorded[Any]) -> Announced | None:
    """What applications are told of a fact; None when it does not concern them."""
    of = fact.header.stream
    return _of_a_resident(of, fact.event) or _of_a_household(of, fact.event) or _of_a_licence(of, fact.event)


def _of_a_resident(of: str, event: object) -> Announced | None:
    match event:
        case resident.ResidentRegistered():
            where = (event.household, event.village)
            return public.ResidentRegistered(of, *where, event.registered_on, event.synthetic)
        case resident.ResidentPlaced(household=home, village=village, on=on):
            return public.ResidentPlaced(of, home, village, on)
        case resident.Died(on):
            return public.ResidentDied(of, on)
        case resident.DeathReversed(_, on):
            return public.DeathReversed(of, on)
        case resident.MovedAway(standing, on):
            return public.ResidentLeft(of, standing, on)
        case resident.Returned(on):
            return public.ResidentReturned(of, on)
        case resident.RecordVoided(_, instead, on):
            return public.RecordVoided(of, instead, on)
        case resident.CivilEventNoted(code, _, on):
            return public.CivilEventNoted(of, code, on)
        case resident.KtpIssued(_, on):
            return public.KtpIssued(of, on)
        case SubjectForgotten(subjects):
            return public.SubjectForgotten(subjects)
    return None


def _of_a_household(of: str, event: object) -> Announced | None:
    match event:
        case household.HouseholdRegistered():
            members = tuple(member.resident for member in event.members)
            return public.HouseholdRegistered(
                of, event.village, members, event.registered_on, event.synthetic
            )
        case household.HouseholdMoved(village, on):
            return public.HouseholdMoved(of, village, on)
        case household.HouseholdClosed(on):
            return public.HouseholdClosed(of, on)
    return None


def _of_a_licence(of: str, event: object) -> Announced | None:
    match event:
        case application.ApplicationSubmitted():
            return public.ApplicationSubmitted(
                application=of,
                applicant=event.applicant,
                permit=event.permit,
                catalogue=event.catalogue,
                office=event.office,
                village=event.village,
                on=event.submitted_on,
                synthetic=event.synthetic,
            )
        case application.ApplicationVerified(_, complete_on, deadline):
            return public.ApplicationVerified(of, complete_on, deadline)
        case application.ApplicationApproved(decided_on, awaits_tariff):
            return public.ApplicationApproved(of, awaits_tariff, decided_on)
        case application.ApplicationRefused(decided_on):
            return public.ApplicationRefused(of, decided_on)
        case application.PermitIssued(number, issued_on):
            return public.PermitIssued(of, number, issued_on)
    return None
