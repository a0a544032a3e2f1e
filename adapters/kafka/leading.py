"""One relay at a time: a lock in the folder of the node, and one in the database where hubs share a ledger.

It keeps relays from taking over from each other again and again. That nothing is published twice does not rest
on it: whoever is taken over is fenced by the cluster.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from zlib import crc32

from adapters.view_files import hold

Held = Callable[[], bool]
"""Whether the lock is still ours."""
Lead = Callable[[], AbstractContextManager[Held | None]]
"""Tries to take the lock; None when another has it."""


def lead(folder: Path, url: str, prefix: str) -> Lead:
    """The lock of who publishes for the node in ``folder``, whose ledger may be at ``url``."""

    @contextmanager
    def leading() -> Iterator[Held | None]:
        held = hold(folder / "relay.lock")
        if held is None:
            yield None
            return
        try:
            if url:
                with _in_the_database(url, prefix) as there:
                    yield there
            else:
                yield lambda: True
        finally:
            os.close(held)

    return leading


@contextmanager
def _in_the_database(url: str, prefix: str) -> Iterator[Held | None]:
    """An advisory lock: it lives as long as its connection, and the server ends both when we are gone."""
    import psycopg  # a node on SQLite does without the driver

    with closing(psycopg.connect(url, autocommit=True)) as connection:
        key = f"relay {prefix}"
        (taken,) = connection.execute(
            "SELECT pg_try_advisory_lock(%s, hashtext(current_schema()))", (crc32(key.encode()) >> 1,)
        ).fetchone() or (False,)

        def held() -> bool:
            try:
                connection.execute("SELECT 1")
            except psycopg.Error:
                return False
            return True

        yield held if taken else None
