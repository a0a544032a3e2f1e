"""The reference pages are fresh: a stale one fails here, and ``make docs`` mends it."""

import json
from datetime import date
from pathlib import Path

import pytest

from adapters.people import ndjson
from api.docs import EXAMPLE, ROOT, Lines, main, pages, stale, table, type_name
from api.facts import EVENTS
from api.settings import Settings
from domain.kernel.values import Kk, Nik


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages()


def test_no_generated_page_is_stale(made: dict[str, str]) -> None:
    assert stale(ROOT, made) == []


def test_a_stale_or_absent_page_is_found(made: dict[str, str], tmp_path: Path) -> None:
    """The control."""
    assert stale(tmp_path, made) == list(made)
    page = tmp_path / "docs" / "import.md"
    page.parent.mkdir()
    page.write_text(made["docs/import.md"], "utf-8")
    assert "docs/import.md" not in stale(tmp_path, made)
    page.write_text(made["docs/import.md"] + "by hand", "utf-8")
    assert "docs/import.md" in stale(tmp_path, made)


def test_every_event_setting_and_command_is_on_its_page(made: dict[str, str]) -> None:
    assert all(f"## `{event.topic}`" in made["docs/reference/events.md"] for event in EVENTS)
    names = [f"SIMPUL_{name.upper()}" for name in Settings.model_fields]
    assert all(name in made["docs/reference/settings.md"] for name in names)
    for command in (
        "serve",
        "demo",
        "import",
        "generate",
        "simulate",
        "projections list",
        "history",
        "bench",
    ):
        assert f"## `simpul {command}`" in made["docs/reference/cli.md"]


def test_the_example_of_the_import_page_is_a_line_that_can_be_read() -> None:
    (line,) = ndjson.read(_Stream(json.dumps(EXAMPLE).encode()))
    assert isinstance(line, ndjson.Line)
    Kk(line.household.kk)
    assert Nik(line.household.members[0].nik).fits(line.household.members[0].birth_date)


class _Stream:
    def __init__(self, text: bytes) -> None:
        self._text = text

    def readline(self, limit: int = -1, /) -> bytes:
        text, self._text = self._text, b""
        return text


def test_types_are_written_as_the_code_writes_them() -> None:
    assert type_name(str) == "str"
    assert type_name(date | None) == "date | None"
    assert type_name(tuple[str, ...]) == "tuple[str, ...]"


def test_a_cell_is_one_line_and_its_bars_are_escaped() -> None:
    rows: Lines = table(("a",), [["one\ntwo | three"]])
    assert list(rows) == ["| a |", "|---|", r"| one two \| three |"]


def test_check_fails_until_the_pages_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"], tmp_path) == 1
    assert "docs/reference/cli.md is stale" in capsys.readouterr().err
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
