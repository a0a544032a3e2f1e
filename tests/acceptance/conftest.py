"""The promises are kept by whole processes: each test has its own node and ministries."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.node import Node, running


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with running(tmp_path) as node:
        yield node
