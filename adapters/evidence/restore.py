"""A fresh node from a bundle: the same facts at the same positions, the same commit times, the same root.

The keys are not in a bundle. Without them the facts are all there and all provable, but no number can be looked up
and no person read, and the hub refuses to start (``key-missing``) until the key folder is put in place.
"""

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import msgspec

from adapters.evidence.bundle import NO_KEYS, PAPER_KEYS, About, Bundled
from adapters.evidence.notary import Trees
from adapters.evidence.signer import KEPT, KEY, NEWEST, STATE, VKEY
from adapters.evidence.simpul_verify import Bundle, check
from adapters.evidence.store import Leaves, Store, store_at, told
from adapters.evidence.tree import sync_folder, write_durably
from adapters.ledger.key_file import NAME
from adapters.ledger.keys import Keys
from adapters.ledger.subject_keys import wrapped_keys
from domain.kernel.errors import Refused, StoreUnavailable

NEEDED = ("ledger.key", "kek.key")
ALSO = ("session.key", "papers.key", KEY, STATE)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored; ``keys``: the node can be started as it is."""

    facts: int
    root: str
    keys: bool


def restore(
    file: Path,
    data: Path,
    *,
    store: Store | None = None,
    keys: Path | None = None,
    key_store: str = "",
    vkey: str | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Restored:
    """Make the node ``data``, absent or an empty folder, from a bundle, all of it or nothing.

    ``store``: an empty one for the ledger, if it shall not be in the folder. ``key_store``: the address of the
    database that holds the keys of subjects, if they are not in the folder ``keys``.

    Refused: ``bundle-does-not-hold`` (with the first check that fails, and where), ``key-missing``,
    ``keys-of-another-node``, ``keys-too-old``, ``store-not-empty``.
    """
    if data.exists() and any(data.iterdir()):
        raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), str(data))
    report = check(file, vkey=vkey)
    if report.failures:
        first = report.failures[0]
        raise Refused("bundle-does-not-hold", check=first.check, where=first.where)
    bundle = Bundle(file)
    data.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix=f".{data.name}-", dir=data.parent))
    try:
        about = msgspec.json.decode(bundle.read("bundle.json"), type=About)
        marks = {"ledger.key": bytes.fromhex(about.ledger_key)}
        with (store or store_at(folder / "ledger.db")).loading(Bundled(bundle), marks) as leaves:
            _fill(folder, leaves, bundle, report.root, progress)
            _bring_papers(folder / "papers", bundle)
            if keys is not None:
                _bring_keys(keys, folder / "keys", bundle, about, key_store)
        folder.rename(data)  # over an empty folder, if there is one
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sync_folder(data.absolute().parent)
    return Restored(report.facts, report.root, keys is not None)


def _fill(folder: Path, leaves: Leaves, bundle: Bundle, root: str, progress: Callable[[int], None]) -> None:
    """Tiles and checkpoints; what was written into the store is read again for the root."""
    evidence = folder / "evidence"
    evidence.mkdir(mode=0o700)
    trees = Trees(evidence, leaves)
    trees.follow(progress=progress)
    if trees.facts.root().hex() != root:
        raise StoreUnavailable("store-damaged")
    for name in (VKEY, KEPT, NEWEST):
        write_durably(evidence / name, bundle.read(name), mode=0o644)


def _bring_papers(folder: Path, bundle: Bundle) -> None:
    """The safe as it was, byte by byte: each paper stays sealed under the keys of its people."""
    published = bundle.read("paper-keys.json")
    if published != NO_KEYS:
        folder.mkdir(mode=0o700)
        write_durably(folder / PAPER_KEYS, published, mode=0o644)
    for name, sealed in Bundled(bundle).papers():
        path = folder / name[:2] / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_durably(path, sealed)


def _bring_keys(source: Path, target: Path, bundle: Bundle, about: About, key_store: str) -> None:
    for name in NEEDED if key_store else (*NEEDED, NAME):
        if not (source / name).exists():
            raise StoreUnavailable("key-missing", path=str(source / name))
    if Keys.open(source, create=False).mark.hex() != about.ledger_key:
        raise Refused("keys-of-another-node")
    target.mkdir(mode=0o700)
    for name in (*NEEDED, *ALSO):
        if (source / name).exists():
            write_durably(target / name, (source / name).read_bytes())
    if not key_store:
        with told():
            _copy_database(source / NAME, target / NAME)
    with closing(wrapped_keys(target, key_store)) as wrapped:
        given = wrapped.last_given()
    # A key store older than the ledger would give ids out again: two people under one id.
    if max((subject.key_id for subject in Bundled(bundle).subjects()), default=0) > given:
        raise Refused("keys-too-old")


def _copy_database(source: Path, target: Path) -> None:
    """With what stands in its write-ahead log."""
    reading = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
    with closing(reading), closing(sqlite3.connect(target)) as writing:
        reading.backup(writing)
    target.chmod(0o600)
