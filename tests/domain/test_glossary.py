"""Every fact, command and code has a word in both languages, a meaning and a legal basis."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from inspect import get_annotations, getdoc
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType, SimpleNamespace
from typing import get_args

import pytest

import domain
from domain.kernel import series
from domain.kernel.events import EventType
from domain.population import case, household

GLOSSARY = Path(domain.__file__).with_name("glossary.toml")
FIELDS = ("identifier", "indonesia", "english", "meaning", "legal_basis")
MODULES = tuple(import_module(m.name) for m in walk_packages(domain.__path__, "domain."))


def terms() -> list[Mapping[str, str]]:
    found: list[Mapping[str, str]] = tomllib.loads(GLOSSARY.read_text("utf-8"))["term"]
    return found


def events(module: ModuleType) -> Iterator[EventType]:
    yield from getattr(module, "EVENTS", ())


def commands(module: ModuleType | SimpleNamespace) -> Iterator[type]:
    """The union ``Command`` of a module, or the one command that its ``decide`` takes."""
    union = getattr(module, "Command", None)
    if union is None and hasattr(module, "decide"):
        union = get_annotations(module.decide)["command"]
    if union is not None:
        yield from get_args(union) or (union,)


def codes(module: ModuleType) -> Iterator[type[StrEnum]]:
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, StrEnum) and value.__module__ == module.__name__:
            yield value


def identifiers(modules: Iterable[ModuleType]) -> Iterator[str]:
    """Everything in these modules that needs a word."""
    for module in modules:
        yield from (event.name for event in events(module))
        yield from (command.__name__ for command in commands(module))
        yield from (f"{kind.__name__}.{code.value}" for kind in codes(module) for code in kind)


def unexplained(modules: Iterable[ModuleType], glossary: Iterable[Mapping[str, str]]) -> list[str]:
    known = {term["identifier"] for term in glossary}
    return [name for name in identifiers(modules) if name not in known]


def test_every_fact_command_and_code_has_a_term() -> None:
    assert unexplained(MODULES, terms()) == []


@pytest.mark.parametrize(
    "name",
    ["kernel.number-taken", "TakeNumber", "RegisterHousehold", "Acknowledge", "Step.called", "Cause.office"],
)
def test_a_missing_term_is_found(name: str) -> None:
    """Control: of a fact, of a command alone or in a union, of a code."""
    rest = [term for term in terms() if term["identifier"] != name]
    assert unexplained(MODULES, rest) == [name]


def _one(state: object, command: case.Call) -> None:
    """A ``decide`` that takes one command and needs no union."""


def test_the_domain_is_walked_to_its_end() -> None:
    """Control: a walk that finds nothing would find nothing missing."""
    assert [len(list(found)) for found in (events(case), commands(case), codes(case))] == [12, 14, 3]
    assert list(commands(household)) == list(get_args(household.Command))
    assert list(commands(SimpleNamespace(decide=_one))) == [case.Call]
    assert {case, household, series} <= set(MODULES)
    assert len(set(identifiers(MODULES))) > 80


def test_no_identifier_means_two_things() -> None:
    names = Counter(identifiers(MODULES))
    assert [name for name, times in names.items() if times > 1] == []
    assert [name for name, times in Counter(t["identifier"] for t in terms()).items() if times > 1] == []


def test_no_term_of_the_code_outlives_it() -> None:
    """What looks like a name of the code (a dot, or capitals within) must be one; terms of art are free."""
    used = set(identifiers(MODULES))
    coded = {t["identifier"] for t in terms() if "." in t["identifier"] or t["identifier"][0].isupper()}
    assert coded - used == set()


@pytest.mark.parametrize("term", terms(), ids=lambda term: term["identifier"])
def test_a_term_is_told_in_full(term: Mapping[str, str]) -> None:
    assert tuple(term) == FIELDS
    assert all(value.strip() == value and value for value in term.values())
    assert term["meaning"].endswith(".")


def silent(kinds: Iterable[type]) -> list[str]:
    """Classes without a docstring of their own: a dataclass gets its signature for one."""
    return [kind.__name__ for kind in kinds if (getdoc(kind) or "").startswith(f"{kind.__name__}(")]


def test_every_fact_and_command_says_what_it_is() -> None:
    facts = [event.type for module in MODULES for event in events(module)]
    orders = [command for module in MODULES for command in commands(module)]
    assert silent([*facts, *orders]) == []


def test_a_silent_fact_is_found() -> None:
    """Control."""

    @dataclass
    class Silent:
        on: int

    assert silent([Silent, case.Called]) == ["Silent"]
