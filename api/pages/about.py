"""What the hub tells about itself: read models, interface, contracts, error codes, what is invented."""

from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import APIRouter, Response

from api.messages import catalogue
from api.pages.frame import APage
from domain.kernel.errors import Unknown

routes = APIRouter()
MINISTRIES = ("kemendagri", "kemendag")
METHODS = ("get", "post", "put", "delete")
TYPES = {
    ".wsdl": "text/xml; charset=utf-8",
    ".xsd": "text/xml; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
}


@routes.get("/proyeksi")
def projections(page: APage) -> Response:
    """The read models: how far each is behind the ledger."""
    return page.render("projections.html", models=page.hub.models(), head=page.hub.ledger.head())


@routes.get("/api")
def interface(page: APage) -> Response:
    """The REST interface, drawn from its OpenAPI description."""
    description = page.request.app.openapi()
    operations = [
        (method.upper(), path, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]
    contracts = {ministry: _contracts(ministry) for ministry in MINISTRIES}
    return page.render("api.html", operations=operations, contracts=contracts, feeds=MINISTRIES)


def _contracts(ministry: str) -> list[str]:
    return sorted(file.name for file in _folder(ministry).iterdir() if _type(file.name))


def _folder(ministry: str) -> Traversable:
    return files("adapters").joinpath(ministry, "contracts")


def _type(name: str) -> str | None:
    return next((media for end, media in TYPES.items() if name.endswith(end)), None)


@routes.get("/kontrak/{ministry}/{name}")
def contract(ministry: str, name: str) -> Response:
    """A contract file, as it is validated against."""
    if ministry not in MINISTRIES or name not in _contracts(ministry):
        raise Unknown("unknown-page")
    return Response(_folder(ministry).joinpath(name).read_bytes(), media_type=_type(name))


@routes.get("/errors")
def errors(page: APage) -> Response:
    """Every code that may be answered, with its sentence: ``type`` of a problem points here."""
    sentences = catalogue(page.words.language)
    codes = sorted(key.removeprefix("error.") for key in sentences if key.startswith("error."))
    return page.render("errors.html", codes=[(code, sentences[f"error.{code}"]) for code in codes])


@routes.get("/tentang")
def about(page: APage) -> Response:
    """What this is, what is invented, and where the tables come from."""
    return page.render("about.html", table=page.hub.desk.reference.catalogue)
