"""Residents, households and the counter, as REST asks and answers them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from api.rest.models.base import Answered, Asked, Code, Day, Digits, Id, Positions, Text

MOST_MEMBERS = 100


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
    relation: str | None = Field(description="To the head of her household.", examples=["4"])
    standing: str = Field(description="alive, missing, moved-out, abroad, dead or void.", examples=["alive"])


class Resident(ResidentListed):
    """A resident as she stands. Personal fields are null once she is forgotten."""

    nik: str | None = Field(examples=["3314105708909001"])
    birth_place: str | None
    religion: str | None
    marital: str | None
    blood: str | None
    education: str | None
    occupation: str | None
    citizenship: str | None
    mother: str | None
    father: str | None
    codes: str | None = Field(description="Vintage of the code lists.", examples=["2019"])
    registered_on: date
    nik_source: str = Field(examples=["allocated"])
    synthetic: bool
    open_case: str | None = Field(description="The counter case of her KTP while it is being made.")
    ktp_issued_on: date | None
    ktp_due: bool = Field(description="Something on her card has changed: it must be replaced.")
    kia_on: date | None
    standing_on: date | None
    departing: str = Field(description="Level of a move within the regency that is announced.")
    spouses: list[str] = Field(description="Whom she is married to by a deed recorded here.", examples=[[]])
    mother_id: str
    father_id: str
    stay: str = Field(description="A foreigner's permit: `limited` or `permanent`.")
    stay_until: date | None
    flags: list[str] = Field(examples=[["nik-region-differs"]])
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
    print: int = Field(description="The version of the card that must be in their hands.")
    issued: int = Field(description="The last version that was handed over; 0: none by this counter.")
    closed_on: date | None = Field(description="Since when nobody is left in it.")
    version: int = Field(description="Of the household's own stream.")
    members: list[ResidentListed]


class Search(Asked):
    """Who is it? Exactly one of NIK, KK number and name; in a body, because none may stand in an address."""

    nik: Digits | None = Field(None, examples=["3314105708909001"])
    kk: Digits | None = Field(None, description="All who are on this family card.", examples=[None])
    name: Text | None = Field(
        None,
        description="A name or a part of it, misspelt or in the spelling of before 1972.",
        examples=[None],
    )
    born: Day | None = Field(None, description="With a name: born on this day, or one beside it.")
    birth_place: Text | None = Field(
        None, description="With a name: decides between equals.", examples=[None]
    )
    village: str | None = Field(None, description="With a name: who lives there.")


class ResidentPage(Answered):
    """One page of a list. ``next`` is the address of the following one; null on the last."""

    items: list[ResidentListed]
    next: str | None = None


class NewTicket(Asked):
    """A resident asks for a document at the counter of the officer's office."""

    document: Annotated[str, Field(max_length=20)] = Field(examples=["KTP"])
    resident: Id = Field(examples=["resident-7b1f0e9d8c7b5a69887766554433221f"])


class NextStep(Asked):
    """``call`` or ``call-again`` (with ``counter``), ``no-show``, ``complete-file``, ``record-biometrics``,
    ``print-card``, ``hand-over``, ``start-wait`` (with ``cause``), ``end-wait`` or ``withdraw``.

    ``print-card`` where no blank is left gives a suket and a place in the backlog: see ``suket`` in the answer.
    """

    step: Annotated[str, Field(max_length=40)] = Field(examples=["call"])
    counter: Annotated[str, Field(max_length=20)] = Field("", examples=["1"])
    cause: Annotated[str, Field(max_length=40)] = Field("", examples=["central-system"])


class Served(Answered):
    """A counter case after an act. ``suket``: number of the certificate that was given in place of the card."""

    case: str = Field(examples=["case-1f2e3d4c5b6a59687786957463524130"])
    positions: Positions
    suket: str | None = Field(None, examples=[None])


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
    suket: str | None = Field(description="Number of its certificate, if no blank was left.")
    counter: str | None = Field(description="Window of the latest call.")
    code: str = Field(description="Stands on the applicant's receipt.", examples=["7KQ2-9FXM-ABCD"])
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
