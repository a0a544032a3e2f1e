"""Lines of an import file: good ones, and the ways in which one can be bad."""

from pathlib import Path
from typing import Any

import msgspec

from adapters.people.ndjson import MAX_LINE
from tests.acts.people import SRAGEN_TENGAH, SRI, SRI_NIK

SRI_KK = "3314102411269001"
BUDI_NIK = "3314100203159001"
SECRETS = ("Wahyuni", "Sukowati", "Sumini", "33141", "1990", "99999")
"""What stands in the lines below and must not be told to anybody who looks on."""


def member(**changes: object) -> dict[str, Any]:
    person = {**msgspec.to_builtins(SRI), "nik": SRI_NIK}
    return {**person, **changes}


def budi(**changes: object) -> dict[str, Any]:
    child = {"nik": BUDI_NIK, "name": "Budi", "birth_date": "2015-03-02", "relation": "4", "sex": "1"}
    return member(**{**child, **changes})


def household(*members: dict[str, Any], **changes: object) -> dict[str, Any]:
    """Sri's household, alone unless told otherwise."""
    return {
        "ref": "sri",
        "kk": SRI_KK,
        "registered": "2026-01-05",
        "village": SRAGEN_TENGAH,
        "address": "Jl. Raya Sukowati 12",
        "rt": "001",
        "rw": "002",
        "synthetic": True,
        "members": list(members) or [member()],
        **changes,
    }


def other(number: int, **changes: object) -> dict[str, Any]:
    """A further good household, with numbers of its own."""
    someone = member(nik=f"331410570890{9100 + number:04d}")
    return household(
        someone, **{"ref": f"other-{number}", "kk": f"331410050126{9100 + number:04d}", **changes}
    )


def write(file: Path, *lines: dict[str, Any] | bytes) -> Path:
    raw = (line if isinstance(line, bytes) else msgspec.json.encode(line) for line in lines)
    file.write_bytes(b"".join(line + b"\n" for line in raw))
    return file


BAD: dict[str, tuple[dict[str, Any] | bytes, str, str]] = {
    "malformed NIK": (household(member(), budi(nik="331410020315900")), "$.members[1].nik", "malformed-nik"),
    "NIK with letters": (
        household(member(), budi(nik="33141002O3159001")),
        "$.members[1].nik",
        "malformed-nik",
    ),
    "malformed KK": (household(kk="3314109999999999"), "$.kk", "malformed-kk"),
    "unknown village": (household(village="33.14.10.1999"), "$.village", "unknown-village"),
    "village of another regency": (household(village="33.13.10.1003"), "$.village", "unknown-village"),
    "birth in the future": (
        household(member(), budi(birth_date="2999-03-02")),
        "$.members[1].birth_date",
        "birth-in-the-future",
    ),
    "registered before birth": (
        household(registered="1989-01-05"),
        "$.members[0].birth_date",
        "registered-before-birth",
    ),
    "registered in the future": (
        household(registered="2999-01-05"),
        "$.registered",
        "registered-in-the-future",
    ),
    "two heads": (household(member(), budi(relation="1")), "$", "household-needs-one-head"),
    "no head": (household(member(relation="3")), "$", "household-needs-one-head"),
    "unknown code": (household(member(), budi(religion="99")), "$.members[1].religion", "unknown-code"),
    "one NIK twice in a line": (
        household(member(), budi(nik=SRI_NIK)),
        "$.members[1].nik",
        "nik-already-registered",
    ),
    "no name": (household(member(), budi(name=" ")), "$.members[1].name", "name-missing-or-too-long"),
    "not JSON": (b'{"ref": "sri", "kk": "3314102411269001"', "$", "line-not-json"),
    "not UTF-8": (b'{"ref": "Wahyuni \xff"}', "$", "line-not-json"),
    "a member short": (household(members=[]), "$.members", "line-wrong-shape"),
    "a field short": (b'{"ref": "sri"}', "$.kk", "line-wrong-shape"),
    "a number as a number": (household(kk=3314102411269001), "$.kk", "line-wrong-shape"),
    "a field too many": (household(phone="0271-99999"), "$", "line-wrong-shape"),
    "no line at all": (b"[1, 2]", "$", "line-wrong-shape"),
    "too large": (household(address="Sukowati " * (MAX_LINE // 9 + 1)), "$", "line-too-large"),
}
"""A line that is refused whole, the path of what is wrong, and the code."""
