"""Acts of privacy: ask that a resident be forgotten, decide it, and destroy the keys.

The keys go first, then the fact that says so: whoever is killed in between finishes at the next start.
"""

from dataclasses import dataclass
from uuid import UUID, uuid5

import structlog

from adapters.ledger.ledger import Ledger
from api.acts.desk import Desk
from api.identity import ERASER
from domain.kernel.decider import act
from domain.kernel.errors import Malformed, StoreUnavailable, Unknown
from domain.kernel.events import Actor, Receipt
from domain.kernel.ports import Loaded
from domain.population.household import household_decider
from domain.population.resident import resident_decider
from domain.privacy.erasure import (
    ApproveErasure,
    Basis,
    Command,
    Erasure,
    Reason,
    RecordForgotten,
    RejectErasure,
    RequestErasure,
    Stage,
    erasure_decider,
    stream,
)

FORGETTING = UUID("b7c1f3a4-6c0b-5d55-9a2e-1f7d1f4f7f0e")
"""Namespace of command ids: one approval is carried out once, whoever does it."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class NewErasure:
    """A request as a face hands it in: a resident's stream, a code of ``Basis``, the number of her letter."""

    resident: str
    basis: str
    letter: str


@dataclass(frozen=True, slots=True)
class Asked:
    """An erasure after an act: its stream, and the receipt."""

    receipt: Receipt
    erasure: str


def request_erasure(desk: Desk, new: NewErasure, *, by: Actor, command_id: UUID) -> Asked:
    """Record that a resident asks to be forgotten. Nothing is destroyed before another officer decides."""
    erasure = stream(new.resident)
    receipt = desk.ledger.repeated(command_id, new)
    if receipt is None:
        if not desk.ledger.load(resident_decider, new.resident).state.registered:
            raise Unknown("unknown-resident")
        command = RequestErasure(new.resident, _basis(new.basis), new.letter, by.id, desk.today)
        acts = [act(erasure_decider, erasure, command)]
        receipt = desk.ledger.execute(acts, by=by, command_id=command_id, request=new)
    return Asked(receipt, erasure)


def reject(
    desk: Desk, erasure: str, reason: str, *, by: Actor, command_id: UUID, expected: int | None = None
) -> Asked:
    """The law demands the data: ``reason`` is a code of ``Reason``."""
    command = RejectErasure(by.id, _reason(reason), desk.today)
    return _decide(desk, erasure, command, (erasure, "reject", reason), by, command_id, expected)


def approve(
    desk: Desk, ledger: Ledger, erasure: str, *, by: Actor, command_id: UUID, expected: int | None = None
) -> Asked:
    """Forget the resident, at once and for good. A repeat finishes what a full disk has interrupted."""
    command = ApproveErasure(by.id, desk.today)
    asked = _decide(desk, erasure, command, (erasure, "approve"), by, command_id, expected)
    forgotten = _carry_out(desk, ledger, erasure)
    return Asked(Receipt(asked.receipt.first, forgotten.last, asked.receipt.repeated), erasure)


def _decide(
    desk: Desk,
    erasure: str,
    command: Command,
    request: tuple[str, ...],
    by: Actor,
    command_id: UUID,
    expected: int | None,
) -> Asked:
    load(desk, erasure)
    receipt = desk.ledger.repeated(command_id, request) or desk.ledger.execute(
        [act(erasure_decider, erasure, command, expected)], by=by, command_id=command_id, request=request
    )
    return Asked(receipt, erasure)


def load(desk: Desk, erasure: str) -> Loaded[Erasure]:
    """The erasure as it stands; ``Unknown("unknown-erasure")``."""
    loaded = desk.ledger.load(erasure_decider, erasure)
    if loaded.state.stage is Stage.NONE:
        raise Unknown("unknown-erasure")
    return loaded


def finish(desk: Desk, ledger: Ledger) -> None:
    """Carry out what was approved and interrupted; destroy again what a restored backup has brought back.

    Only what happened since this was done before in this very key store is looked at: a restored one knows less.
    """
    head, settled = ledger.head(), ledger.settled()
    # Beyond the head: an older ledger was put in place, and another future has begun.
    ahead = settled > head
    recent = ledger.streams("erasure", after=0 if ahead else settled)
    erasures = {id_: desk.ledger.load(erasure_decider, id_).state for id_ in recent}
    forgotten = [subject for erasure in erasures.values() for subject in erasure.subjects]
    if revived := ledger.readable(forgotten):
        log.warning("keys-came-back", destroyed=len(revived))
        ledger.destroy_keys(revived)
    for id_, erasure in erasures.items():
        if erasure.stage is Stage.APPROVED:
            _carry_out(desk, ledger, id_)
    if recent or ahead:
        _settle(ledger, head)


def _settle(ledger: Ledger, position: int) -> None:
    try:
        ledger.settle(position)
    except (
        StoreUnavailable
    ) as full:  # everything is done: the next start will look at it again, and that is all
        log.warning("erasures-not-settled", cause=full.code)


def _carry_out(desk: Desk, ledger: Ledger, erasure: str) -> Receipt:
    resident = load(desk, erasure).state.subject
    ledger.destroy_keys([resident])
    subjects = (resident, *_left_alone(desk, resident))
    ledger.destroy_keys(subjects)
    return desk.ledger.execute(
        [act(erasure_decider, erasure, RecordForgotten(subjects))],
        by=ERASER,
        command_id=uuid5(FORGETTING, erasure),
        request=erasure,
    )


def _left_alone(desk: Desk, resident: str) -> list[str]:
    """Her households, subjects of their own, of which nobody is left: the address is not of others then.

    Asked when her own key is gone: of two who are forgotten at once, the later one sees both.
    """
    homes = desk.ledger.load(resident_decider, resident).state.homes
    return [home for home in homes if not _known_there(desk, home)]


def _known_there(desk: Desk, household: str) -> bool:
    ever = desk.ledger.load(household_decider, household).state.ever
    return any(desk.ledger.load(resident_decider, member).state.person for member in ever)


def _basis(given: str) -> Basis:
    if given not in tuple(Basis):
        raise Malformed("unknown-basis", basis=given)
    return Basis(given)


def _reason(given: str) -> Reason:
    if given not in tuple(Reason):
        raise Malformed("unknown-reason", reason=given)
    return Reason(given)
