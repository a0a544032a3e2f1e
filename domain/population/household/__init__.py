"""A household (keluarga): who lives together under one family card (KK)."""

from collections.abc import Sequence
from typing import assert_never

from domain.kernel.decider import Claim, Decider
from domain.population.household.cards import (
    IssueKk,
    MoveHousehold,
    RegisterHousehold,
    ReviseCard,
    decide_card,
)
from domain.population.household.events import (
    HEAD,
    PUBLISHED,
    Event,
    Household,
    HouseholdMoved,
    HouseholdRegistered,
    KkRenumbered,
    Member,
    evolve,
)
from domain.population.household.members import ChangeMembers, decide_members

__all__ = [
    "EVENTS",
    "HEAD",
    "ChangeMembers",
    "Command",
    "Event",
    "Household",
    "HouseholdMoved",
    "HouseholdRegistered",
    "IssueKk",
    "Member",
    "MoveHousehold",
    "RegisterHousehold",
    "ReviseCard",
    "decide",
    "evolve",
    "household_decider",
]

EVENTS = PUBLISHED
Command = RegisterHousehold | MoveHousehold | ReviseCard | IssueKk | ChangeMembers


def decide(household: Household, command: Command) -> Sequence[Event]:
    match command:
        case RegisterHousehold() | MoveHousehold() | ReviseCard() | IssueKk():
            return decide_card(household, command)
        case ChangeMembers():
            return decide_members(household, command)
    assert_never(command)


def claims(event: Event) -> Sequence[Claim]:
    """A number is claimed when it is given; a move within the kecamatan keeps it."""
    match event:
        case HouseholdRegistered(residence=residence) | KkRenumbered(residence=residence):
            return (Claim("kk", residence.value.kk, secret=True),) if residence.value else ()
    return ()


household_decider = Decider(Household(), decide, evolve, claims)
