"""Every code that is raised has a sentence in both languages, and every sentence is used."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import api.errors
import api.identity
import domain.kernel.errors
from api.errors import problem, sentence, status
from api.messages import LANGUAGES, catalogue
from domain.kernel.errors import AlreadyClaimed, Malformed, Refused, Rejected
from domain.kernel.values import Nik
from tests.acts.people import SRI_NIK

ROOT = Path(api.errors.__file__).parent.parent
FOLDERS = ("domain", "adapters", "projections", "api")
PAGES = ROOT / "api" / "pages"


def kinds() -> set[str]:
    """The names of every refusal."""
    modules = (domain.kernel.errors, api.errors, api.identity)
    found = (value for module in modules for value in vars(module).values())
    return {kind.__name__ for kind in found if isinstance(kind, type) and issubclass(kind, Refused)}


def codes(source: str) -> Iterator[str]:
    """The codes that ``source`` can raise: as first argument, as ``full=`` or ``code=``, from a claim."""
    refusals = kinds()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _of_call(node, refusals)
        elif isinstance(node, ast.ClassDef) and refusals & {ast.unparse(base) for base in node.bases}:
            yield from _of_class(node)


def _of_call(call: ast.Call, refusals: set[str]) -> Iterator[str]:
    name = ast.unparse(call.func)
    if name in refusals:
        yield from (text for argument in call.args for text in _texts(argument))
    elif name == "BadLine":
        yield from _texts(call.args[1])
    elif name == "Claim":
        yield from (f"{kind}-already-registered" for kind in _texts(call.args[0]))
    yield from (text for keyword in call.keywords if keyword.arg == "full" for text in _texts(keyword.value))


def _of_class(kind: ast.ClassDef) -> Iterator[str]:
    """``super().__init__("code")``, and a default code."""
    for node in ast.walk(kind):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__" and node.args:
            yield from _texts(node.args[0])
        if isinstance(node, ast.FunctionDef):
            yield from (text for default in node.args.defaults for text in _texts(default))


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def raised() -> set[str]:
    files = (file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))
    return {code for file in files for code in codes(file.read_text("utf-8"))}


def missing(found: set[str]) -> set[str]:
    return {code for code in found for language in LANGUAGES if f"error.{code}" not in catalogue(language)}


def test_every_code_that_is_raised_has_a_sentence_in_both_languages() -> None:
    found = raised()
    assert missing(found) == set()
    assert found >= {"malformed-nik", "nik-already-registered", "nik-series-full", "store-full"}
    assert found >= {
        "line-not-json",
        "body-too-large",
        "command-id-reused",
        "unknown-route",
        "feed-token-wrong",
    }


def test_a_code_without_a_sentence_is_found() -> None:
    """The control."""
    assert missing(set(codes('raise Rejected("nobody-wrote-this")'))) == {"nobody-wrote-this"}
    assert set(codes('class Odd(Refused):\n def __init__(self):\n  super().__init__("odd")')) == {"odd"}
    assert set(codes('f(full="none-left")')) == {"none-left"}
    assert set(codes('raise Unknown("a" if x else "b")')) == {"a", "b"}


def test_every_sentence_belongs_to_a_code_that_is_raised() -> None:
    table = tomllib.loads((ROOT / "api" / "messages" / "id.toml").read_text("utf-8"))
    assert set(table["error"]) - raised() == set()


def test_both_languages_say_the_same_about_the_same_codes() -> None:
    tables = [
        tomllib.loads((ROOT / "api" / "messages" / f"{language}.toml").read_text("utf-8"))["error"]
        for language in LANGUAGES
    ]
    assert list(tables[0]) == list(tables[1]), "in the same order"
    for code in tables[0]:
        places = [{name for _, name, _, _ in Formatter().parse(table[code]) if name} for table in tables]
        assert places[0] == places[1], code


def test_no_kind_of_refusal_is_without_a_status() -> None:
    assert status(Refused("anything")) == 500
    assert status(Malformed("malformed-nik", why="length")) == 422
    assert status(AlreadyClaimed("nik", holder="resident-1")) == 409


@pytest.mark.parametrize("language", LANGUAGES)
def test_personal_data_is_masked_and_the_holder_is_not_told(language: str) -> None:
    refused = Rejected("malformed-nik", nik=Nik(SRI_NIK), holder="resident-1", path="members[0]")
    told = problem(refused, "id" if language == "id" else "en")
    assert told["nik"] == "***"
    assert "holder" not in told
    assert told["path"] == "members[0]"


def test_a_list_is_written_as_people_write_one() -> None:
    refused = Rejected("requirement-missing", permit="HO", missing=["KTP", "NPWP"])
    assert sentence(refused, "en") == "The file is not complete: KTP, NPWP."
    assert problem(refused, "id")["missing"] == ["KTP", "NPWP"]
