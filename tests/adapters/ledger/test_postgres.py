"""What only a server can do to a ledger: it goes away, it is told to lose data, it has roles and many clients."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from adapters.ledger.ledger import Ledger
from adapters.ledger.postgres_append import LARGE, Batch, copy
from adapters.ledger.postgres_server import Connections
from adapters.ledger.store import FORMAT, ClaimRow, ClaimTaken, VersionTaken
from domain.kernel.errors import AlreadyClaimed, StoreUnavailable
from tests.acts.people import StandingClock
from tests.adapters.ledger.conftest import Open
from tests.adapters.ledger.shelf import (
    ADDRESS,
    EVENTS,
    LONG,
    code,
    connections,
    label,
    labels,
    only_postgres,
    opened,
    put,
    raw,
    where,
    writer,
)
from tests.adapters.ledger.test_together import together

pytestmark = only_postgres


@pytest.fixture
def database(home: Path) -> Iterator[Any]:
    with raw(home) as database:
        yield database


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE log SET record = '\\x00' WHERE pos = 1",
        "UPDATE log SET committed_at = 0",
        "DELETE FROM log WHERE pos = 2",
        "TRUNCATE log",
        "SET session_replication_role = replica; DELETE FROM log",
    ],
)
def test_the_store_itself_refuses_to_change_or_remove_a_fact(
    ledger: Ledger, database: Any, change: str
) -> None:
    put(ledger, label("box-1", "a"), label("box-1", "b"))
    stored = database.execute("SELECT * FROM log").fetchall()
    with pytest.raises(psycopg.errors.RestrictViolation, match="a fact is never"):
        database.execute(change)
    assert database.execute("SELECT * FROM log").fetchall() == stored
    for done in ("updated", "deleted", "truncated"):
        database.execute(f"DROP TRIGGER log_is_never_{done} ON log")
    database.execute(change)
    assert database.execute("SELECT * FROM log").fetchall() != stored, "the control: it is the trigger"


def test_those_who_wait_share_a_commit(ledger: Ledger, database: Any) -> None:
    answers = together(ledger, [partial(put, ledger, label(f"box-{n}", str(n))) for n in range(8)])
    put(ledger, label("box-9", "alone"))
    assert [code(answer) for answer in answers] == ["accepted"] * 8
    assert database.execute("SELECT count(DISTINCT xmin::text) FROM log").fetchone() == (2,)


def terminate(database: Any, ledger: Ledger) -> None:
    """End the writing session of a ledger as an administrator would, and see it gone."""
    process = writer(ledger).info.backend_pid
    assert database.execute("SELECT pg_terminate_backend(%s, 10000)", [process]).fetchone() == (True,)


def test_a_connection_that_was_lost_meanwhile_is_made_anew(ledger: Ledger, database: Any) -> None:
    put(ledger, label("box-1", "a"))
    terminate(database, ledger)
    for reader in connections(ledger)._idle:
        database.execute("SELECT pg_terminate_backend(%s, 10000)", [reader.info.backend_pid])
    assert labels(ledger, "box-1") == ("a",)
    assert put(ledger, label("box-1", "b")).first == 2


def test_of_an_append_whose_connection_is_lost_the_repeat_tells(ledger: Ledger, database: Any) -> None:
    """It waits for the append lock when its session is ended: the caller cannot know how far it came."""
    put(ledger, label("box-1", "a"))
    with database.transaction(), ThreadPoolExecutor(1) as pool:
        database.execute("SELECT pg_advisory_xact_lock(4711)")
        asked = pool.submit(put, ledger, label("box-1", "b"))
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while database.execute(waiting).fetchone() == (0,):
            assert not asked.done()
        terminate(database, ledger)
        with pytest.raises(StoreUnavailable) as refused:
            asked.result(LONG)
    assert refused.value.code == "store-outcome-unknown"
    assert not put(ledger, label("box-1", "b")).repeated
    assert put(ledger, label("box-1", "b")).repeated


def with_options(home: Path, more: str) -> Path:
    """Another folder with the address of the same database, under other options."""
    at = str(where(home))
    folder = home / "other"
    folder.mkdir()
    options = conninfo_to_dict(at)["options"]
    (folder / ADDRESS).write_text(make_conninfo(at, options=f"{options} {more}"))
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(StoreUnavailable) as refused:
        opened(folder)
    return refused.value.code


def test_a_server_that_could_lose_a_commit_is_refused(home: Path) -> None:
    assert refusal(with_options(home, "-csynchronous_commit=off")) == "store-not-durable"
    opened(home).close()  # the control


def test_a_server_that_does_not_answer_is_told(home: Path) -> None:
    (home / ADDRESS).write_text(make_conninfo(str(where(home)), host=str(home)))
    assert refusal(home) == "store-unreachable"


def test_a_store_of_a_newer_release_is_left_alone(ledger: Ledger, home: Path, database: Any) -> None:
    assert database.execute("SELECT format FROM head").fetchone() == (FORMAT,)
    database.execute("UPDATE head SET format = 99")
    assert refusal(home) == "store-too-new"


def test_a_head_that_does_not_tell_the_last_fact_is_told(ledger: Ledger, home: Path, database: Any) -> None:
    put(ledger, label("box-1", "a"))
    database.execute("UPDATE head SET n = 0")
    with pytest.raises(StoreUnavailable) as refused:
        put(ledger, label("box-1", "b"))
    assert (refused.value.code, refusal(home)) == ("store-damaged", "store-damaged")


def test_who_may_only_read_and_add_cannot_even_try_to_change(
    ledger: Ledger, database: Any, home: Path, clock: StandingClock
) -> None:
    """The grants of docs/operations.md."""
    put(ledger, label("box-1", "a"))
    (schema,) = database.execute("SELECT current_schema()").fetchone()
    role = f"{schema}_hub"
    database.execute(f"CREATE ROLE {role}; GRANT USAGE ON SCHEMA {schema} TO {role}")
    database.execute(f"GRANT SELECT, INSERT ON log, claim, command, subject, key_mark TO {role}")
    database.execute(f"GRANT SELECT, UPDATE ON head TO {role}")
    database.execute("DELETE FROM key_mark")
    try:
        as_role = where(with_options(home, f"-crole={role}"))
        with closing(Ledger.open(as_role, keys=home / "keys", events=EVENTS, clock=clock)) as new:
            assert labels(new, "box-1") == ("a",), "it marks a ledger as its own"
        writer(ledger).execute(f"SET ROLE {role}")
        assert put(ledger, label("box-1", "b")).first == 2
        for change in ("UPDATE log SET version = 9", "DELETE FROM log", "TRUNCATE log", "DROP TABLE log"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                writer(ledger).execute(change)
    finally:
        ledger.close()
        database.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


def test_many_who_start_at_once_make_the_tables_once(home: Path) -> None:
    at_once = Barrier(6)

    def start() -> int:
        server = Connections(conninfo_to_dict(str(where(home))))
        try:
            server.read("SELECT 1")
            at_once.wait(LONG)
            server.make_tables()
            return len(server.read("SELECT n FROM head"))
        finally:
            server.close()

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda _: start(), range(6))) == [1] * 6


def test_who_follows_never_skips_what_is_committed_late(home: Path, ledger: Ledger, database: Any) -> None:
    """A later position cannot be committed while an earlier one is open; with a sequence it can."""
    database.execute("CREATE TABLE naive (id bigserial, what text)")
    with raw(home) as other, other.transaction():
        other.execute("INSERT INTO naive (what) VALUES ('early')")
        database.execute("INSERT INTO naive (what) VALUES ('late')")
        seen = database.execute("SELECT max(id) FROM naive").fetchone()[0]
    missed = database.execute("SELECT what FROM naive WHERE id <= %s AND what = 'early'", [seen])
    assert missed.fetchall() == [("early",)], "the control: a follower that is at 2 never asks for 1 again"
    with raw(home) as other, ThreadPoolExecutor(1) as pool:
        with other.transaction():
            copy(other, Batch([StoredEvent("early", 1, "t", b"")], [], [], [], 1))
            asked = pool.submit(put, ledger, label("late", "a"))
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            while database.execute(waiting).fetchone() == (0,):
                assert not asked.done()
            assert ledger.head() == 0
        assert asked.result(LONG).first == 2


def test_who_follows_many_writers_sees_every_fact_in_order(ledger: Ledger, open_ledger: Open) -> None:
    """Some of what they try is refused: that leaves no hole."""
    writers = [open_ledger() for _ in range(4)]

    def write(me: int) -> None:
        for n in range(40):
            with suppress(AlreadyClaimed):
                put(
                    writers[me],
                    label(f"box-{me}-{n}", f"{me} {n}"),
                    label(f"other-{me}-{n}", f"shared {n % 20}"),
                )

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(write, me) for me in range(4)]
        seen: list[int] = []
        while not all(one.done() for one in done) or ledger.head() > len(seen):
            ledger.wait(len(seen), 0.05)
            seen += [row.pos for row in ledger.recorder.after(len(seen), 7)]
        for one in done:
            one.result()
    assert seen == list(range(1, 41)), "20 shared labels, each given once, with a label of one's own"


def test_a_large_batch_goes_in_by_copy_under_the_same_rules(ledger: Ledger) -> None:
    events = [StoredEvent(f"box-{n}", 1, "t", b"%d" % n) for n in range(LARGE + 1)]
    assert ledger.recorder.insert_events(events, claims=[ClaimRow("label", b"a", "box-0")]) == list(
        range(1, LARGE + 2)
    )
    with pytest.raises(VersionTaken):
        ledger.recorder.insert_events(events)
    again = [StoredEvent(f"other-{n}", 1, "t", b"") for n in range(LARGE + 1)]
    with pytest.raises(ClaimTaken):
        ledger.recorder.insert_events(again, claims=[ClaimRow("label", b"a", "other-0")])
    assert ledger.recorder.insert_events(again)[0] == LARGE + 2
