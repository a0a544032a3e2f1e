"""The servers of a test run, started when the first test asks for one, each once for each worker; and its own options."""

from collections.abc import Iterator

import pytest

from tests import brokers
from tests.postgres import Database, server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--screens", action="store_true", help="Write the pictures of the pages into docs/screens."
    )


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture
def database_server(postgres_url: str) -> Iterator[Database]:
    """Empty schemas for one test."""
    database = Database(postgres_url)
    yield database
    database.clear()


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """The address of a real broker; tests tell their topics apart by their prefix."""
    with brokers.broker() as address:
        yield address
