"""A courier's laws: in order, once, from where the ledger says, whatever the ministry does."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from adapters.clock import SystemClock, stopwatch
from adapters.courier import Backoff, Courier
from domain.exchange.delivery import Acknowledge, DeliveryAcknowledged, delivery_decider, stream
from domain.kernel.decider import act
from domain.kernel.errors import StoreUnavailable
from domain.kernel.events import Actor
from domain.kernel.ports import (
    BadRecord,
    Clock,
    DestinationFault,
    Mode,
    NotSent,
    QuotaUsedUp,
    Unanswered,
)
from tests.adapters.ministry_fakes import SRI, AwayUntil, FakeClock, FakeFeed, FakeLedger, FakeMinistry

SYSTEM = Actor("simpul", "system", "SIMPUL", "delivery", "courier")
STREAM = stream(FakeMinistry.name)


class World:
    """A courier and all that it meets."""

    def __init__(
        self,
        ministry: FakeMinistry,
        last: int = 25,
        ledger: FakeLedger | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.ministry = ministry
        self.feed = FakeFeed(last)
        self.ledger = ledger or FakeLedger()
        self.fake = FakeClock()
        self.courier = Courier(
            ministry,
            self.feed,
            self.ledger,
            clock or self.fake,
            by=SYSTEM,
            backoff=Backoff(first=1.0, most=900.0, random=lambda: 1.0),
        )

    def drain(self) -> None:
        """Run until the courier waits for more; the feed's signal is the courier's stop."""
        self.courier.run(self.feed.drained)

    def run_until(self, mode: Mode) -> None:
        """Run until the courier waits in ``mode``."""

        def look() -> None:
            if self.courier.status().mode is mode:
                self.feed.drained.set()

        self.fake.then = look
        self.drain()

    def acknowledged(self) -> list[tuple[int, int]]:
        events: list[DeliveryAcknowledged] = self.ledger.streams.get(STREAM, [])
        return [(event.from_seq, event.to_seq) for event in events]


def arrived(world: World) -> bool:
    return world.ministry.accepted == list(range(1, world.feed.last + 1))


def test_everything_arrives_in_order_and_once() -> None:
    world = World(FakeMinistry())
    world.drain()
    assert arrived(world)
    assert world.acknowledged() == [(1, 10), (11, 20), (21, 25)]


def test_a_courier_starts_where_the_ledger_says() -> None:
    first = World(FakeMinistry(), last=12)
    first.drain()
    second = World(first.ministry, last=20, ledger=first.ledger)
    second.drain()
    assert second.ministry.pushes[2:] == [tuple(range(13, 21))]


def test_before_it_runs_a_courier_knows_how_far_it_came() -> None:
    first = World(FakeMinistry(), last=12)
    first.drain()
    status = World(FakeMinistry(), last=20, ledger=first.ledger).courier.status()
    assert (status.mode, status.delivered, status.head, status.lag) == (Mode.STOPPED, 12, 20, 8)


def test_an_unanswered_push_that_was_applied_is_acknowledged_and_not_sent_again() -> None:
    world = World(FakeMinistry((True, Unanswered("no-answer-in-time"))), last=10)
    world.drain()
    assert world.ministry.pushes == [tuple(range(1, 11))]
    assert world.acknowledged() == [(1, 10)]


def test_an_unanswered_push_that_was_not_applied_is_sent_again() -> None:
    world = World(FakeMinistry(Unanswered("no-answer-in-time")), last=10)
    world.drain()
    assert world.ministry.pushes == [tuple(range(1, 11))] * 2
    assert arrived(world)


def test_a_crash_after_the_push_loses_nothing_and_doubles_nothing() -> None:
    class PowerCut(BaseException):
        """The process is gone."""

    world = World(FakeMinistry(), last=10, ledger=FakeLedger(PowerCut()))
    with pytest.raises(PowerCut):
        world.drain()
    assert world.acknowledged() == []
    after = World(world.ministry, last=10, ledger=world.ledger)
    after.drain()
    assert arrived(after)
    assert after.acknowledged() == [(1, 10)]


def test_the_same_records_acknowledged_twice_are_one_command() -> None:
    one, two = World(FakeMinistry(), last=10), World(FakeMinistry(), last=10)
    one.drain()
    two.drain()
    assert one.ledger.commands == two.ledger.commands
    assert len(set(one.ledger.commands)) == 1


def test_an_acknowledgement_names_the_receipt_and_the_hashes_of_its_records() -> None:
    world = World(FakeMinistry(), last=2)
    world.drain()
    (event,) = world.ledger.streams[STREAM]
    assert event.receipt == "receipt-2"
    assert len(event.sha256) == 64
    control = World(FakeMinistry(), last=1)
    control.drain()
    assert control.ledger.streams[STREAM][0].sha256 != event.sha256


def test_a_ministry_that_is_away_for_three_days_gets_everything_by_itself() -> None:
    clock = FakeClock(speed=1000.0)
    back = clock.now() + timedelta(days=3)
    world = World(AwayUntil(clock, back), last=3000, clock=clock)
    world.drain()
    assert arrived(world)
    assert clock.now() - back <= timedelta(minutes=20), "nobody waits longer than the longest pause"


def test_pauses_double_and_end_at_a_quarter_of_an_hour() -> None:
    always_whole = Backoff(random=lambda: 1.0)
    assert [always_whole.seconds(n) for n in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert always_whole.seconds(100) == 900


def test_a_pause_is_a_random_part_so_that_hubs_do_not_come_back_together() -> None:
    assert Backoff(random=lambda: 0.5).seconds(5) == 8
    assert Backoff(random=lambda: 0.0).seconds(5) == pytest.approx(0.05)
    assert len({Backoff().seconds(10) for _ in range(20)}) == 20


def test_a_ministrys_wish_to_wait_is_honoured() -> None:
    world = World(FakeMinistry(NotSent("http-503", after=120.0)), last=1)
    begin = world.fake.now()
    world.drain()
    assert timedelta(seconds=120) <= world.fake.now() - begin < timedelta(seconds=121)


def test_a_success_ends_the_doubling() -> None:
    world = World(FakeMinistry(NotSent("away"), NotSent("away"), NotSent("away")), last=1)
    begin = world.fake.now()
    world.drain()
    assert world.fake.now() - begin == timedelta(seconds=1 + 2 + 4)
    assert world.courier.status().attempts == 0


def test_a_used_up_quota_waits_for_midnight_in_jakarta() -> None:
    world = World(FakeMinistry(QuotaUsedUp("quota")))
    world.fake.speed = 100.0
    world.run_until(Mode.QUOTA)
    assert world.courier.status().next_try == datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    assert world.ministry.accepted == []
    world.feed.drained.clear()
    world.ministry.script.append(QuotaUsedUp("quota"))
    world.fake.then = lambda: None
    world.drain()
    assert world.fake.now() == datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    assert arrived(world)


def test_what_stands_before_a_bad_record_arrives_and_then_the_courier_stops() -> None:
    world = World(FakeMinistry(bad={17}))
    world.run_until(Mode.FAILED)
    assert world.ministry.accepted == list(range(1, 17))
    assert world.acknowledged()[-1] == (11, 16)
    tries = len(world.ministry.pushes)
    world.feed.drained.clear()
    waits = []

    def stop_after_a_day() -> None:
        waits.append(1)
        if len(waits) > 1000:
            world.feed.drained.set()

    world.fake.then = stop_after_a_day
    world.drain()
    # One push found out anew that record 17 is bad; then nothing more was sent.
    assert len(world.ministry.pushes) == tries + 1


def test_a_failed_courier_names_the_record_and_goes_on_when_somebody_says_so() -> None:
    world = World(FakeMinistry(bad={17}))

    def repair() -> None:
        status = world.courier.status()
        if status.mode is Mode.FAILED:
            assert status.reason == "refused (feed_seq 17)"
            assert status.next_try is None
            world.ministry.bad.clear()
            world.courier.retry()

    world.fake.then = repair
    world.drain()
    assert arrived(world)
    assert world.courier.status().reason is None


@pytest.mark.parametrize("bad", [1, 10])
def test_a_bad_record_at_either_end_of_a_batch_is_found(bad: int) -> None:
    world = World(FakeMinistry(bad={bad}))
    world.run_until(Mode.FAILED)
    assert world.ministry.accepted == list(range(1, bad))


def test_a_bad_record_that_was_never_sent_stops_the_courier_too() -> None:
    world = World(FakeMinistry(BadRecord("refused", 99)))
    world.run_until(Mode.FAILED)
    assert world.ministry.accepted == []


def test_a_wrong_login_stops_the_courier_without_trying_record_by_record() -> None:
    world = World(FakeMinistry(DestinationFault("login gagal")))
    world.run_until(Mode.FAILED)
    assert len(world.ministry.pushes) == 1


def test_a_courier_that_loses_the_race_goes_on_from_where_the_other_stands() -> None:
    world = World(FakeMinistry(), last=25)
    other = [act(delivery_decider, STREAM, Acknowledge(FakeMinistry.name, 1, 10, "receipt-10", ""), 0)]

    def other_first() -> None:
        world.ledger.before = lambda: None
        world.ledger.execute(other, by=SYSTEM, command_id=UUID(int=1))

    world.ledger.before = other_first
    world.drain()
    assert world.acknowledged() == [(1, 10), (11, 20), (21, 25)]
    assert arrived(world)


def test_a_full_disk_delays_an_acknowledgement_and_nothing_else() -> None:
    world = World(FakeMinistry(), last=10, ledger=FakeLedger(StoreUnavailable("store-full")))
    seen: list[tuple[Mode, str | None]] = []
    world.fake.then = lambda: seen.append((world.courier.status().mode, world.courier.status().reason))
    world.drain()
    assert (Mode.BACKOFF, "store-full") in seen
    assert world.acknowledged() == [(1, 10)]
    assert arrived(world)


def test_an_unforeseen_fall_is_shown_as_failed_and_tried_again() -> None:
    world = World(FakeMinistry(ZeroDivisionError("3314105708909001")), last=10)
    seen = []
    world.fake.then = lambda: seen.append(world.courier.status())
    with capture_logs() as logs:
        world.drain()
    assert (seen[0].mode, seen[0].reason) == (Mode.FAILED, "internal-error")
    assert seen[0].next_try
    assert arrived(world)
    assert any(line.get("error") == "ZeroDivisionError" for line in logs)


def test_no_log_line_holds_a_nik_or_a_name() -> None:
    world = World(FakeMinistry(ZeroDivisionError(f"{SRI.nik} {SRI.name}"), NotSent("away"), bad={17}))
    with capture_logs() as logs:
        world.run_until(Mode.FAILED)
        world.feed.drained.clear()
        world.fake.then = lambda: None
        world.ministry.bad.clear()
        world.drain()
    assert logs, "control: something was logged"
    assert SRI.nik
    assert SRI.name
    assert not any(SRI.nik in str(line) or SRI.name in str(line) for line in logs)


def test_the_status_shows_lag_and_last_success() -> None:
    world = World(FakeMinistry(), last=25)
    world.drain()
    world.feed.last = 30
    status = world.courier.status()
    assert (status.delivered, status.head, status.lag) == (25, 30, 5)
    assert status.last_success == world.fake.now()
    assert status.mode is Mode.STOPPED


def test_closing_a_courier_closes_its_ministry() -> None:
    world = World(FakeMinistry())
    world.courier.close()
    assert world.ministry.closed


class Live:
    """A courier in a thread of its own with the machine's clock, waiting after a failure."""

    def __init__(self, problem: Exception) -> None:
        self.world = World(FakeMinistry(problem), last=3, clock=SystemClock())
        self.stop = Event()
        self.tried = Event()
        deliver = self.world.ministry.deliver

        def watched(entries: object) -> str:
            try:
                return deliver(entries)  # type: ignore[arg-type]  # what the courier hands on
            finally:
                self.tried.set()

        self.world.ministry.deliver = watched  # type: ignore[method-assign]  # a fake of ours
        self.thread = Thread(target=self.world.courier.run, args=(self.stop,))
        self.thread.start()
        assert self.tried.wait(5)

    def end(self) -> float:
        """Seconds from ``stop`` to the end of the thread."""
        begin = stopwatch()
        self.stop.set()
        self.thread.join(5)
        assert not self.thread.is_alive()
        return stopwatch() - begin


@pytest.mark.parametrize("problem", [NotSent("away", after=600), DestinationFault("x"), QuotaUsedUp("x")])
def test_a_stop_ends_any_wait_within_half_a_second(problem: Exception) -> None:
    assert Live(problem).end() < 0.6


def test_a_word_of_an_officer_ends_a_long_wait() -> None:
    live = Live(NotSent("away", after=600))
    live.world.courier.retry()
    assert live.world.feed.drained.wait(5)
    live.end()
    assert arrived(live.world)
