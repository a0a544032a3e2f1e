"""Who can take part in a civil event at all: somebody who is registered, lives here, and is not forgotten."""

from datetime import date

from domain.kernel.errors import Rejected
from domain.population.resident.person import Person, Standing
from domain.population.resident.state import Resident


def must_live_here(resident: Resident) -> None:
    """Refuse an event for somebody who is dead, moved away or void."""
    if not resident.registered:
        raise Rejected("resident-not-registered")
    match resident.standing:
        case Standing.DEAD:
            raise Rejected("already-dead", on=resident.standing_on)
        case Standing.MOVED_OUT | Standing.ABROAD:
            raise Rejected("moved-away", on=resident.standing_on)
        case Standing.VOID:
            raise Rejected("record-void", on=resident.standing_on)
        case Standing.ALIVE | Standing.MISSING:
            return


def person_of(resident: Resident) -> Person:
    """Her person; ``Rejected("resident-forgotten")``: nothing can be recorded about nobody."""
    must_live_here(resident)
    if resident.person is None:
        raise Rejected("resident-forgotten")
    return resident.person


def not_before_birth(resident: Resident, on: date) -> None:
    """Nothing happens to somebody who is not born yet."""
    if resident.person and on < resident.person.birth_date:
        raise Rejected("before-birth", on=on, born=resident.person.birth_date)
