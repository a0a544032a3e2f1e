"""The neutral change record: what a ministry must learn, before any ministry's dialect.

A record is a pure function of the subject's stream up to the event, frozen in the feed with the
version of its mapping. Plain values only: it is what pull feeds show and what couriers translate.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

MAPPING = 1
"""Version of the records below; a changed shape is a new version beside the old."""


@dataclass(frozen=True, slots=True)
class PopulationChange:
    """A resident as she stands after one civil event. ``kind`` is a code of the civil event list.

    Codes (sex, religion, ...) are those of Permendagri 109/2019, F-1.01. Fields are None once the
    resident is forgotten.
    """

    kind: str
    effective: date
    resident: str
    nik: str | None
    kk: str | None
    name: str | None
    sex: str | None
    birth_place: str | None
    birth_date: date | None
    religion: str | None
    marital: str | None
    blood: str | None
    education: str | None
    occupation: str | None
    relation: str | None
    citizenship: str | None
    mother: str | None
    father: str | None
    address: str | None
    rt: str | None
    rw: str | None
    village: str
    village_name: str
    kecamatan_name: str
    postal_code: str
    ktp: str
    synthetic: bool


@dataclass(frozen=True, slots=True)
class LicenceChange:
    """A permit of one of the types that go to the Ministry of Trade. ``kind`` is ``NEW`` so far.

    ``net_worth`` in rupiah without land and buildings; ``siup_class`` with its threshold vintage for
    SIUP only; KBLI as vintage and five digits.
    """

    kind: str
    effective: date
    application: str
    permit: str
    catalogue: str
    number: str
    siup_class: str | None
    threshold_vintage: str | None
    company: str | None
    legal_form: str | None
    npwp: str | None
    kbli: str | None
    kbli_vintage: str | None
    net_worth: int | None
    village: str
    kecamatan: str
    office: str
    valid_until: date | None
    decree: str
    synthetic: bool


@dataclass(frozen=True, slots=True)
class FiledEvent:
    """A civil event that waits for the centre, ``event`` of the civil event list; its persons came before it.

    ``asked``: what must be numbered, each with ``kind`` (``nik`` or ``kk``), ``stream`` and ``kecamatan``. ``file``:
    the form; its ``persons`` sheets stand in entries of their own. Both are None once their subject is forgotten.
    """

    kind: str
    effective: date
    filing: str
    event: str
    form: str
    vintage: str
    reported: date
    office: str
    residents: tuple[str, ...]
    households: tuple[str, ...]
    papers: tuple[str, ...]
    asked: tuple[Mapping[str, str], ...]
    persons: int
    deed: str | None
    file: Mapping[str, Any] | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class FiledPerson:
    """Sheet ``number`` (from 1) of a file: somebody who is registered when the centre says yes, as ``resident``."""

    kind: str
    effective: date
    filing: str
    number: int
    resident: str
    file: Mapping[str, Any] | None
    synthetic: bool


OF_A_PERSON = (
    *("nik", "kk", "name", "sex", "birth_place", "birth_date", "religion", "marital", "blood", "education"),
    *("occupation", "relation", "citizenship", "mother", "father", "address", "rt", "rw"),
    *("file", "deed"),
    *("company", "legal_form", "npwp", "kbli", "kbli_vintage", "net_worth"),
)
"""The fields that a record loses when its subject is forgotten."""
ISSUED, NOT_OBLIGED = "CARD ISSUED", "BELUM WAJIB"


def without_person(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record, as plain values, as it is told once its subject is forgotten."""
    bare = {name: None if name in OF_A_PERSON else value for name, value in record.items()}
    if bare.get("ktp", ISSUED) != ISSUED:
        bare["ktp"] = NOT_OBLIGED  # whether she owed one followed from her age
    return bare
