"""A household (keluarga): who lives together under one family card (KK)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from domain.kernel.decider import Claim, Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType, Personal
from domain.kernel.regions import Village
from domain.kernel.values import Kk
from domain.population.resident import Residence

HEAD = "1"
"""Relation code KEPALA KELUARGA."""


@dataclass(frozen=True, slots=True)
class Member:
    """A resident's stream and the code of her relation to the head."""

    resident: str
    relation: str


@dataclass(frozen=True, slots=True)
class HouseholdRegistered:
    """A household received its KK (KK_NEW)."""

    village: str
    registered_on: date
    synthetic: bool
    members: tuple[Member, ...]
    residence: Personal[Residence]


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
class Household:
    """What later rules must know. ``residence`` is None before registration and once forgotten."""

    registered: bool = False
    village: str = ""
    members: tuple[Member, ...] = ()
    residence: Residence | None = None

    @property
    def head(self) -> str | None:
        return next((m.resident for m in self.members if m.relation == HEAD), None)


def decide(household: Household, command: RegisterHousehold) -> Sequence[HouseholdRegistered]:
    match command:
        case RegisterHousehold(id_, kk, village, address, rt, rw, members, on, synthetic):
            if household.registered:
                raise Rejected("household-already-registered")
            if sum(m.relation == HEAD for m in members) != 1:
                raise Rejected("household-needs-one-head")
            if len({m.resident for m in members}) != len(members):
                raise Rejected("member-listed-twice")
            residence = Personal(id_, Residence(kk.number, address, rt, rw))
            return [HouseholdRegistered(village.code, on, synthetic, members, residence)]
    assert_never(command)


def evolve(_: Household, event: HouseholdRegistered) -> Household:
    return Household(True, event.village, event.members, event.residence.value)


def claims(event: HouseholdRegistered) -> Sequence[Claim]:
    residence = event.residence.value
    return (Claim("kk", residence.kk, secret=True),) if residence else ()


household_decider = Decider(Household(), decide, evolve, claims)

EVENTS = (EventType("population.household-registered", 1, HouseholdRegistered, valid="registered_on"),)
