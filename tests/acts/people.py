"""People, officers and a clock for the tests of acts. Every number is of the synthetic range."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Event
from uuid import UUID, uuid5

from api.acts.population import NewHousehold, NewMember
from domain.kernel.events import Actor

REGISTRAR = Actor("dewi", "registrar", "DISDUKCAPIL", channel="test")
KECAMATAN = Actor("siti", "licensing-officer", "KEC-10", channel="test")
ONE_STOP = Actor("yuni", "licensing-officer", "BPT", channel="test")
SRAGEN_TENGAH = "33.14.10.1003"
SRI_NIK = "3314105708909001"


class StandingClock:
    """Noon in Sragen on a Tuesday, until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def wait(self, seconds: float, stop: Event) -> bool:
        self.time += timedelta(seconds=seconds)
        return stop.is_set()


SRI = NewMember(
    nik=SRI_NIK,
    name="Sri Wahyuni",
    sex="2",
    birth_place="Sragen",
    birth_date=date(1990, 8, 17),
    religion="1",
    marital="1",
    blood="13",
    education="5",
    occupation="1",
    relation="1",
    citizenship="1",
    mother="Sumini",
    father="Suparman",
)
BUDI = replace(SRI, nik=None, name="Budi", sex="1", birth_date=date(2015, 3, 2), relation="4", education="2")


def household(*members: NewMember, kk: str | None = None) -> NewHousehold:
    return NewHousehold(SRAGEN_TENGAH, "Jl. Raya Sukowati 12", "001", "002", members or (SRI,), kk)


def command(name: str) -> UUID:
    """A command id that a test can name again."""
    return uuid5(UUID(int=0), name)
