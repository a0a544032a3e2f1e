"""The ledger against SQLite itself: the same bytes, the same durability, interleaved."""

import sqlite3
from collections.abc import Iterator, Sequence
from hashlib import sha256
from io import BytesIO
from itertools import islice
from pathlib import Path
from uuid import UUID

from adapters.clock import SystemClock
from adapters.ledger.ledger import Ledger, Submission
from adapters.ledger.store import ClaimRow, CommandRow
from adapters.people import generate, ndjson
from adapters.people.ndjson import Household, Line
from adapters.reference import reference
from api.acts.desk import Desk
from api.acts.importing import BATCH, import_households, submission
from api.bench.measure import Measure, at_least, at_most, interleave, reported
from api.facts import EVENTS
from api.identity import IMPORTER

SEED = 2010
Record = tuple[str, int, str, bytes]


def desk(folder: Path) -> Desk:
    """A new ledger in ``folder``, and a desk before it."""
    clock = SystemClock()
    ledger = Ledger.open(folder / "ledger.db", keys=folder / "keys", events=EVENTS, clock=clock)
    return Desk(ledger, clock, reference(), synthetic=True)


def people(desk: Desk, residents: int, seed: int = SEED) -> Iterator[Household]:
    return generate.households(residents, seed, desk.reference, desk.today)


def lines(desk: Desk, residents: int) -> Iterator[Line]:
    """The same people as lines of a file to import."""
    return (Line(number, household) for number, household in enumerate(people(desk, residents), 1))


class Raw:
    """The raw loop: a table as narrow as the records allow, WAL, ``synchronous=FULL``."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(
            "CREATE TABLE raw (pos INTEGER PRIMARY KEY, stream TEXT, version INT, topic TEXT, record BLOB)"
        )

    def append(self, records: Sequence[Record]) -> int:
        """One commit."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(
            "INSERT INTO raw (stream, version, topic, record) VALUES (?,?,?,?)", records
        )
        self._connection.execute("COMMIT")
        return len(records)


def records(ledger: Ledger, after: int, limit: int) -> list[Record]:
    """Records as they are stored, for the raw loop to store again."""
    found = ledger.recorder.select_notifications(after + 1, limit)
    return [(str(n.originator_id), n.originator_version, n.topic, n.state) for n in found]


def append_one(folder: Path, quick: bool) -> Iterator[Measure]:
    """``execute`` of one act with a claim and personal data to seal, decided from an empty stream."""
    rounds = 300 if quick else 1500
    at = desk(folder)
    ledger, raw = _ledger(at), Raw(folder / "raw.db")
    singles = [_single(at, household) for household in people(at, 8 * (rounds + 2))]
    stored: list[Record] = []

    def ours(n: int) -> int:
        one = singles[n]
        receipt = ledger.execute(one.acts, by=one.by, command_id=one.command_id, request=one.request)
        if not stored:
            stored.extend(records(ledger, receipt.first - 1, 1))
        return 1

    ours(len(singles) - 1)
    pair = interleave(rounds, ours, lambda _: raw.append(stored))
    yield at_most("append-one", pair.cost, 2.5, pair.note("appends"))
    ledger.close()


def _single(at: Desk, household: Household) -> Submission:
    """The registration of a household without its members: one act, one fact, one sealed block."""
    whole = submission(at, household, "bench", IMPORTER)
    return Submission(whole.acts[:1], IMPORTER, whole.command_id, request=household.ref)


def append_batch(folder: Path, quick: bool) -> Iterator[Measure]:
    """``insert_events`` of 1,000 records with their claims, leaf hashes and a command row."""
    rounds, size = (15 if quick else 60), 1000
    at = desk(folder)
    source, ledger = desk(folder / "source"), _ledger(at)
    filled = _ledger(source)
    for batch in _batches(people(source, (rounds + 2) * size), BATCH):
        filled.execute_many([submission(source, household, "bench", IMPORTER) for household in batch])
    raw = Raw(folder / "raw.db")
    parts = [filled.recorder.select_notifications(n * size + 1, size) for n in range(rounds + 1)]
    claims = [[ClaimRow("bench", sha256(e.state).digest(), str(e.originator_id)) for e in p] for p in parts]

    def ours(n: int) -> int:
        command = CommandRow(UUID(int=n).bytes, b"bench", 0, size)
        positions = ledger.recorder.insert_events(parts[n], claims=claims[n], commands=[command])
        return len(positions or ())

    bare = [[(str(e.originator_id), e.originator_version, e.topic, e.state) for e in p] for p in parts]
    pair = interleave(rounds, ours, lambda n: raw.append(bare[n]))
    yield at_least("append-batch-1000", pair.rate, 0.25, pair.note("events"))
    filled.close()
    ledger.close()


def import_households_row(folder: Path, quick: bool) -> Iterator[Measure]:
    """100,000 residents with their households: every rule, claim and hash, against executemany."""
    residents = 10_000 if quick else 100_000
    at = desk(folder)
    ledger, raw = _ledger(at), Raw(folder / "raw.db")
    # As an import reads them: bytes of NDJSON, decoded on the way.
    batches = [b"".join(map(ndjson.encode, batch)) for batch in _batches(people(at, residents), BATCH)]

    def ours(n: int) -> int:
        found = ndjson.read(BytesIO(batches[n]))
        return import_households(at, ledger, found, "bench", by=IMPORTER, refused=_no).facts

    ours(0)
    same = records(ledger, 0, 4 * BATCH)
    # The first and the last batch are not measured: one is the raw loop's, one may be short.
    pair = interleave(len(batches) - 3, lambda n: ours(n + 1), lambda _: raw.append(same))
    yield at_least("import-100k", pair.rate, 0.12, pair.note("facts"))
    yield reported("import-facts-per-second", 1 / pair.ours, "facts/s")
    ledger.close()


def _ledger(at: Desk) -> Ledger:
    assert isinstance(at.ledger, Ledger)
    return at.ledger


def _no(refusal: object) -> None:
    raise AssertionError(f"invented people were refused: {refusal}")


def _batches(households: Iterator[Household], size: int) -> Iterator[list[Household]]:
    while batch := list(islice(households, size)):
        yield batch
