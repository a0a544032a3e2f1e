"""Fresh ids: the only place that draws them at random."""

from secrets import token_bytes
from uuid import UUID

from adapters.clock import SystemClock

RANDOM_BITS = 62


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of milliseconds, then 74 random bits.

    For a command id of a form: later ids sort later, and none is drawn twice.
    """
    milliseconds = int(SystemClock().now().timestamp() * 1000)
    random = int.from_bytes(token_bytes(10))
    high, low = random >> 68, random & ((1 << RANDOM_BITS) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << RANDOM_BITS | low)
