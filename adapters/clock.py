"""The only place that reads the time."""

from datetime import UTC, datetime
from threading import Event
from time import monotonic


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Server time, aware, in UTC."""
        return datetime.now(UTC)

    def wait(self, seconds: float, stop: Event) -> bool:
        """Sleep until ``seconds`` have passed or ``stop`` is set; True when it is set."""
        return stop.wait(seconds)


def stopwatch() -> float:
    """Seconds since some moment: for lengths of time only, never set back."""
    return monotonic()
