"""Two records that looked like one person, and what an officer found: the same person, or two.

A pair is decided once. Only the civil event of a duplicate, recorded with its reason, overrules that two were
told apart; who was found to be one is one for good.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from typing import assert_never

from domain.kernel.decider import Decider
from domain.kernel.errors import Rejected
from domain.kernel.events import EventType


class Verdict(StrEnum):
    """What was found of two records."""

    NONE = "none"
    SAME = "same"
    DIFFERENT = "different"


def pair_id(one: str, other: str) -> str:
    """The stream of two residents, whichever is named first."""
    return f"pair-{blake2b(' '.join(sorted((one, other))).encode(), digest_size=16).hexdigest()}"


@dataclass(frozen=True, slots=True)
class PairFoundSame:
    """Both are records of one person: ``survivor`` counts, ``duplicate`` was voided in the same moment."""

    survivor: str
    duplicate: str
    on: date
    decided_by: str


@dataclass(frozen=True, slots=True)
class PairFoundDifferent:
    """They are two people, however alike their records are: nobody is asked again."""

    one: str
    other: str
    on: date
    decided_by: str


@dataclass(frozen=True, slots=True)
class FindSame:
    """Say that both are one person. ``overrule``: also when they were told apart before."""

    survivor: str
    duplicate: str
    decided_by: str
    on: date
    overrule: bool = False


@dataclass(frozen=True, slots=True)
class FindDifferent:
    """Say that they are two people."""

    one: str
    other: str
    decided_by: str
    on: date


@dataclass(frozen=True, slots=True)
class Pair:
    """What later rules must know."""

    verdict: Verdict = Verdict.NONE
    decided_by: str = ""
    on: date | None = None


Event = PairFoundSame | PairFoundDifferent
Command = FindSame | FindDifferent


def decide(pair: Pair, command: Command) -> Sequence[Event]:
    match command:
        case FindSame(survivor, duplicate, by, on, overrule):
            _two(survivor, duplicate)
            if not (overrule and pair.verdict is Verdict.DIFFERENT):
                _still_open(pair)
            return [PairFoundSame(survivor, duplicate, on, by)]
        case FindDifferent(one, other, by, on):
            _two(one, other)
            _still_open(pair)
            return [PairFoundDifferent(min(one, other), max(one, other), on, by)]
    assert_never(command)


def _two(one: str, other: str) -> None:
    if one == other:
        raise Rejected("two-people-needed")


def _still_open(pair: Pair) -> None:
    if pair.verdict is not Verdict.NONE:
        raise Rejected("pair-already-decided", by=pair.decided_by, on=pair.on, verdict=pair.verdict.value)


def evolve(pair: Pair, event: Event) -> Pair:
    match event:
        case PairFoundSame(on=on, decided_by=by):
            return Pair(Verdict.SAME, by, on)
        case PairFoundDifferent(on=on, decided_by=by):
            return Pair(Verdict.DIFFERENT, by, on)
    assert_never(event)


pair_decider = Decider(Pair(), decide, evolve)

EVENTS = (
    EventType("population.pair-found-same", 1, PairFoundSame, valid="on"),
    EventType("population.pair-found-different", 1, PairFoundDifferent, valid="on"),
)
