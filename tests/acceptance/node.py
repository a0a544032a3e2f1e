"""A whole node and its ministries as real processes, the way an operator runs them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

PATIENCE = 20.0
"""Seconds until something that must happen counts as not happening."""


def until(condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Look again and again until ``condition`` gives something true; fail after ``patience`` seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)  # polling another process: its condition is the synchronisation
    raise AssertionError(f"not within {patience} s: {what}")


def _line(process: subprocess.Popen[bytes], having: str) -> str:
    """The first line of output that holds ``having``."""
    assert process.stdout
    for raw in process.stdout:
        line = raw.decode()
        if having in line:
            return line
    raise AssertionError(f"the process ended ({process.wait()}) before it said {having!r}")


@dataclass
class Simulated:
    """A simulated ministry on a port that stays the same over restarts."""

    name: str
    data: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "api.cli.main", "simulate", self.name]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), "--data", str(self.data)], stdout=subprocess.PIPE
        )
        self.port = int(_line(self.process, "http://").strip().rsplit(":", 1)[1])

    def kill(self) -> None:
        _end(self.process, signal.SIGKILL)
        self.process = None

    def records(self) -> list[dict[str, Any]]:
        """Everything that was accepted, in order."""
        found: list[dict[str, Any]] = []
        while True:
            after = found[-1]["feed_seq"] if found else 0
            answer = httpx.get(f"{self.url}/_simulator/records", params={"after": after, "limit": 1000})
            page = answer.raise_for_status().json()
            if not page:
                return found
            found += page

    def behave(self, **behaviour: object) -> None:
        httpx.put(f"{self.url}/_simulator/behaviour", json=behaviour).raise_for_status()


@dataclass
class Node:
    """``simpul serve`` on a folder, with its courier pointed at simulated ministries."""

    data: Path
    ministries: dict[str, Simulated]
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        settings = {"SIMPUL_SYNTHETIC": "true"}
        for name, ministry in self.ministries.items():
            settings[f"SIMPUL_{name.upper()}__URL"] = ministry.url
            settings[f"SIMPUL_{name.upper()}__TOKEN"] = f"demo-{name}"
            settings[f"SIMPUL_{name.upper()}__PASSWORD"] = "demo"
            settings[f"SIMPUL_{name.upper()}__TIMEOUT"] = "2"
        command = [sys.executable, "-m", "api.cli.main", "serve", "--data", str(self.data)]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **settings, **self.environment},
        )
        self.port = int(_line(self.process, "http://").strip().rsplit(":", 1)[1])
        until(lambda: self._answers("/healthz"), "the hub answers")

    def _answers(self, path: str) -> bool:
        try:
            return httpx.get(self.url + path).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """kill -9: no clean-up of any kind."""
        _end(self.process, signal.SIGKILL)
        self.process = None

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        process, self.process = self.process, None
        return _end(process, signal.SIGTERM)

    def post(self, path: str, body: object, command_id: UUID, officer: str = "dewi") -> httpx.Response:
        headers = {"Authorization": f"Bearer demo-{officer}", "Idempotency-Key": str(command_id)}
        return httpx.post(f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=30)

    def get(self, path: str, officer: str = "dewi") -> httpx.Response:
        return httpx.get(f"{self.url}/api/v1{path}", headers={"Authorization": f"Bearer demo-{officer}"})


def _end(process: subprocess.Popen[bytes] | None, how: signal.Signals) -> int:
    if process is None:
        return 0
    process.send_signal(how)
    code = process.wait(timeout=PATIENCE)
    if process.stdout:
        process.stdout.close()
    return code


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[Node]:
    """A node with both ministries, ended whatever happens."""
    ministries = {name: Simulated(name, folder / "ministries") for name in ("kemendagri", "kemendag")}
    node = Node(folder / "hub", ministries, environment=environment)
    try:
        for ministry in ministries.values():
            ministry.start()
        node.start()
        yield node
    finally:
        node.kill()
        for ministry in ministries.values():
            ministry.kill()
