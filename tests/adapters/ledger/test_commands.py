"""A command is carried out once, however often it is sent and by whom."""

from collections.abc import Collection
from pathlib import Path

import pytest

from adapters.ledger.ledger import Ledger
from domain.kernel.decider import Act
from domain.kernel.errors import CommandReused, CommandRunning, Rejected
from domain.kernel.events import Receipt
from tests.acts.people import command
from tests.adapters.ledger.conftest import Open
from tests.adapters.ledger.shelf import LONG, Caller, Held, before, code, label, labels, once, put, raw


def test_a_repeat_gets_the_same_receipt_and_appends_nothing(ledger: Ledger) -> None:
    acts = [label("box-1", "a"), label("box-2", "b")]
    first = put(ledger, *acts)
    put(ledger, label("box-3", "between"))
    assert put(ledger, *acts) == Receipt(first.first, first.last, repeated=True)
    assert ledger.head() == 3
    put(ledger, label("box-1", "a2"), label("box-2", "b2"))
    assert ledger.head() == 5, "the control: another id is another command"


def test_a_repeat_is_known_after_a_restart(ledger: Ledger, open_ledger: Open) -> None:
    first = put(ledger, label("box-1", "a"))
    ledger.close()
    again = put(open_ledger(), label("box-1", "a"))
    assert (again.first, again.last, again.repeated) == (first.first, first.last, True)


def test_a_repeat_is_answered_although_the_rule_would_now_refuse_it(ledger: Ledger) -> None:
    acts = [label("box-1", text) for text in "abc"]
    first = put(ledger, *acts)
    with pytest.raises(Rejected, match="box-full"):
        put(ledger, *acts, name="the control: a new command is refused")
    assert put(ledger, *acts).first == first.first


def test_a_repeat_that_expects_a_version_is_no_conflict(ledger: Ledger) -> None:
    first = put(ledger, label("box-1", "a", 0))
    put(ledger, label("box-1", "b", 1))
    assert put(ledger, label("box-1", "a", 0)) == Receipt(first.first, first.last, repeated=True)


def test_a_refused_command_is_not_remembered(ledger: Ledger) -> None:
    put(ledger, label("box-1", "a"))
    with pytest.raises(Rejected):
        put(ledger, label("box-2", "a"), name="try")
    assert not put(ledger, label("box-2", "b"), name="try").repeated


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(label("box-1", "b"), id="another command"),
        pytest.param(label("box-2", "a"), id="another stream"),
        pytest.param(label("box-1", "a", 0), id="another expectation"),
    ],
)
def test_one_id_is_not_for_two_requests(ledger: Ledger, other: Act) -> None:
    put(ledger, label("box-1", "a"), name="id")
    with pytest.raises(CommandReused) as refused:
        put(ledger, other, name="id")
    assert (refused.value.code, ledger.head()) == ("command-id-reused", 1)


def test_the_request_decides_what_a_repeat_is_when_it_is_given(ledger: Ledger) -> None:
    """What an act draws anew each time (numbers, versions) does not make another request."""
    put(ledger, label("box-1", "drawn 1"), name="id", request={"box": 1})
    assert put(ledger, label("box-1", "drawn 2"), name="id", request={"box": 1}).repeated
    assert labels(ledger, "box-1") == ("drawn 1",)
    with pytest.raises(CommandReused):
        put(ledger, label("box-1", "drawn 3"), name="id", request={"box": 2})


@pytest.mark.parametrize(
    ("first", "again"),
    [
        pytest.param(frozenset([0, 8]), frozenset([8, 0]), id="a set"),
        pytest.param({"nik": 1, "kk": 2}, {"kk": 2, "nik": 1}, id="a mapping"),
    ],
)
def test_another_order_of_what_has_no_order_is_the_same_request(
    ledger: Ledger, first: Collection[object], again: Collection[object]
) -> None:
    assert (first == again, list(first) == list(again)) == (True, False)
    put(ledger, label("box-1", "a"), name="id", request=first)
    assert put(ledger, label("box-1", "a"), name="id", request=again).repeated
    with pytest.raises(CommandReused):
        put(ledger, label("box-1", "a"), name="id", request=[*first, "more"])


def test_a_repeat_can_be_asked_for_beforehand(ledger: Ledger) -> None:
    assert ledger.repeated(command("id"), {"box": 1}) is None
    receipt = put(ledger, label("box-1", "a"), name="id", request={"box": 1})
    assert ledger.repeated(command("id"), {"box": 1}) == Receipt(receipt.first, receipt.last, repeated=True)
    with pytest.raises(CommandReused):
        ledger.repeated(command("id"), {"box": 2})


def test_a_request_is_remembered_by_a_keyed_hash_alone(open_ledger: Open, tmp_path: Path) -> None:
    marks = []
    for node in ("one", "other"):
        put(open_ledger(tmp_path / node), label("box-1", "a"), name="id", request="Sri Wahyuni")
        with raw(tmp_path / node) as database:
            marks += database.execute("SELECT cmd_id, fingerprint FROM command").fetchall()
    assert [id_ for id_, _ in marks] == [command("id").bytes] * 2
    assert [len(mark) for _, mark in marks] == [32, 32]
    assert marks[0] != marks[1], "another key, another hash"


def test_a_command_that_is_under_way_is_not_started_again(ledger: Ledger) -> None:
    held = Held()
    slow = before(held)
    first = Caller(lambda: put(ledger, label("box-1", "a", decider=slow), name="id"))
    assert held.entered.wait(LONG)
    with pytest.raises(CommandRunning) as refused:
        put(ledger, label("box-1", "a"), name="id")
    assert refused.value.code == "command-still-running"
    assert not put(ledger, label("box-2", "b")).repeated, "the control: another one is not held up"
    held.go.set()
    assert code(first.answer) == "accepted"
    assert put(ledger, label("box-1", "a"), name="id").repeated


def test_a_command_that_failed_can_be_sent_again(ledger: Ledger) -> None:
    def fall() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        put(ledger, label("box-1", "a", decider=before(once(fall))), name="id")
    assert not put(ledger, label("box-1", "a"), name="id").repeated


def test_a_command_sent_to_two_processes_is_carried_out_once(ledger: Ledger, open_ledger: Open) -> None:
    other = open_ledger()
    race = before(once(lambda: put(other, label("box-1", "a"), name="id")))
    ours = put(ledger, label("box-1", "a", decider=race), name="id")
    assert (ours, ledger.head()) == (Receipt(1, 1, repeated=True), 1)


def test_two_requests_under_one_id_in_two_processes_are_told_apart(ledger: Ledger, open_ledger: Open) -> None:
    other = open_ledger()
    race = before(once(lambda: put(other, label("box-2", "b"), name="id")))
    with pytest.raises(CommandReused):
        put(ledger, label("box-1", "a", decider=race), name="id")
    assert (labels(ledger, "box-1"), ledger.head()) == ((), 1)
