"""Sri, her household, her shop and the tables of the regency, for the specs. Every person is invented."""

from dataclasses import replace
from datetime import date

from adapters.reference import reference
from domain.kernel.events import Personal
from domain.kernel.values import Nik
from domain.population.household import HouseholdRegistered, Member
from domain.population.resident import NikSource, Person, RegisterResident, Residence, ResidentRegistered

TABLES = reference()
MONDAY = date(2010, 6, 7)
TUESDAY = date(2010, 6, 8)
SRAGEN_TENGAH = TABLES.regions.village("33.14.10.1003", MONDAY)
KEDEN = TABLES.regions.village("33.14.01.2001", MONDAY)
ONE_STOP = TABLES.offices.office("BPT", MONDAY)
KECAMATAN_OFFICE = TABLES.offices.office("KEC-10", MONDAY)

SRI_NIK = "3314105708909001"
"""A woman, 17-08-1990, kecamatan Sragen, serial of the synthetic range."""
SRI_KK = "3314100706109001"
SRI = Person(
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
SRI_LIVES = Residence(SRI_KK, "Jl. Raya Sukowati 12", "001", "002")
REGISTER_SRI = RegisterResident(
    "sri", "home", Nik(SRI_NIK), NikSource.EXTERNAL, SRI, SRAGEN_TENGAH, SRI_LIVES, MONDAY, MONDAY
)
SRI_REGISTERED = ResidentRegistered(
    "home",
    SRAGEN_TENGAH.code,
    MONDAY,
    "external",
    False,
    (),
    Personal("sri", SRI_NIK),
    Personal("sri", SRI),
    Personal("home", SRI_LIVES),
)
HOME_REGISTERED = HouseholdRegistered(
    SRAGEN_TENGAH.code, MONDAY, False, (Member("sri", "1"), Member("budi", "4")), Personal("home", SRI_LIVES)
)


def someone(**changes: object) -> Person:
    """Sri with other particulars."""
    return replace(SRI, **changes)  # type: ignore[arg-type]


def register(**changes: object) -> RegisterResident:
    """Registering Sri with something else about it."""
    return replace(REGISTER_SRI, **changes)  # type: ignore[arg-type]
