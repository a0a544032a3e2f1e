"""The shapes of REST: strict in what is asked, stable in what is answered.

A model checks shape alone: types, lengths, unknown fields. Meaning (is this a village? a NIK?) is
checked once, by the domain, with the same code on every face.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

MOST_MEMBERS = 100
RUPIAH_LIMIT = 10**18
"""Rupiah. More is a slip of the finger, and would not fit the 64-bit integers of other systems."""


def _day(value: object) -> object:
    # Strict mode of Python input refuses text: this lets the one right form pass, and no timestamp.
    if isinstance(value, str) and len(value) == len("2010-01-31"):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


Day = Annotated[date, BeforeValidator(_day), Field(json_schema_extra={"format": "date"})]
Text = Annotated[str, Field(max_length=200)]
Code = Annotated[str, Field(max_length=2)]
Digits = Annotated[str, Field(max_length=16)]
Id = Annotated[str, Field(max_length=80)]


class Asked(BaseModel):
    """A request body: nothing unknown, nothing coerced, and no value ever in an error."""

    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True, frozen=True)


class Answered(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Problem(BaseModel):
    """RFC 9457. ``code`` is stable; ``title`` is its sentence in Indonesian or English (Accept-Language).

    Further members are the parameters of the sentence, e.g. ``path``, ``missing``, ``proposed``.
    """

    model_config = ConfigDict(
        extra="allow",
        frozen=True,
        json_schema_extra={
            "example": {
                "type": "/errors#unknown-village",
                "title": "Desa 33.14.99.9999 tidak ada di Kabupaten Sragen.",
                "status": 422,
                "code": "unknown-village",
                "path": "village",
                "village": "33.14.99.9999",
            }
        },
    )

    type: str
    title: str
    status: int
    code: str


class Positions(Answered):
    """The ledger positions of the facts of one act."""

    first: int = Field(examples=[4711])
    last: int = Field(examples=[4713])


# -- population


class Member(Asked):
    """A person as the family card prints her. Codes of Permendagri 109/2019, F-1.01."""

    nik: Digits | None = Field(
        None, description="16 digits; absent: the regency gives one.", examples=[None, "3314105708909001"]
    )
    name: Text = Field(examples=["Sri Wahyuni"])
    sex: Code = Field(description="1 man, 2 woman.", examples=["2"])
    birth_place: Text = Field(examples=["Sragen"])
    birth_date: Day = Field(examples=["1990-08-17"])
    religion: Code = Field(examples=["1"])
    marital: Code = Field(examples=["1"])
    blood: Code = Field(examples=["13"])
    education: Code = Field(examples=["5"])
    occupation: Code = Field(examples=["1"])
    relation: Code = Field(description="To the head of the household; 1 is the head.", examples=["1"])
    citizenship: Code = Field(examples=["1"])
    mother: Text = Field("", examples=["Sumini"])
    father: Text = Field("", examples=["Suparman"])


class NewHousehold(Asked):
    """A household with everybody who lives in it."""

    village: Annotated[str, Field(max_length=13)] = Field(examples=["33.14.10.1003"])
    address: Text = Field(examples=["Jl. Raya Sukowati 12"])
    rt: Annotated[str, Field(max_length=3)] = Field(examples=["001"])
    rw: Annotated[str, Field(max_length=3)] = Field(examples=["002"])
    members: list[Member] = Field(min_length=1, max_length=MOST_MEMBERS)
    kk: Digits | None = Field(None, description="Absent: the regency gives a number.", examples=[None])
    registered: Day | None = Field(None, description="Absent: today.", examples=[None])


class Registered(Answered):
    """The new household, its residents in the order of the request."""

    household: str = Field(examples=["household-0d6f0d5c4fbd5c3b8d1c0f7e6a5b4c3d"])
    residents: list[str] = Field(examples=[["resident-7b1f0e9d8c7b5a69887766554433221f"]])
    positions: Positions


class ResidentListed(Answered):
    """A resident in a list: her NIK is masked after the region."""

    resident: str
    household: str
    village: str
    nik: str | None = Field(examples=["331410**********"])
    name: str | None = Field(description="null once she is forgotten.")
    sex: str | None
    birth_date: date | None
    ktp: str = Field(examples=["BELUM REKAM"])


class Resident(ResidentListed):
    """A resident as she stands. Personal fields are null once she is forgotten."""

    nik: str | None = Field(examples=["3314105708909001"])
    birth_place: str | None
    religion: str | None
    marital: str | None
    blood: str | None
    education: str | None
    occupation: str | None
    relation: str | None
    citizenship: str | None
    mother: str | None
    father: str | None
    codes: str | None = Field(description="Vintage of the code lists.", examples=["2019"])
    registered_on: date
    nik_source: str = Field(examples=["allocated"])
    synthetic: bool
    open_case: str | None = Field(description="The counter case of her KTP while it is being made.")
    ktp_issued_on: date | None
    version: int


class Household(Answered):
    """A family card."""

    household: str
    village: str
    registered_on: date
    synthetic: bool
    head: str | None
    kk: str | None
    address: str | None
    rt: str | None
    rw: str | None
    members: list[ResidentListed]


class Search(Asked):
    """Who is it? Exactly one of both; in a body, because neither may stand in an address."""

    nik: Digits | None = Field(None, examples=["3314105708909001"])
    name: Text | None = Field(None, description="The beginning of the name.", examples=[None])


class ResidentPage(Answered):
    """One page of a list. ``next`` is the address of the following one; null on the last."""

    items: list[ResidentListed]
    next: str | None = None


class NewTicket(Asked):
    """A resident asks for a document at the counter of the officer's office."""

    document: Annotated[str, Field(max_length=20)] = Field(examples=["KTP"])
    resident: Id = Field(examples=["resident-7b1f0e9d8c7b5a69887766554433221f"])


class NextStep(Asked):
    """``call`` (with ``counter``), ``complete-file``, ``record-biometrics``, ``print-card``,
    ``hand-over``, ``start-wait`` (with ``cause``), ``end-wait`` or ``withdraw``.
    """

    step: Annotated[str, Field(max_length=40)] = Field(examples=["call"])
    counter: Annotated[str, Field(max_length=20)] = Field("", examples=["1"])
    cause: Annotated[str, Field(max_length=40)] = Field("", examples=["central-system"])


class Served(Answered):
    """A counter case after an act."""

    case: str = Field(examples=["case-1f2e3d4c5b6a59687786957463524130"])
    positions: Positions


class Wait(Answered):
    """Time that is not the office's but that of ``cause``; ``end`` null: still waiting."""

    cause: str
    start: datetime
    end: datetime | None


class Case(Answered):
    """A counter case with its milestones in server time.

    ``office_seconds``: from *file complete* to *handed over* less the waits, once it is handed over.
    """

    case: str
    document: str
    resident: str
    office: str
    ticket: int
    on: date
    step: str
    waiting: str | None
    taken: datetime | None
    called: datetime | None
    complete: datetime | None
    ended: datetime | None
    waits: list[Wait]
    office_seconds: int | None
    version: int


class CasePage(Answered):
    """The open cases of one office and day, by ticket."""

    office: str
    on: date
    items: list[Case]


# -- licensing


class NewApplication(Asked):
    """An application for one row of the catalogue. ``applicant`` is a resident's id."""

    permit: Annotated[str, Field(max_length=40)] = Field(examples=["SIUP-KECIL"])
    applicant: Id = Field(examples=["resident-7b1f0e9d8c7b5a69887766554433221f"])
    company: Text = Field(examples=["Toko Sri"])
    legal_form: Annotated[str, Field(max_length=20)] = Field("", examples=["PO"])
    npwp: Annotated[str, Field(max_length=25)] = Field("", examples=[""])
    kbli: Annotated[str, Field(max_length=5)] = Field("", examples=["47112"])
    address: Text = Field(examples=["Jl. Raya Sukowati 12"])
    village: Annotated[str, Field(max_length=13)] = Field(examples=["33.14.10.1003"])
    net_worth: Annotated[int, Field(le=RUPIAH_LIMIT, ge=-RUPIAH_LIMIT)] | None = Field(
        None, description="Rupiah, without land and buildings; needed for SIUP.", examples=[300_000_000]
    )


class Documents(Asked):
    """What the officer has seen, named as in the catalogue."""

    documents: list[Text] = Field(max_length=100, examples=[["Fotokopi NPWP", "Pas foto 4x6"]])


class Decision(Asked):
    """``refuse`` needs a reason that the applicant can read."""

    decision: Literal["approve", "refuse"] = Field(examples=["approve"])
    reason: Annotated[str, Field(max_length=500)] = Field("", examples=[""])


class Issue(Asked):
    """Nothing to say: the number is taken from its series."""


class Filed(Answered):
    """An application after an act; ``tracking`` is the code for the public page."""

    application: str = Field(examples=["application-9a8b7c6d5e4f5a4b8c7d6e5f4a3b2c1d"])
    tracking: str = Field(examples=["7KQ2-9FXM-ABCD"])
    positions: Positions


class StatusStep(Answered):
    """A status, and when it was reached (server time)."""

    status: str
    at: datetime


class Tracked(Answered):
    """What anybody with the code may see: no person, no enterprise."""

    permit: str
    office: str
    status: str
    submitted_on: date
    deadline: date | None
    issued_on: date | None
    number: str | None
    reason: str | None
    steps: list[StatusStep]


class Application(Tracked):
    """An application as its officer sees it. Applicant and company are null once forgotten."""

    application: str
    tracking: str
    catalogue: str
    village: str
    applicant: str
    applicant_name: str | None
    company: str | None
    complete_on: date | None
    decided_on: date | None
    version: int


class ApplicationPage(Answered):
    """One page, newest first. ``next`` is the address of the following one; null on the last."""

    items: list[Application]
    next: str | None = None


class NetWorth(Asked):
    """Rupiah, without land and buildings (Permendag 36/2007 jo 46/2009)."""

    net_worth: Annotated[int, Field(le=RUPIAH_LIMIT, ge=-RUPIAH_LIMIT)] = Field(examples=[300_000_000])


class SiupClass(Answered):
    """The catalogue row that fits today."""

    permit: str = Field(examples=["SIUP-KECIL"])


# -- what everybody may read


class Officer(Answered):
    """An officer who serves today (invented until login exists)."""

    id: str
    name: str
    role: str
    office: str


class Kecamatan(Answered):
    code: str = Field(examples=["33.14.10"])
    name: str


class Village(Answered):
    """A desa or kelurahan. Names repeat: show it with its kecamatan."""

    code: str = Field(examples=["33.14.10.1003"])
    name: str
    kind: str
    kecamatan: str
    kecamatan_name: str
    postal_code: str


class Service(Answered):
    """One row of the catalogue. ``sla_working_days`` 0 is the same visit."""

    code: str
    name_id: str
    name_en: str
    category: str
    delegated: bool
    sla_working_days: int
    fee_basis: str
    awaits_tariff: bool
    requirements: list[str]
    review_units: list[str]
    to_trade: bool
    legal_basis: str
    source: str


class Catalogue(Answered):
    """59 permits and 10 non-permits, with where the table comes from."""

    version: str
    provenance: str
    services: list[Service]


# -- the hub itself


class HistoryStep(Answered):
    """One event of a record, and the state of the record after it."""

    position: int
    version: int
    event: str
    recorded_at: datetime
    committed_at: datetime
    actor: str
    role: str
    office: str
    channel: str
    purpose: str
    data: Mapping[str, Any]
    state: Mapping[str, Any]


class History(Answered):
    """What happened to a record, as known ``at`` (now when null)."""

    stream: str
    at: datetime | None
    steps: list[HistoryStep]


class Delivery(Answered):
    """One ministry. ``mode`` is null when nothing is pushed there."""

    head: int = Field(description="Last feed_seq of its feed.")
    delivered: int = Field(description="Last feed_seq that it has.")
    lag: int
    mode: str | None = Field(examples=["running"])
    reason: str | None
    next_try: datetime | None
    last_success: datetime | None
    attempts: int | None


class Projection(Answered):
    """A read model; ``lag`` in facts behind the ledger."""

    name: str
    version: int
    position: int
    lag: int
    mode: str
    cause: str | None
