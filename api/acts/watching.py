"""Acts of watching: whose readings are watched, and what came of an alarm. Facts of the ledger of readings."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from api.acts.desk import JAKARTA, Desk
from api.identity import Officers
from domain.access.inquiry import Finding, LookInto, inquiry_decider
from domain.access.watch import BeginWatch, EndWatch, Watched, watch_decider
from domain.kernel.decider import act
from domain.kernel.errors import Malformed, Unknown
from domain.kernel.events import Actor, Receipt
from domain.kernel.ports import Ledger
from projections import alarms, residents
from projections.alarms import AlarmRow
from projections.readmodel import View
from projections.views import Views

DAYS = 7
"""Days that a list of alarms tells of unless more is asked."""


@dataclass(frozen=True, slots=True)
class Watching:
    """What these acts need: the desk with its tables, and both ledgers' sides of a reading."""

    desk: Desk
    officers: Officers
    ledger: Ledger
    """Of readings."""
    views: Views
    """Of readings."""
    registry: Views
    wait: float


@dataclass(frozen=True, slots=True)
class NewWatch:
    resident: str
    kind: str
    officer: str = field(default="")
    """Her id as an official, when that is why."""


def begin(at: Watching, new: NewWatch, *, by: Actor, command_id: UUID) -> Receipt:
    """Watch the readings of a resident. Raises ``Refused``."""
    kind, today = _kind(new.kind), at.desk.today
    if new.officer and new.officer not in {officer.id for officer in at.officers.on(today)}:
        raise Malformed("unknown-officer", officer=new.officer)
    with at.registry.now() as view:
        around = _around(view, new.resident) if kind is Watched.OFFICIAL else _nobody(view, new.resident)
    command = BeginWatch(new.resident, kind, today, new.officer, *around)
    return at.ledger.execute(
        [act(watch_decider, stream(new.resident), command)], by=by, command_id=command_id, request=new
    )


def end(at: Watching, resident: str, kind: str, *, by: Actor, command_id: UUID) -> Receipt:
    """Watch them no more. Raises ``Refused``."""
    command = EndWatch(resident, _kind(kind), at.desk.today)
    return at.ledger.execute(
        [act(watch_decider, stream(resident), command)],
        by=by,
        command_id=command_id,
        request=[resident, kind],
    )


def look_into(at: Watching, alarm: str, finding: str, *, by: Actor, command_id: UUID) -> Receipt:
    """Say what came of an alarm; not the officer whom it is about. Raises ``Refused``."""
    if finding not in tuple(Finding):
        raise Malformed("unknown-finding", finding=finding)
    raised = _raised(at, alarm).raised
    command = LookInto(raised.officer, by.id, Finding(finding), at.desk.today)
    return at.ledger.execute(
        [act(inquiry_decider, alarm, command)], by=by, command_id=command_id, request=[alarm, finding]
    )


def raised(at: Watching, since: date | None = None, until: date | None = None) -> list[AlarmRow]:
    """The alarms of these days, the newest first; of the last week when none are named."""
    last = until or at.desk.today
    first = since or last - timedelta(days=DAYS - 1)
    at.views.wait(at.ledger.head(), at.wait)
    tables = at.desk.reference
    with at.views.now() as view:
        return alarms.page(
            view, first, last, limits=tables.alarms, closed=tables.opening.closed, zone=JAKARTA
        )


def stream(resident: str) -> str:
    """Where it stands whether a resident is watched."""
    return f"watch-{resident}"


def _raised(at: Watching, alarm: str) -> AlarmRow:
    """Its id names its day: only that is judged again."""
    try:
        day = date.fromisoformat(alarm.split("-")[1])
    except (ValueError, IndexError):
        raise Unknown("unknown-alarm") from None
    for row in raised(at, day, day):
        if row.alarm == alarm:
            return row
    raise Unknown("unknown-alarm")


def _around(view: View, resident: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who lives with her, and who lives next to her."""
    row = residents.by_id(view, resident)
    if row is None:
        raise Unknown("unknown-resident")
    family = (member.resident for member in residents.of_household(view, row.household))
    return (
        tuple(one for one in family if one != resident),
        tuple(residents.neighbours(view, row.household)),
    )


def _nobody(view: View, resident: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if residents.by_id(view, resident) is None:
        raise Unknown("unknown-resident")
    return (), ()


def _kind(given: str) -> Watched:
    if given not in tuple(Watched):
        raise Malformed("unknown-watch", kind=given)
    return Watched(given)
