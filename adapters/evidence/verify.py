"""Checking a whole store where it stands: every fact, every hash, every tile, every checkpoint.

It reads files only and needs no key. It checks the same things as the offline verifier, on the store itself, and what
a bundle does not have: the file of the database, the tiles, the signer's memory.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from adapters.evidence.signer import (
    KEPT,
    NEWEST,
    STATE,
    VKEY,
    LastSigned,
    read_state,
    standing,
    whole_entries,
)
from adapters.evidence.simpul_verify import (
    DAMAGE,
    TIMES_ORIGIN,
    Checkpoint,
    Facts,
    Failure,
    Signed,
    Vkey,
    kept_notes,
)
from adapters.evidence.store import Snapshot, Store, store_at, told
from adapters.evidence.tree import FULL, perfect_root, tile_name
from domain.kernel.errors import Refused
from domain.kernel.events import EventType

SIGNATURE = 92
"""Characters of an Ed25519 signature line in base64: 4 bytes of key id, 64 of signature."""
STEP = 2000
TYPES = [int, str, int, str, bytes, bytes, int]


@dataclass
class StoreReport:
    """What was found. ``unsigned`` facts follow the newest checkpoint; ``warnings`` are traces of a crash."""

    facts: int = 0
    root: str = ""
    signed: int = 0
    unsigned: int = 0
    checkpoints: int = 0
    vkey: str = ""
    unknown: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def fail(self, check: str, where: str, why: str) -> None:
        self.failures.append(Failure(check, where, why))


def verify_store(
    data: Path,
    events: Iterable[EventType],
    *,
    store: Store | None = None,
    vkey: str | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> StoreReport:
    """Check the node in ``data``. ``store``: of the ledger, if it is not there. ``vkey``: the key of the log, from a source of your own.

    Refused: ``store-missing``, ``store-too-new``.
    """
    report = StoreReport()
    # First the checkpoints: a hub that runs may sign more while we read the facts.
    signed = _checkpoints(data, report, vkey)
    store = store or store_at(data / "ledger.db")
    with store.snapshot() as now:
        facts = Facts(frozenset(event.topic for event in events), signed, report.fail)
        try:
            with told():
                _store(
                    now, store.name, facts, Tiles(data / "evidence" / "tile", report.fail), report, progress
                )
        except Refused as refused:
            report.fail("store", f"after position {facts.size}", refused.code)
    signed.ended(facts.size)
    report.facts, report.unknown = facts.size, dict(facts.unknown)
    report.root = facts.tree.root().hex()
    report.signed = signed.newest
    report.unsigned = max(0, facts.size - signed.newest)
    return report


def _store(
    now: Snapshot,
    name: str,
    facts: Facts,
    tiles: "Tiles",
    report: StoreReport,
    progress: Callable[[int], None],
) -> None:
    for text in now.damage():
        report.fail("store", name, text)
    for fact in now.facts():
        if [type(value) for value in fact] != TYPES:
            report.fail("store", f"position {fact.position}", "a column holds another type")
            continue
        position, stream, version, topic, record, leaf, at = fact
        facts.add(leaf, position, at, stream, version, topic, record)
        tiles.add(fact.leaf_hash)
        if facts.size % STEP == 0:
            progress(facts.size)
    progress(facts.size)
    for text in now.strays():
        report.fail("store", text, "belongs to no fact")


class Tiles:
    """The complete tiles on disk hold the hashes of the ledger. One that is absent is made again."""

    def __init__(self, folder: Path, fail: Callable[[str, str, str], None]) -> None:
        self._folder = folder
        self._fail = fail
        self._edges: list[bytearray] = []
        self._numbers: list[int] = []

    def add(self, hash_: bytes, level: int = 0) -> None:
        if level == len(self._edges):
            self._edges.append(bytearray())
            self._numbers.append(0)
        edge = self._edges[level]
        edge += hash_
        if len(edge) == FULL:
            self._compare(level, self._numbers[level], bytes(edge))
            self._numbers[level] += 1
            self.add(perfect_root(edge), level + 1)
            edge.clear()

    def _compare(self, level: int, number: int, tile: bytes) -> None:
        path = self._folder / str(level) / tile_name(number)
        if path.exists() and path.read_bytes() != tile:
            self._fail("tile", f"{level}/{tile_name(number)}", "does not hold the hashes of the ledger")


def _checkpoints(data: Path, report: StoreReport, vkey: str | None) -> Signed:
    """Everything that was signed, as what the facts must agree with."""
    evidence = data / "evidence"
    try:
        published = _read(evidence / VKEY).decode()
        key = Vkey.parse(published)
        if published != f"{key}\n":
            report.fail("key", VKEY, "not as it was written")
    except DAMAGE:
        # Where nothing is signed yet, there is no key: a new store.
        key = Vkey("", b"", b"")
        signs = (evidence / VKEY, evidence / KEPT, evidence / NEWEST, data / "keys" / STATE)
        if any(path.exists() for path in signs):
            report.fail("key", VKEY, "there is no public key that can be read")
    report.vkey = str(key) if key.name else ""
    if vkey is not None and vkey.strip() != report.vkey:
        report.fail("key", VKEY, "not the key that was given")
    signed = Signed(key, report.fail)
    if key.name:
        with standing(evidence):
            _signed_ones(evidence, _state(data, report), signed, report)
    return signed


def _signed_ones(evidence: Path, state: LastSigned | None, signed: Signed, report: StoreReport) -> None:
    content, newest = _read(evidence / KEPT), _read(evidence / NEWEST)
    whole = whole_entries(content)
    try:
        notes = kept_notes(content[:whole])
    except DAMAGE as wrong:
        report.fail("checkpoint", KEPT, str(wrong))
        notes = []
    for number, note in enumerate(notes, 1):
        signed.take(note, f"{KEPT}, note {number}")
    report.checkpoints = len(notes) // 2
    last = notes[-2::-2][:2]  # newest first
    if newest and newest not in last[:1]:
        signed.take(newest, NEWEST)
        if newest in last:
            report.warnings.append("a crash: the newest checkpoint is kept, but not published yet")
        elif newest:
            report.fail("checkpoint", NEWEST, "is not the last of those that are kept")
    elif not newest and notes:
        report.fail("checkpoint", NEWEST, "is missing")
    if state is None:
        if whole != len(content):
            report.fail("checkpoint", KEPT, "the last entry is cut short")
        return
    signed.expect(Checkpoint(signed.key.name, state.size, state.root))
    signed.expect(Checkpoint(signed.key.name + TIMES_ORIGIN, state.size, state.times))
    complete = bool(notes) and notes[-2].split(b"\n")[1] == b"%d" % state.size
    if complete and len(content) == whole == state.kept:
        return
    if (
        not complete
        and len(content) < state.kept
        and whole + entry_length(signed.key.name, state.size) == state.kept
    ):
        report.warnings.append("a crash: the last checkpoint is not kept yet; it will be at the next start")
    else:
        report.fail("checkpoint", KEPT, f"{len(content)} bytes are kept, {state.kept} were written")


def entry_length(name: str, size: int) -> int:
    """Bytes of a kept entry: they do not depend on what is signed."""
    line = len(f"\n\N{EM DASH} {name} \n\n".encode()) + SIGNATURE
    texts = (Checkpoint(origin, size, bytes(32)).text() for origin in (name, name + TIMES_ORIGIN))
    return sum(len(text.encode()) + line for text in texts)


def _state(data: Path, report: StoreReport) -> LastSigned | None:
    try:
        return read_state(data / "keys" / STATE)
    except Refused as refused:
        report.fail("checkpoint", STATE, refused.code)
        return None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
