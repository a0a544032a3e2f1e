"""Papers, as REST asks and answers them. What stands on a paper is in its PDF alone."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from api.rest.models.base import Answered, Asked, Id, Positions

PAPER = "paper-0198c0de0000a1b2c3d4e5f60718293a"
A_CODE = f"SIMPUL1.KK.9F2C11AB.{PAPER[6:].upper()}.20261124.{'A' * 26}.{'A' * 16}.{'A' * 103}"
Word = Annotated[str, Field(max_length=40)]


class NewPaper(Asked):
    """``KK`` of a household; ``KTP`` (data sheet), ``SUKET`` or ``RESI`` of a counter case; ``IZIN`` of an application."""

    kind: Word = Field(examples=["KK"])
    about: Id = Field(examples=["household-7b1f0e9d8c7b5a69887766554433221f"])


class Reprint(Asked):
    """``reason``: ``lost``, ``damaged`` or ``misprint``."""

    reason: Word = Field(examples=["damaged"])


class Revocation(Asked):
    """``reason``: ``wrong-data``, ``issued-in-error``, ``court-order`` or ``holder-gone``."""

    reason: Word = Field(examples=["wrong-data"])


class CodeToCheck(Asked):
    """What a QR code says, with or without the address before it."""

    code: Annotated[str, Field(max_length=600)] = Field(examples=[A_CODE])


class PaperActed(Answered):
    """A paper after an act."""

    paper: str = Field(examples=[PAPER])
    positions: Positions


class Paper(Answered):
    """A paper as it stands; ``readable`` is false once a person on it is forgotten."""

    paper: str
    kind: str = Field(examples=["KK"])
    about: str
    number: str
    edition: int
    status: str = Field(examples=["valid"])
    issued_on: date
    until: date | None
    issued_at: datetime
    issued_by: str
    office: str
    copies: int
    ended_on: date | None
    reason: str | None
    replaced_by: str | None
    synthetic: bool
    readable: bool
    version: int


class PaperPage(Answered):
    """The papers of one record, newest first."""

    items: list[Paper]


class CheckedPaper(Answered):
    """What may be told to anybody about a code: ``valid``, ``expired``, ``replaced``, ``revoked``, ``unknown`` or
    ``forged``. ``ended_on``: since when it holds no more.
    """

    verdict: str = Field(examples=["valid"])
    kind: str = Field(examples=["KK"])
    issued_on: date
    until: date | None
    ended_on: date | None
    synthetic: bool


class PaperKey(Answered):
    """A key that signs or signed codes: Ed25519, base64 of its 32 bytes; ``id`` stands in each code."""

    id: str = Field(examples=["9F2C11AB"])
    public: str = Field(examples=["11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="])
    since: date
