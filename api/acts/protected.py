"""Acts on protected elements: recorded by an officer, and opened by whoever says what for."""

from dataclasses import dataclass
from uuid import UUID

from api.acts.desk import Desk
from domain.kernel.decider import act
from domain.kernel.errors import Unknown
from domain.kernel.events import Actor, Receipt
from domain.population.protected import Disability, RecordDisability, protected_decider
from domain.population.resident import Resident, resident_decider

LISTING = "disability"


@dataclass(frozen=True, slots=True)
class NewDisability:
    resident: str
    code: str
    """Of today's list; empty: none."""


def record_disability(desk: Desk, new: NewDisability, *, by: Actor, command_id: UUID) -> Receipt:
    """Record what she declared. Raises ``Refused``."""
    today = desk.today
    known = _resident(desk, new.resident).person is not None
    codes = desk.reference.codes
    vintage = codes.check(LISTING, new.code, today) if new.code else codes.vintage(LISTING, today)
    command = RecordDisability(new.resident, Disability(new.code, vintage), today, known)
    stream = _stream(new.resident)
    return desk.ledger.execute(
        [act(protected_decider, stream, command)], by=by, command_id=command_id, request=new
    )


def opening(desk: Desk, resident: str, purpose: str) -> str:
    """``purpose``, if she may be opened for it. Refused: ``unknown-resident``, or by the list of purposes."""
    _resident(desk, resident)
    return desk.reference.purposes.opening(purpose, desk.today)


def disability(desk: Desk, resident: str) -> Disability | None:
    """What is recorded. Whoever calls this has recorded the reading before."""
    return desk.ledger.load(protected_decider, _stream(resident)).state.disability


def _resident(desk: Desk, resident: str) -> Resident:
    state = desk.ledger.load(resident_decider, resident).state
    if not state.registered:
        raise Unknown("unknown-resident")
    return state


def _stream(resident: str) -> str:
    return f"protected-{resident}"
