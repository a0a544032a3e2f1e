"""What every paper is made of: what it tells, of whom, and how persons and places are put in words."""

from dataclasses import dataclass
from datetime import date

from api.acts.desk import Desk
from domain.kernel.errors import Unknown
from domain.papers.contents import Contents, Place
from domain.population.resident import Person, Resident, resident_decider


@dataclass(frozen=True, slots=True)
class Told:
    """What a paper tells, and of which data subjects. ``until``: its last day; ``number``: one that it
    has already; ``free``: nothing is paid for it.
    """

    contents: Contents
    subjects: tuple[str, ...]
    synthetic: bool
    until: date | None = None
    number: str = ""
    free: bool = True


def resident_of(desk: Desk, resident: str) -> Resident:
    state = desk.ledger.load(resident_decider, resident).state
    if state.person is None:
        raise Unknown("unknown-resident")
    return state


def person_of(resident: Resident) -> Person:
    assert resident.person is not None
    return resident.person


def word(desk: Desk, person: Person, listing: str) -> str:
    return desk.reference.codes.name(listing, getattr(person, listing), person.codes)


def home_of(desk: Desk, resident: Resident) -> Place:
    at = resident.residence
    if at is None:
        raise Unknown("unknown-household")
    return place_of(desk, resident.village, at.address, at.rt, at.rw)


def place_of(desk: Desk, village: str, address: str, rt: str, rw: str) -> Place:
    found = desk.reference.regions.villages[village]
    return Place(address, rt, rw, found.name, found.kind, found.kecamatan.name, found.postal_code)
