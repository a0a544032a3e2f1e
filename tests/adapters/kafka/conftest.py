"""Connections to a real broker, each with topics of its own."""

import pytest

from adapters.kafka.connection import Connection
from tests.brokers import prefix


@pytest.fixture
def connection(kafka: str) -> Connection:
    return Connection(kafka, prefix=prefix())
