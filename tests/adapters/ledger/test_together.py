"""Callers at the same time share a commit; who violates something fails alone, and a full disk fails them all."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from threading import Event

from adapters.ledger.ledger import Ledger
from adapters.ledger.store import Append
from domain.kernel.errors import Refused
from domain.kernel.events import Receipt
from tests.adapters.ledger.shelf import BOX, LONG, Caller, code, label, labels, only_sqlite, put, writer


class Queue(deque[Append]):
    """The queue of the appends, telling when as many wait as are expected."""

    def __init__(self, expected: int) -> None:
        super().__init__()
        self._expected = expected
        self.full = Event()

    def append(self, one: Append) -> None:
        super().append(one)
        if len(self) == self._expected:
            self.full.set()


@contextmanager
def sharing(ledger: Ledger, callers: int) -> Iterator[Event]:
    """Holds the store back until ``callers`` wait for it; what they asked becomes one group."""
    recorder, queue = ledger.recorder, Queue(callers)
    recorder._waiting, recorder._led = queue, True  # as if another led, and were committing
    try:
        yield queue.full
        assert queue.full.wait(LONG), f"only {len(queue)} wait"
    finally:
        recorder._hand_over()


def together(ledger: Ledger, asks: Sequence[Callable[[], Receipt]]) -> list[Receipt | Refused]:
    """All of them in one commit."""
    with sharing(ledger, len(asks)):
        callers = [Caller(ask) for ask in asks]
    return [caller.answer for caller in callers]


@only_sqlite
def test_those_who_wait_share_a_commit(ledger: Ledger) -> None:
    put(ledger, label("box-0", "opens the writer"))
    statements: list[str] = []
    writer(ledger).set_trace_callback(statements.append)
    asks = [partial(put, ledger, label(f"box-{n}", str(n)), label(f"box-{n}", f"{n}b")) for n in range(1, 9)]
    answers = together(ledger, asks)
    assert statements.count("COMMIT") == 1
    receipts = sorted((a.first, a.last) for a in answers if isinstance(a, Receipt))
    assert receipts == [(first, first + 1) for first in range(2, 18, 2)]
    put(ledger, label("box-9", "alone"))
    assert statements.count("COMMIT") == 2
    writer(ledger).set_trace_callback(None)


@only_sqlite
def test_more_than_share_a_commit_are_all_answered(ledger: Ledger) -> None:
    """Who commits for the others may find itself in the next group only."""
    put(ledger, label("box-0", "opens the writer"))
    statements: list[str] = []
    writer(ledger).set_trace_callback(statements.append)
    ledger.recorder._group = 3
    answers = together(ledger, [partial(put, ledger, label(f"box-{n}", str(n))) for n in range(1, 8)])
    assert [code(answer) for answer in answers] == ["accepted"] * 7
    assert (statements.count("COMMIT"), ledger.head()) == (3, 8)
    writer(ledger).set_trace_callback(None)


def test_a_receipt_is_of_ones_own_facts(ledger: Ledger) -> None:
    answers = together(ledger, [partial(put, ledger, label(f"box-{n}", str(n))) for n in range(8)])
    for n, answer in enumerate(answers):
        assert isinstance(answer, Receipt)
        assert ledger.after(answer.first - 1, 1)[0].header.stream == f"box-{n}"


def test_who_violates_something_fails_alone(ledger: Ledger) -> None:
    put(ledger, label("box-0", "taken"))
    answers = together(
        ledger,
        [
            partial(put, ledger, label("box-1", "a"), label("box-1", "b")),
            partial(put, ledger, label("box-2", "c"), label("box-3", "taken")),
            partial(put, ledger, label("box-4", "d")),
        ],
    )
    assert [code(answer) for answer in answers] == ["accepted", "label-already-registered", "accepted"]
    facts = ledger.after(0, 10)
    assert [f.position for f in facts] == [1, 2, 3, 4]
    assert {f.header.stream for f in facts} == {"box-0", "box-1", "box-4"}
    assert ledger.holder("label", "c") is None


def test_of_two_who_claim_the_same_in_one_commit_one_has_it(ledger: Ledger) -> None:
    answers = together(ledger, [partial(put, ledger, label(f"box-{n}", "the only one")) for n in range(2)])
    assert sorted(map(code, answers)) == ["accepted", "label-already-registered"]
    assert (ledger.head(), ledger.holder("label", "the only one")) == (1, ledger.after(0, 1)[0].header.stream)


def test_two_on_one_stream_in_one_commit_both_have_their_turn(ledger: Ledger) -> None:
    """The second loses by its version, and is decided again."""
    answers = together(ledger, [partial(put, ledger, label("box-1", str(n))) for n in range(2)])
    assert [code(answer) for answer in answers] == ["accepted", "accepted"]
    assert sorted(labels(ledger, "box-1")) == ["0", "1"]
    assert ledger.load(BOX, "box-1").version == 2


@only_sqlite
def test_a_full_store_fails_the_whole_group_and_leaves_nothing_of_it(ledger: Ledger) -> None:
    put(ledger, label("box-0", "first"))
    limit = writer(ledger).execute("PRAGMA page_count").fetchone()[0] + 2
    writer(ledger).execute(f"PRAGMA max_page_count = {limit}")
    small, large = (
        (partial(put, ledger, label("box-1", "a"))),
        (partial(put, ledger, label("box-2", "b" * 59_999))),
    )
    answers = together(ledger, [small, large, partial(put, ledger, label("box-3", "c"))])
    assert [code(answer) for answer in answers] == ["store-full"] * 3
    assert (ledger.head(), labels(ledger, "box-1")) == (1, ())
    assert code(small()) == "accepted", "the control: what fits goes in alone"
    writer(ledger).execute("PRAGMA max_page_count = 1000000")
    assert code(large()) == "accepted"
    assert [f.position for f in ledger.after(0, 10)] == [1, 2, 3]


def test_many_clerks_at_once_number_their_facts_without_gaps(ledger: Ledger) -> None:
    """Each labels boxes of its own, and all of them one that they share until it is full."""
    start = Event()

    def clerk(me: int) -> Receipt:
        assert start.wait(LONG)
        for n in range(20):
            put(ledger, label(f"box-{me}-{n}", f"{me} {n}"))
        return put(ledger, label("shared", f"{me}"))

    clerks = [Caller(partial(clerk, me)) for me in range(6)]
    start.set()
    codes = sorted(code(one.answer) for one in clerks)
    full = codes.count("box-full")
    assert (full, set(codes)) == (3, {"accepted", "box-full"})
    assert len(labels(ledger, "shared")) == 3
    assert [f.position for f in ledger.after(0, 1000)] == list(range(1, 6 * 20 + 3 + 1))
