"""What may happen to a household, as facts, and how it stands after them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from domain.kernel.events import EventType, Personal
from domain.population.codes import Relation
from domain.population.resident.person import Residence

HEAD = Relation.HEAD.value
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
class MemberJoined:
    """Somebody was added to the card."""

    resident: str
    relation: str
    on: date


@dataclass(frozen=True, slots=True)
class MemberLeft:
    """Somebody was taken off the card."""

    resident: str
    on: date


@dataclass(frozen=True, slots=True)
class RelationsChanged:
    """These members are something else to the head now, or one of them is the new head."""

    members: tuple[Member, ...]
    on: date


@dataclass(frozen=True, slots=True)
class KkRenumbered:
    """The card has a new number, because the household is no longer the one it was."""

    on: date
    residence: Personal[Residence]


@dataclass(frozen=True, slots=True)
class HouseholdMoved:
    """The whole household lives at another address."""

    village: str
    on: date
    residence: Personal[Residence]


@dataclass(frozen=True, slots=True)
class HouseholdClosed:
    """Nobody is left: the card is void."""

    on: date


@dataclass(frozen=True, slots=True)
class KkPrintDue:
    """What the card prints has changed: version ``print`` must be printed."""

    print: int
    on: date


@dataclass(frozen=True, slots=True)
class KkIssued:
    """Version ``print`` of the card was handed over in counter case ``case``."""

    print: int
    case: str
    on: date


Event = (
    HouseholdRegistered
    | MemberJoined
    | MemberLeft
    | RelationsChanged
    | KkRenumbered
    | HouseholdMoved
    | HouseholdClosed
    | KkPrintDue
    | KkIssued
)


@dataclass(frozen=True, slots=True)
class Household:
    """``residence`` is None before registration and once forgotten; ``ever`` are all who were members.

    ``print`` is the version of the card that must be in their hands, ``issued`` the last that was given.
    """

    registered: bool = False
    village: str = ""
    members: tuple[Member, ...] = ()
    residence: Residence | None = None
    synthetic: bool = False
    closed_on: date | None = None
    print: int = 0
    issued: int = 0
    ever: tuple[str, ...] = ()

    @property
    def active(self) -> bool:
        return self.registered and self.closed_on is None

    @property
    def head(self) -> str | None:
        return next((m.resident for m in self.members if m.relation == HEAD), None)


def evolve(household: Household, event: Event) -> Household:
    match event:
        case HouseholdRegistered():
            return Household(
                True,
                event.village,
                event.members,
                event.residence.value,
                event.synthetic,
                print=1,
                ever=tuple(m.resident for m in event.members),
            )
        case MemberJoined(resident, relation, _):
            ever = household.ever if resident in household.ever else (*household.ever, resident)
            return replace(household, members=(*household.members, Member(resident, relation)), ever=ever)
        case MemberLeft(resident, _):
            return replace(household, members=tuple(m for m in household.members if m.resident != resident))
        case RelationsChanged(members, _):
            return replace(household, members=related(household.members, members))
        case KkRenumbered(_, residence):
            return replace(household, residence=residence.value)
        case HouseholdMoved(village, _, residence):
            return replace(household, village=village, residence=residence.value)
        case HouseholdClosed(on):
            return replace(household, closed_on=on)
        case KkPrintDue(version, _):
            return replace(household, print=version)
        case KkIssued(version):
            return replace(household, issued=version)
    assert_never(event)


def related(members: tuple[Member, ...], changed: tuple[Member, ...]) -> tuple[Member, ...]:
    """The members with their new relations; who is not among ``changed`` keeps hers."""
    new = {m.resident: m.relation for m in changed}
    return tuple(Member(m.resident, new.get(m.resident, m.relation)) for m in members)


PUBLISHED = (
    EventType("population.household-registered", 1, HouseholdRegistered, valid="registered_on"),
    EventType("population.member-joined", 1, MemberJoined, valid="on"),
    EventType("population.member-left", 1, MemberLeft, valid="on"),
    EventType("population.relations-changed", 1, RelationsChanged, valid="on"),
    EventType("population.kk-renumbered", 1, KkRenumbered, valid="on"),
    EventType("population.household-moved", 1, HouseholdMoved, valid="on"),
    EventType("population.household-closed", 1, HouseholdClosed, valid="on"),
    EventType("population.kk-print-due", 1, KkPrintDue, valid="on"),
    EventType("population.kk-issued", 1, KkIssued, valid="on"),
)
