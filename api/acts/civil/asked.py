"""What a face hands in for each civil event: the fields of the catalogue, as values.

A field that is left out has its default. Streams are opaque ids; codes are checked by the act.
"""

from dataclasses import dataclass
from datetime import date

from api.acts.population import NewMember


@dataclass(frozen=True, slots=True)
class Home:
    """Where people go to live: the ``household`` they join, or the address of a new one.

    ``kk`` None: the regency gives a number where one is needed.
    """

    household: str = ""
    village: str = ""
    address: str = ""
    rt: str = ""
    rw: str = ""
    kk: str | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """A resident and what she is to the head."""

    resident: str
    relation: str


@dataclass(frozen=True, slots=True)
class Successor:
    """Who is the head of the household that she is in when its head leaves, and what changes with it."""

    head: str
    relations: tuple[Related, ...] = ()
    kk: str | None = None


@dataclass(frozen=True, slots=True)
class Newborn:
    """A child on the day of its birth."""

    name: str
    sex: str
    birth_place: str
    religion: str
    blood: str
    relation: str
    citizenship: str
    nik: str | None = None


@dataclass(frozen=True, slots=True)
class ElementValue:
    """What an element of a record shall be."""

    element: str
    value: str


@dataclass(frozen=True, slots=True)
class Biodata:
    household: str
    person: NewMember


@dataclass(frozen=True, slots=True)
class NewCard:
    """Also the split of a household: the members leave the one they are in."""

    members: tuple[Related, ...]
    home: Home
    successors: tuple[Successor, ...] = ()


@dataclass(frozen=True, slots=True)
class CardChange:
    resident: str
    changes: tuple[ElementValue, ...]


@dataclass(frozen=True, slots=True)
class NewHead:
    """``resident`` is the new head; ``relations`` must say what the old one is to her."""

    resident: str
    relations: tuple[Related, ...]


@dataclass(frozen=True, slots=True)
class OfOne:
    """An event that needs nothing but the resident: KTP_NEW, KIA."""

    resident: str


@dataclass(frozen=True, slots=True)
class KtpReplacement:
    resident: str
    why: str


@dataclass(frozen=True, slots=True)
class MoveOut:
    residents: tuple[str, ...]
    level: str
    destination: str
    reason: str = ""
    successors: tuple[Successor, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveIn:
    """``members`` are known here, also those who moved within the regency; ``newcomers`` bring their NIK."""

    home: Home
    origin: str
    letter: str
    members: tuple[Related, ...] = ()
    newcomers: tuple[NewMember, ...] = ()
    successors: tuple[Successor, ...] = ()


@dataclass(frozen=True, slots=True)
class AbroadOut:
    residents: tuple[str, ...]
    destination: str
    successors: tuple[Successor, ...] = ()


@dataclass(frozen=True, slots=True)
class AbroadReturn:
    members: tuple[Related, ...]
    home: Home
    origin: str


@dataclass(frozen=True, slots=True)
class LimitedStay:
    person: NewMember
    address: Home
    permit: str
    until: date


@dataclass(frozen=True, slots=True)
class PermanentStay:
    resident: str
    permit: str
    until: date
    home: Home
    relation: str


@dataclass(frozen=True, slots=True)
class NewAddress:
    household: str
    address: Home


@dataclass(frozen=True, slots=True)
class Birth:
    """``mother`` and ``father`` are residents here; names alone for parents who are not."""

    newborn: Newborn
    mother: str = ""
    father: str = ""
    mother_name: str = ""
    father_name: str = ""
    household: str = ""
    helper: str = ""


@dataclass(frozen=True, slots=True)
class Stillbirth:
    mother: str
    place: str = ""
    helper: str = ""


@dataclass(frozen=True, slots=True)
class Death:
    resident: str
    place: str = ""
    cause: str = ""
    successors: tuple[Successor, ...] = ()


@dataclass(frozen=True, slots=True)
class Marriage:
    """One of the two may live elsewhere: then ``spouse_name``."""

    authority: str
    husband: str = ""
    wife: str = ""
    spouse_name: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class MarriageOver:
    """DIVORCE and MARRIAGE_ANNUL: of two in one household somebody leaves, ``members``, for ``home``."""

    decision: str
    husband: str = ""
    wife: str = ""
    members: tuple[Related, ...] = ()
    home: Home | None = None
    successors: tuple[Successor, ...] = ()


@dataclass(frozen=True, slots=True)
class DivorceAnnulled:
    decision: str
    husband: str = ""
    wife: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    child: str
    father: str = ""
    father_name: str = ""


@dataclass(frozen=True, slots=True)
class Legitimation:
    child: str
    mother: str = ""
    father: str = ""
    mother_name: str = ""
    father_name: str = ""


@dataclass(frozen=True, slots=True)
class Adoption:
    """The child joins ``household``, or that of the mother, or of the father."""

    child: str
    decision: str
    mother: str = ""
    father: str = ""
    household: str = ""
    successors: tuple[Successor, ...] = ()


@dataclass(frozen=True, slots=True)
class NameChange:
    resident: str
    name: str
    decision: str


@dataclass(frozen=True, slots=True)
class CitizenshipChange:
    resident: str
    citizenship: str
    decision: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """MISSING and FOUND."""

    resident: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """``resident`` survives and keeps the NIK; ``duplicate`` is the same person once more."""

    resident: str
    duplicate: str
    reason: str
    successors: tuple[Successor, ...] = ()


@dataclass(frozen=True, slots=True)
class CorrectionWanted:
    """Elements that shall be otherwise, or the ``entry`` whose deed shall be annulled."""

    resident: str
    reason: str
    changes: tuple[ElementValue, ...] = ()
    entry: str = ""


@dataclass(frozen=True, slots=True)
class CorrectionApproved:
    """What another officer, ``by``, has approved; home and relation for somebody whose death is annulled."""

    correction: str
    by: str
    home: Home | None = None
    relation: str = ""
