"""One stylesheet, one small script and one mark: all that a page loads beside itself."""

from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple

from fastapi import APIRouter, Response

from domain.kernel.errors import Unknown

routes = APIRouter()
TYPES = {"simpul.css": "text/css", "simpul.js": "text/javascript", "simpul.svg": "image/svg+xml"}


class Asset(NamedTuple):
    content: bytes
    media_type: str
    address: str


@cache
def asset(name: str) -> Asset:
    """A file with an address that changes with its content, so that it may be cached for ever."""
    content = files("api.pages").joinpath("static", name).read_bytes()
    return Asset(content, TYPES[name], f"/static/{sha256(content).hexdigest()[:12]}/{name}")


def text_of(name: str) -> str:
    """A file as text, for a page that must be whole without us."""
    return files("api.pages").joinpath("static", name).read_text("utf-8")


@routes.get("/static/{digest}/{name}")
async def static(digest: str, name: str) -> Response:
    if name not in TYPES or asset(name).address != f"/static/{digest}/{name}":
        raise Unknown("unknown-page")
    found = asset(name)
    return Response(
        found.content,
        media_type=found.media_type,
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )
