"""What stands on each paper, as plain values in the words of the law: nothing is looked up any more.

The layout follows the papers as they are printed (Permendagri 109/2019 names them; their exact look is ours).
A civil event gives its paper by filling one of these classes.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Issue:
    """By whom and when a paper is given out. ``number`` is empty where the paper has none of its own.

    ``free``: nothing is paid for the service, by its dated row.
    """

    office: str
    place: str
    on: date
    number: str
    edition: int
    signer: str
    signer_title: str
    synthetic: bool
    free: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """An address down to the postal code; ``village_kind`` is ``desa`` or ``kelurahan``."""

    address: str
    rt: str
    rw: str
    village: str
    village_kind: str
    kecamatan: str
    postal_code: str
    regency: str = "Sragen"
    province: str = "Jawa Tengah"


@dataclass(frozen=True, slots=True)
class FamilyMember:
    """One row of a family card. ``immigration`` are passport and stay permit of a foreigner."""

    name: str
    nik: str
    sex: str
    birth_place: str
    birth_date: date
    religion: str
    education: str
    occupation: str
    blood: str
    marital: str
    relation: str
    citizenship: str
    father: str
    mother: str
    married_on: date | None = None
    immigration: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class FamilyCard:
    """Kartu Keluarga. UU 23/2006 art. 61."""

    kk: str
    head: str
    home: Place
    members: tuple[FamilyMember, ...]


@dataclass(frozen=True, slots=True)
class KtpSheet:
    """What is on a resident's KTP, to be checked by her at the counter. UU 24/2013 art. 64: valid for life."""

    nik: str
    kk: str
    name: str
    birth_place: str
    birth_date: date
    sex: str
    blood: str
    home: Place
    religion: str
    marital: str
    occupation: str
    citizenship: str
    state: str
    valid_until: str = "SEUMUR HIDUP"


@dataclass(frozen=True, slots=True)
class ChildCard:
    """Kartu Identitas Anak, from birth to the day before 17. Permendagri 2/2016."""

    nik: str
    name: str
    birth_place: str
    birth_date: date
    sex: str
    blood: str
    kk: str
    head: str
    birth_deed: str
    religion: str
    citizenship: str
    home: Place
    valid_until: date


@dataclass(frozen=True, slots=True)
class BirthDeed:
    """Kutipan akta kelahiran. ``order`` is which child of the mother it is, from 1; None when nobody said."""

    number: str
    nik: str
    name: str
    sex: str
    birth_place: str
    birth_date: date
    order: int | None
    father: str
    mother: str
    citizenship: str


@dataclass(frozen=True, slots=True)
class DeathDeed:
    """Kutipan akta kematian."""

    number: str
    nik: str
    name: str
    sex: str
    birth_place: str
    birth_date: date
    died_in: str
    died_on: date
    father: str
    mother: str
    citizenship: str


@dataclass(frozen=True, slots=True)
class Spouse:
    """One of a couple, as a deed of marriage or divorce names her; of who is not registered here, the name alone."""

    name: str
    nik: str = ""
    birth_place: str = ""
    birth_date: date | None = None
    religion: str = ""
    citizenship: str = ""
    father: str = ""
    mother: str = ""


@dataclass(frozen=True, slots=True)
class MarriageDeed:
    """Kutipan akta perkawinan: of those whom the KUA does not marry. ``before`` is who solemnised it; may be empty."""

    number: str
    husband: Spouse
    wife: Spouse
    married_in: str
    married_on: date
    before: str


@dataclass(frozen=True, slots=True)
class DivorceDeed:
    """Kutipan akta perceraian, on the decision of a court. What nobody said is empty."""

    number: str
    husband: Spouse
    wife: Spouse
    marriage_deed: str
    married_on: date | None
    court: str
    decision: str
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class Mover:
    """One who moves along."""

    nik: str
    name: str
    relation: str


@dataclass(frozen=True, slots=True)
class MoveLetter:
    """Surat keterangan pindah WNI (SKPWNI). Permendagri 109/2019, F-1.03.

    ``destination`` is text when it is told in words alone.
    """

    number: str
    kk: str
    head: str
    applicant: str
    reason: str
    level: str
    origin: Place
    destination: Place | str
    moves_on: date
    movers: tuple[Mover, ...]
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class TemporaryCertificate:
    """Surat keterangan (suket): stands for a KTP that is recorded and cannot be printed yet."""

    nik: str
    name: str
    birth_place: str
    birth_date: date
    sex: str
    blood: str
    home: Place
    religion: str
    marital: str
    occupation: str
    citizenship: str
    valid_until: date


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a case's time, and whose it was, in words."""

    whose: str
    start: datetime
    end: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class CounterReceipt:
    """What the citizen takes home: the milestones of her case, whose time it was, and the code to look it up.

    Moments are in Jakarta time; ``office_seconds`` (begun seconds) count from *file complete*.
    """

    tracking: str
    document: str
    ticket: int
    name: str
    taken: datetime | None
    called: datetime | None
    complete: datetime | None
    ended: datetime | None
    stretches: tuple[Stretch, ...]
    office_seconds: int | None
    promise_seconds: int


@dataclass(frozen=True, slots=True)
class Permit:
    """A permit of the one-stop office. ``net_worth`` is in rupiah, of a SIUP alone."""

    number: str
    title: str
    permit: str
    applicant: str
    company: str
    legal_form: str
    npwp: str
    kbli: str
    home: Place
    net_worth: int | None
    legal_basis: str


Contents = (
    FamilyCard
    | KtpSheet
    | ChildCard
    | BirthDeed
    | DeathDeed
    | MarriageDeed
    | DivorceDeed
    | MoveLetter
    | TemporaryCertificate
    | CounterReceipt
    | Permit
)
