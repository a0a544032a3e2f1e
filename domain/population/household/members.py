"""Who joins a household and who leaves it, and who is the head then: one decision, so that it is never broken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.kernel.errors import Rejected
from domain.kernel.values import Kk
from domain.population.household.cards import due, must_be_active, must_have_one_head, renumbered
from domain.population.household.events import (
    HEAD,
    Event,
    Household,
    HouseholdClosed,
    Member,
    MemberJoined,
    MemberLeft,
    RelationsChanged,
    related,
)


@dataclass(frozen=True, slots=True)
class ChangeMembers:
    """In one civil event these leave, these join, and ``relations`` of others to the head change.

    When the head is another one afterwards the card has a new number, ``kk``.
    """

    household: str
    leave: tuple[str, ...]
    join: tuple[Member, ...]
    relations: tuple[Member, ...]
    kk: Kk | None
    on: date


def decide_members(household: Household, change: ChangeMembers) -> Sequence[Event]:
    residence = must_be_active(household)
    here = {m.resident for m in household.members}
    if not here.issuperset(change.leave):
        raise Rejected("not-a-member")
    staying = tuple(m for m in household.members if m.resident not in change.leave)
    joining = [m.resident for m in change.join]
    if len({*joining}) != len(joining) or not here.isdisjoint(joining):
        raise Rejected("member-listed-twice")
    if not {m.resident for m in staying}.issuperset(m.resident for m in change.relations):
        raise Rejected("not-a-member")
    left: list[Event] = [MemberLeft(resident, change.on) for resident in change.leave]
    if not staying and not change.join:
        return [*left, HouseholdClosed(change.on)]
    after = (*related(staying, change.relations), *change.join)
    if household.head in change.leave and all(m.relation != HEAD for m in after):
        raise Rejected("new-head-needed")
    must_have_one_head(after)
    events: list[Event] = [*left, *(MemberJoined(m.resident, m.relation, change.on) for m in change.join)]
    if change.relations:
        events.append(RelationsChanged(change.relations, change.on))
    if household.head not in {m.resident for m in after if m.relation == HEAD}:
        if change.kk is None:
            raise Rejected("new-kk-needed")
        events.append(renumbered(change.household, residence, change.kk, change.on))
    return [*events, due(household, change.on)]
