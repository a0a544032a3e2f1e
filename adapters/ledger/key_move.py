"""Moves the keys of data subjects from the file of a node into a database, when an office grows beyond one machine."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from adapters.ledger.key_database import KeyDatabase
from adapters.ledger.key_file import NAME
from adapters.ledger.store import unavailable
from adapters.ledger.wrapped import About
from domain.kernel.errors import StoreUnavailable


def move(folder: Path, url: str) -> int:
    """Move the keys in ``folder`` to the address; how many. An interrupted move is completed by another.

    Refused: ``key-missing`` (there is no file), ``store-busy`` (a hub has it open), ``keys-elsewhere`` (the
    database holds those of another).
    """
    if not (folder / NAME).exists():
        raise StoreUnavailable("key-missing", path=str(folder / NAME))
    with _alone(folder / NAME) as file, closing(KeyDatabase(url)) as target:
        id_, sealed, settled = file.execute("SELECT id, sealed, settled FROM key_store").fetchone()
        (keys,) = file.execute("SELECT count(*) FROM subject_key").fetchone()
        there = target.about()
        if there is None or there.id != id_:
            if target.last_given():
                raise StoreUnavailable("keys-elsewhere")
            (last,) = file.execute("SELECT max(seq) FROM sqlite_sequence").fetchone()
            rows = file.execute("SELECT id, wrapped FROM subject_key ORDER BY id")
            target.take_in(About(id_, sealed), last or 0, settled, rows)
        # Overwritten first: whoever is forgotten from now on must not be found where this file was.
        file.execute("DELETE FROM subject_key")
        file.execute("PRAGMA journal_mode=DELETE")
    (folder / NAME).unlink()
    return int(keys)


@contextmanager
def _alone(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, while no hub has it open: one that goes on reading there would take everybody for forgotten."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as file:
            file.execute("PRAGMA locking_mode=EXCLUSIVE")
            file.execute("PRAGMA secure_delete=ON")
            file.execute("BEGIN EXCLUSIVE")
            file.execute("COMMIT")
            yield file
    except sqlite3.DatabaseError as error:
        raise unavailable(error, path.parent) from error
