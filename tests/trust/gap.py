"""Readers never skip: 32 writers who lose races and are refused, and followers who see 1..n in order.

``python -m tests.trust.gap --commands 100000``. The writers are threads of several processes, so that commits
are shared within a process and contended between them; of ten commands one claims what is taken and one races
for a stream, and their transaction, or their part of it, is rolled back.
Commits are serial and positions are given under the append lock, so that even a naive reader of the ledger sees
all. The control therefore reads a table whose ids are given before the commit, by an identity column or, on SQLite,
a shared number, with the same reader ``id > last ORDER BY id``: it must miss.
"""

import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from hashlib import sha256
from pathlib import Path

from tests.trust.checker import PAGE, Checker
from tests.trust.following import Seen, naive_read, naive_write, read, write
from tests.trust.processes import PROCESSES, Process
from tests.trust.promise import STORES, Answer, answered, command, on_a_store

WRITING = 4
"""Processes that write."""
CONTROL = 3200
"""Most commands of the control: each is a commit of its own."""
TRIES = 5
"""Chances that the naive reader gets to miss something."""


def followed(
    kind: str, folder: Path, writers: int, readers: int, commands: int, seed: int
) -> tuple[int, int, list[Seen]]:
    """Commands accepted and refused, and what each reader saw."""
    store = STORES[kind]
    store.open(folder).close()
    end = PROCESSES.Value("q", 0)
    with ExitStack() as stack:

        def process(work: object, *given: object) -> Process:
            made = Process(work, *given)  # type: ignore[arg-type]  # any of the functions of following
            stack.callback(made.close)
            return made

        reading = [process(read, kind, folder, end, seed + n) for n in range(readers)]
        assert [one.hear() for one in reading] == ["ready"] * readers
        threads, each = writers // WRITING, commands // writers
        writing = [process(write, kind, folder, f"w{n}", threads, each, seed) for n in range(WRITING)]
        counts = [one.hear(commands) for one in writing]
        with closing(store.open(folder)) as ledger:
            end.value = ledger.head()
        seen = [one.hear(commands) for one in reading]
    return sum(c[0] for c in counts), sum(c[1] for c in counts), seen


def whole(kind: str, folder: Path) -> tuple[Seen, Checker]:
    """What a reader must have seen, read in peace."""
    checker, digest, at = Checker(), sha256(), 0
    with closing(STORES[kind].open(folder)) as ledger:
        checker.read(ledger)
        while page := ledger.after(at, PAGE):
            for fact in page:
                at = fact.position
                digest.update(b"%d %b" % (at, fact.header.command_id.bytes))
    return Seen(at, 0, digest.hexdigest()), checker


def naively(kind: str, folder: Path, writers: int, commands: int) -> tuple[int, int]:
    """Rows of the control, and how many of them its reader saw."""
    sequence, end = PROCESSES.Value("q", 0), PROCESSES.Value("q", 0)
    threads, each = writers // WRITING, commands // writers
    with closing(STORES[kind].naive(folder, sequence)) as table, ExitStack() as stack:
        reader = Process(naive_read, kind, folder, end, sequence)
        stack.callback(reader.close)
        assert reader.hear() == "ready"
        writing = [
            Process(naive_write, kind, folder, f"w{n}", threads, each, sequence) for n in range(WRITING)
        ]
        for one in writing:
            stack.callback(one.close)
        assert [one.hear() for one in writing] == ["done"] * WRITING
        end.value = 1
        return table.size(), reader.hear()


def main(arguments: Sequence[str]) -> int:
    parser = on_a_store(command("gap", __doc__, commands=9600, writers=32, readers=4))
    given = parser.parse_args(arguments)

    def trial(answer: Answer, folder: Path) -> None:
        with STORES[given.store].server() as server:
            server.place(folder / "node")
            accepted, refused, seen = followed(
                given.store, folder / "node", given.writers, given.readers, given.commands, given.seed
            )
            must, checker = whole(given.store, folder / "node")
            _told(answer, seen, must, checker)
            answer.tell("some-were-refused-and-rolled-back", f"{refused}/{accepted + refused}", refused > 0)
            rows = naive = 0
            for n in range(TRIES):
                if naive == rows:
                    at, most = folder / f"naive-{n}", min(given.commands, CONTROL)
                    server.place(at)
                    written, read_ = naively(given.store, at, given.writers, most)
                    rows, naive = rows + written, naive + read_
            answer.tell("control-a-naive-reader-of-a-sequence-misses", f"{rows - naive}/{rows}", naive < rows)

    return answered(trial)


def _told(answer: Answer, seen: Sequence[Seen], must: Seen, checker: Checker) -> None:
    same = [one == must for one in seen]
    answer.tell("every-reader-sees-all-in-order", f"{sum(same)}/{len(seen)}x{must.facts}", all(same))
    answer.tell("positions-and-versions-have-no-gap", f"{checker.gaps}/{checker.upto}", not checker.gaps)
    answer.tell("nothing-is-there-twice", f"{checker.doubled}/{checker.commands}", not checker.doubled)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
