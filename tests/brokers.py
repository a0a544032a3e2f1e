"""A Kafka for the tests: the one of ``SIMPUL_TEST_KAFKA``, else a real broker of our own on free ports."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from adapters.kafka.broker import running
from api.errors import sentence
from domain.kernel.errors import Refused

GIVEN = "SIMPUL_TEST_KAFKA"
_numbers = count(1)


@contextmanager
def broker() -> Iterator[str]:
    """The address of a broker on which tests may make topics; where none can be had the test is skipped."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    try:
        home = running()
        started = home.__enter__()
    except Refused as missing:
        pytest.skip(f"no real Kafka here: {sentence(missing, 'en')}")
    try:
        yield started.address
    finally:
        home.__exit__(None, None, None)


def prefix() -> str:
    """How the topics of one test begin, which no other test has."""
    return f"test{os.getpid()}n{next(_numbers)}"
