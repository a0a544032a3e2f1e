"""No route shows a person unseen: each records a reading, is an act that names its officer, or shows nobody."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.architecture.house import ROOT

NOBODY = {
    "feeds/answers.py": "that an answer of the centre was taken",
    "feeds/records.py": "how many records differ",
    "pages/about.py": "texts and tables",
    "pages/assets.py": "files of the pages",
    "pages/calls.py": "ticket numbers in a waiting room",
    "pages/catalogue.py": "permits",
    "pages/deliveries.py": "how far ministries are",
    "pages/five_minutes.py": "shares",
    "pages/home.py": "counts, and acts without a person",
    "pages/mobility.py": "sums",
    "pages/statistics.py": "sums",
    "pages/purposes.py": "what an officer says she looks for",
    "pages/receipts.py": "times, to whoever has the code",
    "pages/session.py": "officers",
    "pages/tracking.py": "steps, to whoever has the code",
    "pages/verify.py": "what a code on a paper is worth",
    "rest/reference.py": "tables",
    "rest/statistics.py": "sums, for officers",
    "pages/alarms.py:overview": "officers, counts and opaque ids",
    "rest/alarms.py:alarms": "officers, counts and opaque ids",
    "pages/households.py:empty": "an empty form",
    "pages/applications.py:empty": "an empty form",
    "pages/blanks.py:stocks": "counts of blanks",
    "rest/civil_events.py:catalogue": "the catalogue",
    "rest/civil_events.py:event": "the catalogue",
    "rest/counter.py:services": "the services of a counter",
    "rest/counter.py:calls": "ticket numbers in a waiting room",
    "rest/counter.py:clock": "times of a case",
    "rest/counter.py:receipt": "times, to whoever has the code",
    "rest/counter.py:share": "shares",
    "rest/counter.py:stocks": "counts of blanks",
    "rest/counter.py:stock": "cases that wait for a blank, by ticket",
    "rest/inside.py:deliveries": "how far ministries are",
    "rest/inside.py:retry": "how far a ministry is",
    "rest/inside.py:projections": "how far read models are",
    "rest/licensing.py:siup_class": "a class for an amount",
    "rest/licensing.py:track": "steps, to whoever has the code",
    "rest/papers.py:check": "what a code on a paper is worth",
    "rest/papers.py:keys": "public keys",
}
"""Routes that show nobody, or show it to whoever holds a code; a whole file without a colon."""
ACTS = frozenset({"command_id", "ACommandId"})


def called(node: ast.AST) -> Iterator[str]:
    """What a function calls by name."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name):
            yield inner.func.id


def looks(node: ast.AST) -> bool:
    """Whether a function itself records a reading: ``page.looks(Seen...)`` or ``look.at(Seen...)``."""
    return any(
        isinstance(inner, ast.Call)
        and isinstance(inner.func, ast.Attribute)
        and ast.unparse(inner.func) in {"page.looks", "look.at", "hub.readings.feed"}
        for inner in ast.walk(node)
    )


def acts(node: ast.AST) -> bool:
    """Whether a function takes a command id: what it does is a fact that names the officer."""
    return any(
        (isinstance(inner, ast.Attribute) and inner.attr in ACTS)
        or (isinstance(inner, ast.Name) and inner.id in ACTS)
        for inner in ast.walk(node)
    )


def reaches(name: str, functions: Mapping[str, ast.AST], met: frozenset[str] = frozenset()) -> bool:
    """Whether ``name`` records a reading, itself or through a function of its own module."""
    node = functions.get(name)
    if node is None or name in met:
        return False
    return looks(node) or any(reaches(one, functions, met | {name}) for one in called(node))


def silent(source: str) -> list[str]:
    """The routes of a module that neither record a reading nor act."""
    tree = ast.parse(source)
    functions = {n.name: n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}
    return [
        name
        for name, node in functions.items()
        if any(ast.unparse(mark).startswith("routes.") for mark in node.decorator_list)
        and not reaches(name, functions)
        and not (acts(node) and ".post(" in ast.unparse(node.decorator_list[0]))
    ]


FILES = sorted(p for face in ("pages", "rest", "feeds") for p in (ROOT / "api" / face).glob("*.py"))


def named(file: Path) -> list[str]:
    place = file.relative_to(ROOT / "api").as_posix()
    return [place if place in NOBODY else f"{place}:{name}" for name in silent(file.read_text("utf-8"))]


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_route_records_a_reading_or_is_said_to_show_nobody(file: Path) -> None:
    assert [name for name in named(file) if name not in NOBODY] == []


def test_whatever_is_said_to_show_nobody_is_there() -> None:
    assert set(NOBODY) - {name for file in FILES for name in named(file)} == set()


UNSEEN = "@routes.get('/x')\ndef x(page):\n    return shown(page)\n\ndef shown(page):\n    {}\n"


def test_a_route_that_forgets_its_reading_is_found() -> None:
    """Control: of a page that answers through another function, and of an act that is none."""
    assert silent(UNSEEN.format("return page.render('x')")) == ["x"]
    assert silent(UNSEEN.format("page.looks(Seen.LIST, [])")) == []
    assert silent("@routes.get('/x')\ndef x(form):\n    return form.command_id") == ["x"]
    assert silent("@routes.post('/x')\ndef x(form):\n    return form.command_id") == []
