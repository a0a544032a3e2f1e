"""What was acknowledged is there exactly once, whatever is killed, and who follows sees no gap."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from adapters.ledger.deciding import Submission
from adapters.ledger.ledger import Ledger
from adapters.ledger.store import leaf_hash
from domain.kernel.events import Receipt
from tests.acts.people import command
from tests.adapters.ledger.conftest import Open
from tests.adapters.ledger.shelf import LONG, label, put
from tests.adapters.ledger.writing import BATCH, submission

ROUNDS = 4
Acknowledged = dict[str, tuple[int, int]]


@contextmanager
def writing(folder: Path, round_: int) -> Iterator["subprocess.Popen[str]"]:
    """A process that appends as fast as it can; killed (kill -9) when the block is left."""
    command = [sys.executable, "-m", "tests.adapters.ledger.writing", str(folder), str(round_)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        assert process.wait(LONG) == -9
        assert process.stdout
        process.stdout.close()


def acknowledged(lines: Iterable[str]) -> Acknowledged:
    """What was said; a line that was cut off by the kill was not said."""
    told = (line.split() for line in lines if line.endswith("\n"))
    return {name: (int(first), int(last)) for name, first, last in told}


def kill_after(folder: Path, round_: int, lines: int) -> Acknowledged:
    """Let a process acknowledge so many commands, kill it, and read what else it had said by then."""
    with writing(folder, round_) as process:
        assert process.stdout
        heard = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        heard += process.stdout.readlines()
    return acknowledged(heard)


def missing(ledger: Ledger, told: Acknowledged) -> list[str]:
    """Commands whose acknowledgement does not hold: not there, elsewhere, or with other facts."""
    return [
        name
        for name, (first, last) in told.items()
        if ledger.repeated(command(name), _request(submission(name))) != Receipt(first, last, repeated=True)
        or [f.header.command_id for f in ledger.after(first - 1, last - first + 1)] != [command(name)] * 2
    ]


def _request(asked: Submission) -> list[tuple[object, ...]]:
    return [(act.stream, act.expected, act.command) for act in asked.acts]


def all_facts(ledger: Ledger) -> list[tuple[int, str]]:
    """Position and command of every fact."""
    return [(f.position, str(f.header.command_id)) for f in ledger.after(0, 10**6)]


def gaps(positions: Iterable[int]) -> list[int]:
    """Positions that did not follow the one before, from 1."""
    return [position for expected, position in enumerate(positions, 1) if position != expected]


def test_whatever_is_killed_an_acknowledged_command_is_there_once(open_ledger: Open, home: Path) -> None:
    chance = Random(1945)
    told: Acknowledged = {}
    for round_ in range(ROUNDS):
        told |= kill_after(home, round_, chance.randint(30, 120))
    ledger = open_ledger()
    facts = all_facts(ledger)
    assert len(told) > ROUNDS * 30
    assert missing(ledger, told) == []
    assert gaps(position for position, _ in facts) == []
    assert set(Counter(command for _, command in facts).values()) == {2}, "each command whole, and once"
    assert missing(ledger, {"one-0-999999": (1, 2)}) == ["one-0-999999"], (
        "the control: what is not there is missed"
    )
    name = next(iter(told))
    assert missing(ledger, {name: (told[name][0] + 1, told[name][1] + 1)}) == [name], (
        "nor is another place it"
    )


def test_a_batch_is_there_as_a_whole_or_not_at_all_after_a_kill(open_ledger: Open, home: Path) -> None:
    kill_after(home, 0, 150)
    ledger = open_ledger()
    names = [f"file-0-{n}-{line}" for n in range(200) for line in range(BATCH)]
    there = Counter(name.rsplit("-", 1)[0] for name in names if ledger.stream(f"box-{name}"))
    assert there
    assert set(there.values()) == {BATCH}


def test_after_a_kill_hashes_keys_and_claims_are_whole(open_ledger: Open, home: Path) -> None:
    told = kill_after(home, 0, 60)
    ledger = open_ledger()
    rows = ledger.recorder._read("SELECT record, leaf_hash FROM log")
    assert [leaf_hash(record) for record, _ in rows] == [leaf for _, leaf in rows]
    owners = [f.event.owner.value for f in ledger.after(0, 10**6) if f.header.event == "shelf.box-given"]
    assert set(owners) == {"Sri Wahyuni"}, "each was sealed with a key that is there"
    assert [name for name in told if ledger.holder("label", name) != f"box-{name}"] == []


def test_work_goes_on_after_a_kill_where_it_ended(open_ledger: Open, home: Path) -> None:
    told = kill_after(home, 0, 30)
    ledger = open_ledger()
    name, (first, last) = next(iter(told.items()))
    again = submission(name)
    receipt = ledger.execute(again.acts, by=again.by, command_id=again.command_id)
    assert receipt == Receipt(first, last, repeated=True)
    head = ledger.head()
    assert put(ledger, label("box-1", "next")).first == head + 1


def test_who_follows_another_process_sees_every_fact_in_order(open_ledger: Open, home: Path) -> None:
    ledger = open_ledger()
    seen: list[int] = []
    with writing(home, 0):
        while len(seen) < 1500:
            assert ledger.wait(len(seen), LONG)
            seen += [fact.position for fact in ledger.after(len(seen), 37)]
    assert gaps(seen) == []
    Random(7).shuffle(seen)
    assert gaps(seen), "the control: a reader that shuffles is caught"


def test_two_processes_append_and_the_facts_of_both_are_in_one_row(open_ledger: Open, home: Path) -> None:
    ledger = open_ledger()
    mine: dict[int, str] = {}
    with writing(home, 0):
        assert ledger.wait(0, LONG)
        while max(mine, default=0) - min(mine, default=0) < len(mine) + 100:  # until theirs came between
            box = f"mine-{len(mine)}"
            mine[put(ledger, label(box, box)).first] = box
            assert len(mine) < 10_000, "the other process does not get its turn"
    facts = ledger.after(0, 10**6)
    assert gaps(fact.position for fact in facts) == []
    assert {f.position: f.header.stream for f in facts if f.header.stream.startswith("mine")} == mine
