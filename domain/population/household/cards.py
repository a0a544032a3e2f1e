"""The card itself: its number, the address it prints, and when a new version of it is due."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from domain.kernel.errors import Rejected
from domain.kernel.events import Personal
from domain.kernel.regions import Village
from domain.kernel.values import Kk
from domain.population.household.events import (
    HEAD,
    Event,
    Household,
    HouseholdMoved,
    HouseholdRegistered,
    KkIssued,
    KkPrintDue,
    KkRenumbered,
    Member,
)
from domain.population.resident.person import Residence


@dataclass(frozen=True, slots=True)
class RegisterHousehold:
    """Give a household its KK number; exactly one of ``members`` is the head, and nobody is listed twice."""

    household: str
    kk: Kk
    village: Village
    address: str
    rt: str
    rw: str
    members: tuple[Member, ...]
    on: date
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class MoveHousehold:
    """The household lives at another address; into another kecamatan it needs a new number, ``kk``."""

    household: str
    village: Village
    address: str
    rt: str
    rw: str
    kk: Kk | None
    on: date


@dataclass(frozen=True, slots=True)
class ReviseCard:
    """Something that the card prints of a member has changed."""

    on: date


@dataclass(frozen=True, slots=True)
class IssueKk:
    """Hand the card over, in its newest version."""

    case: str
    on: date


OfCard = RegisterHousehold | MoveHousehold | ReviseCard | IssueKk


def decide_card(household: Household, command: OfCard) -> Sequence[Event]:
    match command:
        case RegisterHousehold(id_, kk, village, address, rt, rw, members, on, synthetic):
            if household.registered:
                raise Rejected("household-already-registered")
            must_have_one_head(members)
            if len({m.resident for m in members}) != len(members):
                raise Rejected("member-listed-twice")
            residence = Personal(id_, Residence(kk.number, address, rt, rw))
            return [HouseholdRegistered(village.code, on, synthetic, members, residence)]
        case MoveHousehold():
            return _move(household, command)
        case ReviseCard(on):
            must_be_active(household)
            return [due(household, on)]
        case IssueKk(case, on):
            must_be_active(household)
            return [KkIssued(household.print, case, on)]
    assert_never(command)


def must_have_one_head(members: Sequence[Member]) -> None:
    if sum(m.relation == HEAD for m in members) != 1:
        raise Rejected("household-needs-one-head")


def must_be_active(household: Household) -> Residence:
    """Where it is; refused when it is closed, forgotten or not there."""
    if not household.registered:
        raise Rejected("household-not-registered")
    if household.closed_on:
        raise Rejected("household-closed", on=household.closed_on)
    if household.residence is None:
        raise Rejected("household-forgotten")
    return household.residence


def due(household: Household, on: date) -> KkPrintDue:
    return KkPrintDue(household.print + 1, on)


def renumbered(household: str, residence: Residence, kk: Kk, on: date) -> KkRenumbered:
    return KkRenumbered(on, Personal(household, replace(residence, kk=kk.number)))


def _move(household: Household, new: MoveHousehold) -> Sequence[Event]:
    before = must_be_active(household)
    after = Residence(before.kk, new.address, new.rt, new.rw)
    if (after, new.village.code) == (before, household.village):
        raise Rejected("lives-there-already")
    moved = HouseholdMoved(new.village.code, new.on, Personal(new.household, after))
    if kecamatan_of(household.village) == new.village.kecamatan.code:
        return [moved, due(household, new.on)]
    if new.kk is None:
        raise Rejected("new-kk-needed")
    return [moved, renumbered(new.household, after, new.kk, new.on), due(household, new.on)]


def kecamatan_of(village: str) -> str:
    """``33.14.10`` of ``33.14.10.1003``."""
    return village.rpartition(".")[0]
