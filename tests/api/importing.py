"""An import that goes on until it is killed, and says when a batch is in.

``python -m tests.api.importing FOLDER``
"""

import sys
from pathlib import Path

from adapters.clock import SystemClock
from adapters.people import generate, ndjson
from api.acts.importing import Refusal, append_batches
from api.identity import IMPORTER
from api.opening import open_desk
from api.preparing import preparing
from api.settings import Settings


def told(refusal: Refusal) -> None:
    print(refusal, flush=True)


def main(folder: Path) -> None:
    settings = Settings(data=folder, synthetic=True)
    desk, ledger = open_desk(settings, SystemClock())
    people = generate.households(1_000_000, 2010, desk.reference, desk.today)
    lines = (ndjson.RawLine(number, ndjson.encode(one)) for number, one in enumerate(people, 1))
    with preparing(settings, desk, ledger, "f", IMPORTER, 2, chunk=7, batch=21) as prepared:
        append_batches(ledger, prepared(lines), refused=told, progress=lambda read: print(read, flush=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
