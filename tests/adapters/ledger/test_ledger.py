"""One ledger, one door: numbered without gaps, all or nothing, never changed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from adapters.clock import stopwatch
from adapters.ledger.ledger import Ledger
from domain.kernel.decider import act
from domain.kernel.errors import AlreadyClaimed, Conflict, Rejected, StoreUnavailable
from tests.acts.people import KECAMATAN, StandingClock, command
from tests.adapters.ledger.conftest import Open
from tests.adapters.ledger.shelf import (
    BOX,
    LONG,
    Box,
    Caller,
    Give,
    before,
    connections,
    label,
    labels,
    once,
    only_sqlite,
    put,
    raw,
    writer,
)


@pytest.fixture
def database(home: Path) -> Iterator[Any]:
    """The store itself, past the ledger."""
    with raw(home) as database:
        yield database


def positions(ledger: Ledger) -> list[int]:
    return [fact.position for fact in ledger.after(0, 10_000)]


def test_an_empty_ledger_has_no_head(ledger: Ledger) -> None:
    assert (ledger.head(), ledger.after(0, 10), ledger.stream("box-1")) == (0, [], [])
    assert ledger.load(BOX, "box-1").state == Box()


def test_positions_start_at_one_and_a_receipt_tells_its_own(ledger: Ledger) -> None:
    assert put(ledger, label("box-1", "a")).first == 1
    receipt = put(ledger, label("box-1", "b"), label("box-2", "c"))
    assert (receipt.first, receipt.last, receipt.repeated) == (2, 3, False)
    assert positions(ledger) == [1, 2, 3]


def test_what_was_refused_leaves_no_gap(ledger: Ledger, open_ledger: Open) -> None:
    other = open_ledger()
    put(ledger, label("box-1", "a"))
    for expected in (AlreadyClaimed, Conflict, AlreadyClaimed):
        race = before(once(lambda: put(other, label("box-3", f"raced {other.head()}"))))
        taken = {AlreadyClaimed: label("box-2", "a", decider=race), Conflict: label("box-1", "b", 7)}
        with pytest.raises(expected):
            put(ledger, label("box-2", "new"), taken[expected], name=f"refused {ledger.head()}")
        put(ledger, label(f"box-{ledger.head() + 10}", f"next {ledger.head()}"))
    assert positions(ledger) == list(range(1, ledger.head() + 1))
    assert labels(ledger, "box-2") == ()


def test_acts_of_one_command_are_appended_all_or_not_at_all(ledger: Ledger) -> None:
    put(ledger, label("box-1", "a"), label("box-1", "b"), label("box-1", "c"))
    head = ledger.head()
    with pytest.raises(Rejected) as refused:
        put(ledger, label("box-2", "d"), label("box-1", "too much"))
    assert (refused.value.code, refused.value.act) == ("box-full", 1)
    assert (ledger.head(), labels(ledger, "box-2"), ledger.holder("label", "d")) == (head, (), None)
    put(ledger, label("box-2", "d"), label("box-3", "enough room"))
    assert ledger.head() == head + 2, "the control: with room in the box both are there"


def test_acts_on_one_stream_see_each_others_facts(ledger: Ledger) -> None:
    with pytest.raises(Rejected):
        put(ledger, *(label("box-1", str(n)) for n in range(4)))
    assert ledger.head() == 0
    put(ledger, *(label("box-1", str(n)) for n in range(3)))
    assert ledger.load(BOX, "box-1").version == 3


def test_an_expected_version_counts_the_acts_before_it(ledger: Ledger) -> None:
    put(ledger, label("box-1", "a", 0), label("box-1", "b", 1))
    with pytest.raises(Conflict):
        put(ledger, label("box-1", "c", 1))


def test_a_conflict_names_what_came_first_and_from_which_office(ledger: Ledger) -> None:
    put(ledger, label("box-1", "a"))
    put(ledger, act(BOX, "box-1", Give("sri", "Sri Wahyuni")), by=KECAMATAN)
    put(ledger, label("box-1", "b"))
    with pytest.raises(Conflict) as refused:
        put(ledger, label("box-1", "c", 1))
    told = {"stream": "box-1", "expected": 1, "actual": 3, "event": "shelf.box-given", "by": "KEC-10"}
    assert (refused.value.parameters, str(refused.value)) == (told, "somebody-came-first")
    assert labels(ledger, "box-1") == ("a", "b")


def test_a_version_that_was_never_there_is_a_conflict(ledger: Ledger) -> None:
    with pytest.raises(Conflict) as refused:
        put(ledger, label("box-1", "a", 5))
    assert refused.value.parameters["event"] == ""


def test_a_lost_race_is_decided_again_when_nobody_expects_a_version(
    ledger: Ledger, open_ledger: Open
) -> None:
    other = open_ledger()
    race = before(once(lambda: put(other, label("box-1", "theirs"))))
    receipt = put(ledger, label("box-1", "ours", decider=race))
    assert (labels(ledger, "box-1"), receipt.first) == (("theirs", "ours"), 2)


def test_a_race_lost_to_a_rule_is_refused_by_the_rule(ledger: Ledger, open_ledger: Open) -> None:
    other = open_ledger()
    fill = [label("box-1", text) for text in "xyz"]
    race = before(once(lambda: put(other, *fill)))
    with pytest.raises(Rejected) as refused:
        put(ledger, label("box-1", "ours", decider=race))
    assert refused.value.code == "box-full"


def test_a_lost_race_is_a_conflict_when_a_version_is_expected(ledger: Ledger, open_ledger: Open) -> None:
    other = open_ledger()
    race = before(once(lambda: put(other, label("box-1", "theirs"), by=KECAMATAN)))
    with pytest.raises(Conflict) as refused:
        put(ledger, label("box-1", "ours", 0, decider=race))
    assert refused.value.parameters["by"] == "KEC-10"
    assert labels(ledger, "box-1") == ("theirs",)


def test_who_loses_every_race_is_told_to_come_again(ledger: Ledger, open_ledger: Open) -> None:
    other = open_ledger()
    race = before(lambda: put(other, act(BOX, "box-1", Give("sri", f"Sri {other.head()}"))))
    with pytest.raises(StoreUnavailable) as refused:
        put(ledger, label("box-1", "ours", decider=race))
    assert refused.value.code == "store-busy"
    assert labels(ledger, "box-1") == ()


def test_a_decider_that_says_nothing_is_a_mistake_and_holds_nobody_up(ledger: Ledger) -> None:
    silent = replace(BOX, decide=lambda _box, _command: [])
    for _ in range(2):
        with pytest.raises(ValueError, match="events, or refuses"):
            put(ledger, label("box-1", "a", decider=silent))
    assert ledger.head() == 0


def test_a_stream_travels_in_time(ledger: Ledger) -> None:
    for text in "abc":
        put(ledger, label("box-1", text))
    states = [ledger.load(BOX, "box-1", version) for version in (1, 2, 3)]
    assert [s.state.labels for s in states] == [("a",), ("a", "b"), ("a", "b", "c")]
    assert [s.version for s in states] == [1, 2, 3]
    assert ledger.load(BOX, "box-1", 9) == ledger.load(BOX, "box-1")
    told = ledger.stream("box-1", after=1, upto=2)
    assert [(f.header.version, f.event.label) for f in told] == [(2, "b")]


def test_a_fact_tells_who_when_for_what_and_why(ledger: Ledger, clock: StandingClock) -> None:
    put(ledger, label("box-1", "a"), name="first")
    put(ledger, act(BOX, "box-1", Give("sri", "Sri Wahyuni")), by=KECAMATAN, cause=1, name="second")
    header = ledger.after(1, 1)[0].header
    assert (header.stream, header.version, header.event, header.subjects) == (
        "box-1",
        2,
        "shelf.box-given",
        ("sri",),
    )
    assert (header.actor, header.role, header.office) == ("siti", "licensing-officer", "KEC-10")
    assert (header.recorded_at, header.causation) == (clock.time, 1)
    assert (header.command_id, header.correlation_id) == (command("second"), command("second"))


def test_facts_are_read_in_pages_that_cover_all(ledger: Ledger) -> None:
    put(ledger, *(label(f"box-{n}", str(n)) for n in range(10)))
    pages = [ledger.after(at, 4) for at in (0, 4, 8, 10)]
    assert [[f.position for f in page] for page in pages] == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10], []]


def test_commit_time_never_goes_back_although_the_clock_does(ledger: Ledger, clock: StandingClock) -> None:
    noon = clock.time
    for minutes, text in ((0, "a"), (-30, "b"), (5, "c")):
        clock.time = noon + timedelta(minutes=minutes)
        put(ledger, label("box-1", text))
    facts = ledger.after(0, 10)
    assert [f.committed_at - noon for f in facts] == [timedelta(0), timedelta(0), timedelta(minutes=5)]
    assert facts[1].header.recorded_at == noon - timedelta(minutes=30), "the header says what the clock said"


def test_the_leaf_hash_is_that_of_the_stored_record(ledger: Ledger, database: Any) -> None:
    """RFC 6962, 2.1: SHA-256 over 0x00 and the record."""
    put(ledger, label("box-1", "a"), act(BOX, "box-1", Give("sri", "Sri Wahyuni")))
    rows = database.execute("SELECT record, leaf_hash FROM log ORDER BY pos").fetchall()
    assert [leaf for _, leaf in rows] == [sha256(b"\0" + record).digest() for record, _ in rows]
    assert rows[0][1] != sha256(rows[0][0]).digest(), "the control: without the 0x00 it is another hash"


@only_sqlite
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE log SET record = x'00' WHERE pos = 1",
        "UPDATE log SET committed_at = 0",
        "UPDATE log SET pos = 9 WHERE pos = 2",
        "DELETE FROM log WHERE pos = 2",
        "DELETE FROM log",
        "INSERT OR REPLACE INTO log SELECT pos, stream, version, topic, x'00', leaf_hash, 0 FROM log",
        "INSERT OR REPLACE INTO log SELECT 9, stream, version, topic, record, leaf_hash, 0 FROM log WHERE pos = 2",
    ],
)
def test_the_store_itself_refuses_to_change_or_remove_a_fact(
    ledger: Ledger, database: sqlite3.Connection, change: str
) -> None:
    put(ledger, label("box-1", "a"), label("box-1", "b"))
    stored = database.execute("SELECT * FROM log").fetchall()
    with pytest.raises(sqlite3.IntegrityError, match="a fact is never"):
        database.execute(change)
    assert database.execute("SELECT * FROM log").fetchall() == stored
    with closing(sqlite3.connect(":memory:")) as copy:
        database.backup(copy)
        for done in ("updated", "deleted", "replaced"):
            copy.execute(f"DROP TRIGGER log_is_never_{done}")
        copy.execute(change)
        assert copy.execute("SELECT * FROM log").fetchall() != stored, "the control: it is the trigger"


def test_who_waits_is_told_of_a_fact_and_of_none(ledger: Ledger) -> None:
    waiting = Event()
    told: list[bool] = []

    def wait() -> Any:
        waiting.set()
        told.append(ledger.wait(0, LONG))
        return put(ledger, label("box-2", "b"))

    caller = Caller(wait)
    assert waiting.wait(LONG)
    put(ledger, label("box-1", "a"))
    assert caller.answer
    assert told == [True]
    assert ledger.wait(2, 0.01) is False


def test_a_wait_ends_in_time_although_it_is_woken_all_the_while(ledger: Ledger) -> None:
    """By appends that it does not wait for: a position far off, say."""
    put(ledger, label("box-1", "a"))
    told: list[bool] = []
    waiter = Thread(target=lambda: told.append(ledger.wait(1, 0.2)))
    start = stopwatch()
    waiter.start()
    while waiter.is_alive() and stopwatch() < start + 5:
        ledger.recorder._wake()
    in_time = not waiter.is_alive()
    waiter.join(LONG)
    assert (in_time, told) == (True, [False])
    assert stopwatch() - start >= 0.2, "nor does it end too early"
    assert ledger.wait(0, 0.2) is True, "the control: what is there is not waited for"


def test_who_comes_after_the_closing_leaves_nothing_open(ledger: Ledger) -> None:
    put(ledger, label("box-1", "a"))
    kept = writer(ledger)
    assert kept.execute("SELECT 1").fetchone() == (1,), "the control: it is kept open until then"
    ledger.close()
    assert put(ledger, label("box-1", "b")).first == 2
    left = connections(ledger)
    assert left._writer is None
    assert (ledger.head(), list(left._idle)) == (2, [])


def test_the_version_of_a_stream_at_a_position_stays_what_it_was(ledger: Ledger) -> None:
    order = (("box-1", "a"), ("box-2", "b"), ("box-1", "c"))
    receipts = [put(ledger, label(*one)) for one in order]
    at = [[ledger.version(box, receipt.last) for receipt in receipts] for box in ("box-1", "box-2", "box-3")]
    assert at == [[1, 1, 2], [0, 1, 1], [0, 0, 0]]


def test_a_hash_for_a_stream_id_is_the_same_again_and_tells_nothing(ledger: Ledger) -> None:
    one = ledger.blind("nik-series", "3314105708900001")
    assert one == ledger.blind("nik-series", "3314105708900001")
    assert one not in {
        ledger.blind("nik-series", "3314105708900002"),
        ledger.blind("other", "3314105708900001"),
    }
    assert len(bytes.fromhex(one)) == 32
