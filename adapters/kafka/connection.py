"""How the cluster is reached, and its errors in our words. kafka-python is imported here and beside, nowhere else."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from socket import create_connection
from threading import Thread
from typing import Any, TypeVar

from domain.kernel.errors import Refused, StoreUnavailable

PATIENCE = 10.0
"""Seconds until a cluster that does not answer is away."""


T = TypeVar("T")


def nothing() -> None:
    """What is done meanwhile by who has nothing else to do."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the cluster is and as whom we speak to it; ``prefix`` begins the name of every topic of ours."""

    bootstrap: str
    prefix: str = "simpul"
    security: str = "PLAINTEXT"
    ca: str = ""
    certificate: str = ""
    key: str = ""
    mechanism: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    replication: int = -1
    patience: float = PATIENCE

    def options(self) -> dict[str, Any]:
        """What every client of kafka-python is given. Refused: ``kafka-unreachable`` when nobody listens."""
        self._must_answer()
        given = {
            "ssl_cafile": self.ca,
            "ssl_certfile": self.certificate,
            "ssl_keyfile": self.key,
            "sasl_mechanism": self.mechanism,
            "sasl_plain_username": self.username,
            "sasl_plain_password": self.password,
        }
        return {
            "bootstrap_servers": self.bootstrap.split(","),
            "bootstrap_timeout_ms": int(self.patience * 1000),
            "client_id": f"{self.prefix}-simpul",
            "security_protocol": self.security,
            "reconnect_backoff_max_ms": 1000,
            **{name: value for name, value in given.items() if value},
        }

    def _must_answer(self) -> None:
        """Told at once: the library would try for as long as it may, and leave its sockets open."""
        problem: OSError | None = None
        for place in self.bootstrap.split(","):
            host, _, port = place.strip().rpartition(":")
            if not (host and port.isdigit()):
                raise Refused("kafka-address-malformed", address=place)
            try:
                create_connection((host.strip("[]"), int(port)), self.patience).close()
            except OSError as away:
                problem = away
            else:
                return
        raise StoreUnavailable("kafka-unreachable", error=type(problem).__name__) from problem


@contextmanager
def kafka_errors() -> Iterator[None]:
    """The library's errors, told in our words: ``kafka-unreachable``, ``kafka-not-allowed``, ``kafka-fenced``,
    ``kafka-failed``; ``kafka-not-installed`` where the library is missing.
    """
    try:
        from kafka import errors
    except ImportError as missing:
        raise Refused("kafka-not-installed") from missing
    # What it would tell of an absent broker, line after line, is a state that we show.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        yield
    except (errors.ProducerFencedError, errors.InvalidProducerEpochError) as fenced:
        raise Refused("kafka-fenced") from fenced
    except (errors.AuthorizationError, errors.SaslAuthenticationFailedError) as denied:
        raise Refused("kafka-not-allowed", error=type(denied).__name__) from denied
    except (errors.RetriableError, OSError) as away:
        raise StoreUnavailable("kafka-unreachable", error=type(away).__name__) from away
    except errors.KafkaError as failed:
        raise Refused("kafka-failed", error=type(failed).__name__) from failed


def within(seconds: float, call: Callable[[], T], meanwhile: Callable[[], object] = nothing) -> T:
    """What ``call`` gives, or ``kafka-unreachable`` when it has not ended: the library may wait without an end.

    Its thread is left behind then, and with it the client, which must not be used again.
    """
    given: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            given.append(call())
        except BaseException as failure:  # noqa: BLE001 - it is raised where it was called
            failures.append(failure)

    waiting = Thread(target=run, name="kafka-call", daemon=True)
    waiting.start()
    meanwhile()
    waiting.join(seconds)
    if failures:
        raise failures[0]
    if not given:
        raise StoreUnavailable("kafka-unreachable", error="no answer")
    return given[0]


class Bounded:
    """A client of the library, each call of which ends."""

    def __init__(self, client: Any, seconds: float) -> None:
        self._client = client
        self._seconds = seconds

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)
        return lambda *given, **more: within(self._seconds, partial(method, *given, **more))
