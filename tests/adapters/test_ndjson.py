"""The laws of the import file: one bad line harms no other, and never tells what stood in it."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from adapters.people import ndjson
from adapters.people.ndjson import MAX_LINE, BadLine, Line

NIK = "3314105708909001"
MEMBER: dict[str, Any] = {
    "nik": NIK,
    "name": "Sri Wahyuni",
    "sex": "2",
    "birth_place": "Sragen",
    "birth_date": "1990-08-17",
    "religion": "1",
    "marital": "4",
    "blood": "13",
    "education": "5",
    "occupation": "84",
    "relation": "1",
    "citizenship": "1",
    "mother": "Sumarni",
    "father": "Suparman",
}
HOUSEHOLD: dict[str, Any] = {
    "ref": "desa-7/12",
    "kk": "3314101806109001",
    "registered": "2010-06-18",
    "village": "33.14.10.1003",
    "address": "Jl. Sukowati No. 1",
    "rt": "001",
    "rw": "002",
    "synthetic": True,
    "members": [MEMBER, {**MEMBER, "nik": "3314101708109001", "relation": "4"}],
}
Change = Callable[[dict[str, Any]], object]


def line(**changes: object) -> bytes:
    return json.dumps({**HOUSEHOLD, **changes}).encode()


def changed(change: Change) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(HOUSEHOLD))
    change(copy)
    return copy


def read(*lines: bytes) -> list[Line | BadLine]:
    return list(ndjson.read(BytesIO(b"\n".join(lines))))


def test_a_household_is_read_with_everybody_in_it() -> None:
    (read_line,) = read(line())
    assert isinstance(read_line, Line)
    assert read_line.household.ref == "desa-7/12"
    assert [m.relation for m in read_line.household.members] == ["1", "4"]
    assert read_line.household.members[0].birth_date.isoformat() == "1990-08-17"


def test_what_is_written_is_what_is_read() -> None:
    (first,) = read(line())
    assert isinstance(first, Line)
    assert read(ndjson.encode(first.household).rstrip(b"\n")) == [first]


def test_a_bad_line_does_not_stop_the_good_ones() -> None:
    lines = read(line(ref="a"), b"{", line(ref="b"), line(rt=1), line(ref="c"))
    assert [type(x).__name__ for x in lines] == ["Line", "BadLine", "Line", "BadLine", "Line"]
    assert [x.number for x in lines] == [1, 2, 3, 4, 5]


def test_blank_lines_are_passed_over_but_counted() -> None:
    assert [x.number for x in read(b"", line(), b"  ", b"\r", line())] == [2, 5]


def test_lines_may_end_as_windows_ends_them_and_begin_with_a_byte_order_mark() -> None:
    lines = read(b"\xef\xbb\xbf" + line() + b"\r", line() + b"\r", b"")
    assert [type(x) for x in lines] == [Line, Line]


def test_an_empty_file_has_no_lines() -> None:
    assert read(b"") == []


NOT_JSON = (
    b"{",
    b'{"ref":"a",}',
    b"[",
    line()[:-1],
    line() + b"}",
    b"\xff\xfe",
    line().replace(b"Sragen", b"Srag\xffn"),
    line().replace(b"Sragen", b"\\ud800"),
)


@pytest.mark.parametrize("bad", NOT_JSON)
def test_what_does_not_parse_is_not_json(bad: bytes) -> None:
    (found,) = read(bad)
    assert isinstance(found, BadLine)
    # An array that has begun is refused for its shape before its end is missed.
    assert found.code == ("line-wrong-shape" if bad == b"[" else "line-not-json")


WRONG: tuple[tuple[str, Change], ...] = (
    ("$.members[1].nik", lambda h: h["members"][1].update(nik=3314101708109001)),
    ("$.members[1].nik", lambda h: h["members"][1].pop("nik")),
    ("$.members[0].nik", lambda h: h["members"][0].update(nik=NIK + "1")),
    ("$.members[0].birth_date", lambda h: h["members"][0].update(birth_date="1990-02-30")),
    ("$.members[0].birth_date", lambda h: h["members"][0].update(birth_date="17-08-1990")),
    ("$.members[0].name", lambda h: h["members"][0].update(name=None)),
    ("$.members[0].name", lambda h: h["members"][0].update(name="x" * 201)),
    ("$.members[0]", lambda h: h["members"][0].update(salary=1)),
    ("$.members[0]", lambda h: h["members"].insert(0, NIK)),
    ("$.members", lambda h: h.update(members=[])),
    ("$.members", lambda h: h.update(members={})),
    ("$.members", lambda h: h.pop("members")),
    ("$.synthetic", lambda h: h.update(synthetic="true")),
    ("$.registered", lambda h: h.update(registered=20100618)),
    ("$.ref", lambda h: h.update(ref="")),
    ("$", lambda h: h.update({NIK: 1})),
)


@pytest.mark.parametrize(("path", "change"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_shape_is_told_by_its_path(path: str, change: Change) -> None:
    bad = json.dumps(changed(change)).encode()
    assert read(bad) == [BadLine(1, "line-wrong-shape", path)]


@pytest.mark.parametrize("whole", [b"5", b"null", b'"text"', b"[]", b"[[[[[[[[["])
def test_a_line_that_is_no_object_has_the_wrong_shape(whole: bytes) -> None:
    assert read(whole) == [BadLine(1, "line-wrong-shape", "$")]


def test_a_refusal_never_tells_what_stood_in_the_line() -> None:
    trap = f"x` - at `$.{NIK}"
    for found in read(line(**{trap: 1}), line(**{NIK: 1}), line(members=[NIK]), line(kk=NIK + "0")):
        assert isinstance(found, BadLine)
        assert NIK not in repr(found)


def test_a_line_that_is_too_large_is_refused_and_the_next_is_read() -> None:
    found = read(line(), line(address="x" * 5 * MAX_LINE), line())
    assert [type(x) for x in found] == [Line, BadLine, Line]
    assert found[1] == BadLine(2, "line-too-large")


@pytest.mark.parametrize("end", [b"", b"\n"])
@pytest.mark.parametrize(("over", "kind"), [(0, Line), (1, BadLine), (2, BadLine), (3, BadLine)])
def test_the_limit_of_a_line_is_exact(over: int, kind: type, end: bytes) -> None:
    padded = line() + b" " * (MAX_LINE - len(line()) + over)
    (found,) = ndjson.read(BytesIO(padded + end))
    assert type(found) is kind


class Endless:
    """A file that never ends a line; it counts what was asked at once."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.largest = 0

    def readline(self, limit: int = -1, /) -> bytes:
        assert limit > 0
        self.largest = max(self.largest, limit)
        part = min(limit, self.left)
        self.left -= part
        return b"x" * part


def test_no_line_is_ever_held_whole_when_it_is_too_large() -> None:
    stream = Endless(50 * MAX_LINE)
    assert list(ndjson.read(stream)) == [BadLine(1, "line-too-large")]
    assert stream.left == 0
    assert stream.largest <= MAX_LINE + 2


def test_the_command_id_is_the_same_for_ever() -> None:
    assert ndjson.command_id("desa-7", "12") == UUID("9e62b78f-84b9-5a85-a407-91e37bd6cf4c")


def test_another_source_or_ref_is_another_command() -> None:
    pairs = [("desa-7", "12"), ("desa-7", "13"), ("desa-71", "2"), ("desa", "-712")]
    assert len({ndjson.command_id(source, ref) for source, ref in pairs}) == len(pairs)


def test_the_published_schema_is_a_schema_and_agrees_with_the_reader() -> None:
    Draft202012Validator.check_schema(ndjson.schema())
    validator = Draft202012Validator(ndjson.schema(), format_checker=FormatChecker(["date"]))
    assert validator.is_valid(HOUSEHOLD)
    for path, change in WRONG:
        assert not validator.is_valid(changed(change)), path


def test_every_field_of_the_schema_is_required_and_no_other_is_allowed() -> None:
    for form in ndjson.schema()["$defs"].values():
        assert set(form["required"]) == set(form["properties"])
        assert form["additionalProperties"] is False
