"""The PostgreSQL of a test run, started when the first test asks for it, one for each worker; and its own options."""

from collections.abc import Iterator

import pytest

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
