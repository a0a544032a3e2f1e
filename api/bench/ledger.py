"""The ledger against SQLite itself: the same bytes, the same durability, interleaved."""

from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from uuid import UUID

from adapters.clock import SystemClock
from adapters.ledger.deciding import Submission
from adapters.ledger.ledger import Ledger
from adapters.ledger.store import ClaimRow, CommandRow
from adapters.people import ndjson
from api.acts.importing import BATCH, append_batches
from api.bench.material import batches, desk, ledger_of, people, refused, registered, singles
from api.bench.measure import Measure, Pair, at_least, at_most, interleave, reported
from api.bench.raw import Raw, RawLoop, bare, records
from api.identity import IMPORTER
from api.opening import open_desk
from api.preparing import preparing, processors
from api.settings import Settings

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
    settings = Settings(data=folder, synthetic=True)
    pair = imported(settings, Raw(folder / "raw.db"), 20_000 if quick else 100_000)
    yield at_least("import-100k", pair.rate, 0.12, pair.note("facts"))
    yield reported("import-facts-per-second", 1 / pair.ours, "facts/s")


def imported(settings: Settings, raw: RawLoop, residents: int) -> Pair:
    """Importing so many as ``simpul import`` does, from bytes of NDJSON, against executemany.

    Each file is imported by itself, in two commits: those who prepare its lines begin with it, and have
    nothing to do at its end.
    """
    at, ledger = open_desk(settings, SystemClock())
    commit = min(BATCH, residents // 50)  # of few people at least seven files: a household has 3.4
    files = [b"".join(map(ndjson.encode, batch)) for batch in batches(people(at, residents), 2 * commit)]

    with preparing(settings, at, ledger, "bench", IMPORTER, processors(), batch=commit) as prepared:

        def ours(n: int) -> int:
            lines = ndjson.raw_lines(BytesIO(files[n]))
            return append_batches(ledger, prepared(lines), refused=refused).facts

        ours(0)
        same = records(ledger, 0, 4 * commit)
        # The first and the last file are not measured: one is the raw loop's, one may be short.
        pair = interleave(len(files) - 3, lambda n: ours(n + 1), lambda _: raw.append(same))
    raw.close()
    ledger.close()
    return pair
