"""Routes by the first part of their address: a request is compared with those of one section, not with all.

The framework compares a request with one route after the other, as often as routers are nested: with a hundred
routes before it a page would spend more time there than on its queries.
"""

from functools import cached_property

from fastapi import APIRouter
from starlette.routing import BaseRoute, Match
from starlette.types import Scope


class Section(APIRouter):
    """``routes`` of another router, whose addresses begin with ``under`` where it is included."""

    def __init__(self, routes: APIRouter, under: str = "") -> None:
        super().__init__()
        self.routes.extend(routes.routes)
        self._depth = under.count("/") + 1

    @cached_property
    def _firsts(self) -> frozenset[str]:
        return frozenset(_part(path(route), 1) for route in self.routes)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Nothing, at once, unless one of the routes begins like the address."""
        if _part(scope["path"], self._depth) not in self._firsts:
            return Match.NONE, {}
        return super().matches(scope)


def path(route: BaseRoute) -> str:
    found: str = getattr(route, "path", "")
    assert not _part(found, 1).startswith("{"), "the first part of an address is a word"
    return found


def _part(address: str, number: int) -> str:
    parts = address.split("/", number + 1)
    return parts[number] if len(parts) > number else ""
