"""Files for the centre, and its answers, as REST asks and answers them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from api.rest.models.base import Answered, Asked, Digits, Id, Positions

A_FILING = "filing-0d6f0d5c4fbd5c3b8d1c0f7e6a5b4c3d"
A_CHILD = "resident-7b1f0e9d8c7b5a69887766554433221f"
MOST_NUMBERS = 100
PROOF = r"^[A-Za-z0-9][A-Za-z0-9._:/+=-]*$"


def _moment(value: object) -> object:
    # Strict mode of Python input refuses text: this lets a time with its offset pass.
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return value
        return at if at.tzinfo else value
    return value


Moment = Annotated[datetime, BeforeValidator(_moment), Field(json_schema_extra={"format": "date-time"})]
Proof = Annotated[str, Field(max_length=100, pattern=PROOF)]


class NumberAsked(Answered):
    """A number that the centre must give: ``kind`` is ``nik`` or ``kk``, ``stream`` whose it is."""

    kind: str = Field(examples=["nik"])
    stream: str = Field(examples=[A_CHILD])
    kecamatan: str = Field(examples=["33.14.10"])


class CivilEventFiled(Answered):
    """A civil event that waits for the centre (202): nothing is changed yet. ``entry``: what it will be entered as."""

    filing: str = Field(examples=[A_FILING])
    code: str = Field(examples=["BIRTH"])
    entry: str
    residents: list[str]
    asked: list[NumberAsked]
    positions: Positions


class FilingRow(Answered):
    """A file: since when it waits and its place in the line, or what the centre has answered and proved.

    ``central_seconds``: begun seconds that it has waited, so far or in all. ``reason`` stands when it was refused.
    """

    filing: str = Field(examples=[A_FILING])
    position: int
    code: str
    on: date
    office: str
    filed_by: str
    filed_at: datetime
    entry: str
    case: str
    residents: list[str]
    numbers: int
    stage: str = Field(examples=["waiting"])
    place: int
    central_seconds: int
    answered_at: datetime | None
    message: str | None
    receipt: str | None
    sent: datetime | None
    reason: str | None
    version: int


class FilingPage(Answered):
    items: list[FilingRow]


class NumberGiven(Asked):
    """A number for one stream that the file asked for."""

    stream: Id = Field(examples=[A_CHILD])
    number: Digits = Field(examples=["3314102011269001"])


class CentralAnswer(Asked):
    """What the centre says of a file. ``message`` is the sender's own id: the same message again is one answer."""

    message: Proof = Field(description="The sender's id of this message.", examples=["PUSAT-2026-000001"])
    receipt: Proof = Field(
        description="The sender's receipt, or a hash of what it holds; kept with the fact.",
        examples=["DUKCAPIL/2026/00000007"],
    )
    sent: Moment = Field(
        description="When it was sent, with an offset.", examples=["2026-11-24T12:00:00+07:00"]
    )
    filing: Id = Field(examples=[A_FILING])
    decision: Annotated[str, Field(max_length=10)] = Field(
        description="`granted` or `refused`.", examples=["granted"]
    )
    numbers: list[NumberGiven] = Field(
        default=[],
        max_length=MOST_NUMBERS,
        description="When granted: one for each that the file asked for, and no other.",
    )
    reason: Annotated[str, Field(max_length=500)] = Field(
        "", description="When refused: why, for the officer and the applicant.", examples=[""]
    )


class AnswerTaken(Answered):
    """The centre's answer is kept. ``entry``: what the event is entered as; empty when it was refused."""

    filing: str = Field(examples=[A_FILING])
    stage: str = Field(examples=["granted"])
    entry: str
    positions: Positions
