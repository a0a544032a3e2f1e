"""The keys of a node go from its file into a database: the same store, all of it, and nothing stays behind."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.ledger.key_move import move
from adapters.ledger.ledger import Ledger
from adapters.ledger.subject_keys import AHEAD, SubjectKeys
from domain.kernel.decider import act
from tests.acts.people import StandingClock
from tests.adapters.ledger.shelf import BOX, EVENTS, Give, put
from tests.adapters.ledger.test_store import refusal
from tests.postgres import Database

Open = Callable[..., Ledger]


@pytest.fixture
def used(tmp_path: Path) -> Iterator[Open]:
    """Opens the ledger of a node that knows a name; ``key_store``: where its keys are."""
    made: list[Ledger] = []

    def open_(key_store: str = "") -> Ledger:
        at = tmp_path / "ledger.db"
        clock = StandingClock()
        made.append(Ledger.open(at, keys=tmp_path / "keys", key_store=key_store, events=EVENTS, clock=clock))
        return made[-1]

    first = open_()
    put(first, act(BOX, "box-1", Give("sri", "Sri Wahyuni")))
    first.settle(1)
    first.close()
    yield open_
    for ledger in made:
        ledger.close()


def test_moved_keys_are_the_same_store(used: Open, database_server: Database, tmp_path: Path) -> None:
    url = database_server.url()
    wrapped = wrapped_in(tmp_path / "keys")
    assert move(tmp_path / "keys", url) == AHEAD == len(wrapped)
    assert not list((tmp_path / "keys").glob("subjects.db*"))
    moved = used(url)
    assert moved.load(BOX, "box-1").state.owner == "Sri Wahyuni"
    assert moved.settled() == 1
    put(moved, act(BOX, "box-2", Give("budi", "Budi")))
    (id_,) = moved.recorder.subject_keys(["budi"]).values()
    assert id_ > max(wrapped)


def wrapped_in(folder: Path) -> dict[int, bytes]:
    with closing(sqlite3.connect(folder / "subjects.db")) as file:
        return dict(file.execute("SELECT id, wrapped FROM subject_key"))


def test_keys_are_not_moved_away_from_a_hub_that_runs(
    used: Open, database_server: Database, tmp_path: Path
) -> None:
    running, url = used(), database_server.url()
    assert refusal(lambda: move(tmp_path / "keys", url)) == "store-busy"
    assert running.load(BOX, "box-1").state.owner == "Sri Wahyuni"
    running.close()
    assert move(tmp_path / "keys", url) == AHEAD, "the control"


def test_keys_are_not_moved_among_those_of_another(
    used: Open, database_server: Database, tmp_path: Path
) -> None:
    url = database_server.url()
    with closing(SubjectKeys.open(tmp_path / "other", url)) as other:
        other.take()
    assert refusal(lambda: move(tmp_path / "keys", url)) == "keys-elsewhere"
    assert used().load(BOX, "box-1").state.owner == "Sri Wahyuni"


def test_a_move_that_was_interrupted_is_completed(
    used: Open, database_server: Database, tmp_path: Path
) -> None:
    """Killed between the two: the database has them, and the file still."""
    url, kept = database_server.url(), tmp_path / "subjects.db"
    shutil.copy(tmp_path / "keys" / "subjects.db", kept)
    move(tmp_path / "keys", url)
    moved = used(url)
    moved.destroy_keys(["sri"])
    moved.close()
    shutil.copy(kept, tmp_path / "keys")
    assert move(tmp_path / "keys", url) == AHEAD
    assert used(url).load(BOX, "box-1").state.owner is None, "what was destroyed meanwhile stays so"
    assert not (tmp_path / "keys" / "subjects.db").exists()
