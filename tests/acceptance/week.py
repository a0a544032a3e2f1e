"""The demo with a week of the registry, as a process: what it told, and where to look."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.node import Simulated, _line

DEMO = [sys.executable, "-m", "api.cli.main", "demo", "--scenario", "registry", "--fast"]
PATIENCE = 30.0


@dataclass(frozen=True)
class Week:
    """A week that is over. ``entries``: the pages of its register that it recommends, by what they are."""

    process: subprocess.Popen[bytes]
    url: str
    birth: str
    entries: dict[str, str]
    ministries: dict[str, Simulated]

    def stop(self) -> int:
        """Ctrl-C, and the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def played(folder: Path) -> Iterator[Week]:
    """The hub stays up; it is ended whatever happens."""
    told = folder / "told"
    with told.open("wb") as stderr:
        process = subprocess.Popen(
            [*DEMO, "--residents", "20", "--port", "0", "--data", str(folder / "demo")],
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
    assert process.stdout
    try:
        yield _read(process, told)
    finally:
        process.kill()
        process.stdout.close()
        process.wait(timeout=PATIENCE)


def _read(process: subprocess.Popen[bytes], told: Path) -> Week:
    birth = _line(process, " BIRTH ")
    (url,) = re.findall(r"the week is over  (\S+)", _line(process, "the week is over"))
    named = (re.split(r"  +", _line(process, "/entri/").strip()) for _ in range(4))
    entries = {about: address.removeprefix(url) for about, address in named}
    ports = re.findall(r"simulated (\w+): http://127.0.0.1:(\d+)", told.read_text("utf-8"))
    ministries = {name: Simulated(name, told, int(port)) for name, port in ports}
    return Week(process, url, birth, entries, ministries)
