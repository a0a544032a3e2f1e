"""How somebody enters the registry: with a NIK that is given here or brought, once and for life."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from domain.kernel.errors import Rejected
from domain.kernel.events import Personal
from domain.kernel.regions import Village
from domain.kernel.values import Nik
from domain.population.resident.events import CivilEventNoted, Event, NikGiven, ResidentRegistered
from domain.population.resident.guards import must_live_here
from domain.population.resident.person import MAX_NAME, NikSource, Person, Residence
from domain.population.resident.state import Resident


@dataclass(frozen=True, slots=True)
class RegisterResident:
    """Enter a person on day ``on``; ``today`` is the day of the act. The codes are checked by the act.

    Without ``household`` (a foreigner with limited stay) there is no family card, and no NIK need be given.
    ``spouse`` comes on the same card.
    """

    resident: str
    household: str
    nik: Nik | None
    source: NikSource
    person: Person
    village: Village
    residence: Residence
    on: date
    today: date
    synthetic: bool = False
    entry: str = ""
    spouse: str = ""


@dataclass(frozen=True, slots=True)
class GiveNik:
    """Give a NIK to a foreigner who had none."""

    resident: str
    nik: Nik
    source: NikSource
    on: date


@dataclass(frozen=True, slots=True)
class NoteEvent:
    """Close a civil event in this record: it stands now as the event leaves it."""

    code: str
    entry: str
    on: date


Entering = RegisterResident | GiveNik | NoteEvent


def decide_entering(resident: Resident, command: Entering) -> Sequence[Event]:
    match command:
        case RegisterResident():
            return [_register(resident, command)]
        case GiveNik(id_, nik, source, on):
            must_live_here(resident)
            if resident.nik:
                raise Rejected("nik-given-already")
            return [NikGiven(on, source.value, Personal(id_, nik.number))]
        case NoteEvent(code, entry, on):
            if not resident.registered:
                raise Rejected("resident-not-registered")
            return [CivilEventNoted(code, entry, on)]
    assert_never(command)


def must_be_a_name(name: str) -> None:
    """A single word is a name: many residents have only one."""
    if not name.strip() or len(name) > MAX_NAME:
        raise Rejected("name-missing-or-too-long", limit=MAX_NAME)


def _register(resident: Resident, new: RegisterResident) -> ResidentRegistered:
    if resident.registered:
        raise Rejected("resident-already-registered")
    person = new.person
    must_be_a_name(person.name)
    if new.on > new.today:
        raise Rejected("registered-in-the-future", on=new.on)
    if person.birth_date > new.today:
        raise Rejected("birth-in-the-future", on=person.birth_date)
    if person.birth_date > new.on:
        raise Rejected("registered-before-birth", on=new.on)
    return ResidentRegistered(
        new.household,
        new.village.code,
        new.on,
        new.source.value,
        new.synthetic,
        tuple(_flags(new, new.nik)) if new.nik else (),
        Personal(new.resident, new.nik.number if new.nik else None),
        Personal(new.resident, person),
        Personal(new.household or new.resident, new.residence),
        new.entry,
        new.spouse,
    )


def _flags(new: RegisterResident, nik: Nik) -> Iterable[str]:
    # A corrected birth date or a move keeps the NIK (PP 40/2019 art. 30): seen, and let through.
    if nik.kecamatan != new.village.kecamatan.code:
        yield "nik-region-differs"
    if not nik.fits(new.person.birth_date):
        yield "nik-date-differs"
    if nik.sex != new.person.sex:
        yield "nik-sex-differs"
