"""A hub that publishes: its pages and metrics tell how far, and that Kafka is away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from adapters.kafka.broker import free_ports
from api.settings import Settings
from api.wiring import Hub, open_hub
from tests.acts.people import StandingClock
from tests.adapters.kafka.reading import caught_up, says
from tests.api.conftest import asked
from tests.api.program import Program
from tests.brokers import prefix


@pytest.fixture
def publishing(tmp_path: Path, kafka: str) -> Iterator[Hub]:
    settings = Settings(
        data=tmp_path, synthetic=True, wait=10.0, kafka_bootstrap=kafka, kafka_prefix=prefix()
    )
    with open_hub(settings, StandingClock()) as hub:
        hub.start()
        yield hub


def test_page_metrics_and_readiness_tell_how_far_is_published(publishing: Hub) -> None:
    relay = publishing.relay
    assert relay is not None
    with asked(publishing) as client:
        Program(client).register()
        caught_up(relay)
        head = publishing.ledger.head()
        page = client.get("/kiriman").text
        assert f"{head} <small>dari {head} fakta disiarkan" in page
        assert relay.status().topics in page
        assert client.get("/readyz").json()["relay"] == "running"
        metrics = client.get("/metrics").text
        assert f"simpul_relay_position {head}\n" in metrics
        assert "simpul_relay_lag 0\n" in metrics
        assert "simpul_relay_running 1\n" in metrics


def test_a_hub_without_kafka_says_nothing_of_it(client: TestClient) -> None:
    assert "Kafka" not in client.get("/kiriman").text
    assert "relay" not in client.get("/metrics").text
    assert client.get("/readyz").json()["relay"] is None


def test_while_kafka_is_away_the_hub_works_and_says_so(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    settings = Settings(data=tmp_path, synthetic=True, wait=10.0, kafka_bootstrap=f"127.0.0.1:{port}")
    with open_hub(settings) as hub:
        hub.start()
        assert hub.relay
        with asked(hub) as client:
            says(hub.relay, "kafka-unreachable")
            Program(client).register()
            ready = client.get("/readyz").json()
            assert (ready["ready"], ready["relay"]) == (True, "backoff")
            assert "kafka-unreachable" in client.get("/kiriman").text
            assert "simpul_relay_running 0\n" in client.get("/metrics").text
