"""A real hub in a temporary folder, its pages, and a browser that looks at them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from api.wiring import Hub, open_hub
from tests.acts.people import StandingClock
from tests.api.pages.browser import Browser


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def hub(tmp_path: Path, clock: StandingClock) -> Iterator[Hub]:
    with open_hub(Settings(data=tmp_path, synthetic=True, wait=10.0), clock) as hub:
        hub.start()
        yield hub


@pytest.fixture
def client(hub: Hub) -> Iterator[TestClient]:
    with TestClient(create_app(hub), base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.fixture
def browser(client: TestClient) -> Browser:
    return Browser(client)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub to which no test adds anything: one for a whole module."""
    settings = Settings(data=tmp_path_factory.mktemp("standing"), synthetic=True)
    with open_hub(settings, StandingClock()) as hub:
        hub.start()
        yield hub


@pytest.fixture
def reader(standing: Hub) -> Iterator[TestClient]:
    """Somebody who only looks."""
    with TestClient(create_app(standing), base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.fixture
def clerk(browser: Browser) -> Browser:
    """A browser at which Dewi of the population office sits."""
    browser.sign_in("dewi")
    return browser
