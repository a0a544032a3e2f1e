"""A person as the family card prints her, where she lives, and the words for how she stands."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.population.codes import Marital

KTP_AGE = 17
"""Years; whoever is or was married needs a KTP earlier. Law 23/2006 art. 63."""
MAX_NAME = 60


class KtpState(StrEnum):
    """Words of the national card system."""

    NOT_OBLIGED = "BELUM WAJIB"
    NOT_RECORDED = "BELUM REKAM"
    READY = "PRINT READY RECORD"
    ISSUED = "CARD ISSUED"


class NikSource(StrEnum):
    """Who gave the NIK: this regency (authoritative mode) or the centre, another regency (companion)."""

    ALLOCATED = "allocated"
    EXTERNAL = "external"


class Standing(StrEnum):
    """Whether the registry counts a resident, and why not."""

    ALIVE = "alive"
    MISSING = "missing"
    MOVED_OUT = "moved-out"
    ABROAD = "abroad"
    DEAD = "dead"
    VOID = "void"


COUNTED = frozenset({Standing.ALIVE, Standing.MISSING})
"""Who is a member of a household. Somebody missing stays on the family card until found or declared dead (ours)."""


class CardLoss(StrEnum):
    """Why a KTP is replaced."""

    LOST = "lost"
    DAMAGED = "damaged"
    CHANGED = "changed"


class MarriageEnd(StrEnum):
    """How a marriage ends."""

    DIVORCE = "divorce"
    DEATH = "death"
    ANNULMENT = "annulment"


class Filiation(StrEnum):
    """By what a child belongs to parents."""

    BIRTH = "birth"
    ACKNOWLEDGED = "acknowledged"
    LEGITIMISED = "legitimised"
    ADOPTED = "adopted"


class StayKind(StrEnum):
    """A foreigner's permit: ITAS or ITAP."""

    LIMITED = "limited"
    PERMANENT = "permanent"


class MoveLevel(StrEnum):
    """How far a move goes. The first three stay within the regency."""

    DESA = "within-desa"
    KECAMATAN = "between-desa"
    REGENCY = "between-kecamatan"
    PROVINCE = "between-regencies"
    COUNTRY = "between-provinces"


INSIDE = frozenset({MoveLevel.DESA, MoveLevel.KECAMATAN, MoveLevel.REGENCY})


class Voiding(StrEnum):
    """Why a whole record is void."""

    DUPLICATE = "duplicate"
    BIRTH_ANNULLED = "birth-annulled"


@dataclass(frozen=True, slots=True)
class Person:
    """What a family card prints of a person. Codes of Permendagri 109/2019, F-1.01, as text."""

    name: str
    sex: str
    birth_place: str
    birth_date: date
    religion: str
    marital: str
    blood: str
    education: str
    occupation: str
    relation: str
    citizenship: str
    mother: str
    father: str
    codes: str = "2019"


@dataclass(frozen=True, slots=True)
class Residence:
    """Where a household lives: its KK number and its address below the village."""

    kk: str
    address: str
    rt: str
    rw: str


@dataclass(frozen=True, slots=True)
class Change:
    """One element of a record before and after; ``vintage`` is that of the code list, if it is a code."""

    element: str
    old: str
    new: str
    vintage: str = ""


@dataclass(frozen=True, slots=True)
class Parents:
    """The names of mother and father as a deed writes them; empty: not told."""

    mother: str
    father: str


def age(born: date, on: date) -> int:
    """Completed years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def must_have_ktp(born: date, marital: str, on: date) -> bool:
    return marital != Marital.NEVER_MARRIED.value or age(born, on) >= KTP_AGE
