"""A bundle: the whole ledger in one file that anybody can check, and that a fresh node is restored from.

A tar of exactly the parts that ``simpul_verify.PARTS`` names, the last of them a manifest that the log has signed. The
key files of the node are never in it: what is sealed stays sealed, and a forgotten person stays forgotten.
"""

import errno
import os
import re
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from adapters.evidence.notary import Notary
from adapters.evidence.signer import KEPT, VKEY, SignedCheckpoint
from adapters.evidence.simpul_verify import (
    BLOCK,
    PARTS,
    Bundle,
    Frontier,
    kept_notes,
    leaf_hash,
    manifest_text,
    tar_header,
)
from adapters.evidence.store import ClaimOf, CommandOf, Snapshot, Store, StoredFact, SubjectOf
from adapters.evidence.tree import sync_folder
from adapters.ledger.keys import Keys
from domain.kernel.errors import StoreUnavailable
from domain.kernel.events import EventType

FORMAT = 2
A_PAPER = re.compile(r"[0-9a-f]{64}")
"""The name of a paper in the safe: SHA-256 of its PDF."""
PAPER_KEYS = "keys.json"
NO_KEYS = b"[]"
"""No paper was ever printed."""
LEVEL = 1
"""Of compression: what is sealed does not shrink, and the rest shrinks at any level."""
PAGE = 2000
LARGEST = 8**11 - 1
"""Bytes of a part: what a tar header can say."""
ENDING = bytes(2 * BLOCK)

Progress = Callable[[int], None]
encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Exported:
    """What is in a bundle."""

    facts: int
    root: str
    vkey: str
    bytes: int


class About(msgspec.Struct, forbid_unknown_fields=True):
    """``bundle.json``. ``ledger_key`` tells whether a key file is that of this ledger, and nothing else."""

    format: int
    origin: str
    facts: int
    exported_at: datetime
    ledger_key: str


class Writer:
    """Parts one after the other; each is hashed as it is written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digests: dict[str, tuple[str, int]] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """What is given to the function that it yields becomes the part ``name``."""
        head, found = self._file.tell(), sha256()
        self._file.write(bytes(BLOCK))  # its size is known at the end

        def write(piece: bytes) -> None:
            found.update(piece)
            self._file.write(piece)

        yield write
        size = self._file.tell() - head - BLOCK
        if size > LARGEST:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), name)
        self._file.write(bytes(-size % BLOCK))
        self._file.seek(head)
        self._file.write(tar_header(name, size))
        self._file.seek(0, os.SEEK_END)
        self.digests[name] = (found.hexdigest(), size)

    def put(self, name: str, content: bytes) -> None:
        with self.part(name) as write:
            write(content)

    def rows(self, name: str, rows: Iterable[dict[str, Any]]) -> None:
        """One JSON object per line, zipped; bytes as base64."""
        zipper = zlib.compressobj(LEVEL, wbits=31)
        with self.part(name) as write:
            for row in rows:
                write(zipper.compress(encode(row) + b"\n"))
            write(zipper.flush())


def export(
    store: Store,
    notary: Notary,
    evidence: Path,
    keys: Keys,
    events: Iterable[EventType],
    out: Path,
    *,
    at: datetime,
    papers: Path | None = None,
    progress: Progress = lambda _: None,
) -> Exported:
    """Write everything that is in the store now to ``out``, a new file.

    ``papers`` is the folder of the safe: they are brought sealed, as they lie there.

    Refused: ``checkpoint-refused``, ``store-damaged`` (``simpul verify`` tells where).
    """
    if out.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(out))
    unfinished = out.with_name(f".{out.name}.unfinished")
    try:
        with store.snapshot() as now, unfinished.open("w+b") as file:
            signed = notary.checkpoint(now.head())
            vkey = (evidence / VKEY).read_text("utf-8")
            origin = vkey.partition("+")[0]
            writer = Writer(file)
            about = About(FORMAT, origin, signed.size, at, keys.mark.hex())
            _about(writer, signed, evidence, vkey, about, events)
            _ledger(writer, now, signed, progress)
            _papers(writer, papers)
            manifest = manifest_text(origin, signed.size, signed.root, writer.digests)
            writer.put("manifest", notary.sign_note(manifest))
            assert tuple(writer.digests) == PARTS
            file.write(ENDING)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        unfinished.rename(out)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(out.absolute().parent)
    return Exported(signed.size, signed.root.hex(), vkey.strip(), size)


def _about(
    writer: Writer,
    signed: SignedCheckpoint,
    evidence: Path,
    vkey: str,
    about: About,
    events: Iterable[EventType],
) -> None:
    here = resources.files("adapters.evidence")
    for name in ("README.txt", "simpul_verify.py", "simpul_verify.mjs"):
        writer.put(name, here.joinpath(name).read_bytes())
    writer.put("log.vkey", vkey.encode())
    writer.put("checkpoint", signed.note)
    writer.put("committed-at", signed.beside)
    writer.put("checkpoints", _kept(evidence / KEPT, signed.size))
    writer.put("bundle.json", encode(about))
    names = [{"name": e.name, "version": e.version} for e in events]
    writer.put("catalogue.json", encode({"events": names}))


def _kept(path: Path, size: int) -> bytes:
    """The checkpoints that are kept, without those of facts beyond ``size``: another process may go on signing."""
    notes = kept_notes(path.read_bytes()) if path.exists() else []
    return b"".join(note + b"\n" for note in notes if int(note.split(b"\n")[1]) <= size)


def _ledger(writer: Writer, now: Snapshot, signed: SignedCheckpoint, progress: Progress) -> None:
    writer.rows("facts.ndjson.gz", _facts(now, signed, progress))
    with writer.part("leaf-hashes.bin") as write:
        at = 0
        while page := now.leaves(at, PAGE):
            write(b"".join(leaf.hash for leaf in page))
            at = page[-1].position
    writer.rows("claims.ndjson.gz", (claim._asdict() for claim in now.claims()))
    writer.rows("commands.ndjson.gz", (command._asdict() for command in now.commands()))
    writer.rows("subjects.ndjson.gz", (subject._asdict() for subject in now.subjects()))


def _facts(now: Snapshot, signed: SignedCheckpoint, progress: Progress) -> Iterator[dict[str, Any]]:
    tree = Frontier()
    for fact in now.facts():
        tree.add(leaf_hash(fact.record))
        yield {
            "position": fact.position,
            "committed_at": fact.committed_at,
            "stream": fact.stream,
            "version": fact.version,
            "topic": fact.topic,
            "record": fact.record,
        }
        if fact.position % PAGE == 0:
            progress(fact.position)
    if tree.root() != signed.root:
        raise StoreUnavailable("store-damaged")
    progress(tree.size)


def _papers(writer: Writer, folder: Path | None) -> None:
    """A paper is put away before it becomes a fact: whatever the facts name is there, if nobody lost it."""
    published = folder / PAPER_KEYS if folder else None
    writer.put("paper-keys.json", published.read_bytes() if published and published.exists() else NO_KEYS)
    files = sorted(folder.glob("??/*")) if folder else []
    sealed = (
        {"name": file.name, "sealed": file.read_bytes()} for file in files if A_PAPER.fullmatch(file.name)
    )
    writer.rows("papers.ndjson.gz", sealed)


class Bundled:
    """What a bundle that was checked holds, as rows of a store."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def facts(self) -> Iterator[StoredFact]:
        rows = self._bundle.rows("facts.ndjson.gz")
        for row, leaf in zip(rows, self._bundle.hashes(), strict=True):
            place = (row["position"], row["stream"], row["version"], row["topic"])
            yield StoredFact(*place, b64decode(row["record"]), leaf, row["committed_at"])

    def claims(self) -> Iterator[ClaimOf]:
        for row in self._bundle.rows("claims.ndjson.gz"):
            yield ClaimOf(row["kind"], b64decode(row["key"]), row["stream"])

    def commands(self) -> Iterator[CommandOf]:
        for row in self._bundle.rows("commands.ndjson.gz"):
            mark = b64decode(row["fingerprint"])
            yield CommandOf(b64decode(row["id"]), mark, row["first"], row["last"])

    def papers(self) -> Iterator[tuple[str, bytes]]:
        """Name and sealed bytes of each paper; ``ValueError`` for a name that is none."""
        for row in self._bundle.rows("papers.ndjson.gz"):
            if not A_PAPER.fullmatch(row["name"]):
                raise ValueError("not the name of a paper")
            yield row["name"], b64decode(row["sealed"])

    def subjects(self) -> Iterator[SubjectOf]:
        for row in self._bundle.rows("subjects.ndjson.gz"):
            yield SubjectOf(row["subject"], row["key_id"])
