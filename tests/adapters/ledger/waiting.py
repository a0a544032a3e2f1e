"""A process that waits for facts: ``python -m tests.adapters.ledger.waiting FOLDER`` prints ``HEAD SECONDS``.

First when it has begun to wait, then whenever it was woken. It ends when it has not been for a while.
"""

import sys
from contextlib import closing
from pathlib import Path

from adapters.clock import stopwatch
from tests.adapters.ledger.shelf import LONG, opened

if __name__ == "__main__":
    with closing(opened(Path(sys.argv[1]))) as ledger:
        head = 0
        ledger.wait(head, 0.0)
        print(head, stopwatch(), flush=True)
        while ledger.wait(head, LONG):
            seen, head = stopwatch(), ledger.head()
            print(head, seen, flush=True)
