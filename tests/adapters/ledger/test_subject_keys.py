"""The key store, in its file and in a database of its own: the same laws for both."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from adapters.ledger.keys import BYTES
from adapters.ledger.subject_keys import AHEAD, SubjectKeys, wrapped_keys
from domain.kernel.errors import StoreUnavailable
from tests.acts.people import StandingClock
from tests.adapters.ledger.shelf import key_file
from tests.postgres import Database

OpenKeys = Callable[..., SubjectKeys]


@pytest.fixture(params=["file", "database"])
def url(request: pytest.FixtureRequest) -> str:
    """Where the keys are: at an address; in the folder, when it is empty."""
    if request.param == "file":
        return ""
    server: Database = request.getfixturevalue("database_server")
    return server.url()


@pytest.fixture
def open_keys(tmp_path: Path, url: str) -> Iterator[OpenKeys]:
    """Opens the store as one more process would; the folder may be another."""
    made: list[SubjectKeys] = []

    def open_(folder: Path = tmp_path / "keys") -> SubjectKeys:
        made.append(SubjectKeys.open(folder, url))
        return made[-1]

    yield open_
    for keys in made:
        keys.close()


@pytest.fixture
def keys(open_keys: OpenKeys) -> SubjectKeys:
    return open_keys()


def refusal(do: Callable[[], object]) -> str:
    with pytest.raises(StoreUnavailable) as refused:
        do()
    return refused.value.code


def test_a_key_that_was_taken_is_there_for_every_process(keys: SubjectKeys, open_keys: OpenKeys) -> None:
    id_, key = keys.take()
    assert open_keys().keys([id_]) == {id_: key}
    assert len(key) == BYTES


def test_keys_are_found_by_the_thousand(keys: SubjectKeys) -> None:
    taken = dict(keys.take() for _ in range(AHEAD + 2))
    assert keys.keys([*taken, max(taken) + AHEAD]) == taken


def test_two_processes_never_take_the_same_key(keys: SubjectKeys, open_keys: OpenKeys) -> None:
    both = (keys, open_keys())
    taken = [one.take()[0] for _ in range(AHEAD + 1) for one in both]
    assert len(set(taken)) == len(taken)


def test_threads_that_take_at_once_share_no_key(keys: SubjectKeys) -> None:
    with ThreadPoolExecutor(4) as pool:
        taken = [id_ for id_, _ in pool.map(lambda _: keys.take(), range(2 * AHEAD))]
    assert len(set(taken)) == 2 * AHEAD


def test_a_number_is_never_given_again(keys: SubjectKeys, open_keys: OpenKeys) -> None:
    taken = [keys.take()[0] for _ in range(AHEAD)]
    keys.destroy(taken)
    assert open_keys().take()[0] > max(taken)


def test_also_not_when_the_clock_was_set_back(url: str, tmp_path: Path) -> None:
    now, later = StandingClock(), StandingClock()
    later.time += timedelta(days=1)
    given: list[int] = []
    for clock in (later, now, now):
        with closing(SubjectKeys(wrapped_keys(tmp_path, url), bytes(BYTES), clock)) as keys:
            given.append(keys.take()[0])
    assert given == [given[0], given[0] + AHEAD, given[0] + 2 * AHEAD]


def test_a_destroyed_key_is_gone_for_every_process_at_once(keys: SubjectKeys, open_keys: OpenKeys) -> None:
    other, (id_, _), (stays, key) = open_keys(), keys.take(), keys.take()
    before = other.changes()
    assert before == other.changes(), "the control: nothing happened"
    keys.destroy([id_])
    assert other.keys([id_, stays]) == {stays: key}
    assert other.changes() != before
    keys.destroy([id_])
    assert keys.keys([stays]) == {stays: key}, "a second time is no harm"


def test_what_is_settled_is_kept_in_the_store_itself(keys: SubjectKeys, open_keys: OpenKeys) -> None:
    assert keys.settled() == 0
    keys.settle(17)
    assert open_keys().settled() == 17
    keys.settle(3)
    assert open_keys().settled() == 3, "also backwards: an older ledger was put in place"


def test_a_store_is_one_store_for_every_process(
    keys: SubjectKeys, open_keys: OpenKeys, tmp_path: Path
) -> None:
    assert open_keys().id == keys.id
    with closing(SubjectKeys.open(tmp_path / "other")) as other:
        assert other.id != keys.id


def test_another_key_encryption_key_is_refused_at_once(
    keys: SubjectKeys, open_keys: OpenKeys, tmp_path: Path
) -> None:
    id_, key = keys.take()
    file = tmp_path / "keys" / "kek.key"
    right = file.read_bytes()
    file.write_bytes(bytes(BYTES))
    assert refusal(open_keys) == "wrong-key"
    file.write_bytes(right)
    assert open_keys().keys([id_]) == {id_: key}, "the control"


def test_a_lost_key_encryption_key_is_told_and_not_made_anew(
    keys: SubjectKeys, open_keys: OpenKeys, tmp_path: Path
) -> None:
    file = tmp_path / "keys" / "kek.key"
    file.unlink()
    assert refusal(open_keys) == "key-missing"
    assert not file.exists()


# -- only in a file


def everything(folder: Path) -> bytes:
    """The bytes of all files of a folder."""
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_a_destroyed_key_is_gone_from_the_file(tmp_path: Path) -> None:
    with closing(SubjectKeys.open(tmp_path)) as keys:
        id_, _ = keys.take()
        (wrapped,) = key_file(keys).execute("SELECT wrapped FROM subject_key WHERE id = ?", (id_,)).fetchone()
        key_file(keys).execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert wrapped in everything(tmp_path), "the control: it was there"
        keys.destroy([id_])
        assert wrapped not in everything(tmp_path)
        assert keys.keys([id_]) == {}


# -- only in a database


@pytest.fixture
def database(database_server: Database) -> Iterator[Any]:
    """The key database itself, past the store."""
    with psycopg.connect(database_server.url(), autocommit=True) as connection:
        yield connection


def address(database: Any) -> str:
    schema = database.execute("SELECT current_schema()").fetchone()[0]
    known = database.info
    return make_conninfo(known.dsn, options=f"-csearch_path={schema}", password=known.password or None)


def test_hubs_on_two_machines_share_a_database_and_the_key_that_wraps(database: Any, tmp_path: Path) -> None:
    with closing(SubjectKeys.open(tmp_path / "one", address(database))) as one:
        stranger = partial(SubjectKeys.open, tmp_path / "two", address(database))
        assert refusal(stranger) == "key-missing", "no second key is made for a store that is there"
        shutil.copy(tmp_path / "one" / "kek.key", tmp_path / "two")
        id_, key = one.take()
        with closing(stranger()) as two:
            assert two.keys([id_]) == {id_: key}


def test_a_key_database_that_does_not_answer_is_told(database: Any, tmp_path: Path) -> None:
    away = make_conninfo(address(database), host=str(tmp_path))
    assert refusal(lambda: SubjectKeys.open(tmp_path, away)) == "store-unreachable"
    assert not (tmp_path / "kek.key").exists(), "and no key is made for a store that nobody has seen"


def test_the_database_never_sees_a_key(database: Any, tmp_path: Path) -> None:
    with closing(SubjectKeys.open(tmp_path, address(database))) as keys:
        id_, key = keys.take()
        found = database.execute("SELECT wrapped FROM subject_key WHERE id = %s", [id_]).fetchone()[0]
    assert (len(found), key in file(database)) == (BYTES + 8, False)
    assert found in file(database), "the control: what it holds is found so"
    assert (tmp_path / "kek.key").read_bytes() not in file(database)


def file(database: Any) -> bytes:
    """The bytes of the table's file as they are on the disk."""
    database.execute("CHECKPOINT")
    found: bytes = database.execute(
        "SELECT pg_read_binary_file(pg_relation_filepath('subject_key'))", binary=True
    ).fetchone()[0]
    return found


def test_a_destroyed_key_is_gone_from_the_file_of_the_table(database: Any, tmp_path: Path) -> None:
    with closing(SubjectKeys.open(tmp_path, address(database))) as keys:
        keys.take()
        wrapped = dict(database.execute("SELECT id, wrapped FROM subject_key").fetchall())
        *_, gone, deleted = sorted(wrapped)  # nothing comes after them in their page that would move there
        database.execute("DELETE FROM subject_key WHERE id = %s", [deleted])
        database.execute("VACUUM subject_key")
        assert wrapped[deleted] in file(database), "the control: to delete and to vacuum leaves the bytes"
        keys.destroy([gone])
        assert [wrapped[id_] in file(database) for id_ in (gone, deleted)] == [False, False]
        assert wrapped[keys.take()[0]] in file(database), "the others are there"


def test_who_reads_an_older_state_hinders_that_nothing_is_left(database: Any, tmp_path: Path) -> None:
    with (
        closing(SubjectKeys.open(tmp_path, address(database))) as keys,
        psycopg.connect(address(database)) as reader,
    ):
        (id_, _) = keys.take()
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        ((wrapped,),) = reader.execute("SELECT wrapped FROM subject_key WHERE id = %s", [id_]).fetchall()
        assert refusal(lambda: keys.destroy([id_])) == "store-busy"
        assert keys.keys([id_]) == {}, "though nobody can use it any more"
        reader.rollback()
        keys.destroy([id_])
        assert wrapped not in file(database)
