"""Residents as the centre holds them, and what an officer finds of each difference, as REST asks and answers it."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from api.rest.models.base import Answered, Asked, Positions, Text
from api.rest.models.filings import A_CHILD, Moment, Proof

MOST_RECORDS = 500
MOST_ELEMENTS = 20
A_COMPARISON = "comparison-7b1f0e9d8c7b5a69887766554433221f"
A_RECORD = {
    "NIK": "3314105708909001",
    "TGL_BERLAKU": "2026-11-24",
    "NAMA_LGKP": "Sri Wahyuningsih",
    "NO_PROP": 33,
    "NO_KAB": 14,
    "NO_KEC": 10,
    "NO_KEL": 1003,
    "SINTETIS": True,
}


class HeldRecords(Asked):
    """A message of the centre. ``message`` is the sender's own id: the same message again is one."""

    message: Proof = Field(description="The sender's id of this message.", examples=["PUSAT-BANDING-000001"])
    receipt: Proof = Field(
        description="The sender's receipt, or a hash of what it holds; kept with the fact.",
        examples=["DUKCAPIL/2026/00000042"],
    )
    sent: Moment = Field(
        description="When it was sent, with an offset.", examples=["2026-11-24T12:00:00+07:00"]
    )
    records: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=MOST_RECORDS,
        description="`DATA_PENDUDUK` of the contract: residents in the words of the dialect.",
        examples=[[A_RECORD]],
    )


class RecordsTaken(Answered):
    """How many of the records are equal to ours, differ, or bear a NIK that nobody has here."""

    records: int
    equal: int
    different: int
    unknown: int
    forgotten: int
    positions: Positions


class DifferenceRow(Answered):
    """One element in both registries; codes with the year of their list."""

    element: str = Field(examples=["name"])
    ours: str
    theirs: str
    ours_vintage: str
    theirs_vintage: str


class ComparisonRow(Answered):
    """One person in two registries; ``resident`` is empty for a NIK that nobody has here."""

    comparison: str = Field(examples=[A_COMPARISON])
    resident: str = Field(examples=[A_CHILD])
    village: str
    on: date
    message: str
    version: int
    differences: list[DifferenceRow]


class ComparisonPage(Answered):
    """At most 100 people of whom something differs, those who wait longest first."""

    items: list[ComparisonRow]


class Settlement(Asked):
    """Which registry is right in these elements, and why."""

    elements: list[Annotated[str, Field(max_length=40)]] = Field(
        min_length=1, max_length=MOST_ELEMENTS, examples=[["name"]]
    )
    right: Literal["theirs", "ours"] = Field(examples=["theirs"])
    reason: Text = Field(examples=["Akta kelahiran"])


class Settled(Answered):
    """The finding; ``correction`` waits for another officer, empty when none was needed."""

    comparison: str
    correction: str
    positions: Positions
