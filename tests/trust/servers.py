"""What a store stands on beside the processes of a hub: nothing for SQLite, for PostgreSQL a server of our own."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import psycopg

from tests.adapters.ledger.shelf import ADDRESS, KEYS_ADDRESS
from tests.postgres import Cluster, Database

CARELESS = 200
"""Commits of the control, none of which waits for the disk."""


class Server(Protocol):
    mortal: bool
    """Whether it can be killed apart from the hub."""

    def place(self, folder: Path) -> None:
        """Make a folder the home of a new node."""

    def settle(self) -> None:
        """Until what a killed hub had asked for is done, or never will be."""

    def kill(self) -> None:
        """kill -9 of all of its processes."""

    def start(self) -> None:
        """Start what was killed."""

    def careless(self) -> tuple[int, int]:
        """The control: of commits that did not wait for the disk, how many were acknowledged and lost in a kill."""


class NoServer:
    mortal = False

    def place(self, folder: Path) -> None:
        folder.mkdir(parents=True)

    def settle(self) -> None:
        """A dead process does nothing more."""

    def kill(self) -> None:
        raise NotImplementedError  # not mortal: nobody asks

    def start(self) -> None:
        raise NotImplementedError  # not mortal: nobody asks

    def careless(self) -> tuple[int, int]:
        raise NotImplementedError  # not mortal: nobody asks


class OwnPostgres:
    mortal = True

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._database = Database(cluster.url)
        self.kill, self.start = cluster.kill, cluster.start

    def place(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        for file in (ADDRESS, KEYS_ADDRESS):  # what is killed has the keys too
            (folder / file).write_text(self._database.url())

    def settle(self) -> None:
        sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'simpul'"
        with psycopg.connect(self._cluster.url, autocommit=True) as connection:
            while connection.execute(sessions).fetchone() != (0,):
                pass

    def careless(self) -> tuple[int, int]:
        url = self._database.url()
        with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE careless (n int)")
            connection.execute("SET synchronous_commit = off")
            for n in range(CARELESS):
                connection.execute("INSERT INTO careless VALUES (%s)", [n])
            self.kill()
        self.start()
        with psycopg.connect(url) as connection:
            found = connection.execute("SELECT count(*) FROM careless").fetchone()
        assert found is not None
        return CARELESS, CARELESS - found[0]


@contextmanager
def no_server() -> Iterator[Server]:
    yield NoServer()


@contextmanager
def own_postgres() -> Iterator[Server]:
    cluster = Cluster()
    try:
        yield OwnPostgres(cluster)
    finally:
        cluster.remove()
