"""What all shapes share: strict in what is asked, stable in what is answered."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

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
