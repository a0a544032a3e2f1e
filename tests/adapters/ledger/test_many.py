"""Many commands in one commit: a bad one fails alone, and nobody can tell it from one by one."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adapters.ledger.deciding import Submission
from adapters.ledger.ledger import Ledger
from adapters.ledger.mapper import LARGEST
from domain.kernel.decider import Act, Decider, act
from domain.kernel.errors import AlreadyClaimed, StoreUnavailable
from tests.acts.people import REGISTRAR, command
from tests.adapters.ledger.conftest import Open
from tests.adapters.ledger.shelf import BOX, Give, before, code, label, labels, once, only_sqlite, put, writer


def submission(name: str, *acts: Act) -> Submission:
    return Submission(acts, REGISTRAR, command(name))


def many(ledger: Ledger, *submissions: Submission) -> list[str]:
    """The code of each outcome."""
    return [code(outcome) for outcome in ledger.execute_many(submissions)]


def full(box: str) -> list[Act]:
    return [label(box, f"{box} {n}") for n in range(3)]


def test_each_gets_its_own_receipt_in_the_order_of_asking(ledger: Ledger) -> None:
    outcomes = ledger.execute_many(
        [
            submission("1", label("box-1", "a")),
            submission("2", *full("box-2")),
            submission("3", *full("box-3")),
        ]
    )
    assert [(o.first, o.last) for o in outcomes if not isinstance(o, Exception)] == [(1, 1), (2, 4), (5, 7)]
    assert ledger.execute_many([]) == []


def test_a_bad_one_fails_alone(ledger: Ledger) -> None:
    put(ledger, label("box-9", "taken"))
    put(ledger, *full("box-8"))
    outcomes = many(
        ledger,
        submission("1", label("box-1", "a")),
        submission("2", label("box-2", "b"), label("box-8", "too much")),
        submission("3", label("box-3", "c", 5)),
        submission("4", label("box-4", "d"), label("box-5", "taken")),
        submission("5", label("box-6", "e")),
    )
    assert outcomes == [
        "accepted",
        "box-full",
        "somebody-came-first",
        "label-already-registered",
        "accepted",
    ]
    assert [f.header.stream for f in ledger.after(4, 10)] == ["box-1", "box-6"]
    assert [f.position for f in ledger.after(4, 10)] == [5, 6]


def test_one_that_is_too_large_or_misnamed_fails_alone(ledger: Ledger) -> None:
    outcomes = many(
        ledger,
        submission("1", label("box-1", "a")),
        submission("2", label("box-2", "b"), label("box-2", "c" * LARGEST)),
        submission("3", label("box\0", "d")),
        submission("4", label("box-4", "e")),
    )
    assert outcomes == ["accepted", "record-too-large", "malformed-stream", "accepted"]
    assert [(f.position, f.header.stream) for f in ledger.after(0, 10)] == [(1, "box-1"), (2, "box-4")]
    assert (ledger.holder("label", "b"), ledger.holder("label", "d")) == (None, None)


def test_of_two_who_claim_the_same_the_first_has_it(ledger: Ledger) -> None:
    first, second, third = ledger.execute_many(
        [
            submission("1", label("box-1", "a")),
            submission("2", label("box-2", "b"), label("box-3", "a")),
            submission("3", label("box-4", "b")),
        ]
    )
    assert isinstance(second, AlreadyClaimed)
    assert (second.parameters["holder"], second.act) == ("box-1", 1)
    assert (code(first), code(third)) == ("accepted", "accepted"), "what the refused one claimed is free"


def test_one_that_claims_the_same_twice_fails_alone(ledger: Ledger) -> None:
    twice = submission("1", label("box-1", "a"), label("box-2", "a"))
    assert many(ledger, twice, submission("2", label("box-3", "b"))) == [
        "label-already-registered",
        "accepted",
    ]


def test_repeats_are_answered_and_the_rest_is_done(ledger: Ledger) -> None:
    lines = [submission(str(n), label(f"box-{n}", str(n))) for n in range(4)]
    assert many(ledger, *lines[:2]) == ["accepted"] * 2
    assert many(ledger, *lines) == ["repeated", "repeated", "accepted", "accepted"]
    assert many(ledger, *lines) == ["repeated"] * 4
    assert ledger.head() == 4
    other = submission("1", label("box-1", "something else"))
    assert many(ledger, other, lines[0]) == ["command-id-reused", "repeated"]


def test_a_command_that_stands_twice_in_a_batch_is_done_once(ledger: Ledger) -> None:
    line = submission("1", label("box-1", "a"))
    other = submission("1", label("box-2", "b"))
    assert many(ledger, line, line, other) == ["accepted", "repeated", "command-id-reused"]
    assert ledger.head() == 1


def test_a_stream_that_is_touched_twice_sees_both_in_order(ledger: Ledger) -> None:
    batch = [submission(str(n), label("box-1", str(n)), label(f"box-{n + 2}", f"of {n}")) for n in range(4)]
    assert many(ledger, *batch) == ["accepted", "accepted", "accepted", "box-full"]
    assert labels(ledger, "box-1") == ("0", "1", "2")
    assert labels(ledger, "box-5") == ()


def test_a_batch_and_single_commands_leave_the_same_facts(open_ledger: Open, tmp_path: Path) -> None:
    batch = [
        submission(str(n), label(f"box-{n % 7}", str(n)), label(f"shelf-{n}", f"s{n}")) for n in range(20)
    ]
    together, single = open_ledger(tmp_path / "together"), open_ledger(tmp_path / "single")
    outcomes = many(together, *batch)
    assert outcomes == [code(single.attempt(one)) for one in batch]
    assert ("box-full" in outcomes, "accepted" in outcomes) == (False, True)
    told = [
        {(f.header.stream, f.header.version, f.event) for f in x.after(0, 99)} for x in (together, single)
    ]
    assert told[0] == told[1]


@only_sqlite
def test_a_batch_is_one_commit(ledger: Ledger) -> None:
    statements: list[str] = []
    put(ledger, label("box-0", "opens the writer"))
    writer(ledger).set_trace_callback(statements.append)
    batch = [submission(str(n), label(f"box-{n}", str(n % 45))) for n in range(1, 50)]
    assert many(ledger, *batch).count("label-already-registered") == 4
    assert statements.count("COMMIT") == 1, "those who claim what one before them has need no other"
    for n in range(2):
        put(ledger, label("box-90", f"single {n}"))
    assert statements.count("COMMIT") == 3, "the control: single commands commit one by one"
    writer(ledger).set_trace_callback(None)


@pytest.fixture
def race(ledger: Ledger, open_ledger: Open) -> Callable[..., Decider[Any, Any, Any]]:
    """A box during whose decision another process does something, once."""
    other = open_ledger()
    return lambda *acts, name="": before(once(lambda: put(other, *acts, name=name)))


Race = Callable[..., Decider[Any, Any, Any]]


def test_another_process_that_takes_a_claim_meanwhile_hurts_one_alone(ledger: Ledger, race: Race) -> None:
    taken = race(label("box-9", "b"))
    outcomes = many(
        ledger,
        submission("1", label("box-1", "a")),
        submission("2", label("box-2", "b", decider=taken)),
        submission("3", label("box-3", "c")),
    )
    assert outcomes == ["accepted", "label-already-registered", "accepted"]
    assert [f.position for f in ledger.after(0, 10)] == [1, 2, 3]


def test_another_process_that_writes_to_a_stream_meanwhile_hurts_nobody(ledger: Ledger, race: Race) -> None:
    raced = race(act(BOX, "box-2", Give("sri", "Sri Wahyuni")))
    batch = [submission("1", label("box-1", "a")), submission("2", label("box-2", "b", decider=raced))]
    assert many(ledger, *batch) == ["accepted", "accepted"]
    assert ledger.load(BOX, "box-2").version == 2


def test_another_process_that_does_the_same_command_meanwhile_did_it(ledger: Ledger, race: Race) -> None:
    raced = race(label("box-2", "b"), name="2")
    batch = [submission("1", label("box-1", "a")), submission("2", label("box-2", "b", decider=raced))]
    assert many(ledger, *batch) == ["accepted", "repeated"]
    assert ledger.head() == 2


def test_who_waited_for_a_loser_is_told_who_really_holds_it(ledger: Ledger, race: Race) -> None:
    """The third was refused for the sake of the second, which then lost the number to another process."""
    raced = race(label("box-9", "b"))
    second = submission("2", label("box-2", "b", decider=raced))
    third = submission("3", label("box-3", "b"))
    refused = ledger.execute_many([second, third])
    assert [o.parameters["holder"] for o in refused if isinstance(o, AlreadyClaimed)] == ["box-9", "box-9"]


def test_who_was_refused_for_the_sake_of_a_loser_has_its_turn(ledger: Ledger, race: Race) -> None:
    raced = race(*full("box-2"))
    second = submission("2", label("box-2", "b", decider=raced))
    third = submission("3", label("box-3", "b"))
    assert many(ledger, second, third) == ["box-full", "accepted"]
    assert ledger.holder("label", "b") == "box-3"


def test_a_fact_about_a_forgotten_subject_fails_alone(ledger: Ledger, open_ledger: Open) -> None:
    def give(name: str) -> Submission:
        return submission(f"to {name}", act(BOX, f"box-of-{name}", Give(name, name.title())))

    put(ledger, act(BOX, "box-1", Give("sri", "Sri Wahyuni")))
    (key,) = ledger.recorder.subject_keys(["sri"]).values()
    again = open_ledger()  # a process that has not kept the key in memory
    again._subjects.destroy([key])
    assert many(again, give("budi"), give("sri"), give("bayu")) == [
        "accepted",
        "subject-forgotten",
        "accepted",
    ]


@only_sqlite
def test_a_store_that_fails_fails_the_batch(ledger: Ledger, tmp_path: Path) -> None:
    """Nothing is half-written, and the same batch can be sent again."""
    batch: Sequence[Submission] = [submission(str(n), label(f"box-{n}", str(n))) for n in range(9)]
    put(ledger, label("box-0", "first"))
    with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as other:
        writer(ledger).execute("PRAGMA busy_timeout = 1")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable) as refused:
            ledger.execute_many(batch)
        other.execute("ROLLBACK")
    assert (refused.value.code, ledger.head()) == ("store-busy", 1)
    assert many(ledger, *batch) == ["accepted"] * 9
