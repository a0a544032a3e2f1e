"""A process that waits for facts and says when each was there, on the clock that all processes share.

``python -m api.bench.woken FOLDER``: it is told the address of the ledger on its standard input (a file when the
line is empty), and says ``HEAD SECONDS`` whenever the ledger has grown, until it is ended.
"""

import sys
from pathlib import Path

from pydantic import SecretStr

from adapters.clock import stopwatch
from api.settings import Settings
from api.wiring import open_hub

PATIENCE = 60.0
"""Seconds without a fact after which it ends by itself."""


def main(folder: Path, url: str) -> None:
    with open_hub(Settings(data=folder, ledger_url=SecretStr(url))) as hub:
        head = hub.ledger.head()
        _say(head, stopwatch())
        while hub.ledger.wait(head, PATIENCE):
            seen = stopwatch()
            head = hub.ledger.head()
            _say(head, seen)


def _say(head: int, seen: float) -> None:
    sys.stdout.write(f"{head} {seen}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.stdin.readline().strip())
