"""A real hub in a temporary folder, and a program that talks to it over REST."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.settings import MinistrySettings, Settings
from api.wiring import Hub, open_hub
from tests.acts.people import StandingClock
from tests.api.program import Program


@contextmanager
def opened(folder: Path, clock: StandingClock) -> Iterator[Hub]:
    """A running hub that pushes nowhere, with one open feed and a small limit for bodies."""
    settings = Settings(
        data=folder,
        synthetic=True,
        wait=10.0,
        max_body=20_000,
        kemendagri=MinistrySettings(token=SecretStr("token-kemendagri")),
    )
    with open_hub(settings, clock) as hub:
        hub.start()
        yield hub


@contextmanager
def asked(hub: Hub) -> Iterator[TestClient]:
    """Somebody who asks the application of ``hub``."""
    with TestClient(create_app(hub), base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def hub(tmp_path: Path, clock: StandingClock) -> Iterator[Hub]:
    with opened(tmp_path, clock) as hub:
        yield hub


@pytest.fixture
def client(hub: Hub) -> Iterator[TestClient]:
    with asked(hub) as client:
        yield client


@pytest.fixture
def program(client: TestClient) -> Program:
    """A program that works for Dewi of the population office."""
    return Program(client)
