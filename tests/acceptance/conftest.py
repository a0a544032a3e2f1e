"""The promises are kept by whole processes: each test has its own node and ministries."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.chromium import Camera
from tests.acceptance.node import Node, running
from tests.architecture.house import ROOT

SCREENS = ROOT / "docs" / "screens"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with running(tmp_path) as node:
        yield node


@pytest.fixture
def camera(request: pytest.FixtureRequest) -> Camera:
    """It has film with ``--screens``: a test that only runs changes no file of the checkout."""
    return Camera(SCREENS if request.config.getoption("--screens") else None)
