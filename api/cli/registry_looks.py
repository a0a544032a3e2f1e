"""What officers look at in a week of a registry office: each look is recorded before anything is shown."""

from datetime import date
from uuid import UUID

from api import figures, finding
from api.acts import protected, watching
from api.acts.protected import NewDisability
from api.acts.watching import NewWatch
from api.identity import Officer
from api.wiring import Hub
from domain.access.inquiry import Finding
from domain.access.purposes import Purpose
from domain.access.reading import Seen
from domain.access.watch import Watched
from domain.kernel.errors import Unknown
from domain.population.figures import Dimension
from projections.name_search import Asked
from projections.residents import ResidentRow
from projections.semester import semester

FOUND = 5


def search(hub: Hub, name: str, born: date | None, officer: Officer) -> list[ResidentRow]:
    """Who bears a name like this one, as it was heard at the counter."""
    with hub.views.now() as view:
        rows = finding.named(view, Asked(name, born), FOUND)
    hub.readings.person(Seen.SEARCH, [row.resident for row in rows], by=officer.acting("demo"))
    return rows


def disability(hub: Hub, new: NewDisability, officer: Officer, command_id: UUID) -> str:
    """Record what she declared, open what is protected to read it back, and say what for."""
    purpose = protected.opening(hub.desk, new.resident, Purpose.SERVICE.value)
    by = officer.acting("demo", purpose)
    protected.record_disability(hub.desk, new, by=by, command_id=command_id)
    hub.readings.person(Seen.PROTECTED, [new.resident], by=by, record=new.resident)
    return purpose


def watch(hub: Hub, resident: str, officer: Officer, command_id: UUID) -> None:
    """From now on whoever opens his data is asked why."""
    new = NewWatch(resident, Watched.PROMINENT.value)
    watching.begin(hub.watching, new, by=officer.acting("demo"), command_id=command_id)


def open_record(hub: Hub, resident: str, officer: Officer) -> None:
    hub.readings.person(Seen.RECORD, [resident], by=officer.acting("demo"), record=resident)


def explain(hub: Hub, resident: str, officer: Officer, command_id: UUID) -> str:
    """Another officer looks into the alarm about his data. Returns the officer whom it is about."""
    for row in watching.raised(hub.watching):
        if row.raised.resident == resident:
            by = officer.acting("demo", Purpose.AUDIT.value)
            finding = Finding.EXPLAINED.value
            watching.look_into(hub.watching, row.alarm, finding, by=by, command_id=command_id)
            return row.raised.officer
    raise Unknown("unknown-alarm")


def aggregate(hub: Hub) -> tuple[int, int]:
    """Residents and villages of the semester's figures, as they stand."""
    with hub.views.now() as view:
        counted = semester(view, hub.desk.today)
    people = sum(figures.total(counted, Dimension.AGE).values())
    return people, len({figure.village for figure in counted})
