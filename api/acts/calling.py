"""Calling the next ticket to a window."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from api.acts.desk import Desk
from api.acts.population import Served
from domain.kernel.decider import act
from domain.kernel.errors import Conflict, Rejected
from domain.kernel.events import Actor
from domain.population.case import Call, Step, case_decider


@dataclass(frozen=True, slots=True)
class CallNext:
    """Whoever comes next at ``window``: of one service (``document``), or of all when it is empty."""

    window: str
    document: str = ""


def callable_now(step: str, waiting: str | None) -> bool:
    """Whether a ticket waits to be called, and for nothing else."""
    return step == Step.WAITING.value and waiting is None


def call_next(
    desk: Desk, asked: CallNext, waiting: Sequence[tuple[str, int]], *, by: Actor, command_id: UUID
) -> Served:
    """Call the first of ``waiting`` (case and version, in order) that no colleague has called meanwhile.

    ``Rejected("nobody-waits")`` when there is none left.
    """
    if receipt := desk.ledger.repeated(command_id, asked):
        return Served(receipt, desk.ledger.after(receipt.first - 1, 1)[0].header.stream)
    for case, version in waiting:
        call = act(case_decider, case, Call(asked.window), version)
        try:
            receipt = desk.ledger.execute([call], by=by, command_id=command_id, request=asked)
        except (Conflict, Rejected):
            continue  # a colleague was faster: the next one is as good
        return Served(receipt, case)
    raise Rejected("nobody-waits")
