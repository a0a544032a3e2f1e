"""A book of facts and a node that follows it, in a temporary folder."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.projections.book import Book, story
from tests.projections.node import Node

Open = Callable[..., Node]


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def open_node(tmp_path: Path) -> Iterator[Open]:
    """Opens nodes that are closed after the test; each in a folder of its own unless told."""
    nodes: list[Node] = []

    def open_(*args: Any, folder: Path | None = None, **more: Any) -> Node:
        at = folder or tmp_path / f"node-{len(nodes)}"
        at.mkdir(exist_ok=True)
        nodes.append(Node(at, *args, **more))
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
