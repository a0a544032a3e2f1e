"""The temper of a simulated ministry: kind by default, and as bad as a real one when told to be."""

from typing import Literal

import msgspec


class Behaviour(msgspec.Struct, forbid_unknown_fields=True):
    """Set by ``PUT /_simulator/behaviour``; what is left out is as kind as here.

    Those that count (``times``) are used up one by one, in this order.
    """

    delay: float = 0.0
    """Seconds before anything is done."""
    away: Literal["", "503", "drop"] = ""
    """Refuse everything with 503, or break every connection; nothing is accepted."""
    fail_503: int = 0
    """Times: HTTP 503."""
    retry_after: int | None = None
    """Seconds of the Retry-After that goes with 503."""
    fail_500: int = 0
    """Times: HTTP 500 without a word of the contract; nothing is accepted."""
    drop: int = 0
    """Times: the connection breaks in the middle of the answer; nothing is accepted."""
    fault: str = ""
    """Error code or text, answered inside HTTP 200 to every push; nothing is accepted."""
    apply_then_timeout: int = 0
    """Times: accepted, and then no answer until the sender gives up."""
    truncate: int = 0
    """Times: accepted, and then half of the answer."""
    drip: float = 0.0
    """Seconds between two bytes of the answer."""
    quota: int | None = None
    """Pushes per day in Asia/Jakarta; None: as many as the simulator was started with."""
    bad: tuple[int, ...] = ()
    """``feed_seq`` of records to refuse as bad data."""


Times = Literal["fail_503", "fail_500", "drop", "apply_then_timeout", "truncate"]


class Temper:
    """The behaviour as it wears off."""

    def __init__(self) -> None:
        self.now = Behaviour()

    def take(self, what: Times) -> bool:
        """One of the counted misbehaviours, if any is left."""
        left = int(getattr(self.now, what))
        if left > 0:
            setattr(self.now, what, left - 1)
        return left > 0
