"""What somebody does who has the file of a store: each edit changes one thing, and names the place if it can."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random

from adapters.evidence.signer import KEPT, NEWEST
from adapters.evidence.simpul_verify import leaf_hash
from adapters.evidence.verify import entry_length
from tests.adapters.evidence.boxes import ORIGIN, edited

SIZE = 300
"""Facts of the store that is edited."""

Change = Callable[[sqlite3.Connection, Random], str | None]
"""Edits the store; tells which place must be named, if one can be."""


def some(random: Random) -> int:
    return random.randint(2, SIZE - 2)


def record(c: sqlite3.Connection, random: Random) -> str:
    """One bit of a record."""
    at = some(random)
    (old,) = c.execute("SELECT record FROM log WHERE pos = ?", (at,)).fetchone()
    c.execute("UPDATE log SET record = ? WHERE pos = ?", (flipped(old, random), at))
    return f"position {at}"


def leaf(c: sqlite3.Connection, random: Random) -> str:
    at = some(random)
    (old,) = c.execute("SELECT leaf_hash FROM log WHERE pos = ?", (at,)).fetchone()
    c.execute("UPDATE log SET leaf_hash = ? WHERE pos = ?", (flipped(old, random), at))
    return f"position {at}"


def record_and_leaf(c: sqlite3.Connection, random: Random) -> None:
    """By somebody who knows the hash: only the signed root tells, and between which checkpoints."""
    at = some(random)
    (old,) = c.execute("SELECT record FROM log WHERE pos = ?", (at,)).fetchone()
    new = old[:-1] + bytes([old[-1] ^ 1])
    c.execute("UPDATE log SET record = ?, leaf_hash = ? WHERE pos = ?", (new, leaf_hash(new), at))


def swap(c: sqlite3.Connection, random: Random) -> None:
    """Two neighbours, with everything that belongs to them."""
    at = some(random)
    for old, new in ((at, -1), (at + 1, at), (-1, at + 1)):
        c.execute("UPDATE log SET pos = ? WHERE pos = ?", (new, old))


def swap_records(c: sqlite3.Connection, random: Random) -> str:
    at = some(random)
    rows = c.execute(
        "SELECT record, leaf_hash FROM log WHERE pos IN (?, ?) ORDER BY pos", (at, at + 1)
    ).fetchall()
    for position, row in zip((at + 1, at), rows, strict=True):
        c.execute("UPDATE log SET record = ?, leaf_hash = ? WHERE pos = ?", (*row, position))
    return f"position {at}"


def drop(c: sqlite3.Connection, random: Random) -> str:
    at = some(random)
    c.execute("DELETE FROM log WHERE pos = ?", (at,))
    return f"position {at + 1}"


def drop_and_close_the_gap(c: sqlite3.Connection, random: Random) -> None:
    at = some(random)
    c.execute("DELETE FROM log WHERE pos = ?", (at,))
    for position in range(at + 1, SIZE + 1):
        c.execute("UPDATE log SET pos = ? WHERE pos = ?", (position - 1, position))


def insert(c: sqlite3.Connection, random: Random) -> None:
    """A copy of a fact under a new stream, between two others."""
    at = some(random)
    for position in range(SIZE, at, -1):
        c.execute("UPDATE log SET pos = ? WHERE pos = ?", (position + 1, position))
    (raw,) = c.execute("SELECT record FROM log WHERE pos = 1").fetchone()
    raw = raw.replace(b"box-0", b"box-x")
    new = (at + 1, "box-x", 1, "shelf.box-labelled.v1", raw, leaf_hash(raw))
    c.execute("INSERT INTO log SELECT ?, ?, ?, ?, ?, ?, committed_at FROM log WHERE pos = ?", (*new, at))


def cut(c: sqlite3.Connection, random: Random) -> str:
    at = some(random)
    c.execute("DELETE FROM log WHERE pos > ?", (at,))
    return f"after position {at}"


def a_microsecond(c: sqlite3.Connection, random: Random) -> None:
    """Still in order: only the signed commit times tell."""
    c.execute("UPDATE log SET committed_at = committed_at + 1 WHERE pos > ?", (some(random) - 1,))


def back_in_time(c: sqlite3.Connection, random: Random) -> str:
    at = some(random)
    c.execute("UPDATE log SET committed_at = committed_at - 3600000000 WHERE pos = ?", (at,))
    return f"position {at}"


def topic(c: sqlite3.Connection, random: Random) -> str:
    at = some(random)
    names = ["shelf.box-labelled.v1", "shelf.box-labelled.v2", "shelf.box-given.v1"]
    (old,) = c.execute("SELECT topic FROM log WHERE pos = ?", (at,)).fetchone()
    new = random.choice([name for name in names if name != old])
    c.execute("UPDATE log SET topic = ? WHERE pos = ?", (new, at))
    return f"position {at}"


def stream(c: sqlite3.Connection, random: Random) -> str:
    at = some(random)
    c.execute("UPDATE log SET stream = 'box-other' WHERE pos = ?", (at,))
    return f"position {at}"


def version(c: sqlite3.Connection, random: Random) -> str:
    at = some(random)
    c.execute("UPDATE log SET version = version + ? WHERE pos = ?", (random.randint(3, 9), at))
    return f"position {at}"


def another_type(c: sqlite3.Connection, random: Random) -> str:
    at = some(random)
    column = random.choice(["stream", "topic", "record", "leaf_hash", "committed_at"])
    # A BLOB in a TEXT column, a text in a BLOB's: SQLite takes both.
    value = "x'00'" if column in ("stream", "topic", "committed_at") else "'text'"
    c.execute(f"UPDATE log SET {column} = {value} WHERE pos = ?", (at,))
    return f"position {at}"


def claim(c: sqlite3.Connection, random: Random) -> str:
    c.execute("INSERT INTO claim VALUES ('label', ?, 'box-none')", (random.randbytes(8),))
    return "a claim of box-none"


def command(c: sqlite3.Connection, random: Random) -> None:
    c.execute("INSERT INTO command VALUES (x'01', x'02', ?, ?)", (SIZE, SIZE + 1))


CHANGES: list[Change] = [
    record, leaf, record_and_leaf, swap, swap_records, drop, drop_and_close_the_gap, insert, cut, a_microsecond,
    back_in_time, topic, stream, version, another_type, claim, command,
]  # fmt: skip


def flipped(old: bytes, random: Random) -> bytes:
    new = bytearray(old)
    new[random.randrange(len(new))] ^= 1 << random.randrange(8)
    return bytes(new)


def set_back(folder: Path) -> None:
    """Ledger and evidence, together, to the first checkpoint: only the signer remembers more."""
    kept = (folder / "evidence" / KEPT).read_bytes()
    (folder / "evidence" / KEPT).write_bytes(kept[: entry_length(ORIGIN, 100)])
    (folder / "evidence" / NEWEST).write_bytes(kept[: kept.index(b"\n\n" + ORIGIN.encode()[:12]) + 1])
    edited(folder, _forget_what_followed)


def _forget_what_followed(c: sqlite3.Connection) -> None:
    c.execute("DELETE FROM log WHERE pos > 100")
    c.execute("DELETE FROM claim WHERE stream NOT IN (SELECT stream FROM log)")
    c.execute("DELETE FROM command WHERE last_pos > 100")
