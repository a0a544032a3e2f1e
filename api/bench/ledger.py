"""The ledger against SQLite itself: the same bytes, the same durability, interleaved."""

from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from uuid import UUID

from adapters.ledger.deciding import Submission
from adapters.ledger.ledger import Ledger
from adapters.ledger.store import ClaimRow, CommandRow
from adapters.people import ndjson
from api.acts.desk import Desk
from api.acts.importing import BATCH, import_households
from api.bench.material import batches, desk, ledger_of, people, refused, registered, singles
from api.bench.measure import Measure, Pair, at_least, at_most, interleave, reported
from api.bench.raw import Raw, RawLoop, bare, records
from api.identity import IMPORTER

LONG_RUNNING = 1500
"""Appends after which both write-ahead logs are as long as they get. Until then every commit makes a
file longer, which takes the file system twice the time: the first minute of a store's life.
"""


def append_one(folder: Path, quick: bool) -> Iterator[Measure]:
    """``insert_events`` of one decided, sealed, hashed fact with its claim, command and data subject; and,
    for information, ``execute``, which decides and seals it too.
    """
    rounds = 300 if quick else 1500
    source, at = desk(folder / "source"), desk(folder)
    filled, ledger, raw = ledger_of(source), ledger_of(at), Raw(folder / "raw.db")
    for one in singles(source, LONG_RUNNING + rounds + 1):
        _execute(filled, one)
    facts = filled.recorder.select_notifications(1, LONG_RUNNING + rounds + 1)
    same = bare(facts[:1])

    def ours(n: int) -> int:
        fact = facts[n]
        mark = sha256(fact.state).digest()
        ledger.recorder.insert_events(
            [fact],
            claims=[ClaimRow("bench", mark, fact.originator_id)],
            commands=[CommandRow(UUID(fact.originator_id[-32:]).bytes, mark, 0, 1)],
            subjects=[(fact.originator_id, n)],
        )
        return 1

    for n in range(LONG_RUNNING):
        ours(n)
        raw.append(same)
    pair = interleave(rounds, lambda n: ours(LONG_RUNNING + n), lambda _: raw.append(same))
    yield at_most("append-one", pair.cost, 2.5, pair.note("appends"))

    ready = singles(at, rounds + 1)
    pair = interleave(rounds, lambda n: _execute(ledger, ready[n]), lambda _: raw.append(same))
    yield reported("execute-one", pair.cost, "x raw", pair.note("commands"))
    filled.close()
    ledger.close()


def _execute(ledger: Ledger, one: Submission) -> int:
    ledger.execute(one.acts, by=one.by, command_id=one.command_id, request=one.request)
    return 1


def append_batch(folder: Path, quick: bool) -> Iterator[Measure]:
    """``insert_events`` of 1,000 records with their claims, leaf hashes and a command row."""
    rounds, size = (15 if quick else 60), 1000
    at = desk(folder)
    source, ledger = desk(folder / "source"), ledger_of(at)
    registered(source, (rounds + 2) * size)
    filled = ledger_of(source)
    raw = Raw(folder / "raw.db")
    parts = [filled.recorder.select_notifications(n * size + 1, size) for n in range(rounds + 1)]
    claims = [[ClaimRow("bench", sha256(e.state).digest(), str(e.originator_id)) for e in p] for p in parts]

    def ours(n: int) -> int:
        command = CommandRow(UUID(int=n).bytes, b"bench", 0, size)
        positions = ledger.recorder.insert_events(parts[n], claims=claims[n], commands=[command])
        return len(positions or ())

    same = [bare(part) for part in parts]
    pair = interleave(rounds, ours, lambda n: raw.append(same[n]))
    yield at_least("append-batch-1000", pair.rate, 0.25, pair.note("events"))
    filled.close()
    ledger.close()


def import_households_row(folder: Path, quick: bool) -> Iterator[Measure]:
    """100,000 residents with their households: every rule, claim and hash, against executemany."""
    pair = imported(desk(folder), Raw(folder / "raw.db"), 10_000 if quick else 100_000)
    yield at_least("import-100k", pair.rate, 0.12, pair.note("facts"))
    yield reported("import-facts-per-second", 1 / pair.ours, "facts/s")


def imported(at: Desk, raw: RawLoop, residents: int) -> Pair:
    """Importing so many, as an import reads them (bytes of NDJSON, decoded on the way), against executemany."""
    ledger = ledger_of(at)
    size = min(BATCH, residents // 30)  # of few people at least nine files: a household has 3.4
    files = [b"".join(map(ndjson.encode, batch)) for batch in batches(people(at, residents), size)]

    def ours(n: int) -> int:
        found = ndjson.read(BytesIO(files[n]))
        return import_households(at, ledger, found, "bench", by=IMPORTER, refused=refused).facts

    ours(0)
    same = records(ledger, 0, 4 * size)
    # The first and the last batch are not measured: one is the raw loop's, one may be short.
    pair = interleave(len(files) - 3, lambda n: ours(n + 1), lambda _: raw.append(same))
    raw.close()
    ledger.close()
    return pair
