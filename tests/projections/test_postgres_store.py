"""The schema of read models on PostgreSQL: what a server, and not a file, can do to it."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from importlib import import_module
from pkgutil import iter_modules

import psycopg
import pytest
from sqlalchemy import Boolean, Column, Date, Executable, Integer, MetaData, String, Table, bindparam, select

import projections
from adapters.postgres_views import DIALECT as POSTGRES
from adapters.postgres_views import PostgresViews
from adapters.views import DIALECT as SQLITE
from domain.kernel.errors import StoreUnavailable
from projections.positions import positions
from projections.readmodel import upsert
from tests.postgres import Database

PUT = upsert(positions)
ROW = ("residents", "x", 7, "running", None)
KINDS = Table(
    "kinds",
    MetaData(),
    Column("name", String, primary_key=True),
    Column("on", Date),
    Column("due", Boolean),
    Column("large", Integer, index=True),
)


@pytest.fixture
def url(database_server: Database) -> str:
    return database_server.url()


@pytest.fixture
def store(url: str) -> Iterator[PostgresViews]:
    store = PostgresViews(url)
    store.create([positions, KINDS])
    yield store
    store.close()


def schemas(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {name for (name,) in connection.execute("SELECT nspname FROM pg_namespace")}


def ended(url: str) -> None:
    """The server ends every session but the one that asks."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity"
            " WHERE application_name = 'simpul' AND pid <> pg_backend_pid()"
        )


def test_a_handler_reads_what_sqlite_would_give_it(store: PostgresViews) -> None:
    with store.writing() as write:
        write.many(upsert(KINDS), [("a", "2026-11-24", True, 2**40), ("B", None, False, None)])
        assert write.rows(select(KINDS).order_by(KINDS.c.name)) == [
            ("B", None, 0, None),
            ("a", "2026-11-24", 1, 2**40),
        ], "dates as text; in the order of code points"
    with store.reading() as connection:
        assert connection.execute(select(KINDS.c.on).where(KINDS.c.name == "a")).scalar() == date(
            2026, 11, 24
        )


def test_a_reader_sees_one_moment(store: PostgresViews) -> None:
    with store.reading() as connection:
        assert connection.execute(select(positions)).all() == []
        with store.writing() as write:
            write.many(PUT, [ROW])
        assert connection.execute(select(positions)).all() == []
    with store.reading() as connection:
        assert connection.execute(select(positions)).all() == [ROW]


def test_one_process_leads_and_whoever_lost_the_server_does_not(store: PostgresViews, url: str) -> None:
    other = PostgresViews(url)
    with store.leading() as first, other.leading() as second:
        assert (first, second) == (True, False)
    with other.leading() as second:
        assert second
    other.close()


def test_a_server_that_ended_the_session_is_told_and_come_back_to(store: PostgresViews, url: str) -> None:
    ended(url)
    with pytest.raises(StoreUnavailable), store.writing():
        pass
    with store.writing() as write:
        write.many(PUT, [ROW])
    with store.reading() as connection:
        assert connection.execute(select(positions)).all() == [ROW]


def test_what_a_killed_process_left_beside_is_removed_and_what_another_uses_stays(
    store: PostgresViews, url: str
) -> None:
    used, left = store.scratch(), store.scratch()
    left._shut()  # its sessions end, as with its process, and nothing is tidied
    assert {used._schema, left._schema} <= schemas(url)
    PostgresViews(url).close()
    assert used._schema in schemas(url)
    assert left._schema not in schemas(url)
    used.close()
    assert used._schema not in schemas(url)


def test_an_unfinished_rebuild_outlives_its_process_and_one_works_in_it(store: PostgresViews) -> None:
    first = store.unfinished("a" * 16)
    assert first is not None
    assert store.unfinished("a" * 16) is None
    assert not store.drop_unfinished()
    first.create([positions])
    with first.writing() as write:
        write.many(PUT, [ROW])
    first.close()
    again = store.unfinished("a" * 16)
    assert again is not None
    with again.writing() as write:
        assert write.rows(select(positions)) == [ROW]
    again.close()
    other = store.unfinished("b" * 16)
    assert other is not None
    other.create([positions])
    with other.writing() as write:
        assert write.rows(select(positions)) == [], "another mark begins anew"
    other.close()
    assert store.drop_unfinished()


def test_what_was_deleted_is_in_no_file_of_a_table(store: PostgresViews, url: str) -> None:
    with store.writing() as write:
        write.many(upsert(KINDS), [("Sri Wahyuni", None, None, 1)])
    with store.writing() as write:
        write.many(KINDS.delete().where(KINDS.c.large == bindparam("number")), [(1,)])
    assert b"Sri Wahyuni" in pages(url), "the control: deleted, and still there"
    with psycopg.connect(url) as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT 1").fetchone()
        assert not store.scrub(), "somebody still sees what was deleted"
    assert store.scrub()
    assert b"Sri Wahyuni" not in pages(url)


def pages(url: str) -> bytes:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        found = connection.execute("SELECT pg_read_binary_file(pg_relation_filepath('kinds'))").fetchone()
    assert found is not None
    return bytes(found[0])


def test_without_the_right_to_make_schemas_it_says_so(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection, suppress(psycopg.errors.DuplicateObject):
        connection.execute("CREATE ROLE simpul_guest LOGIN")
    with pytest.raises(StoreUnavailable, match="store-read-only"):
        PostgresViews(url.replace("postgres@", "simpul_guest@")).scratch()


def test_every_statement_of_a_read_model_is_one_that_both_databases_speak() -> None:
    modules = [import_module(found.name) for found in iter_modules(projections.__path__, "projections.")]
    said = [value for module in modules for value in vars(module).values() if isinstance(value, Executable)]
    assert len(said) > 50
    for statement in said:
        ours, theirs = (
            statement.compile(dialect=dialect)  # type: ignore[attr-defined]  # every Executable compiles
            for dialect in (SQLITE, POSTGRES)
        )
        named = [
            [name for name in each.positiontup if not name.startswith("param_")] for each in (ours, theirs)
        ]
        assert named[0] == named[1], str(statement)


def test_two_that_write_wait_for_each_other(store: PostgresViews, url: str) -> None:
    """Whoever leads may have lost the connection that holds the lead without knowing it."""
    other = PostgresViews(url)
    other._writer.execute("SET lock_timeout = '50ms'")
    with store.writing(), pytest.raises(StoreUnavailable, match="store-busy"), other.writing():
        pass
    with other.writing() as write:  # the control: nobody writes any more
        write.many(PUT, [ROW])
    other.close()
