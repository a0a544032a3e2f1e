"""The checkpointer signs soon, again and again, and raises an alarm instead of signing what it must not."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from structlog.testing import capture_logs

from adapters.clock import stopwatch
from adapters.evidence.checkpoint import Checkpointer
from adapters.evidence.notary import BATCH, Notary, Trees
from adapters.ledger.ledger import Ledger
from tests.adapters.evidence.boxes import edited, fill, ledger, node, notary, store
from tests.adapters.evidence.test_signer import kept, newest
from tests.adapters.ledger.shelf import LONG


@contextmanager
def running(checkpointer: Checkpointer) -> Iterator[None]:
    stop = Event()
    thread = Thread(target=checkpointer.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(LONG)
        assert not thread.is_alive()


def until(holds: Callable[[], bool]) -> None:
    """Waits on an event that nobody sets: a look every few milliseconds, until LONG."""
    end, never = stopwatch() + LONG, Event()
    while not holds():
        assert stopwatch() < end, "did not happen"
        never.wait(0.005)


def test_a_fact_is_signed_soon_after_it_was_appended(tmp_path: Path) -> None:
    with ledger(tmp_path) as found:
        checkpointer = Checkpointer(found, notary(tmp_path), every=60)
        with running(checkpointer):
            fill(found, 1)
            until(lambda: checkpointer.status().size == 1)
            assert checkpointer.status().mode == "running"
        assert newest(tmp_path).size == 1


def test_facts_that_follow_wait_for_their_turn_and_for_no_longer(tmp_path: Path) -> None:
    with ledger(tmp_path) as found:
        checkpointer = Checkpointer(found, notary(tmp_path), every=0.4)
        with running(checkpointer):
            fill(found, 1)
            until(lambda: checkpointer.status().size == 1)
            began = stopwatch()
            fill(found, 1, "a")
            fill(found, 1, "b")
            until(lambda: checkpointer.status().size == 3)
            assert 0.2 < stopwatch() - began < 5
    assert kept(tmp_path) == [1, 3]


def test_a_clean_stop_leaves_nothing_unsigned(tmp_path: Path) -> None:
    with ledger(tmp_path) as found:
        signing = notary(tmp_path)
        checkpointer = Checkpointer(found, signing, every=600)
        with running(checkpointer):
            fill(found, 1)
            until(lambda: checkpointer.status().size == 1)
            fill(found, 5, "late")
            until(lambda: signing.waiting() == 5)
        assert newest(tmp_path).size == 6
        assert checkpointer.status().mode == "stopped"


def test_an_older_ledger_is_an_alarm_in_the_log_and_in_the_status(tmp_path: Path) -> None:
    node(tmp_path)
    edited(tmp_path, lambda c: c.execute("DELETE FROM log WHERE pos > 280"))
    with ledger(tmp_path) as found, capture_logs() as logs:
        checkpointer = Checkpointer(found, notary(tmp_path))
        with running(checkpointer):
            until(lambda: checkpointer.status().mode == "refused")
        assert checkpointer.status().cause == "checkpoint-refused"
    assert [(line["event"], line["code"]) for line in logs] == [("evidence-alarm", "checkpoint-refused")]
    assert newest(tmp_path).size == 300


def test_what_was_signed_is_compared_at_the_start_though_nothing_is_new(tmp_path: Path) -> None:
    node(tmp_path)
    edited(tmp_path, lambda c: c.execute("UPDATE log SET leaf_hash = zeroblob(32) WHERE pos = 290"))
    with ledger(tmp_path) as found, capture_logs():
        checkpointer = Checkpointer(found, notary(tmp_path))
        with running(checkpointer):
            until(lambda: checkpointer.status().cause == "checkpoint-refused")


def test_tiles_that_are_gone_are_made_again_and_raise_no_alarm(tmp_path: Path) -> None:
    """Also when there are more facts than are taken in at once: those that are not read yet are not missing."""
    with ledger(tmp_path) as found, capture_logs() as logs:
        fill(found, BATCH + 700)
        notary(tmp_path).checkpoint()
        shutil.rmtree(tmp_path / "evidence" / "tile")
        checkpointer = Checkpointer(found, notary(tmp_path))
        with running(checkpointer):
            until(lambda: checkpointer.status().mode == "running")
    assert logs == []
    assert (tmp_path / "evidence" / "tile" / "0" / "040").exists()


def test_a_hole_in_the_ledger_is_an_alarm(tmp_path: Path) -> None:
    node(tmp_path, (10,), unsigned=9)
    edited(tmp_path, lambda c: c.execute("DELETE FROM log WHERE pos = 15"))
    with ledger(tmp_path) as found, capture_logs() as logs:
        checkpointer = Checkpointer(found, notary(tmp_path))
        with running(checkpointer):
            until(lambda: checkpointer.status().mode == "refused")
        assert checkpointer.status().cause == "ledger-skipped"
    assert [line["code"] for line in logs] == ["ledger-skipped"]


def test_what_is_well_again_is_signed_again(tmp_path: Path) -> None:
    node(tmp_path, (10,), unsigned=2)
    key = tmp_path / "keys" / "checkpoint.key"
    aside = key.rename(tmp_path / "aside")
    with ledger(tmp_path) as found, capture_logs() as logs:
        checkpointer = Checkpointer(found, notary(tmp_path))
        with running(checkpointer):
            until(lambda: checkpointer.status().cause == "signing-key-missing")
        aside.rename(key)
        with running(checkpointer):
            until(lambda: checkpointer.status().size == 12)
    assert [line["event"] for line in logs] == ["evidence-alarm", "evidence-well-again"]


def test_on_demand_everything_is_signed_also_beside_a_running_one(tmp_path: Path) -> None:
    with ledger(tmp_path) as found:
        checkpointer = Checkpointer(found, notary(tmp_path), every=600)
        with running(checkpointer):
            for turn in range(5):
                fill(found, 4, f"turn-{turn}")
                assert notary(tmp_path).checkpoint().size == found.head()
                assert checkpointer.notary.checkpoint().size == found.head()
    assert kept(tmp_path)[-1] == 20


def roots(folder: Path) -> tuple[bytes, bytes]:
    trees = Trees(folder, store(folder.parent))
    trees.follow()
    return trees.roots(trees.facts.size)


def test_the_trees_are_made_again_from_the_ledger_alone(tmp_path: Path) -> None:
    node(tmp_path, (600,))
    found = Trees(tmp_path / "evidence", store(tmp_path))
    assert found.facts.size == 512, "two complete tiles were found on the disk"
    (tmp_path / "new").mkdir()
    assert roots(tmp_path / "evidence") == roots(tmp_path / "new")


def test_roots_at_every_size_are_the_same_from_tiles_and_from_memory(tmp_path: Path) -> None:
    node(tmp_path, (600,))
    trees = Trees(tmp_path / "evidence", store(tmp_path))
    trees.follow()
    (tmp_path / "step").mkdir()
    steps = Trees(tmp_path / "step", store(tmp_path))
    for size in (1, 255, 256, 257, 511, 512, 513, 600):
        steps.follow(size)
        assert steps.roots(size) == trees.roots(size), size


def test_following_takes_no_more_than_is_asked(tmp_path: Path) -> None:
    node(tmp_path, (), unsigned=50)
    signing: Notary = notary(tmp_path)
    taken = [(signing.follow(20), signing.waiting()) for _ in range(4)]
    assert taken == [(True, 20), (True, 40), (False, 50), (False, 50)]


def test_a_ledger_is_followed_while_it_is_written(tmp_path: Path) -> None:
    def write(found: Ledger) -> None:
        for turn in range(20):
            fill(found, 30, f"turn-{turn}")

    with ledger(tmp_path) as found:
        checkpointer = Checkpointer(found, notary(tmp_path), every=0)
        with running(checkpointer):
            writer = Thread(target=write, args=(found,))
            writer.start()
            writer.join(LONG)
            until(lambda: checkpointer.status().size == 600)
    (tmp_path / "new").mkdir()
    assert newest(tmp_path).root == roots(tmp_path / "new")[0]
    assert len(kept(tmp_path)) > 1
