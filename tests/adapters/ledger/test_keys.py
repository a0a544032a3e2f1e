"""The key is a file of its own, made once and never replaced: with another key no number would be found."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import pytest

from adapters.ledger.keys import BYTES, Keys
from adapters.ledger.ledger import Ledger
from adapters.ledger.mapper import LENGTH
from adapters.ledger.sealing import blocks
from adapters.ledger.subject_keys import AHEAD, SubjectKeys
from domain.kernel.decider import act
from domain.kernel.errors import StoreUnavailable
from tests.acts.people import StandingClock
from tests.adapters.ledger.conftest import Open
from tests.adapters.ledger.shelf import (
    BOX,
    EVENTS,
    LONG,
    Give,
    key_file,
    label,
    once,
    opened,
    put,
    raw,
    where,
)

STARTING = """
import sys
from pathlib import Path
from adapters.ledger.keys import Keys
print("ready", flush=True)
sys.stdin.readline()
print(Keys.open(Path(sys.argv[1]), create=True).digest("test", b"").hex())
"""
NUMBER = "3314105708909001"


def starting(folder: Path) -> "subprocess.Popen[str]":
    """A process that stands ready to open the key in ``folder``."""
    command = [sys.executable, "-c", STARTING, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def refusal(folder: Path) -> str:
    with pytest.raises(StoreUnavailable) as refused:
        opened(folder)
    return refused.value.code


def test_a_key_is_made_once_and_read_ever_after(tmp_path: Path) -> None:
    made = Keys.open(tmp_path / "keys", create=True)
    again = Keys.open(tmp_path / "keys", create=False)
    assert made.digest("nik", b"1") == again.digest("nik", b"1")
    other = Keys.open(tmp_path / "other", create=True)
    assert made.digest("nik", b"1") != other.digest("nik", b"1"), "the control: another folder, another key"


def test_nobody_else_may_read_the_keys(ledger: Ledger, tmp_path: Path) -> None:
    assert ledger.head() == 0
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in (tmp_path / "keys").glob("*.key")}
    assert modes == {"ledger.key": "0o600", "kek.key": "0o600"}
    assert oct((tmp_path / "keys").stat().st_mode & 0o777) == "0o700"


def test_nothing_is_left_beside_a_key(tmp_path: Path) -> None:
    Keys.open(tmp_path / "keys", create=True)
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["ledger.key"]
    assert len((tmp_path / "keys" / "ledger.key").read_bytes()) == BYTES


def test_one_value_under_two_purposes_does_not_show_as_equal(tmp_path: Path) -> None:
    keys = Keys.open(tmp_path, create=True)
    digests = [keys.digest(*asked) for asked in (("nik", b"1"), ("kk", b"1"), ("nik", b"2"), ("nik", b"1"))]
    assert {len(digest) for digest in digests} == {32}
    assert (len(set(digests)), digests[0] == digests[3]) == (3, True)


def test_a_ledger_without_its_key_is_not_opened_with_another(ledger: Ledger, tmp_path: Path) -> None:
    put(ledger, label("box-1", NUMBER, secret=True))
    ledger.close()
    key = tmp_path / "keys" / "ledger.key"
    saved = key.read_bytes()
    key.unlink()
    assert refusal(tmp_path) == "key-missing"
    assert not key.exists(), "and no new one was made"
    key.write_bytes(saved)
    with closing(opened(tmp_path)) as again:
        assert again.holder("label", NUMBER) == "box-1", "the control: with its key it is"


@pytest.mark.parametrize("damage", [b"", b"short", b"\0" * (BYTES + 1)])
@pytest.mark.parametrize("name", ["ledger.key", "kek.key"])
def test_a_damaged_key_is_told_and_left_alone(
    ledger: Ledger, tmp_path: Path, name: str, damage: bytes
) -> None:
    ledger.close()
    key = tmp_path / "keys" / name
    key.write_bytes(damage)
    assert refusal(tmp_path) == "key-damaged"
    assert key.read_bytes() == damage


def test_with_another_key_the_ledger_is_not_opened(ledger: Ledger, tmp_path: Path) -> None:
    """No number would be found, and one that is taken would be given a second time."""
    put(ledger, label("box-1", NUMBER, secret=True))
    ledger.close()
    key = tmp_path / "keys" / "ledger.key"
    right = key.read_bytes()
    key.write_bytes(b"\1" * BYTES)
    assert refusal(tmp_path) == "keys-of-another-ledger"
    with raw(tmp_path) as store:
        store.execute("DELETE FROM key_mark WHERE name = 'ledger.key'")
    with closing(opened(tmp_path)) as unmarked:
        assert unmarked.holder("label", NUMBER) is None, "the control: a ledger that cannot tell is opened"
    key.write_bytes(right)
    assert refusal(tmp_path) == "keys-of-another-ledger", "and is marked from then on"


def test_with_the_key_store_of_another_the_ledger_is_not_opened(
    ledger: Ledger, open_ledger: Open, tmp_path: Path
) -> None:
    """The key ids of two stores are the same numbers: one would stand for two people."""
    put(ledger, act(BOX, "box-1", Give("sri", "Sri Wahyuni")))
    ledger.close()
    open_ledger(tmp_path / "other").close()
    mine, theirs = tmp_path / "keys", tmp_path / "other" / "keys"
    for name in ("kek.key", "subjects.db"):
        shutil.copy(theirs / name, mine / name)
    assert refusal(tmp_path) == "keys-of-another-ledger"


def test_two_hubs_with_key_folders_of_their_own_do_not_share_a_ledger(
    ledger: Ledger, home: Path, store: str, clock: StandingClock
) -> None:
    """Also when the second one comes while nothing is in it, and takes a database for a new one."""
    with pytest.raises(StoreUnavailable) as refused:
        Ledger.open(where(home), keys=home / "of-its-own", events=EVENTS, clock=clock)
    expected = {"sqlite": "key-missing", "postgres": "keys-of-another-ledger"}
    assert refused.value.code == expected[store]
    with closing(Ledger.open(where(home), keys=home / "keys", events=EVENTS, clock=clock)) as shared:
        assert put(shared, label("box-1", "a")).first == 1, "the control: with the same folder they do"


def test_a_restored_key_store_gives_no_number_a_second_time(
    ledger: Ledger, open_ledger: Open, tmp_path: Path
) -> None:
    """Whose key came after the backup is not read any more; nobody else gets its number."""
    put(ledger, act(BOX, "box-1", Give("sri", "Sri Wahyuni")))
    ledger.close()
    backup = shutil.copytree(tmp_path / "keys", tmp_path / "yesterday")
    after = open_ledger()
    put(after, act(BOX, "box-2", Give("budi", "Budi")))
    after.close()
    shutil.rmtree(tmp_path / "keys")
    backup.rename(tmp_path / "keys")
    restored = open_ledger()
    put(restored, act(BOX, "box-3", Give("ani", "Ani")))
    owners = [fact.event.owner.value for fact in open_ledger().after(0, 10)]
    assert owners == ["Sri Wahyuni", None, "Ani"]


def test_the_marks_of_keys_are_not_the_keys(ledger: Ledger, tmp_path: Path) -> None:
    put(ledger, label("box-1", NUMBER, secret=True))
    secrets = [(tmp_path / "keys" / name).read_bytes() for name in ("ledger.key", "kek.key")]
    with raw(tmp_path) as store:
        marks = [bytes(mark) for (mark,) in store.execute("SELECT mark FROM key_mark").fetchall()]
    assert len(marks) == 2
    assert not set(marks) & set(secrets)


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    processes = [starting(tmp_path / "keys") for _ in range(3)]
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    digests = {process.communicate(timeout=LONG)[0] for process in processes}
    assert (len(digests), {process.returncode for process in processes}) == (1, {0})


def test_threads_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    digests: list[bytes] = []
    for attempt in range(20):
        together = Barrier(4)

        def start(folder: Path = tmp_path / str(attempt), together: Barrier = together) -> None:
            together.wait(LONG)
            digests.append(Keys.open(folder, create=True).digest("test", b""))

        threads = [Thread(target=start) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LONG)
    assert (len(digests), len(set(digests))) == (80, 20)


def test_what_a_killed_start_left_behind_does_not_stop_the_next(tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_MAKING, str(tmp_path / "keys")], check=False, timeout=LONG
    )
    assert killed.returncode == -9
    assert list((tmp_path / "keys").iterdir()), "the control: something was left"
    assert not (tmp_path / "keys" / "ledger.key").exists()
    assert len(Keys.open(tmp_path / "keys", create=True).digest("test", b"")) == 32


KILLED_WHILE_MAKING = """
import os, signal, sys
from pathlib import Path
from adapters.ledger import keys
keys.token_bytes = lambda _: os.kill(os.getpid(), signal.SIGKILL)
keys.Keys.open(Path(sys.argv[1]), create=True)
"""


def test_a_full_key_store_is_told_and_goes_on_when_there_is_room(ledger: Ledger) -> None:
    put(ledger, act(BOX, "box-1", Give("sri", "Sri Wahyuni")))
    keys = ledger._subjects
    while keys._ahead:
        keys.take()
    file = key_file(keys)
    (pages,) = file.execute("PRAGMA page_count").fetchone()
    file.execute(f"PRAGMA max_page_count = {pages}")
    for _ in range(2):
        with pytest.raises(StoreUnavailable) as refused:
            put(ledger, act(BOX, "box-2", Give("budi", "Budi")))
        assert (refused.value.code, ledger.head()) == ("store-full", 1)
    put(ledger, act(BOX, "box-3", Give("sri", "Sri Wahyuni")))
    file.execute("PRAGMA max_page_count = 1000000")
    put(ledger, act(BOX, "box-2", Give("budi", "Budi")))
    assert len(keys._ahead) == AHEAD - 1


def test_a_key_store_that_is_no_database_is_told(ledger: Ledger, tmp_path: Path) -> None:
    ledger.close()
    (tmp_path / "keys" / "subjects.db").write_bytes(b"no database, " * 100)
    assert refusal(tmp_path) == "store-failed"


class Overtaken:
    """A key store: while it makes a key, another process appends."""

    def __init__(self, store: SubjectKeys, meanwhile: Callable[[], None]) -> None:
        self.keys = store.keys
        self.changes = store.changes
        self._take = store.take
        self._meanwhile = meanwhile

    def take(self) -> tuple[int, bytes]:
        self._meanwhile()
        return self._take()


def test_of_two_keys_for_one_new_subject_the_first_is_hers(ledger: Ledger, open_ledger: Open) -> None:
    """Two processes meet her at once: who comes second seals with the key of the first."""
    other = open_ledger()
    theirs = once(lambda: put(other, act(BOX, "box-1", Give("sri", "Sri Wahyuni"))))
    ledger._keyring._store = Overtaken(ledger._subjects, theirs)
    put(ledger, act(BOX, "box-2", Give("sri", "Sri W.")))
    (key,) = ledger.recorder.subject_keys(["sri"]).values()
    assert [key_in(row.record) for row in ledger.recorder.after(0, 10)] == [key, key]
    assert [fact.event.owner.value for fact in open_ledger().after(0, 10)] == ["Sri Wahyuni", "Sri W."]


def key_in(record: bytes) -> int:
    """The key id of the only block of a record."""
    (length,) = LENGTH.unpack_from(record)
    (block,) = blocks(record[LENGTH.size + length :])
    return block.key
