"""What happened to one record: its events in order, and its state after each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from domain.kernel.decider import Decider
from domain.kernel.errors import Unknown
from domain.kernel.events import Recorded
from domain.kernel.ports import Reader
from domain.kernel.valid import ValidTime


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a record, who did it, and the state of the record after it, as plain values."""

    position: int
    version: int
    event: str
    recorded_at: datetime
    valid_on: date
    committed_at: datetime
    actor: str
    role: str
    office: str
    channel: str
    purpose: str
    command_id: UUID
    data: Mapping[str, Any]
    state: Mapping[str, Any]


def history(
    ledger: Reader,
    deciders: Mapping[str, Decider[Any, Any, Any]],
    time: ValidTime,
    stream: str,
    at: datetime | None = None,
    valid: date | None = None,
) -> list[Step]:
    """The steps of ``stream`` as known at ``at`` (now when None); empty when nothing was known.

    With ``valid`` only those that held on that day, in the order in which they came to hold: what was
    recorded late stands where it belongs.
    ``deciders`` are looked up by the word before the first hyphen. ``Unknown("unknown-stream")``.
    """
    decider = deciders.get(stream.partition("-")[0])
    if decider is None:
        raise Unknown("unknown-stream")
    known = [fact for fact in ledger.stream(stream) if at is None or fact.committed_at <= at]
    return _steps(known if valid is None else time.until(known, valid), decider, time)


def _steps(facts: Sequence[Recorded[Any]], decider: Decider[Any, Any, Any], time: ValidTime) -> list[Step]:
    state = decider.initial
    steps: list[Step] = []
    for fact in facts:
        state = decider.evolve(state, fact.event)
        header = fact.header
        steps.append(
            Step(
                fact.position,
                header.version,
                header.event,
                header.recorded_at,
                time.day(fact),
                fact.committed_at,
                header.actor,
                header.role,
                header.office,
                header.channel,
                header.purpose,
                header.command_id,
                plain(fact.event),
                plain(state),
            )
        )
    return steps


def plain(value: Any) -> Any:
    """Dataclasses as mappings, enums as their value, dates as ISO text."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value
