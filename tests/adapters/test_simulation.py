"""A simulated ministry keeps what it accepted, and is as bad as it was told to be, no longer."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.simulation.accepted import Accepted, OutOfOrder
from adapters.simulation.behaviour import Behaviour, Temper
from tests.adapters.ministry_fakes import Simulated, simulated

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
DAY = "2026-11-24"


@pytest.fixture
def accepted(tmp_path: Path) -> Iterator[Accepted]:
    store = Accepted(tmp_path / "ministry.db", "M")
    yield store
    store.close()


def records(first: int, last: int) -> list[tuple[int, bytes]]:
    return [(seq, b'{"n":%d}' % seq) for seq in range(first, last + 1)]


def test_what_was_accepted_is_there_after_opening_again(accepted: Accepted, tmp_path: Path) -> None:
    receipts = accepted.accept(records(1, 3), NOON, DAY)
    again = Accepted(tmp_path / "ministry.db", "M")
    assert [row.receipt for row in again.after(0, 10)] == receipts
    assert [row.record for row in again.after(1, 1)] == [b'{"n":2}']
    again.close()


def test_a_repeat_keeps_the_first_record_and_the_first_receipt(accepted: Accepted) -> None:
    first = accepted.accept(records(1, 2), NOON, DAY)
    other = accepted.accept([(1, b"{}"), (2, b"{}"), (3, b"{}")], NOON, DAY)
    assert other[:2] == first
    assert other[2] != first[0]
    assert accepted.after(0, 1)[0].record == b'{"n":1}'


@pytest.mark.parametrize("wrong", [records(4, 5), [*records(3, 3), *records(5, 5)], records(3, 4)[::-1]])
def test_nothing_of_a_push_with_a_gap_is_kept(accepted: Accepted, wrong: list[tuple[int, bytes]]) -> None:
    accepted.accept(records(1, 2), NOON, DAY)
    with pytest.raises(OutOfOrder):
        accepted.accept(wrong, NOON, DAY)
    assert accepted.last() == 2
    assert accepted.calls(DAY) == 1


def test_calls_are_counted_by_day(accepted: Accepted) -> None:
    accepted.accept(records(1, 1), NOON, DAY)
    accepted.accept(records(1, 1), NOON, DAY)
    assert (accepted.calls(DAY), accepted.calls("2026-11-25")) == (2, 0)


def test_a_counted_misbehaviour_wears_off() -> None:
    temper = Temper()
    temper.now = Behaviour(fail_500=2)
    assert [temper.take("fail_500") for _ in range(3)] == [True, True, False]
    assert not temper.take("fail_503"), "control: it was never told to"


@pytest.fixture(scope="module")
def ministry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    with simulated("kemendag", tmp_path_factory.mktemp("any")) as running:
        yield running


def test_a_behaviour_is_replaced_as_a_whole_and_shown(ministry: Simulated) -> None:
    ministry.behave(delay=0.1, fail_503=2)
    ministry.behave(fail_500=1)
    shown = ministry.http.get("/_simulator/behaviour").json()
    assert (shown["delay"], shown["fail_503"], shown["fail_500"]) == (0.0, 0, 1)
    ministry.behave()


@pytest.mark.parametrize("wrong", ['{"dealy": 1}', '{"delay": "long"}', '{"away": "gone"}', "["])
def test_a_behaviour_that_nobody_knows_is_refused(ministry: Simulated, wrong: str) -> None:
    assert ministry.http.put("/_simulator/behaviour", content=wrong).status_code == 422


def test_a_page_of_records_takes_only_numbers(ministry: Simulated) -> None:
    assert ministry.http.get("/_simulator/records?after=x").status_code == 400
    assert ministry.http.get("/_simulator/records?after=0&limit=1").json() == []


def test_a_simulator_ends_with_the_one_who_started_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "adapters.kemendag.simulator", "--data", str(tmp_path)]
    with subprocess.Popen(
        [*command, "--stop-with-stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline().startswith(b"http://127.0.0.1:")
        process.stdin.close()
        assert process.wait(timeout=10) == 0
