"""Whose data tempt: people the regency has named (tokoh), and residents who are its officials.

A watch grows no right and takes none. It says of which readings somebody else should know. Of an official it
tells who lives with her and next to her, as the registry stood then: ids that mean nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import assert_never

from domain.kernel.decider import Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType


class Watched(StrEnum):
    """Why the readings of a resident are watched."""

    PROMINENT = "prominent"
    OFFICIAL = "official"


@dataclass(frozen=True, slots=True)
class WatchBegun:
    """Readings of ``resident`` are watched from now on; of an official, those that she does of her own people too.

    ``officer``: her id as an official; ``family`` lives with her, ``neighbours`` in the same RT.
    """

    resident: str
    kind: str
    officer: str
    family: tuple[str, ...]
    neighbours: tuple[str, ...]
    on: date


@dataclass(frozen=True, slots=True)
class WatchEnded:
    """They are watched no more."""

    resident: str
    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class BeginWatch:
    """Watch the readings of a resident; of an official once more after she has moved."""

    resident: str
    kind: Watched
    on: date
    officer: str = ""
    family: tuple[str, ...] = ()
    neighbours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EndWatch:
    """Watch them no more."""

    resident: str
    kind: Watched
    on: date


@dataclass(frozen=True, slots=True)
class Watch:
    """Why one resident is watched now."""

    kinds: frozenset[str] = frozenset()


Event = WatchBegun | WatchEnded
Command = BeginWatch | EndWatch


def decide(watch: Watch, command: Command) -> Sequence[Event]:
    match command:
        case BeginWatch(resident, kind, on, officer, family, neighbours):
            if kind is Watched.OFFICIAL and not officer:
                raise Rejected("watch-names-no-officer")
            if kind is Watched.PROMINENT and kind.value in watch.kinds:
                raise Rejected("already-watched", kind=kind.value)
            return [WatchBegun(resident, kind.value, officer, family, neighbours, on)]
        case EndWatch(resident, kind, on):
            if kind.value not in watch.kinds:
                raise Rejected("not-watched", kind=kind.value)
            return [WatchEnded(resident, kind.value, on)]
    assert_never(command)


def evolve(watch: Watch, event: Event) -> Watch:
    match event:
        case WatchBegun():
            return Watch(watch.kinds | {event.kind})
        case WatchEnded():
            return Watch(watch.kinds - {event.kind})
    assert_never(event)


watch_decider = Decider(Watch(), decide, evolve)

EVENTS = (
    EventType("access.watch-begun", 1, WatchBegun, valid="on"),
    EventType("access.watch-ended", 1, WatchEnded, valid="on"),
)
