"""One line, one household: the form in which residents come in from outside, version 1.

A bad line never tells its values, only a stable code, the line number and the path of the field:

    line-too-large     more than ``MAX_LINE`` bytes; what remains of it is skipped
    line-not-json      does not parse, or is not UTF-8
    line-wrong-shape   parses, but a field is missing, unknown or of another type
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, NamedTuple, Protocol
from uuid import UUID, uuid5

import msgspec
from msgspec import Meta

MAX_LINE = 1 << 20
"""Bytes of one line without its end: a household is far smaller."""

IMPORT = UUID("5a9de5c1-8a0f-5c53-9d0b-6f2f0d3b1f10")
"""Namespace of command ids of imported households. Never changes: a second run must find the first."""

Text = Annotated[str, Meta(max_length=200)]
Digits = Annotated[str, Meta(max_length=16, description="16 digits as text, never a JSON number.")]
Ref = Annotated[
    str,
    Meta(min_length=1, max_length=200, description="Unique in its source: a second import finds the first."),
]


def _code(listing: str) -> Any:
    return Meta(max_length=2, description=f"Code of the list `{listing}`, Permendagri 109/2019, F-1.01.")


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A resident as the family card prints her. Parents are names: they may live elsewhere."""

    nik: Digits
    name: Text
    sex: Annotated[str, _code("sex")]
    birth_place: Text
    birth_date: date
    religion: Annotated[str, _code("religion")]
    marital: Annotated[str, _code("marital")]
    blood: Annotated[str, _code("blood")]
    education: Annotated[str, _code("education")]
    occupation: Annotated[str, _code("occupation")]
    relation: Annotated[str, _code("relation")]
    citizenship: Annotated[str, _code("citizenship")]
    mother: Text
    father: Text


class Household(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A household with everybody on its family card; ``registered`` is the day of the card."""

    ref: Ref
    kk: Digits
    registered: date
    village: Annotated[str, Meta(max_length=13, description="Dotted code, e.g. `33.14.10.1003`.")]
    address: Text
    rt: Annotated[str, Meta(max_length=3)]
    rw: Annotated[str, Meta(max_length=3)]
    synthetic: bool
    members: Annotated[tuple[Member, ...], Meta(min_length=1)]


class Lines(Protocol):
    """What is read from: a binary file, standard input, an unpacked archive."""

    def readline(self, limit: int = -1, /) -> bytes: ...


class Line(NamedTuple):
    """Line ``number`` (from 1) of the file holds this household."""

    number: int
    household: Household


class BadLine(NamedTuple):
    """Line ``number`` is refused whole. ``path`` is like ``$.members[1].nik``, ``$`` if unknown."""

    number: int
    code: str
    path: str = "$"


def command_id(source: str, ref: str) -> UUID:
    """The command id of a household: the same for ever, so that it is imported once.

    ``source`` is one line of text, e.g. the name under which a village delivers.
    """
    return uuid5(IMPORT, f"{source}\n{ref}")


class RawLine(NamedTuple):
    """Line ``number`` (from 1) of the file as it stands there, not longer than is needed to see that it
    is too large.
    """

    number: int
    text: bytes


def read(stream: Lines) -> Iterator[Line | BadLine]:
    """Every line that is not blank, in order; never more than one line in memory."""
    return map(decode, raw_lines(stream))


def raw_lines(stream: Lines) -> Iterator[RawLine]:
    """The same lines, not decoded yet."""
    for number, line in enumerate(_lines(stream), 1):
        if len(line) > MAX_LINE or line.strip():
            yield RawLine(number, line)


def _lines(stream: Lines) -> Iterator[bytes]:
    # Spreadsheets begin a file with a byte order mark: no part of its first household.
    line = _line(stream).removeprefix(b"\xef\xbb\xbf")
    while line:
        yield line.removesuffix(b"\n")
        line = _line(stream)


def _line(stream: Lines) -> bytes:
    """One line; of a line that is too large its beginning, while the rest is read and dropped."""
    line = rest = stream.readline(MAX_LINE + 2)
    while len(rest) == MAX_LINE + 2 and not rest.endswith(b"\n"):
        rest = stream.readline(MAX_LINE + 2)
    return line


_household = msgspec.json.Decoder(Household)


def decode(raw: RawLine) -> Line | BadLine:
    """The household of a line, or what is wrong with it."""
    if len(raw.text) > MAX_LINE:
        return BadLine(raw.number, "line-too-large")
    try:
        return Line(raw.number, _household.decode(raw.text))
    except msgspec.ValidationError as problem:
        return BadLine(raw.number, "line-wrong-shape", _path(str(problem)))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return BadLine(raw.number, "line-not-json")


_FIELDS = "|".join((*Member.__struct_fields__, *Household.__struct_fields__))
_WHERE = re.compile(rf" - at `(\$(?:\.(?:{_FIELDS})|\[\d+\])*)`$")
_MISSING = re.compile(rf"^Object missing required field `({_FIELDS})`")


def _path(problem: str) -> str:
    # Only names of our own fields pass: the text of a problem may repeat what stood in the line.
    where, missing = _WHERE.search(problem), _MISSING.match(problem)
    path = where.group(1) if where else "$"
    return f"{path}.{missing.group(1)}" if missing else path


def schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one line, generated from the structs above."""
    return msgspec.json.schema(Household)


_encoder = msgspec.json.Encoder()


def encode(household: Household) -> bytes:
    """One line, with its end."""
    return _encoder.encode(household) + b"\n"
