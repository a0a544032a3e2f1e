"""Marriages, parents and children of a resident."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from domain.kernel.errors import Rejected
from domain.kernel.events import Personal
from domain.population.codes import Marital
from domain.population.resident.cards import reprint
from domain.population.resident.events import (
    ChildRecorded,
    ChildReversed,
    Event,
    FiliationReversed,
    MarriageEnded,
    MarriageRestored,
    Married,
    ParentsLinked,
)
from domain.population.resident.guards import must_live_here, not_before_birth, person_of
from domain.population.resident.person import Filiation, MarriageEnd, Parents
from domain.population.resident.state import Resident


@dataclass(frozen=True, slots=True)
class Marry:
    """Record her marriage; ``spouse`` is empty when the other is not registered here."""

    spouse: str
    on: date


@dataclass(frozen=True, slots=True)
class EndMarriage:
    """End her marriage with ``spouse``."""

    spouse: str
    how: MarriageEnd
    on: date


@dataclass(frozen=True, slots=True)
class RestoreMarriage:
    """Her marriage with ``spouse`` has never ended: the divorce, or the death, was annulled."""

    spouse: str
    on: date


@dataclass(frozen=True, slots=True)
class LinkParents:
    """Say whose child she is; what is empty stays as it was."""

    resident: str
    kind: Filiation
    mother: str
    father: str
    names: Parents
    on: date


@dataclass(frozen=True, slots=True)
class ReverseFiliation:
    """The deed of entry ``original`` is annulled; these are her parents as all other facts tell them."""

    resident: str
    original: str
    mother: str
    father: str
    adopters: tuple[str, ...]
    names: Parents
    on: date


@dataclass(frozen=True, slots=True)
class RecordChild:
    """A child of this resident is registered."""

    child: str
    born: date
    on: date


@dataclass(frozen=True, slots=True)
class ReverseChild:
    """The deed of entry ``original``, which made the child this resident's, is annulled."""

    child: str
    original: str
    on: date


OfFamily = Marry | EndMarriage | RestoreMarriage | LinkParents | ReverseFiliation | RecordChild | ReverseChild


def decide_family(resident: Resident, command: OfFamily) -> Sequence[Event]:
    match command:
        case Marry(spouse, on):
            person_of(resident)
            not_before_birth(resident, on)
            if spouse and any(m.spouse == spouse for m in resident.marriages):
                raise Rejected("already-married-to-each-other")
            return [Married(spouse, Marital.MARRIED.value, on), *reprint(resident, on)]
        case EndMarriage(spouse, how, on):
            return [_ended(resident, spouse, how, on), *reprint(resident, on)]
        case RestoreMarriage(spouse, on):
            person_of(resident)
            old = [m for m in resident.ended if m.spouse == spouse]
            if not old:
                raise Rejected("no-marriage-to-restore")
            known = bool(old[-1].before)
            return [MarriageRestored(spouse, known, Marital.MARRIED.value, on), *reprint(resident, on)]
        case LinkParents(id_, kind, mother, father, names, on):
            person_of(resident)
            if id_ in {mother, father}:
                raise Rejected("own-parent")
            return [ParentsLinked(kind.value, mother, father, on, Personal(id_, names))]
        case ReverseFiliation(id_, original, mother, father, adopters, names, on):
            person_of(resident)
            return [FiliationReversed(original, mother, father, adopters, on, Personal(id_, names))]
        case RecordChild(child, born, on):
            # A child may be born after its father died, and a mother may have moved away since.
            if not resident.registered:
                raise Rejected("resident-not-registered")
            return [ChildRecorded(child, on, Personal(child, born))]
        case ReverseChild(child, original, on):
            known = any(other.stream == child for other in resident.children)
            return [ChildReversed(child, original, on)] if known else []
    assert_never(command)


def _ended(resident: Resident, spouse: str, how: MarriageEnd, on: date) -> MarriageEnded:
    must_live_here(resident)
    person = person_of(resident)
    if person.marital != Marital.MARRIED.value:
        raise Rejected("not-married")
    if resident.marriages and all(m.spouse != spouse for m in resident.marriages):
        raise Rejected("not-married-to-each-other")
    return MarriageEnded(spouse, how.value, _status_after(resident, spouse, how), on)


def _status_after(resident: Resident, spouse: str, how: MarriageEnd) -> str:
    """Her marital status once this marriage is over: another one may go on."""
    if any(m.spouse != spouse for m in resident.marriages):
        return Marital.MARRIED.value
    match how:
        case MarriageEnd.DIVORCE:
            return Marital.DIVORCED.value
        case MarriageEnd.DEATH:
            return Marital.WIDOWED.value
        case MarriageEnd.ANNULMENT:
            before = next((m.before for m in resident.marriages if m.spouse == spouse), "")
            return before or Marital.NEVER_MARRIED.value
    assert_never(how)
