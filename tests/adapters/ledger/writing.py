"""A process that works until it is killed, and says what it was told is done.

``python -m tests.adapters.ledger.writing FOLDER ROUND`` prints ``NAME FIRST LAST`` after a command of that
name was acknowledged. Two clerks work one by one (their commits are shared), an importer in batches.
"""

import sys
from itertools import count
from pathlib import Path
from threading import Lock, Thread

from adapters.ledger.deciding import Submission
from adapters.ledger.ledger import Ledger
from domain.kernel.decider import act
from domain.kernel.events import Receipt
from tests.acts.people import REGISTRAR, command
from tests.adapters.ledger.shelf import BOX, Give, label, opened

BATCH = 20
_line = Lock()


def said(name: str, receipt: Receipt) -> None:
    with _line:
        print(name, receipt.first, receipt.last, flush=True)


def submission(name: str) -> Submission:
    """Two facts on two streams, a claim, and a person."""
    acts = [label(f"box-{name}", name), act(BOX, f"gift-{name}", Give(f"subject {name}", "Sri Wahyuni"))]
    return Submission(acts, REGISTRAR, command(name))


def clerk(ledger: Ledger, me: str) -> None:
    for n in count():
        one = submission(f"{me}-{n}")
        said(f"{me}-{n}", ledger.execute(one.acts, by=one.by, command_id=one.command_id))


def importer(ledger: Ledger, me: str) -> None:
    for n in count():
        names = [f"{me}-{n}-{line}" for line in range(BATCH)]
        for name, outcome in zip(names, ledger.execute_many([submission(x) for x in names]), strict=True):
            assert isinstance(outcome, Receipt)
            said(name, outcome)


if __name__ == "__main__":
    folder, round_ = Path(sys.argv[1]), sys.argv[2]
    shared = opened(folder)
    for work, me in ((clerk, "one"), (clerk, "two"), (importer, "file")):
        Thread(target=work, args=(shared, f"{me}-{round_}")).start()
