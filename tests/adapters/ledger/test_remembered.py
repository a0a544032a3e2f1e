"""A long stream is folded once: later only what has come since is read, by whomever it was written."""

from pathlib import Path
from threading import Thread

from adapters.ledger.ledger import Ledger
from adapters.ledger.remembered import MOST, Remembered
from domain.kernel.decider import Act, Decider, act
from domain.kernel.series import EVENTS, Event, Series, TakeNumber, series_decider
from tests.acts.people import REGISTRAR, StandingClock, command


class Counting:
    """A series that counts how often a fact is folded."""

    def __init__(self, *, remembered: bool = True) -> None:
        self.folded = 0
        self.decider = Decider(Series(), series_decider.decide, self._evolve, remembered=remembered)

    def _evolve(self, state: Series, event: Event) -> Series:
        self.folded += 1
        return series_decider.evolve(state, event)

    def take(self) -> Act:
        return act(self.decider, "series-1", TakeNumber("case-1", 999, "full"))


def opened(folder: Path) -> Ledger:
    return Ledger.open(folder / "ledger.db", keys=folder / "keys", events=EVENTS, clock=StandingClock())


def take(ledger: Ledger, number: Counting, name: str) -> None:
    ledger.execute([number.take()], by=REGISTRAR, command_id=command(name))


def test_a_fact_of_a_remembered_stream_is_folded_once_more_than_it_was_decided(tmp_path: Path) -> None:
    remembered, plain = Counting(), Counting(remembered=False)
    for counting, folder in ((remembered, "a"), (plain, "b")):
        ledger = opened(tmp_path / folder)
        for n in range(30):
            take(ledger, counting, str(n))
        ledger.close()
    # Each fact is folded when it is decided, and once when it is read; without memory at every load.
    assert remembered.folded < 2 * 30 < plain.folded


def test_what_another_process_appends_is_seen(tmp_path: Path) -> None:
    mine, theirs, number = opened(tmp_path), opened(tmp_path), Counting()
    take(mine, number, "a")
    assert mine.load(number.decider, "series-1").state == Series(1)
    take(theirs, Counting(), "b")
    assert mine.load(number.decider, "series-1").state == Series(2)
    take(mine, number, "c")
    assert theirs.load(number.decider, "series-1").version == 3
    mine.close()
    theirs.close()


def test_an_earlier_version_is_not_the_one_in_memory(tmp_path: Path) -> None:
    ledger, number = opened(tmp_path), Counting()
    for name in "abc":
        take(ledger, number, name)
    assert ledger.load(number.decider, "series-1").state == Series(3)
    assert ledger.load(number.decider, "series-1", version=2).state == Series(2)
    ledger.close()


def test_two_deciders_do_not_share_their_memory() -> None:
    kept, facts = Remembered(), [(1, 5)]
    plus: Decider[object, int, int] = Decider(0, lambda _, __: [], lambda state, event: state + event)
    times: Decider[object, int, int] = Decider(1, lambda _, __: [], lambda state, event: state * event)
    assert kept.load(plus, "s", lambda after: facts[after:]).state == 5
    assert kept.load(times, "s", lambda after: facts[after:]).state == 5
    facts.append((2, 3))
    assert kept.load(plus, "s", lambda after: facts[after:]).state == 8
    assert kept.load(times, "s", lambda after: facts[after:]).state == 15


def test_the_memory_is_bounded_and_what_was_dropped_is_read_again() -> None:
    kept, asked = Remembered(), list[int]()
    one: Decider[object, int, int] = Decider(0, lambda _, __: [], lambda state, event: state + event)

    def since(after: int) -> list[tuple[int, int]]:
        asked.append(after)
        return [(1, 1)][after:]

    for n in range(MOST + 1):
        kept.load(one, f"s-{n}", since)
    asked.clear()
    assert [kept.load(one, name, since).state for name in ("s-0", f"s-{MOST}")] == [1, 1]
    assert asked == [0, 1], "the oldest was dropped, the newest was kept"


def test_many_threads_may_ask_at_once() -> None:
    kept, facts = Remembered(), [(n, 1) for n in range(1, 500)]
    one: Decider[object, int, int] = Decider(0, lambda _, __: [], lambda state, event: state + event)
    seen = list[int]()
    threads = [
        Thread(target=lambda: seen.append(kept.load(one, "s", lambda after: facts[after:]).state))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [499] * 8
