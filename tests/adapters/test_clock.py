"""The clock tells aware time in UTC, and waiting ends when it is told to."""

from datetime import UTC, datetime, timedelta
from threading import Event, Timer

from adapters.clock import SystemClock, stopwatch


def test_server_time_is_aware_and_in_utc() -> None:
    now = SystemClock().now()
    assert now.utcoffset() == timedelta()
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_wait_that_nobody_stops_takes_its_time() -> None:
    begin = stopwatch()
    assert SystemClock().wait(0.05, Event()) is False
    assert stopwatch() - begin >= 0.05


def test_a_stop_ends_a_wait_at_once() -> None:
    stop = Event()
    timer = Timer(0.05, stop.set)
    timer.start()
    begin = stopwatch()
    assert SystemClock().wait(30.0, stop) is True
    assert stopwatch() - begin < 5.0
    timer.join()
