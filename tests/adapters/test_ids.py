"""A fresh id is a UUID of version 7."""

from uuid import RFC_4122

from adapters.clock import SystemClock
from adapters.ids import new_id


def test_an_id_is_of_version_7_and_tells_when_it_was_drawn() -> None:
    before = int(SystemClock().now().timestamp() * 1000)
    drawn = new_id()
    after = int(SystemClock().now().timestamp() * 1000)
    assert (drawn.version, drawn.variant) == (7, RFC_4122)
    assert before <= drawn.int >> 80 <= after


def test_no_id_is_drawn_twice() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000
