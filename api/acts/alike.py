"""Records that are alike: an officer says that they are of two people, before or after the second is made.

That they are of one person is a civil event (``civil.find_same``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from api.acts.desk import Desk, stream_id
from domain.kernel.decider import Act, act
from domain.kernel.errors import Unknown
from domain.kernel.events import Actor, Receipt
from domain.population.pair import FindDifferent, Pair, pair_decider, pair_id
from domain.population.resident import resident_decider


@dataclass(frozen=True, slots=True)
class Unlike:
    """``resident`` is not the person who is the ``index``-th to enter the registry by this act."""

    index: int
    resident: str


def told_apart(unlike: Iterable[Unlike], command_id: UUID, by: Actor, today: date) -> list[Act]:
    """One act for each resident who was shown as alike and is somebody else."""
    pairs = {(stream_id("resident", command_id, str(one.index)), one.resident) for one in unlike}
    return [
        act(pair_decider, pair_id(new, other), FindDifferent(new, other, by.id, today), expected=0)
        for new, other in sorted(pairs)
    ]


def load(desk: Desk, one: str, other: str) -> Pair:
    """What was found of these two, if anything; ``Unknown("unknown-resident")``."""
    for resident in (one, other):
        if not desk.ledger.load(resident_decider, resident).state.registered:
            raise Unknown("unknown-resident")
    return desk.ledger.load(pair_decider, pair_id(one, other)).state


def tell_apart(desk: Desk, one: str, other: str, *, by: Actor, command_id: UUID) -> Receipt:
    """They are two people: the pair leaves the list and does not come back. ``pair-already-decided``."""
    load(desk, one, other)
    asked = ("tell-apart", *sorted((one, other)))
    command = FindDifferent(one, other, by.id, desk.today)
    return desk.ledger.repeated(command_id, asked) or desk.ledger.execute(
        [act(pair_decider, pair_id(one, other), command)], by=by, command_id=command_id, request=asked
    )
