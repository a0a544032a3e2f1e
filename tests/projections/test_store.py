"""The file of read models: whole transactions, one writer, disposable."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from adapters.views import SqliteViews
from domain.kernel.errors import StoreUnavailable
from projections.positions import positions
from projections.readmodel import upsert
from tests.projections.book import Book, resident
from tests.projections.conftest import Open
from tests.projections.node import counting, seen

PUT = upsert(positions)
ROW = ("residents", "x", 7, "running", None)


def written(store: SqliteViews) -> list[tuple[object, ...]]:
    with store.writing() as write:
        return write.rows(select(positions))


def fail_within(store: SqliteViews) -> None:
    with store.writing() as write:
        write.many(PUT, [ROW])
        assert write.rows(select(positions)) == [ROW], "seen within"
        raise ZeroDivisionError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "views.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteViews]:
    store = SqliteViews(path)
    store.create([positions])
    yield store
    store.close()


def test_a_transaction_that_fails_leaves_nothing(store: SqliteViews) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_within(store)
    assert written(store) == []
    with store.writing() as write:
        write.many(PUT, [ROW])
    assert written(store) == [ROW], "and the next one works"


def test_an_upsert_replaces_the_row_of_the_same_key(store: SqliteViews) -> None:
    with store.writing() as write:
        write.many(PUT, [ROW])
        write.many(
            PUT, [("residents", "x", 8, "failed", "ValueError"), ("ktp_queue", "y", 1, "running", None)]
        )
        write.many(PUT, [])
    assert [row[2] for row in written(store)] == [8, 1]


def test_readers_see_whole_transactions_and_are_not_kept_waiting(store: SqliteViews) -> None:
    with store.writing() as write:
        write.many(PUT, [ROW])
        with store.reading() as connection:
            assert connection.execute(select(positions)).all() == []
    with store.reading() as connection:
        assert connection.execute(select(positions)).all() == [ROW]


def test_a_reader_cannot_leave_anything_behind(store: SqliteViews) -> None:
    with store.reading() as connection:
        connection.execute(PUT, dict(zip(positions.columns.keys(), ROW, strict=True)))
    assert written(store) == []


def test_one_process_leads_at_a_time(store: SqliteViews, path: Path) -> None:
    other = SqliteViews(path)
    with store.leading() as first, other.leading() as second:
        assert (first, second) == (True, False)
    with other.leading() as second:
        assert second
    other.close()


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to look", b"SQLite format 3\0" + b"\1" * 5000]
)
def test_a_file_that_is_no_database_is_moved_aside(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.with_name("views.db-wal").write_bytes(b"of that file")
    with capture_logs() as logs:
        store = SqliteViews(path)
    store.create([positions])
    assert written(store) == []
    assert path.with_suffix(".damaged").read_bytes() == content
    assert [log["event"] for log in logs] == ["views-damaged"]
    store.close()


@pytest.mark.parametrize("content", [None, b""])
def test_a_new_or_empty_file_is_no_damage(path: Path, content: bytes | None) -> None:
    if content is not None:
        path.write_bytes(content)
    with capture_logs() as logs:
        SqliteViews(path).close()
    assert logs == []


def test_a_folder_is_no_store(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StoreUnavailable):
        SqliteViews(path)
    assert path.is_dir(), "only damaged databases are moved"


def test_a_scratch_store_is_removed_when_closed(store: SqliteViews, path: Path) -> None:
    scratch = store.scratch()
    assert list(path.parent.glob("*.scratch"))
    scratch.close()
    assert not list(path.parent.glob("*.scratch"))


def test_scratch_files_of_the_killed_are_swept_and_those_of_the_living_kept(path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead = path.parent / f"views-{gone.pid}-abc.scratch"
    foreign = path.parent / "views-old.scratch"
    dead.touch()
    foreign.touch()
    store = SqliteViews(path)
    living = store.scratch()
    SqliteViews(path).close()
    assert not dead.exists()
    assert len(list(path.parent.glob("*.scratch"))) == 2, "the living one, and one that is not ours"
    living.close()
    store.close()


def test_what_a_killed_process_had_committed_is_there_and_nothing_else(
    open_node: Open, book: Book, tmp_path: Path
) -> None:
    """A process is killed within its second batch: one batch is there, and the rest is applied once."""
    killed = subprocess.run(
        [sys.executable, "-m", "tests.projections.dying", str(tmp_path)], check=False, timeout=60
    )
    assert killed.returncode == -9
    for n in range(30):
        book.write("resident-1", resident(n))
    node = open_node(book, [counting()], folder=tmp_path)
    assert (node.views.position(), node.ask(seen)) == (10, {"resident-1": 10})
    assert node.project().ask(seen) == {"resident-1": 30}
