"""No money is taken at the population counter: no form, route, command or fact has a place for an amount.

A KTP is free (UU 24/2013 art. 79A), and where a fee is ever due its amount comes from a dated tariff: there is
no field into which a clerk could write one.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from importlib import import_module
from inspect import signature
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any, get_args, get_type_hints

import pytest
from fastapi import APIRouter
from pydantic import BaseModel

import domain.population
from domain.kernel.values import Rupiah
from tests.architecture.house import ROOT

MONEY = frozenset({
    "amount", "rupiah", "idr", "rp", "money", "uang", "cash", "tunai", "fee", "fees", "biaya", "tarif",
    "tariff", "tariffs", "retribusi", "denda", "penalty", "price", "harga", "bayar", "pembayaran", "pay",
    "paid", "payment", "payments", "cost", "costs", "charge", "charges", "levy", "levies", "pungutan",
    "invoice", "tagihan", "kuitansi", "nominal", "donation", "sumbangan", "deposit", "refund",
})  # fmt: skip
"""Words of a name that could carry an amount, in Indonesian and English."""
TEMPLATES = ROOT / "api" / "pages" / "templates"
LICENSING = frozenset(
    {"application.html", "applications.html", "apply.html", "catalogue.html", "service.html"}
)
"""The templates of permits, where tariffs have a place. Every other one is looked through, also one of tomorrow."""
OTHERS = frozenset({"applications", "catalogue", "tracking"})
"""The modules of pages that belong to permits."""
FORM_NAME = re.compile(r"""(?:\bname\s*=\s*["']|\bui\.(?:field|choice|village)\(\s*["'])([^"']*)["']""")


def words(name: str) -> list[str]:
    """``netWorth``, ``net_worth`` and ``m0-name`` as their words."""
    plain = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    return re.sub(r"[^A-Za-z]+", " ", plain).lower().split()


def could_carry(name: str) -> bool:
    return not MONEY.isdisjoint(words(name))


def modules(package: ModuleType) -> list[ModuleType]:
    return [import_module(m.name) for m in walk_packages(package.__path__, f"{package.__name__}.")]


def defined(module: ModuleType) -> Iterator[type]:
    """The classes that are written in a module."""
    for value in vars(module).values():
        if isinstance(value, type) and value.__module__ == module.__name__:
            yield value


def in_classes(classes: Iterable[type]) -> Iterator[str]:
    """Fields of commands, facts, states and REST models whose name, or type, could carry an amount."""
    for kind in classes:
        if is_dataclass(kind):
            hints, names = get_type_hints(kind), [field.name for field in fields(kind)]
        elif issubclass(kind, BaseModel):
            hints, names = get_type_hints(kind), list(kind.model_fields)
        else:
            continue
        yield from (f"{kind.__name__}.{name}" for name in names if could_carry(name) or money(hints[name]))
        if could_carry(kind.__name__):
            yield kind.__name__


def money(hint: Any) -> bool:
    return hint in (Rupiah, Decimal) or any(map(money, get_args(hint)))


def in_routes(router: APIRouter) -> Iterator[str]:
    """Addresses, and parameters of what answers there."""
    for route in router.routes:
        endpoint: Callable[..., Any] = route.endpoint  # type: ignore[attr-defined]  # every route of ours has one
        path: str = route.path  # type: ignore[attr-defined]
        yield from (f"{path} {name}" for name in signature(endpoint).parameters if could_carry(name))
        if could_carry(path):
            yield path


def in_template(source: str) -> Iterator[str]:
    """The fields of its forms."""
    yield from (name for name in FORM_NAME.findall(source) if could_carry(name))


def in_page(source: str) -> Iterator[str]:
    """What a page reads from a form: ``form.text("…")``, ``checked.needed("…")``, and rupiah of any name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            read = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if node.func.attr == "rupiah":
                yield f"rupiah of {read}"
            if node.func.attr in {"text", "all", "needed", "day"}:
                yield from filter(could_carry, read)


REST = [import_module(f"api.rest.{name}") for name in ("population", "counter", "privacy")]
MODELS = [import_module(f"api.rest.models.{name}") for name in ("population", "counter", "privacy")]
PAGES = [
    path for path in (ROOT / "api" / "pages").glob("*.py") if path.stem not in {*OTHERS, "forms", "words"}
]
ACTS = [import_module(f"api.acts.{name}") for name in ("population", "blank_stock", "calling")]


def test_no_command_and_no_fact_of_population_could_carry_an_amount() -> None:
    classes = [kind for module in modules(domain.population) for kind in defined(module)]
    assert len(classes) > 50, "they were looked at"
    assert list(in_classes(classes)) == []


def test_no_request_and_no_answer_of_population_could_carry_an_amount() -> None:
    classes = [kind for module in (*MODELS, *ACTS) for kind in defined(module)]
    assert {"NewTicket", "NewMovement", "NextStep", "NewHousehold"} <= {kind.__name__ for kind in classes}
    assert list(in_classes(classes)) == []


def test_no_route_of_population_asks_for_an_amount() -> None:
    routers = [module.routes for module in REST]
    routers += [
        import_module(f"api.pages.{path.stem}").routes
        for path in PAGES
        if "routes = APIRouter()" in path.read_text("utf-8")
    ]
    assert sum(len(router.routes) for router in routers) > 40
    assert [found for router in routers for found in in_routes(router)] == []


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_form_has_a_field_for_an_amount(template: Path) -> None:
    if template.name not in LICENSING:
        assert list(in_template(template.read_text("utf-8"))) == []


@pytest.mark.parametrize("page", sorted(PAGES), ids=lambda path: path.name)
def test_no_page_reads_an_amount(page: Path) -> None:
    assert list(in_page(page.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "name", ["fee", "ktpFee", "biaya", "amount_paid", "m0-tarif", "biaya-cetak", "totalCost"]
)
def test_a_field_that_could_carry_an_amount_is_found(name: str) -> None:
    """Control, on every path."""

    router = APIRouter()
    router.add_api_route(f"/loket/{name}", lambda: None)
    assert could_carry(name)
    assert list(in_routes(router)) == [f"/loket/{name}"]
    assert list(in_template(f'<input type="text" name="{name}">')) == [name]
    assert list(in_template(f"{{{{ ui.field('{name}', t('x')) }}}}")) == [name]
    assert list(in_page(f'def f(form): return form.text("{name}")')) == [name]


@dataclass(frozen=True)
class PrintForMoney:
    """A command that must never be."""

    case: str
    fee: int


@dataclass(frozen=True)
class Hidden:
    """An amount by its type, whatever it is called."""

    thanks: Rupiah | None


class Asked(BaseModel):
    """A body that must never be."""

    resident: str
    biaya: int = 0


def test_a_command_or_a_body_with_an_amount_is_found() -> None:
    """Control."""
    found = list(in_classes([PrintForMoney, Hidden, Asked]))
    assert found == ["PrintForMoney.fee", "PrintForMoney", "Hidden.thanks", "Asked.biaya"]


def test_a_route_that_asks_for_an_amount_is_found() -> None:
    """Control."""
    router = APIRouter()

    @router.get("/loket")
    def pay_here(amount: int) -> None: ...

    assert list(in_routes(router)) == ["/loket amount"]
    assert list(in_page("def f(checked): return checked.rupiah('x')")) == ["rupiah of ['x']"]


def test_permits_do_ask_for_an_amount() -> None:
    """Control: what is left out of the search is where it would find something."""
    source = (ROOT / "api" / "pages" / "applications.py").read_text("utf-8")
    assert list(in_page(source))


def test_innocent_names_are_not_found() -> None:
    """Control."""
    innocent = (
        "count",
        "difference",
        "counter",
        "name",
        "birth_place",
        "compared",
        "feed",
        "pricey",
        "payload",
    )
    assert not list(filter(could_carry, innocent))
