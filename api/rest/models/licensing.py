"""Applications for permits, as REST asks and answers them."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from api.rest.models.base import RUPIAH_LIMIT, Answered, Asked, Id, Positions, Text


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
    """An application as its officer sees it. Applicant and company are null once forgotten.

    ``applicant_died_on`` is told while something is still to be decided or given.
    """

    application: str
    tracking: str
    catalogue: str
    village: str
    applicant: str
    applicant_name: str | None
    company: str | None
    complete_on: date | None
    decided_on: date | None
    applicant_died_on: date | None
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
