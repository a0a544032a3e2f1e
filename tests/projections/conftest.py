"""A book of facts and a node that follows it, in a temporary folder."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.postgres_views import PostgresViews
from adapters.views import SqliteViews
from projections.readmodel import Store
from tests.postgres import Database
from tests.projections.book import Book, story
from tests.projections.node import Node

Open = Callable[..., Node]
MakeStore = Callable[[Path], Store]


@pytest.fixture
def book() -> Book:
    return Book()


ON_BOTH = {"test_parking", "test_projector", "test_rebuild"}
"""Modules of laws that hold on every store of read models; what follows from them is tried on one."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "place" in metafunc.fixturenames and metafunc.module.__name__.rpartition(".")[2] in ON_BOTH:
        metafunc.parametrize("place", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def place(request: pytest.FixtureRequest) -> MakeStore:
    """Makes the store of a path: the file, or a schema that is the same for the same path."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return SqliteViews
    database: Database = request.getfixturevalue("database_server")
    made: dict[Path, str] = {}

    def of(path: Path) -> PostgresViews:
        if path not in made:
            made[path] = database.url()
        return PostgresViews(made[path])

    return of


@pytest.fixture
def open_node(tmp_path: Path, place: MakeStore) -> Iterator[Open]:
    """Opens nodes that are closed after the test; each in a folder of its own unless told."""
    nodes: list[Node] = []

    def open_(*args: Any, folder: Path | None = None, **more: Any) -> Node:
        at = folder or tmp_path / f"node-{len(nodes)}"
        at.mkdir(exist_ok=True)
        nodes.append(Node(at, *args, **{"store": place, **more}))
        return nodes[-1]

    yield open_
    for node in nodes:
        node.views.close()


@pytest.fixture
def node(open_node: Open, book: Book) -> Node:
    """All read models of a node, over an empty book."""
    return open_node(book)


@pytest.fixture
def sragen(node: Node, book: Book) -> Node:
    """The same, after a whole day in Sragen."""
    story(book)
    return node.project()
